//! Finding the white strip between two columns, and telling columns from rows
//! whose ends stand apart (a title and its dates, a label and its value).

use super::word::Segment;

#[derive(Clone, Copy, Debug)]
pub struct Gutter {
    pub x0: f32,
    pub x1: f32,
    /// Baselines of the first and last line beside it.
    pub top: f32,
    pub bottom: f32,
    /// The two sides were drawn in turns.
    pub interleaved: bool,
}

/// Narrowest strip between columns, in ems of the text beside it.
const NARROWEST: f32 = 0.8;
/// Gaps looked at as the place of a gutter, widest reach first.
const CANDIDATES: usize = 400;
/// Lines a column needs when it was not drawn in one go.
const TALL: usize = 5;

/// The best gutter that parts true columns.
pub fn find(segments: &[Segment]) -> Option<Gutter> {
    let mut sorted: Vec<&Segment> = segments.iter().collect();
    sorted.sort_by(|a, b| a.y.total_cmp(&b.y));
    let mut found: Vec<Gutter> = Vec::new();
    for (index, left) in sorted.iter().enumerate() {
        if found.len() >= CANDIDATES {
            break;
        }
        let Some(right) = neighbour(&sorted, index) else { continue };
        let gutter = grown(&sorted, left, right);
        if !found.iter().any(|known| same(known, &gutter)) {
            found.push(gutter);
        }
    }
    let mut ranked: Vec<(f32, Gutter)> = found
        .into_iter()
        .filter_map(|gutter| columns(&sorted, gutter))
        .map(|gutter| ((gutter.bottom - gutter.top) * (gutter.x1 - gutter.x0).sqrt(), gutter))
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    ranked.first().map(|(_, gutter)| *gutter)
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

/// The gap between two neighbours, followed up and down until a line crosses it.
fn grown(sorted: &[&Segment], left: &Segment, right: &Segment) -> Gutter {
    let mut gutter =
        Gutter { x0: left.x1, x1: right.x0, top: left.y, bottom: left.y, interleaved: false };
    let least = NARROWEST * left.size.min(right.size);
    let start = sorted.partition_point(|segment| segment.y < left.y);
    for segment in sorted.iter().skip(start) {
        if !gutter.passes(segment, least) {
            break;
        }
        gutter.bottom = segment.y;
    }
    for segment in sorted.iter().take(start).rev() {
        if !gutter.passes(segment, least) {
            break;
        }
        gutter.top = segment.y;
    }
    gutter
}

impl Gutter {
    /// Narrows the strip to go past a segment; false when it cannot.
    fn passes(&mut self, segment: &Segment, least: f32) -> bool {
        let (mut x0, mut x1) = (self.x0, self.x1);
        if segment.x0 < x1 && segment.x1 > x0 {
            let room_left = segment.x0 - x0;
            let room_right = x1 - segment.x1;
            if room_left > room_right {
                x1 = segment.x0;
            } else {
                x0 = segment.x1;
            }
        }
        let passes = x1 - x0 >= least;
        if passes {
            (self.x0, self.x1) = (x0, x1);
        }
        passes
    }
}

/// The gutter with its final reach, when what it parts are columns.
fn columns(sorted: &[&Segment], gutter: Gutter) -> Option<Gutter> {
    let beside =
        |gutter: &Gutter, segment: &Segment| segment.y >= gutter.top && segment.y <= gutter.bottom;
    let all: Vec<&Segment> =
        sorted.iter().copied().filter(|segment| beside(&gutter, segment)).collect();
    let mut gutter = gutter;
    gutter.top = below_header(&all, &gutter);
    let (left, right): (Vec<&Segment>, Vec<&Segment>) = all
        .into_iter()
        .filter(|segment| beside(&gutter, segment))
        .partition(|segment| segment.x1 <= gutter.x1);
    let sides = Sides::of(&left, &right)?;
    gutter.interleaved = sides.switching > DRAWN_IN_ONE_GO;
    sides.are_columns().then_some(gutter)
}

/// Large lines on one side above everything on the other head the page, not the column.
fn below_header(all: &[&Segment], gutter: &Gutter) -> f32 {
    let first =
        |left: bool| all.iter().find(|segment| (segment.x1 <= gutter.x1) == left).map(|s| s.y);
    let (Some(left), Some(right)) = (first(true), first(false)) else { return gutter.top };
    let start = left.max(right);
    let mut sizes: Vec<f32> = all.iter().map(|segment| segment.size).collect();
    sizes.sort_by(f32::total_cmp);
    let body = sizes.get(sizes.len() / 2).copied().unwrap_or(0.0);
    let head: Vec<&&Segment> =
        all.iter().filter(|segment| segment.y < start - 0.5 * segment.size).collect();
    let heads = head.len() <= HEADER_LINES && head.iter().any(|segment| segment.size >= 1.3 * body);
    if heads { start - 0.5 * body } else { gutter.top }
}

const HEADER_LINES: usize = 6;
/// Share of turns between the sides, of those possible, up to which each side was drawn in one go.
const DRAWN_IN_ONE_GO: f32 = 0.2;

/// What tells columns from rows.
struct Sides {
    /// Lines of the side with fewer.
    fewer: usize,
    switching: f32,
    /// Share of the lesser side's lines that share a baseline with the other.
    paired: f32,
    /// Share of the lesser side's lines that follow another closely.
    dense: f32,
    /// The lesser side holds dates and places.
    dated: bool,
    /// Both sides keep a left edge or a centre.
    edged: bool,
}

impl Sides {
    fn of(left: &[&Segment], right: &[&Segment]) -> Option<Self> {
        let (left_lines, right_lines) = (lines(left), lines(right));
        let letters =
            |side: &[&Segment]| side.iter().map(|segment| segment.characters()).sum::<usize>();
        let (lesser, other) =
            if letters(left) <= letters(right) { (left, right) } else { (right, left) };
        let lesser_lines = lines(lesser);
        let fewer = left_lines.len().min(right_lines.len());
        if fewer < 2 {
            return None;
        }
        let partners = lesser_lines
            .iter()
            .filter(|(y, size)| other.iter().any(|segment| (segment.y - y).abs() <= 0.2 * size))
            .count();
        let close =
            lesser_lines.windows(2).filter(|pair| pair[1].0 - pair[0].0 <= 1.8 * pair[1].1).count();
        Some(Self {
            fewer,
            switching: switching(left, right, fewer),
            paired: share(partners, lesser_lines.len()),
            dense: share(close, lesser_lines.len() - 1),
            dated: dated(lesser),
            edged: edged(left) && edged(right),
        })
    }

    fn are_columns(&self) -> bool {
        let rows = self.dated && self.paired > 0.6;
        if self.switching <= DRAWN_IN_ONE_GO {
            return !rows && (self.fewer >= TALL || self.edged);
        }
        !rows && self.fewer >= TALL && self.paired < 0.5 && self.dense > 0.6
    }
}

/// Baseline and size of each line.
fn lines(side: &[&Segment]) -> Vec<(f32, f32)> {
    let mut lines: Vec<(f32, f32)> = Vec::new();
    for segment in side {
        match lines.last() {
            Some((y, size)) if segment.y - y <= 0.4 * size => {}
            _ => lines.push((segment.y, segment.size)),
        }
    }
    lines
}

/// How often drawing went from one side to the other, of how often it could have.
fn switching(left: &[&Segment], right: &[&Segment], fewer: usize) -> f32 {
    let mut drawn: Vec<(u32, u8)> = left.iter().map(|segment| (segment.order, 0)).collect();
    drawn.extend(right.iter().map(|segment| (segment.order, 1)));
    drawn.sort_unstable();
    let turns = drawn.windows(2).filter(|pair| pair[0].1 != pair[1].1).count();
    share(turns.saturating_sub(1), 2 * fewer - 1)
}

fn dated(side: &[&Segment]) -> bool {
    let has_digits = |segment: &&&Segment| {
        segment
            .words
            .iter()
            .any(|word| word.text.chars().filter(|c| c.is_ascii_digit()).count() >= 2)
    };
    let short = side.iter().filter(|segment| segment.characters() <= 28).count();
    let dated = side.iter().filter(has_digits).count();
    share(short, side.len()) > 0.9 && share(dated, side.len()) > 0.4
}

/// Most lines start at one place, or are centred on one.
fn edged(side: &[&Segment]) -> bool {
    let agree = |place: fn(&Segment) -> f32| {
        let Some(first) = side.first() else { return false };
        let near =
            side.iter().filter(|s| (place(s) - place(first)).abs() <= 0.3 * first.size).count();
        share(near, side.len()) >= 0.75
    };
    agree(|segment| segment.x0) || agree(|segment| f32::midpoint(segment.x0, segment.x1))
}

fn share(part: usize, whole: usize) -> f32 {
    let small = |number: usize| f32::from(u16::try_from(number).unwrap_or(u16::MAX));
    if whole == 0 { 0.0 } else { small(part) / small(whole) }
}
