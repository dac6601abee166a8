//! Finding the white strip between two columns, and telling columns from rows
//! whose ends stand apart (a title and its dates, a label and its value).

use std::cmp::Ordering;

use super::label;
use super::side::Sides;
use super::word::Segment;

#[derive(Clone, Copy, Debug)]
pub struct Gutter {
    pub x0: f32,
    pub x1: f32,
    /// Baselines of the first and last line beside it.
    pub top: f32,
    pub bottom: f32,
    /// How often drawing went from one side to the other, of how often it could have.
    pub switching: f32,
}

/// Narrowest strip between columns, in ems of the text beside it.
const NARROWEST: f32 = 0.8;
/// A gutter wider than this, in points, is no surer.
const WIDE: f32 = 24.0;
/// Different gutters weighed; pages have a few dozen.
const CANDIDATES: usize = 200;
/// Segments of a page that is looked through for columns; real ones have some hundred.
const SEGMENTS: usize = 1500;
/// What stands on the two sides of a gutter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Each side is read on its own.
    Columns,
    /// The left side holds headings and dates of what stands right of them.
    Labels,
}

/// The gutter to part a page or column by. Each label with its text looks like
/// two small columns, so a margin of labels that reaches further goes first.
pub fn find(segments: &[Segment]) -> Option<(Kind, Gutter)> {
    if segments.len() > SEGMENTS {
        return None;
    }
    let mut sorted: Vec<&Segment> = segments.iter().collect();
    sorted.sort_by(|a, b| a.y.total_cmp(&b.y));
    let mut found: Vec<Gutter> = Vec::new();
    for (index, left) in sorted.iter().enumerate() {
        if found.len() >= CANDIDATES {
            break;
        }
        let Some(right) = neighbour(&sorted, index) else { continue };
        let open = grown(&sorted, (left, right), Growth::Open);
        let drawn =
            grown(&sorted, (left, right), Growth::Drawn(Extent::of(left), Extent::of(right)));
        let headed = Gutter { top: drawn.top, ..open };
        for gutter in [open, drawn, headed] {
            if !found.iter().any(|known| same(known, &gutter)) {
                found.push(gutter);
            }
        }
    }
    let judged: Vec<(Kind, Gutter)> =
        found.into_iter().filter_map(|gutter| judged(&sorted, gutter)).collect();
    let of = |kind: Kind| {
        judged.iter().filter(move |(other, _)| *other == kind).map(|(_, gutter)| *gutter)
    };
    let columns =
        of(Kind::Columns).max_by(furthest).map(|best| below_spread(best, of(Kind::Columns)));
    let labels = of(Kind::Labels).max_by(furthest);
    match (columns, labels) {
        (Some(columns), Some(labels)) if labels.reach() > 1.5 * columns.reach() => {
            Some((Kind::Labels, labels))
        }
        (Some(columns), _) => Some((Kind::Columns, columns)),
        (None, labels) => labels.map(|labels| (Kind::Labels, labels)),
    }
}

fn furthest(a: &Gutter, b: &Gutter) -> Ordering {
    a.reach().total_cmp(&b.reach())
}

/// A line spread across the page may happen to leave the gutter free above the
/// columns. It was drawn out of turn: without it, the rest is drawn in one go.
fn below_spread(best: Gutter, others: impl Iterator<Item = Gutter>) -> Gutter {
    let within = |other: &Gutter| {
        let nearly =
            other.reach() >= 0.85 * best.reach() && (other.bottom - best.bottom).abs() < 1.0;
        nearly && other.x0 < best.x1 && other.x1 > best.x0
    };
    others.filter(within).min_by(|a, b| a.switching.total_cmp(&b.switching)).unwrap_or(best)
}

fn same(a: &Gutter, b: &Gutter) -> bool {
    let near = |a: f32, b: f32| (a - b).abs() < 0.5;
    near(a.x0, b.x0) && near(a.x1, b.x1) && near(a.top, b.top) && near(a.bottom, b.bottom)
}

/// The nearest segment to the right on about the same height.
fn neighbour<'s>(sorted: &[&'s Segment], index: usize) -> Option<&'s Segment> {
    let left = *sorted.get(index)?;
    let beside = |other: &&&Segment| (other.y - left.y).abs() <= left.size.max(other.size);
    let after = sorted.iter().skip(index + 1).take_while(beside);
    let before = sorted.iter().take(index).rev().take_while(beside);
    after
        .chain(before)
        .filter(|other| other.x0 - left.x1 > NARROWEST * left.size)
        .min_by(|a, b| a.x0.total_cmp(&b.x0))
        .copied()
}

/// What ends a gutter besides a line that crosses it.
#[derive(Clone, Copy)]
enum Growth {
    Open,
    /// A line that was not drawn together with its side, all of one side
    /// before all of the other: it belongs to what stands above or below.
    Drawn(Extent, Extent),
}

/// When the lines of a side were drawn.
#[derive(Clone, Copy)]
struct Extent {
    first: u32,
    last: u32,
}

impl Extent {
    fn of(segment: &Segment) -> Self {
        Self { first: segment.order, last: segment.order }
    }

    fn with(self, order: u32) -> Self {
        Self { first: self.first.min(order), last: self.last.max(order) }
    }
}

