//! Segments of a block to rows of cells, and cells over several rows to one.

use super::bullet;
use super::word::{Segment, Word};

/// Cells from left to right.
pub type Row = Vec<Segment>;

/// Parts of a row this near a baseline, in ems, stand on it; dates may be set smaller and centred.
const ROW: f32 = 0.4;
/// Words of different baselines closer than this, in ems, are one word (1st, H₂O).
pub const TOUCH: f32 = 0.1;

/// The rows of a block from top to bottom.
pub fn rows(mut segments: Vec<Segment>) -> Vec<Row> {
    segments.sort_by(|a, b| a.y.total_cmp(&b.y));
    let mut rows: Vec<Row> = Vec::new();
    for segment in segments {
        match rows.last_mut() {
            Some(row) if belongs(row, &segment) => row.push(segment),
            _ => rows.push(vec![segment]),
        }
    }
    for row in &mut rows {
        row.sort_by(|a, b| a.x0.total_cmp(&b.x0));
    }
    for index in 1..rows.len() {
        let (above, below) = rows.split_at_mut(index);
        if let (Some(above), Some(below)) = (above.last_mut(), below.first_mut()) {
            rejoin_date(above, below);
            lift(above, below);
        }
    }
    rows
}

/// Cells of a row that are compared with the next.
const CELLS: usize = 60;

fn belongs(row: &[Segment], segment: &Segment) -> bool {
    let row = row.get(row.len().saturating_sub(CELLS)..).unwrap_or_default();
    row.iter().any(|other| {
        let gap = (segment.x0 - other.x1).max(other.x0 - segment.x1);
        let large = segment.size.max(other.size);
        // Raised or lowered letters touch their word; all else keeps a common baseline.
        let reach = if gap < TOUCH * large { large } else { segment.size.min(other.size) };
        (segment.y - other.y).abs() <= ROW * reach
    }) && !row.iter().any(|other| {
        let shared = segment.x1.min(other.x1) - segment.x0.max(other.x0);
        shared > segment.size && (segment.y - other.y).abs() > 0.2 * segment.size
    })
}

/// A date that ends in a dash goes on in the cell below it, or at the start of
/// the next line; one that lacks a last year finds it there.
fn rejoin_date(above: &mut Row, below: &mut Row) {
    if above.len() < 2 {
        return;
    }
    let last = above.len() - 1;
    for (index, cell) in above.iter().enumerate() {
        let lone = index == last && below.len() == 1;
        let goes_on = |other: &Segment| {
            let place = lone || (other.x0 < cell.x1 && other.x1 > cell.x0);
            place && completes(cell, other)
        };
        if let Some(found) = below.iter().position(goes_on) {
            part(above);
            above[index].append(below.remove(found));
            return;
        }
    }
}

fn completes(date: &Segment, end: &Segment) -> bool {
    let Some(dash) = date.words.iter().rposition(|word| word.text.ends_with(['-', '–', '—']))
    else {
        return false;
    };
    let has_digit = |word: &Word| word.text.contains(|c: char| c.is_ascii_digit());
    let (from, to) = date.words.split_at(dash + 1);
    let is_year = end.words.iter().all(|word| word.text.chars().all(|c| c.is_ascii_digit()));
    let fits = match to {
        [] => {
            end.characters() <= DATE_END
                && (end.words.len() == 1 || end.words.iter().any(has_digit))
        }
        [month] => !has_digit(month) && is_year,
        _ => false,
    };
    fits && from.iter().any(has_digit)
}

/// Letters of the longest end of a date ("Present", "09/2016").
const DATE_END: usize = 12;

pub fn ends_in_dash(cell: &Segment) -> bool {
    cell.words.last().is_some_and(|word| word.text.ends_with(['-', '–', '—']))
        && cell.words.iter().any(|word| word.text.contains(|c: char| c.is_ascii_digit()))
}

/// Places and dates stacked at the right of an entry belong to its head, not
/// to the list item the lower one happens to stand beside.
fn lift(above: &mut Row, below: &mut Row) {
    let columns = above.len();
    let Some(head) = above.last_mut() else { return };
    let item = below.first().and_then(|cell| cell.words.first()).is_some_and(bullet::is_mark_alone);
    let stacked = below.last().is_some_and(|cell| {
        let near = 0.3 * head.size;
        let aligned = (cell.x1 - head.x1).abs() <= near || (cell.x0 - head.x0).abs() <= near;
        aligned && cell.y - head.y <= 1.8 * head.size
    });
    let cells = if below.first().is_some_and(|cell| cell.words.len() == 1) { 3 } else { 2 };
    if !item || !stacked || below.len() < cells || columns < 2 {
        return;
    }
    if let Some(mut lifted) = below.pop() {
        lifted.words.iter_mut().take(1).for_each(|first| first.opens_cell = true);
        head.append(lifted);
        part(above);
    }
}

/// Keeps the cells of a row apart although words move.
fn part(row: &mut Row) {
    for first in row.iter_mut().filter_map(|cell| cell.words.first_mut()) {
        first.opens_cell = true;
    }
}

/// All words of a row from left to right.
pub fn words(row: Row) -> Vec<Word> {
    let mut words: Vec<Word> = row.into_iter().flat_map(|segment| segment.words).collect();
    words.sort_by(|a, b| a.x0.total_cmp(&b.x0));
    words
}
