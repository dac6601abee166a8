//! A margin of headings and dates beside the text they belong to.

use super::side;
use super::word::Segment;

/// Share of the whole width a margin takes at most.
const NARROW: f32 = 0.4;
/// Lines of text beside a label, at least.
const LINES: usize = 3;
/// A label this much larger than the text beside it is a heading.
const LARGER: f32 = 1.15;

/// The left side holds short labels, some of which stand apart from the rows on the right.
pub fn are_labels(left: &[&Segment], right: &[&Segment]) -> bool {
    let edge = |side: &[&Segment], place: fn(&Segment) -> f32, pick: fn(f32, f32) -> f32| {
        side.iter().map(|segment| place(segment)).reduce(pick).unwrap_or(0.0)
    };
    let start = edge(left, |s| s.x0, f32::min);
    let width = edge(right, |s| s.x1, f32::max) - start;
    let narrow = edge(left, |s| s.x1, f32::max) - start <= NARROW * width;
    let letters = |side: &[&Segment]| side.iter().copied().map(Segment::characters).sum::<usize>();
    let labels = side::lines(left).len();
    let apart = left.iter().filter(|label| stands_apart(label, right)).count();
    let enough = if labels < LINES { apart == left.len() } else { apart >= 2 };
    narrow
        && enough
        && side::lines(right).len() >= LINES * labels.min(2)
        && letters(left) * 2 < letters(right)
}

/// Where the text that has labels begins: at the widest gap above the first of them.
pub fn top(left: &[&Segment], right: &[&Segment]) -> Option<f32> {
    let first = left.first()?;
    let reach = right.partition_point(|segment| segment.y <= first.y + first.size);
    let mut above: Vec<f32> = right.iter().take(reach).map(|segment| segment.y).collect();
    above.push(first.y + first.size);
    let widest = above.windows(2).max_by(|a, b| (a[1] - a[0]).total_cmp(&(b[1] - b[0])))?;
    (widest[1] - widest[0] > 2.0 * first.size)
        .then(|| f32::midpoint(widest[0], widest[1]).min(first.y - 1.0))
}

/// Not the beginning of a row: on a height of its own, or a heading.
fn stands_apart(label: &Segment, right: &[&Segment]) -> bool {
    let beside =
        right.iter().find(|other| (other.y - label.y).abs() <= 0.4 * label.size.max(other.size));
    beside.is_none_or(|other| label.size > LARGER * other.size)
}

/// A block of the text: the labels that go before it, then its rows.
pub struct Labelled {
    pub labels: Vec<Segment>,
    pub rows: Vec<Segment>,
}

/// Parts the text at the widest gap between each label group and the next.
pub fn blocks(left: Vec<Segment>, right: Vec<Segment>) -> Vec<Labelled> {
    let groups = grouped(left);
    let cuts = cuts(&groups, &right);
    let mut blocks: Vec<Labelled> =
        (0..=cuts.len()).map(|_| Labelled { labels: Vec::new(), rows: Vec::new() }).collect();
    let beside: Vec<&Segment> = right.iter().collect();
    let mut labels = Vec::new();
    let mut openers = Vec::new();
    for group in groups {
        let apart = group.first().is_some_and(|label| stands_apart(label, &beside));
        if apart { &mut labels } else { &mut openers }.extend(group);
    }
    for segment in labels {
        let index = cuts.partition_point(|cut| *cut < segment.y);
        blocks[index].labels.push(segment);
    }
    for segment in right.into_iter().chain(openers) {
        let index = cuts.partition_point(|cut| *cut < segment.y);
        blocks[index].rows.push(segment);
    }
    blocks
}

/// Heights between the blocks, ascending.
fn cuts(groups: &[Vec<Segment>], right: &[Segment]) -> Vec<f32> {
    let mut heights: Vec<f32> = right.iter().map(|segment| segment.y).collect();
    heights.sort_by(f32::total_cmp);
    let mut cuts: Vec<f32> = groups
        .windows(2)
        .filter_map(|pair| {
            let (first, last) = (pair[0].first()?, pair[1].last()?);
            let (top, bottom, size) = (first.y, last.y, last.size);
            let within: Vec<f32> = heights
                .iter()
                .copied()
                .filter(|y| *y >= top - size && *y <= bottom + size)
                .collect();
            let widest =
                within.windows(2).max_by(|a, b| (a[1] - a[0]).total_cmp(&(b[1] - b[0])))?;
            Some(f32::midpoint(widest[0], widest[1]))
        })
        .collect();
    cuts.sort_by(f32::total_cmp);
    cuts
}

/// Labels that follow closely belong together.
fn grouped(mut left: Vec<Segment>) -> Vec<Vec<Segment>> {
    left.sort_by(|a, b| a.y.total_cmp(&b.y));
    let mut groups: Vec<Vec<Segment>> = Vec::new();
    for label in left {
        match groups.last_mut() {
            Some(group)
                if group
                    .last()
                    .is_some_and(|last| label.y - last.y <= 2.0 * last.size.max(label.size)) =>
            {
                group.push(label);
            }
            _ => groups.push(vec![label]),
        }
    }
    groups
}
