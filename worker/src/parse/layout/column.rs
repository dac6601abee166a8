//! Reading order: which parts of a page are columns and which stand side by side in rows.

use super::gutter::{self, Gutter, Kind};
use super::label;
use super::side::DRAWN_IN_ONE_GO;
use super::word::Segment;

/// Segments that are read row by row, and the column they form.
#[derive(Debug)]
pub struct Block {
    pub column: u16,
    pub segments: Vec<Segment>,
}

/// What the order of a page says about how it was made.
#[derive(Debug, Default)]
pub struct Order {
    pub blocks: Vec<Block>,
    /// Columns were drawn line by line across the page.
    pub interleaved: bool,
}

/// Columns within columns; a page within a page within a page is none.
const DEPTH: usize = 6;

pub fn order(segments: Vec<Segment>) -> Order {
    let mut order = Order::default();
    arrange(segments, (0, DEPTH), &mut order);
    order
}

fn arrange(segments: Vec<Segment>, (column, depth): (u16, usize), order: &mut Order) {
    if segments.is_empty() {
        return;
    }
    let Some((kind, gutter)) = (depth > 0).then(|| gutter::find(&segments)).flatten() else {
        order.blocks.push(Block { column, segments });
        return;
    };
    let parts = Parts::of(segments, &gutter);
    arrange(parts.above, (column, depth - 1), order);
    match kind {
        Kind::Columns => {
            order.interleaved |= gutter.switching > DRAWN_IN_ONE_GO;
            arrange(parts.left, (column, depth - 1), order);
            arrange(parts.right, (column.saturating_add(1), depth - 1), order);
        }
        Kind::Labels => {
            for block in label::blocks(parts.left, parts.right) {
                order.blocks.push(Block { column, segments: block.labels });
                arrange(block.rows, (column, depth - 1), order);
            }
        }
    }
    arrange(parts.below, (column, depth - 1), order);
}

#[derive(Default)]
struct Parts {
    above: Vec<Segment>,
    left: Vec<Segment>,
    right: Vec<Segment>,
    below: Vec<Segment>,
}

impl Parts {
    fn of(segments: Vec<Segment>, gutter: &Gutter) -> Self {
        let mut parts = Self::default();
        for segment in segments {
            let part = if segment.y < gutter.top {
                &mut parts.above
            } else if segment.y > gutter.bottom {
                &mut parts.below
            } else if segment.x1 <= gutter.x1 {
                &mut parts.left
            } else {
                &mut parts.right
            };
            part.push(segment);
        }
        parts
    }
}
