//! Letters on pages become lines in reading order.

use std::collections::BTreeMap;

use super::line::Line;
use super::pdf::glyph::{Glyph, Sheet, Turn};
use line::Aside;

mod bullet;
mod column;
mod direction;
mod edge;
pub mod furniture;
mod gap;
mod gutter;
pub mod hidden;
mod label;
mod letter;
mod line;
mod row;
mod side;
mod word;

/// A page's lines, and what its order says about how software reads it.
#[derive(Debug, Default)]
pub struct Laid {
    pub lines: Vec<Line>,
    /// Columns were drawn line by line across the page.
    pub interleaved: bool,
    /// Cells stand in rows.
    pub tabular: bool,
}

/// Lays out what is left on a sheet; `links` are what its letters point to.
pub fn page(sheet: &Sheet, links: &[String]) -> Laid {
    let mut by_turn: BTreeMap<Turn, Vec<Glyph>> = BTreeMap::new();
    for glyph in &sheet.glyphs {
        by_turn.entry(glyph.turn).or_default().push(upright(glyph, sheet));
    }
    let aside = Aside { links, dots: &sheet.dots };
    let mut page = Laid::default();
    let mut turned: Vec<Vec<Glyph>> = by_turn.into_values().collect();
    turned.sort_by_key(|glyphs| std::cmp::Reverse(glyphs.len()));
    for glyphs in turned {
        let order = column::order(edge::parted(word::segments(glyphs)));
        page.interleaved |= order.interleaved;
        for block in order.blocks {
            let own = line::lines(block, aside);
            page.tabular |= is_table(&own);
            page.lines.extend(own);
        }
    }
    gap::fill(&mut page.lines);
    page
}

/// The glyph as if its text ran to the right.
fn upright(glyph: &Glyph, sheet: &Sheet) -> Glyph {
    let (x, y) = match glyph.turn {
        Turn::None => (glyph.x, glyph.y),
        Turn::Right => (glyph.y, sheet.width - glyph.x),
        Turn::Half => (sheet.width - glyph.x, sheet.height - glyph.y),
        Turn::Left => (sheet.height - glyph.y, glyph.x),
    };
    Glyph { x, y, ..glyph.clone() }
}

/// Three rows running with three cells or more.
fn is_table(lines: &[Line]) -> bool {
    lines.windows(3).any(|rows| rows.iter().all(|row| row.text.matches('\t').count() >= 2))
}
