//! The cells of a line and the looks of their words.

use super::Cell;
use crate::parse::field::date;
use crate::parse::line::{Line, Span};

/// Parts the text at its tabs and finds the runs of each part.
pub fn cells(line: &Line) -> Vec<Cell> {
    let mut spans = Runs { spans: &line.spans, at: 0, used: 0 };
    let texts = line.text.split('\t').map(str::trim).filter(|text| !text.is_empty());
    let mut cells: Vec<Cell> = texts.map(|text| spans.cell(text, line)).collect();
    if let [cell] = cells.as_slice()
        && let Some(parted) = part_date(cell, line)
    {
        cells = parted;
    }
    cells
}

/// A date in another look at the end of a line stands apart, however near.
fn part_date(cell: &Cell, line: &Line) -> Option<Vec<Cell>> {
    let last = line.spans.last()?;
    let (before, text) =
        cell.text.split_at_checked(cell.lead).filter(|(before, _)| !before.is_empty())?;
    if line.spans.len() != 2 || date::whole(text).is_none() || line.bullet {
        return None;
    }
    let name = before.trim_end().trim_end_matches([',', '|', '·', '–', '-']).trim_end();
    let bold = line.spans.first().is_some_and(|span| span.bold);
    let x1 = line.spans.first().map_or(cell.x1, |span| span.x1);
    let head = Cell { text: name.to_owned(), lead: 0, bold, x1, ..cell.clone() };
    let tail = Cell {
        text: text.trim().to_owned(),
        lead: 0,
        bold: last.bold,
        x0: last.x0,
        ..cell.clone()
    };
    Some(vec![head, tail])
}

/// Runs taken one after another, by their letters.
struct Runs<'a> {
    spans: &'a [Span],
    at: usize,
    used: usize,
}

impl Runs<'_> {
    fn cell(&mut self, text: &str, line: &Line) -> Cell {
        let mut cell = Cell { text: text.to_owned(), x0: f32::MAX, ..Cell::default() };
        let mut looks: Vec<(bool, bool, usize)> = Vec::new();
        let mut seen = 0;
        let total = letters(text);
        while seen < total {
            let Some(span) = self.spans.get(self.at) else { break };
            let size = letters(&span.text);
            let left = size.saturating_sub(self.used);
            let take = left.min(total - seen);
            if take > 0 {
                cell.x0 = cell.x0.min(span.x0);
                cell.x1 = cell.x1.max(span.x1);
                if cell.link.is_none() {
                    cell.link.clone_from(&span.link);
                }
                if span.text.chars().any(char::is_alphanumeric) {
                    looks.push((span.bold, span.italic, seen));
                }
            }
            seen += take;
            self.used += take;
            if self.used >= size {
                self.at += 1;
                self.used = 0;
            }
        }
        if cell.x0 > line.x1 {
            cell.x0 = line.x0;
            cell.x1 = line.x1;
        }
        cell.bold = if looks.is_empty() { line.bold } else { looks.iter().all(|look| look.0) };
        cell.italic = if looks.is_empty() { line.italic } else { looks.iter().all(|look| look.1) };
        cell.lead = lead(text, &looks);
        cell
    }
}

fn letters(text: &str) -> usize {
    text.chars().filter(|c| !c.is_whitespace()).count()
}

/// Where the look of the opening words ends, when one look follows another.
fn lead(text: &str, looks: &[(bool, bool, usize)]) -> usize {
    let Some(first) = looks.first() else { return 0 };
    let Some(change) = looks.iter().find(|look| (look.0, look.1) != (first.0, first.1)) else {
        return 0;
    };
    let mut seen = 0;
    for (index, character) in text.char_indices() {
        if seen == change.2 && !character.is_whitespace() {
            return index;
        }
        if !character.is_whitespace() {
            seen += 1;
        }
    }
    0
}
