//! How stretches of the text look: pages of 512 bytes that list runs and what changes in them.

use super::Bytes;
use crate::parse::paper::{Look, Shape};

const PAGE: usize = 512;
/// Pages of formats that are read.
const MAX_PAGES: usize = 20_000;

/// Characters and paragraphs, each a list of stretches sorted by place.
#[derive(Default)]
pub struct Formats {
    characters: Vec<Run<Character>>,
    paragraphs: Vec<Run<Paragraph>>,
}

struct Run<T> {
    from: u32,
    to: u32,
    value: T,
}

#[derive(Clone, Debug, Default)]
pub struct Character {
    pub look: Look,
    /// By a tracked change.
    pub deleted: bool,
    pub hidden: bool,
}

#[derive(Clone, Debug, Default)]
pub struct Paragraph {
    pub shape: Shape,
    pub in_table: bool,
    /// Nothing but the end of a table's row.
    pub ends_row: bool,
}

impl Formats {
    /// Damaged pages cost looks, not text.
    pub fn read(head: Bytes<'_>, table: Bytes<'_>) -> Self {
        let characters = runs(head, head.named(table, 0xFA), 1, character);
        let paragraphs = runs(head, head.named(table, 0x102), 13, paragraph);
        Self { characters, paragraphs }
    }

    pub fn character(&self, at: u32) -> Character {
        find(&self.characters, at)
    }

    pub fn paragraph(&self, at: u32) -> Paragraph {
        find(&self.paragraphs, at)
    }
}

fn find<T: Clone + Default>(runs: &[Run<T>], at: u32) -> T {
    let next = runs.partition_point(|run| run.from <= at);
    let run = next.checked_sub(1).and_then(|last| runs.get(last));
    run.filter(|run| at < run.to).map(|run| run.value.clone()).unwrap_or_default()
}

/// The runs of all pages that an index names; `step` is the size of a run's entry in a page.
fn runs<T>(
    head: Bytes<'_>,
    index: Option<Bytes<'_>>,
    step: usize,
    read: impl Fn(Bytes<'_>) -> T,
) -> Vec<Run<T>> {
    let Some(index) = index else { return Vec::new() };
    let count = (index.0.len().saturating_sub(4) / 8).min(MAX_PAGES);
    let mut found = Vec::new();
    for page in 0..count {
        let number = index.u32(4 * (count + 1) + 4 * page).unwrap_or_default() & 0x003F_FFFF;
        let start = (number as usize).saturating_mul(PAGE);
        let Some(page) = head.0.get(start..start.saturating_add(PAGE)) else { continue };
        let runs = usize::from(page.last().copied().unwrap_or_default());
        let page = Bytes(page);
        for run in 0..runs {
            let (Some(from), Some(to)) = (page.u32(4 * run), page.u32(4 * run + 4)) else { break };
            let entry = page.0.get(4 * (runs + 1) + step * run).copied().unwrap_or_default();
            let rest = page.0.get(2 * usize::from(entry)..).unwrap_or_default();
            // Entry 0: as the style says.
            let value = read(Bytes(if entry == 0 { &[] } else { rest }));
            found.push(Run { from, to, value });
        }
    }
    found.sort_by_key(|run| run.from);
    found
}

fn character(entry: Bytes<'_>) -> Character {
    let mut character = Character::default();
    let length = usize::from(entry.0.first().copied().unwrap_or_default());
    for (code, value) in changes(entry.0.get(1..=length).unwrap_or_default()) {
        let on = value & 0x7F == 1 || value == 0x81;
        match code {
            0x0835 => character.look.bold = on,
            0x0836 => character.look.italic = on,
            0x083C => character.hidden = on,
            0x0800 => character.deleted = on,
            // Half points.
            0x4A43 => character.look.size = f32::from(u16::try_from(value).unwrap_or(0)) / 2.0,
            _ => {}
        }
    }
    character
}

fn paragraph(entry: Bytes<'_>) -> Paragraph {
    let first = usize::from(entry.0.first().copied().unwrap_or_default());
    let (start, length) = match first {
        0 => (2, 2 * usize::from(entry.0.get(1).copied().unwrap_or_default())),
        words => (1, 2 * words - 1),
    };
    let body = Bytes(entry.0.get(start..start + length).unwrap_or_default());
    let mut paragraph = Paragraph::default();
    // The first nine built-in styles behind "Normal" are the headings.
    let style = body.u16(0).unwrap_or_default();
    if (1..=9).contains(&style) {
        paragraph.shape.heading = u8::try_from(style).ok();
    }
    for (code, value) in changes(body.0.get(2..).unwrap_or_default()) {
        match code {
            0x2416 => paragraph.in_table = value != 0,
            0x2417 => paragraph.ends_row = value != 0,
            // The list it is an item of.
            0x460B => paragraph.shape.bullet = value != 0,
            0x260A => paragraph.shape.level = u8::try_from(value).unwrap_or(0),
            _ => {}
        }
    }
    paragraph
}

/// The changes in a list, each with its operand as a number, long operands as 0.
fn changes(list: &[u8]) -> Vec<(u16, u32)> {
    let list = Bytes(list);
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(code) = list.u16(at) {
        at += 2;
        let size = match code >> 13 {
            0 | 1 => 1,
            2 | 4 | 5 => 2,
            3 => 4,
            7 => 3,
            // A definition of a table counts its bytes in two.
            _ if code == 0xD608 => usize::from(list.u16(at).unwrap_or_default()) + 1,
            _ => usize::from(list.0.get(at).copied().unwrap_or_default()) + 1,
        };
        let Some(operand) = list.0.get(at..at + size) else { break };
        let number = operand.iter().rev().fold(0u32, |all, byte| all << 8 | u32::from(*byte));
        found.push((code, if size <= 4 { number } else { 0 }));
        at += size;
    }
    found
}
