//! Where entries begin: by format, by dates, by look.

use super::{Item, ends_short, is_label, is_prose};
use crate::parse::section::Kind;

/// Where entries begin.
pub fn starts(items: &[Item], kind: Kind, bulleted: bool) -> Vec<usize> {
    if items.is_empty() {
        return Vec::new();
    }
    let every = || (0..items.len()).collect::<Vec<_>>();
    let headings: Vec<usize> = indices(items, |item| item.row.heading.is_some());
    if headings.first() == Some(&0) {
        return headings;
    }
    let anchors: Vec<usize> = indices(items, |item| {
        item.period.is_some()
            && !(item.body && item.pieces.iter().any(|piece| is_prose(&piece.cell.text)))
    });
    if bulleted {
        return if anchors.len() * 2 > items.len()
            || matches!(
                kind,
                Kind::Certificates | Kind::Awards | Kind::Publications | Kind::Projects
            ) {
            every()
        } else {
            vec![0]
        };
    }
    let Some(first) = anchors.first().copied() else { return undated(items) };
    let before = indices(items.get(..first).unwrap_or_default(), |item| !item.body).len();
    // A first entry without a date would make the head look too tall.
    let body_first = items.get(..first).unwrap_or_default().iter().any(|item| item.body);
    let lead_in = if before > 3 || body_first { later_lead(items, &anchors) } else { before };
    let mut starts = vec![0];
    if (before > 3 || body_first) && first > lead_in {
        starts.push(first - lead_in);
    }
    for pair in anchors.windows(2) {
        let [previous, anchor] = pair else { continue };
        let start = start_above(items, *previous, *anchor, lead_in);
        if start > *previous {
            starts.push(start);
        }
    }
    let mut extra = undated_within(items, &starts, kind);
    starts.append(&mut extra);
    starts.sort_unstable();
    starts.dedup();
    starts
}

fn indices(items: &[Item], holds: impl Fn(&Item) -> bool) -> Vec<usize> {
    items.iter().enumerate().filter(|(_, item)| holds(item)).map(|(index, _)| index).collect()
}

/// Rows of the head above the date, judged by the second entry.
fn later_lead(items: &[Item], anchors: &[usize]) -> usize {
    anchors.iter().take(2).map(|anchor| reach(items, 0, *anchor)).min().unwrap_or(1).min(3)
}

/// How many rows directly above a date could be in its head.
fn reach(items: &[Item], previous: usize, anchor: usize) -> usize {
    let above = items.get(previous + 1..anchor).unwrap_or_default();
    let headish = |item: &&Item| {
        let text = item.text();
        !item.body
            && item.period.is_none()
            && !text.starts_with(char::is_lowercase)
            && (!text.ends_with('.') || ends_short(&text))
    };
    above.iter().rev().take_while(headish).count()
}

fn start_above(items: &[Item], previous: usize, anchor: usize, lead_in: usize) -> usize {
    let reach = reach(items, previous, anchor);
    let first = items.first().map(look);
    let body_between =
        items.get(previous + 1..anchor).unwrap_or_default().iter().any(|item| item.body);
    // In plain text everything looks the same, and nothing follows from it.
    let varied = items.iter().any(|item| !item.body && Some(look(item)) != first);
    let distinct = varied && (items.get(anchor).map(look) != first || lead_in == 0);
    let same: Vec<usize> = (anchor.saturating_sub(reach)..=anchor)
        .filter(|index| items.get(*index).map(look) == first && distinct)
        .collect();
    let by_look = same.into_iter().min_by_key(|index| (anchor - index).abs_diff(lead_in));
    if let Some(index) = by_look
        && ((anchor - index) == lead_in || body_between)
    {
        return index;
    }
    // Short rows between a body and a date can only open what follows.
    if body_between && (1..=2).contains(&reach) {
        return anchor - reach;
    }
    anchor - reach.min(lead_in)
}

/// Sections without dates: a new look, a wide gap or a short row after a body begins an entry.
fn undated(items: &[Item]) -> Vec<usize> {
    let first = items.first().map(look);
    let bold = items.first().is_some_and(|item| {
        item.row.bold || item.row.cells.first().is_some_and(|cell| cell.lead > 0)
    });
    let mut starts = vec![0];
    for (index, pair) in items.windows(2).enumerate() {
        let [above, item] = pair else { continue };
        let same = Some(look(item)) == first;
        let gap = item.row.gap > 1.4 && above.row.page == item.row.page;
        let fresh = if bold {
            same && (look(above) != look(item) || gap)
        } else {
            (above.body || gap) && !item.body
        };
        if fresh && !is_label(&item.text()) {
            starts.push(index + 1);
        }
    }
    starts
}

/// Among dated entries, one without a date that begins like the first.
fn undated_within(items: &[Item], starts: &[usize], kind: Kind) -> Vec<usize> {
    if !matches!(
        kind,
        Kind::Publications
            | Kind::Awards
            | Kind::Certificates
            | Kind::Education
            | Kind::Projects
            | Kind::Volunteer
    ) {
        return Vec::new();
    }
    let Some(first) = items.first().map(look).filter(|look| look.1 || look.3) else {
        return Vec::new();
    };
    let mut extra = Vec::new();
    for (index, pair) in items.windows(2).enumerate() {
        let [above, item] = pair else { continue };
        if look(item) == first
            && look(above) != first
            && above.body
            && !starts.contains(&(index + 1))
        {
            extra.push(index + 1);
        }
    }
    extra
}

fn look(item: &Item) -> (i32, bool, bool, bool) {
    let lead = item.row.cells.first().is_some_and(|cell| cell.lead > 0);
    #[expect(clippy::cast_possible_truncation, reason = "sizes of type are small")]
    let size = (item.row.size * 2.0).round() as i32;
    (size, item.row.bold, item.row.italic, lead)
}