impl Growth {
    /// With the segment taken in; nothing when it does not go with its side.
    fn taking(self, segment: &Segment, gutter: &Gutter) -> Option<Self> {
        let Self::Drawn(left, right) = self else { return Some(self) };
        let (left, right) = if segment.x1 <= gutter.x1 {
            (left.with(segment.order), right)
        } else {
            (left, right.with(segment.order))
        };
        let apart = left.last < right.first || right.last < left.first;
        apart.then_some(Self::Drawn(left, right))
    }
}

/// The gap between two neighbours, followed up and down until it ends.
fn grown(sorted: &[&Segment], (left, right): (&Segment, &Segment), mut growth: Growth) -> Gutter {
    let (x0, x1) = (left.x1, right.x0);
    let mut gutter = Gutter { x0, x1, top: left.y, bottom: left.y, switching: 0.0 };
    let least = NARROWEST * left.size.min(right.size);
    let start = sorted.partition_point(|segment| segment.y < left.y);
    let mut take = |segment: &&&Segment| {
        let taken = gutter.past(segment, least).zip(growth.taking(segment, &gutter));
        if let Some((past, grown)) = taken {
            (gutter, growth) = (past, grown);
        }
        taken.is_some()
    };
    let after = sorted.get(start..).unwrap_or_default();
    let before = sorted.get(..start).unwrap_or_default();
    let below = after.iter().take_while(&mut take).count();
    let above = before.iter().rev().take_while(&mut take).count();
    // What stops it may stand on one line with what was let past.
    let floor = after.get(below).map_or(f32::INFINITY, |stop| stop.y - 0.4 * stop.size);
    let ceiling = above
        .checked_add(1)
        .and_then(|above| before.len().checked_sub(above))
        .and_then(|at| before.get(at));
    let ceiling = ceiling.map_or(f32::NEG_INFINITY, |stop| stop.y + 0.4 * stop.size);
    let reached = before
        .get(before.len() - above..)
        .unwrap_or_default()
        .iter()
        .chain(after.iter().take(below));
    for segment in reached.filter(|segment| segment.y < floor && segment.y > ceiling) {
        gutter.top = gutter.top.min(segment.y);
        gutter.bottom = gutter.bottom.max(segment.y);
    }
    gutter
}

impl Gutter {
    /// Narrows the strip to go past a segment; nothing when less than `least` is left.
    fn past(mut self, segment: &Segment, least: f32) -> Option<Self> {
        if segment.x0 < self.x1 && segment.x1 > self.x0 {
            if segment.x0 - self.x0 > self.x1 - segment.x1 {
                self.x1 = segment.x0;
            } else {
                self.x0 = segment.x1;
            }
        }
        (self.x1 - self.x0 >= least).then_some(self)
    }

    /// How much page it parts; tall, and not too narrow.
    fn reach(&self) -> f32 {
        (self.bottom - self.top) * (self.x1 - self.x0).min(WIDE).sqrt()
    }
}

/// The gutter with its final reach, when it parts more than the ends of rows.
fn judged(sorted: &[&Segment], mut gutter: Gutter) -> Option<(Kind, Gutter)> {
    let beside =
        |gutter: &Gutter, segment: &Segment| segment.y >= gutter.top && segment.y <= gutter.bottom;
    let all: Vec<&Segment> =
        sorted.iter().copied().filter(|segment| beside(&gutter, segment)).collect();
    gutter.top = below_header(&all, &gutter);
    let (left, right): (Vec<&Segment>, Vec<&Segment>) = all
        .into_iter()
        .filter(|segment| beside(&gutter, segment))
        .partition(|segment| segment.x1 <= gutter.x1);
    let sides = Sides::of(&left, &right)?;
    gutter.switching = sides.switching;
    if sides.are_columns() {
        Some((Kind::Columns, gutter))
    } else if label::are_labels(&left, &right) {
        gutter.top = label::top(&left, &right).unwrap_or(gutter.top);
        Some((Kind::Labels, gutter))
    } else {
        None
    }
}

/// Large lines on one side above everything on the other head the page, not the
/// column; the widest gap after them ends the header.
fn below_header(all: &[&Segment], gutter: &Gutter) -> f32 {
    let first =
        |left: bool| all.iter().find(|segment| (segment.x1 <= gutter.x1) == left).map(|s| s.y);
    let (Some(left), Some(right)) = (first(true), first(false)) else { return gutter.top };
    let start = left.max(right);
    let mut sizes: Vec<f32> = all.iter().map(|segment| segment.size).collect();
    sizes.sort_by(f32::total_cmp);
    let body = sizes.get(sizes.len() / 2).copied().unwrap_or(0.0);
    let head = all.partition_point(|segment| segment.y < start - 0.5 * body);
    let large = all.iter().take(head).rposition(|segment| segment.size >= 1.3 * body);
    let Some(large) = large.filter(|_| head <= HEADER_LINES) else { return gutter.top };
    let below = all.get(large..=head).unwrap_or_default().windows(2);
    let widest = below.max_by(|a, b| (a[1].y - a[0].y).total_cmp(&(b[1].y - b[0].y)));
    widest.map_or(gutter.top, |pair| f32::midpoint(pair[0].y, pair[1].y))
}

const HEADER_LINES: usize = 6;
