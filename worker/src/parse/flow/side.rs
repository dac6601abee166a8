//! Headings that stand in the margin beside their section.

use super::{Cell, Row};
use crate::parse::section::heading;

/// Headings set beside their section become rows of their own, above it.
pub fn side_headings(rows: &[Row]) -> Vec<Row> {
    let mut done: Vec<Row> = Vec::new();
    let content = |row: &Row| row.x0;
    for (index, mut row) in rows.iter().cloned().enumerate() {
        let near: Vec<f32> = rows
            .iter()
            .skip(index + 1)
            .take(8)
            .filter(|other| other.column == row.column)
            .map(content)
            .collect();
        let inner = near.iter().copied().fold(f32::MAX, f32::min);
        if row.x0 > 0.0 && !row.bullet {
            split_lead(&mut row, inner);
        }
        let beside = row.x0 > 0.0
            && row.cells.len() > 1
            && heading::known(row.first()).is_some()
            && row.cells.get(1).is_some_and(|cell| cell.x0 > row.x0 + 3.0 * row.size.max(6.0))
            && near.iter().filter(|x| **x > row.x0 + 2.0 * row.size.max(6.0)).count() * 2
                >= near.len();
        if !beside {
            done.push(row);
            continue;
        }
        let rest = row.cells.split_off(1);
        let mut head = row.clone();
        head.heading = Some(1);
        head.bullet = false;
        row.x0 = rest.first().map_or(row.x0, |cell| cell.x0);
        row.bold = rest.iter().all(|cell| cell.bold);
        row.cells = rest;
        // Set in the middle beside its block: the block began with the rows close above.
        let above =
            done.iter().rev().take(6).take_while(|other| {
                other.x0 > head.x0 + 2.0 * head.size && other.page == head.page
            });
        let mut back = 0;
        let mut gap = row.gap;
        for other in above {
            if gap > 1.5 {
                break;
            }
            back += 1;
            gap = other.gap;
        }
        if gap <= 1.5 {
            back = 0;
        }
        let place = done.len().saturating_sub(back);
        done.insert(place, head);
        done.push(row);
    }
    lone_side_headings(&done)
}

/// A heading alone in the margin, centred beside rows that began above it.
fn lone_side_headings(rows: &[Row]) -> Vec<Row> {
    let mut done: Vec<Row> = Vec::new();
    for (index, mut row) in rows.iter().cloned().enumerate() {
        let alone = row.x0 > 0.0
            && row.cells.len() == 1
            && row.heading.is_none()
            && heading::known(row.first()).is_some()
            && row.gap < 0.8
            && row.gap > 0.0;
        let margin =
            |other: Option<&Row>| other.is_some_and(|other| other.x0 > row.x0 + 4.0 * row.size);
        if alone && margin(index.checked_sub(1).and_then(|before| rows.get(before))) {
            row.heading = Some(1);
            let mut place = done.len();
            while let Some(above) = place.checked_sub(1).and_then(|before| done.get(before)) {
                if above.x0 <= row.x0 + 2.0 * row.size || above.page != row.page {
                    break;
                }
                place -= 1;
                if above.gap > 1.5 {
                    break;
                }
            }
            done.insert(place, row);
        } else {
            done.push(row);
        }
    }
    done
}

/// Parts `Work Senior Engineer` when `Work` stands in the margin and the rest with the content.
fn split_lead(row: &mut Row, inner: f32) {
    let Some(cell) = row.cells.first() else { return };
    if row.x0 + 2.0 * row.size > inner || cell.text.chars().count() > 120 {
        return;
    }
    let words: Vec<(usize, &str)> = cell
        .text
        .match_indices(' ')
        .map(|(at, _)| (at, cell.text.get(..at).unwrap_or("")))
        .collect();
    let Some((at, _)) = words.iter().rev().find(|(_, head)| heading::known(head).is_some()) else {
        return;
    };
    let (Some(head), Some(rest)) = (cell.text.get(..*at), cell.text.get(at + 1..)) else { return };
    let first = Cell { text: head.to_owned(), x1: inner - 1.0, lead: 0, ..cell.clone() };
    let second = Cell { text: rest.to_owned(), x0: inner, lead: 0, bold: true, ..cell.clone() };
    row.cells.splice(0..1, [first, second]);
}
