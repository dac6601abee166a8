//! How far a character moves the pen, in thousandths of the font size.

use lopdf::{Dictionary, Document, Object};

use crate::parse::pdf::{limit, object};

/// Widths of the characters of a composite font; ranges stay ranges.
#[derive(Debug)]
pub struct Widths {
    default: f32,
    /// Ascending by first character.
    ranges: Vec<(u32, u32, f32)>,
}

impl Widths {
    pub fn read(document: &Document, font: &Dictionary) -> Self {
        let default = object::number(document, font, b"DW").unwrap_or(1000.0);
        let mut ranges = Vec::new();
        let mut objects = object::array(document, font, b"W").unwrap_or_default().iter();
        while let (Some(first), Some(second)) = (number(document, objects.next()), objects.next()) {
            match object::resolve(document, second) {
                Some(Object::Array(widths)) => listed(document, first, widths, &mut ranges),
                Some(last) => {
                    let last = last.as_i64().ok().and_then(|last| u32::try_from(last).ok());
                    let width =
                        objects.next().and_then(|w| object::resolve(document, w)?.as_float().ok());
                    if let (Some(last), Some(width)) = (last, width) {
                        ranges.push((first, last, width));
                    }
                }
                None => break,
            }
            if ranges.len() > limit::WIDTHS {
                break;
            }
        }
        ranges.sort_by_key(|range| range.0);
        Self { default, ranges }
    }

    pub fn of(&self, character: u32) -> f32 {
        let end = self.ranges.partition_point(|range| range.0 <= character);
        let range = end.checked_sub(1).and_then(|i| self.ranges.get(i));
        range.filter(|range| range.1 >= character).map_or(self.default, |range| range.2)
    }
}

fn number(document: &Document, object: Option<&Object>) -> Option<u32> {
    u32::try_from(object::resolve(document, object?)?.as_i64().ok()?).ok()
}

fn listed(document: &Document, first: u32, widths: &[Object], ranges: &mut Vec<(u32, u32, f32)>) {
    for (character, width) in (first..).zip(widths).take(limit::WIDTHS) {
        if let Some(width) =
            object::resolve(document, width).and_then(|width| width.as_float().ok())
        {
            ranges.push((character, character, width));
        }
    }
}

/// The width of a character of a standard font whose file gives none.
pub fn standard(font: &str, character: char) -> f32 {
    if font.contains("courier") || font.contains("mono") {
        return 600.0;
    }
    let serif = font.contains("times") || font.contains("serif") || font.contains("roman");
    let bold = font.contains("bold");
    let table = match (serif, bold) {
        (true, false) => &TIMES,
        (true, true) => &TIMES_BOLD,
        (false, false) => &HELVETICA,
        (false, true) => &HELVETICA_BOLD,
    };
    let plain = unaccented(character);
    let index = u32::from(plain).checked_sub(32).and_then(|index| usize::try_from(index).ok());
    let width = index.and_then(|index| table.get(index)).copied();
    f32::from(width.unwrap_or(if character == '—' { 1000 } else { 500 }))
}

fn unaccented(character: char) -> char {
    use unicode_normalization::UnicodeNormalization;
    match character {
        '‘' | '’' => '`',
        '•' => '-',
        _ => character.nfd().next().unwrap_or(character),
    }
}

/// Adobe's published metrics, from the space on.
const HELVETICA: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

const HELVETICA_BOLD: [u16; 95] = [
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667,
    611, 778, 722, 278, 556, 722, 611, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556,
    278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
];

const TIMES: [u16; 95] = [
    250, 333, 408, 500, 500, 833, 778, 180, 333, 333, 500, 564, 250, 333, 250, 278, 500, 500, 500,
    500, 500, 500, 500, 500, 500, 500, 278, 278, 564, 564, 564, 444, 921, 722, 667, 667, 722, 611,
    556, 722, 722, 333, 389, 722, 611, 889, 722, 722, 556, 722, 667, 556, 611, 722, 722, 944, 722,
    722, 611, 333, 278, 333, 469, 500, 333, 444, 500, 444, 500, 444, 333, 500, 500, 278, 278, 500,
    278, 778, 500, 500, 500, 500, 333, 389, 278, 500, 500, 722, 500, 500, 444, 480, 200, 480, 541,
];

const TIMES_BOLD: [u16; 95] = [
    250, 333, 555, 500, 500, 1000, 833, 278, 333, 333, 500, 570, 250, 333, 250, 278, 500, 500, 500,
    500, 500, 500, 500, 500, 500, 500, 333, 333, 570, 570, 570, 500, 930, 722, 667, 722, 722, 667,
    611, 778, 778, 389, 500, 778, 667, 944, 722, 778, 611, 778, 722, 556, 667, 722, 722, 1000, 722,
    722, 667, 333, 278, 333, 581, 500, 333, 500, 556, 444, 556, 444, 333, 500, 556, 278, 333, 556,
    278, 833, 556, 500, 556, 556, 444, 389, 333, 556, 500, 722, 500, 500, 444, 394, 220, 394, 520,
];
