//! Left edges that many lines keep, and cells that end close before them.

use super::word::{Segment, Word};

/// Segments of a page that is looked through for edges; real ones have some hundred.
const SEGMENTS: usize = 3000;
/// Lines that make an edge.
const LINES: usize = 5;
/// Lines at an edge start this near to it, in points.
const NEAR: f32 = 0.6;
/// Letters of a cell before an edge.
const CELL: usize = 16;
/// How much wider than other spaces of its line the gap before an edge is.
const WIDER: f32 = 1.2;

/// Parts segments where a short cell runs close up to the edge of the lines around it.
pub fn parted(segments: Vec<Segment>) -> Vec<Segment> {
    if segments.len() > SEGMENTS {
        return segments;
    }
    let edges = edges(&segments);
    let starts: Vec<(f32, f32)> = segments.iter().map(|segment| (segment.x0, segment.y)).collect();
    let mut parted = Vec::with_capacity(segments.len());
    for segment in segments {
        match place(&segment, &edges, &starts) {
            Some(index) => {
                let mut words = segment.words;
                let mut rest = words.split_off(index);
                if let Some(first) = rest.first_mut() {
                    first.opens_cell = true;
                }
                parted.extend(Segment::of(words));
                parted.extend(Segment::of(rest));
            }
            None => parted.push(segment),
        }
    }
    parted
}

fn edges(segments: &[Segment]) -> Vec<f32> {
    let mut starts: Vec<f32> = segments.iter().map(|segment| segment.x0).collect();
    starts.sort_by(f32::total_cmp);
    starts
        .chunk_by(|a, b| b - a <= NEAR)
        .filter(|run| run.len() >= LINES)
        .filter_map(|run| run.get(run.len() / 2).copied())
        .collect()
}

/// The word of the segment that starts at an edge after a gap of its own.
fn place(segment: &Segment, edges: &[f32], starts: &[(f32, f32)]) -> Option<usize> {
    let words = &segment.words;
    let usual = usual_space(words)?;
    let mut letters = 0;
    for (index, pair) in words.windows(2).enumerate() {
        letters += pair[0].text.chars().count() + 1;
        if letters > CELL {
            return None;
        }
        let gap = pair[1].x0 - pair[0].x1;
        let at_edge = edges.iter().any(|edge| (edge - pair[1].x0).abs() <= NEAR);
        if at_edge && gap > WIDER * usual && has_neighbour(segment, pair[1].x0, starts) {
            return Some(index + 1);
        }
    }
    None
}

/// The space between the later words of a line.
fn usual_space(words: &[Word]) -> Option<f32> {
    let mut gaps: Vec<f32> = words.windows(2).map(|pair| pair[1].x0 - pair[0].x1).collect();
    gaps.sort_by(f32::total_cmp);
    gaps.get(gaps.len() / 2).copied().filter(|_| gaps.len() >= 3)
}

/// A line just above or below starts at the edge.
fn has_neighbour(segment: &Segment, edge: f32, starts: &[(f32, f32)]) -> bool {
    let near = 2.0 * segment.size;
    starts.iter().any(|(x, y)| {
        let distance = (y - segment.y).abs();
        (x - edge).abs() <= NEAR && distance > 0.5 * segment.size && distance <= near
    })
}
