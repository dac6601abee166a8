//! Which part of an entry's head is what: the best reading in any order.

/// A piece of text between separators.
#[derive(Clone, Debug, Default)]
pub struct Part {
    pub text: String,
    /// What stood between the part before and this one.
    pub glue: String,
    /// What joining it to the part before costs.
    pub cost: f32,
    pub bold: bool,
    /// Row of the entry's head, from 0.
    pub row: usize,
    /// It stands in a row below the dates.
    pub late: bool,
    /// The part before it names an organisation.
    pub after_org: bool,
}

/// More parts than this are no head.
const MAX_PARTS: usize = 14;
/// What leaving a part without a label costs.
const SKIP: f32 = 0.35;

/// A label and the parts it got.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Index of the label; `None` for parts that fit none.
    pub label: Option<usize>,
    pub from: usize,
    pub to: usize,
}

#[derive(Clone)]
struct Reading {
    score: f32,
    groups: Vec<Group>,
}

/// The text of a run of parts as it stood.
pub fn text(parts: &[Part]) -> String {
    let mut text = String::new();
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            text.push_str(&part.glue);
        }
        text.push_str(&part.text);
    }
    text
}

/// The best way to give each of `labels` labels to at most one run of parts.
///
/// `worth` says how well a run fits a label; `order` adds what a label gains by
/// coming before others, given the labels already used (a bit set).
pub fn best(
    parts: &[Part],
    labels: usize,
    worth: impl Fn(usize, &[Part]) -> f32,
    order: impl Fn(usize, usize) -> f32,
) -> (f32, Vec<Group>) {
    let count = parts.len().min(MAX_PARTS);
    let masks = 1usize << labels;
    let mut table: Vec<Vec<Option<Reading>>> = vec![vec![None; masks]; count + 1];
    if let Some(first) = table.first_mut().and_then(|row| row.first_mut()) {
        *first = Some(Reading { score: 0.0, groups: Vec::new() });
    }
    for from in 0..count {
        for to in from + 1..=count {
            let Some(run) = parts.get(from..to) else { continue };
            let joining: f32 = run.iter().skip(1).map(|part| part.cost).sum();
            for label in 0..labels {
                let value = worth(label, run) - joining;
                for mask in (0..masks).filter(|mask| mask & (1 << label) == 0) {
                    let gain = value + order(label, mask);
                    let group = Group { label: Some(label), from, to };
                    improve(&mut table, mask, mask | (1 << label), gain, group);
                }
            }
            if to == from + 1 {
                for mask in 0..masks {
                    let group = Group { label: None, from, to };
                    improve(&mut table, mask, mask, -SKIP, group);
                }
            }
        }
    }
    let last = table.pop().unwrap_or_default();
    let best = last.into_iter().flatten().max_by(|a, b| a.score.total_cmp(&b.score));
    best.map_or((0.0, Vec::new()), |reading| (reading.score, reading.groups))
}

fn improve(
    table: &mut [Vec<Option<Reading>>],
    mask: usize,
    to_mask: usize,
    gain: f32,
    group: Group,
) {
    let Some(before) = table.get(group.from).and_then(|row| row.get(mask)).and_then(Option::as_ref)
    else {
        return;
    };
    let score = before.score + gain;
    let Some(slot) = table.get(group.to).and_then(|row| row.get(to_mask)) else { return };
    if slot.as_ref().is_some_and(|best| best.score >= score) {
        return;
    }
    let mut groups = before.groups.clone();
    let to = group.to;
    groups.push(group);
    if let Some(slot) = table.get_mut(to).and_then(|row| row.get_mut(to_mask)) {
        *slot = Some(Reading { score, groups });
    }
}
