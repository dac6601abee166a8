//! The two sides of a gutter: columns, or the ends of rows?

use super::row;
use super::word::Segment;

/// Lines a column needs when it was not drawn in one go.
const TALL: usize = 5;
/// Share of turns between the sides, of those possible, up to which each side was drawn in one go.
pub const DRAWN_IN_ONE_GO: f32 = 0.2;

/// What tells columns from rows.
pub struct Sides {
    /// Lines of the side with fewer.
    fewer: usize,
    pub switching: f32,
    /// Share of the lesser side's lines that share a baseline with the other.
    paired: f32,
    /// Share of the lesser side's lines that follow another closely.
    dense: f32,
    lesser: Lesser,
    /// The right side keeps a right edge, as dates and places do.
    flush_right: bool,
    /// No line of one side is near the height of one of the other.
    apart: bool,
}

/// What the side with less text holds.
#[derive(PartialEq, Eq)]
enum Lesser {
    Text,
    /// Short lines, many with a year.
    Dates,
    /// Two dates, one below the other, at the left of a longer text.
    Date,
}

impl Sides {
    pub fn of(left: &[&Segment], right: &[&Segment]) -> Option<Self> {
        let letters =
            |side: &[&Segment]| side.iter().copied().map(Segment::characters).sum::<usize>();
        let left_is_lesser = letters(left) <= letters(right);
        let (lesser, greater) = if left_is_lesser { (left, right) } else { (right, left) };
        let own = lines(lesser);
        let other = lines(greater);
        let fewer = own.len().min(other.len());
        if fewer == 0 || own.len().max(other.len()) < 2 {
            return None;
        }
        let beside = |(y, size): &(f32, f32), near: f32| {
            greater.iter().any(|segment| (segment.y - y).abs() <= near * size.min(segment.size))
        };
        let close = own.windows(2).filter(|pair| pair[1].0 - pair[0].0 <= 1.8 * pair[1].1).count();
        let stacked = left_is_lesser
            && fewer == 2
            && !lesser.first().is_some_and(|date| row::ends_in_dash(date));
        Some(Self {
            fewer,
            switching: switching(left, right, fewer),
            paired: share(own.iter().filter(|line| beside(line, 0.2)).count(), own.len()),
            dense: share(close, own.len().saturating_sub(1)),
            lesser: match (dated(lesser), stacked && close == 1 && other.len() > 3) {
                (true, true) => Lesser::Date,
                (true, false) => Lesser::Dates,
                (false, _) => Lesser::Text,
            },
            flush_right: flush_right(right),
            apart: !own.iter().any(|line| beside(line, 0.6)),
        })
    }

    pub fn are_columns(&self) -> bool {
        let rows = self.paired > 0.6;
        if rows && (self.lesser == Lesser::Dates || self.flush_right) {
            return false;
        }
        if self.switching > DRAWN_IN_ONE_GO {
            return self.fewer >= TALL && self.paired < 0.5 && self.dense > 0.6;
        }
        match self.fewer {
            ..TALL if self.switching > 0.0 => false,
            1 => self.apart,
            _ => true,
        }
    }
}

/// Baseline and size of each line.
pub fn lines(side: &[&Segment]) -> Vec<(f32, f32)> {
    let mut lines: Vec<(f32, f32)> = Vec::new();
    for segment in side {
        match lines.last() {
            Some(last) if segment.y - last.0 <= 0.4 * last.1 => {}
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
    share(turns.saturating_sub(1), (2 * fewer).saturating_sub(1))
}

fn dated(side: &[&Segment]) -> bool {
    let short = side.iter().filter(|segment| segment.characters() <= 28).count();
    let dated =
        side.iter().filter(|segment| segment.words.iter().any(|word| has_year(&word.text))).count();
    share(short, side.len()) > 0.9 && share(dated, side.len()) > 0.4
}

fn has_year(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit())
        .any(|run| run.len() == 4 && (run.starts_with("19") || run.starts_with("20")))
}

/// A common right edge; lines of one length keep a left one too, and prove
/// nothing unless they say the same.
fn flush_right(side: &[&Segment]) -> bool {
    let Some(first) = side.first() else { return false };
    let agree = |place: fn(&Segment) -> f32| {
        side.iter().all(|segment| (place(segment) - place(first)).abs() <= 0.3 * segment.size)
    };
    let same = side.iter().all(|segment| segment.text() == first.text());
    agree(|segment| segment.x1) && (same || !agree(|segment| segment.x0))
}

fn share(part: usize, whole: usize) -> f32 {
    let small = |number: usize| f32::from(u16::try_from(number).unwrap_or(u16::MAX));
    if whole == 0 { 0.0 } else { small(part) / small(whole) }
}
