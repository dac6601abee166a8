//! White space above lines and nesting of list items.

use crate::parse::line::Line;

/// From baseline to baseline, in ems, where a text says nothing else.
const USUAL_STEP: f32 = 1.2;

/// Fills `gap_above` and `level` of a page's lines, given in reading order.
pub fn fill(lines: &mut [Line]) {
    let step = usual_step(lines);
    let mut above: Option<(u16, f32, f32)> = None;
    let mut indents: Vec<f32> = Vec::new();
    for line in lines {
        match above {
            Some((column, y, size)) if column == line.column && y < line.y => {
                line.gap_above = (line.y - y) / (line.size.max(size).max(1.0) * step);
            }
            _ => indents.clear(),
        }
        above = Some((line.column, line.y, line.size));
        if line.bullet {
            line.level = level(&mut indents, line);
        } else if indents.first().is_some_and(|first| line.x0 < *first - line.size) {
            indents.clear();
        }
    }
}

/// The most usual distance between lines, in ems.
fn usual_step(lines: &[Line]) -> f32 {
    let mut steps: Vec<f32> = lines
        .windows(2)
        .map(|pair| (pair[1].y - pair[0].y) / pair[0].size.max(pair[1].size).max(1.0))
        .filter(|step| (0.8..2.0).contains(step))
        .collect();
    steps.sort_by(f32::total_cmp);
    steps.get(steps.len() / 3).copied().filter(|_| steps.len() >= 3).unwrap_or(USUAL_STEP)
}

fn level(indents: &mut Vec<f32>, line: &Line) -> u8 {
    let near = 0.5 * line.size;
    while indents.last().is_some_and(|last| *last > line.x0 + near) {
        indents.pop();
    }
    if indents.last().is_none_or(|last| *last < line.x0 - near) {
        indents.push(line.x0);
    }
    u8::try_from(indents.len().saturating_sub(1)).unwrap_or(u8::MAX)
}
