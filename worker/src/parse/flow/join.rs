//! Lines that a margin broke are joined again.

use std::collections::HashSet;

use super::{Cell, Row};
use crate::parse::field::contact::phone;
use crate::parse::field::{date, url};
use crate::parse::word;

/// Joins lines that a margin broke.
pub fn join(rows: Vec<Row>) -> Vec<Row> {
    let known: HashSet<String> = rows
        .iter()
        .flat_map(|row| row.cells.iter())
        .flat_map(|cell| word::words(&cell.text).map(str::to_lowercase).collect::<Vec<_>>())
        .collect();
    let limits: Vec<f32> = rows.iter().map(|row| limit(row, &rows)).collect();
    let mut done: Vec<Row> = Vec::new();
    let mut last: Option<(f32, f32)> = None;
    for (row, limit) in rows.into_iter().zip(limits) {
        if let Some(above) = done.last_mut()
            && completes_date(above, &row)
        {
            let tail = row.text();
            if let Some(cell) = above.cells.last_mut() {
                cell.text = format!("{} {tail}", cell.text);
            }
            continue;
        }
        let edge = row.cells.first().map_or(0.0, |cell| cell.x1);
        if let (Some(above), Some((x1, limit))) = (done.last_mut(), last)
            && continues(above, &row, x1, limit)
        {
            extend(above, row, &known);
        } else {
            done.push(row);
        }
        last = Some((edge, limit));
    }
    done
}

/// `Sep 2012 –` and below it `Jun 2016`, `October` and below it `2016`.
fn completes_date(above: &Row, row: &Row) -> bool {
    let (Some(upper), [lower]) = (above.cells.last(), row.cells.as_slice()) else { return false };
    if row.bullet || row.heading.is_some() || lower.text.chars().count() > 24 || above.x0 <= 0.0 {
        return false;
    }
    let dash = ['-', '–', '—'];
    let tail = lower.text.trim_start_matches(dash).trim();
    if date::whole(tail).is_none() && !date::is_present(tail) {
        return false;
    }
    let open = upper.text.trim_end().ends_with(dash) && date::find(&upper.text).is_some();
    let begun = lower.text.starts_with(dash) && date::trailing_date(&upper.text);
    let whole = date::whole(&upper.text).is_none()
        && upper.text.chars().count() <= 24
        && date::whole(&format!("{} {tail}", upper.text)).is_some();
    open || begun || whole
}

/// Where the first cell of the row would have been broken.
fn limit(row: &Row, rows: &[Row]) -> f32 {
    if let Some(second) = row.cells.get(1) {
        return second.x0 - 0.5 * row.size;
    }
    let beside = || {
        rows.iter().filter(|other| {
            other.column == row.column
                && (other.size - row.size).abs() < 0.6
                && other.cells.len() == 1
        })
    };
    let widest = |aligned: f32| {
        let near = beside().filter(|other| (other.x0 - row.x0).abs() < aligned);
        let edges: Vec<f32> =
            near.filter_map(|other| other.cells.first()).map(|cell| cell.x1).collect();
        (edges.len(), edges.into_iter().fold(0.0, f32::max))
    };
    let (count, edge) = widest(2.0);
    if count >= 4 { edge } else { widest(f32::MAX).1 }
}

fn continues(above: &Row, row: &Row, x1: f32, limit: f32) -> bool {
    let (Some(upper), Some(lower)) = (above.cells.first(), row.cells.first()) else { return false };
    if row.x0 <= 0.0
        || row.heading.is_some()
        || above.heading.is_some()
        || above.column != row.column
    {
        return false;
    }
    let next_page = row.page == above.page + 1;
    if begins_anew(above, row, next_page) {
        return false;
    }
    if (above.size - row.size).abs() > 0.4 || above.caps() != row.caps() && above.bold && row.bold {
        return false;
    }
    if labels(&lower.text) && upper.text.contains([':', '：'])
        || is_way_apart(&upper.text, &lower.text)
        || date::opens(&lower.text)
        || parallel(&upper.text, &lower.text)
        || (upper.italic != lower.italic && !lower.text.starts_with(char::is_lowercase))
    {
        return false;
    }
    let dated = row.cells.len() == 2
        && row.cells.get(1).is_some_and(|cell| date::whole(&cell.text).is_some());
    if (date::whole(&lower.text).is_some() && !date::ends_in_sentence(&upper.text))
        || date::trailing(&upper.text)
            .is_some_and(|(kept, period)| period.is_range() || kept.split_whitespace().count() <= 6)
    {
        return false;
    }
    if (row.cells.len() > 1 && !(dated && above.cells.len() == 1 && !above.bullet))
        || (upper.bold && !lower.bold && upper.lead == 0)
        || (!upper.bold && lower.bold)
    {
        return false;
    }
    if above.bullet && row.x0 + 1.5 * row.size.max(8.0) < above.x0 {
        return false;
    }
    let first = lower.text.split_whitespace().next().unwrap_or_default();
    let needs = needed(lower, first);
    let full = x1 + needs > limit - 1.0;
    let cut = upper.text.ends_with('-') && !upper.text.ends_with(" -");
    let running = first.starts_with(char::is_lowercase)
        && !upper.text.ends_with(['.', ';', ':', '!', '?'])
        && upper.text.split_whitespace().count() > 3
        && x1 > 0.75 * limit;
    // Beside a date only a name in one look, or one that plainly goes on, was broken.
    let plain = above.cells.len() == 1
        || (upper.bold && lower.bold)
        || first.starts_with(char::is_lowercase)
        || cut
        || upper.text.ends_with(['&', ',', '/']);
    ((full && plain) || running)
        && (!next_page || first.starts_with(char::is_lowercase) || row.gap == 0.0 && cut)
}

/// A bullet, a page further on, or a gap. A dot within a line of dots is no bullet.
fn begins_anew(above: &Row, row: &Row, next_page: bool) -> bool {
    let dots = |cell: &Cell| [" · ", " • ", " | "].iter().any(|mark| cell.text.contains(mark));
    let dotted = row.bullet && !above.bullet && above.cells.first().is_some_and(dots);
    (row.bullet && !dotted)
        || (row.page != above.page && !next_page)
        || (row.gap > 1.3 && !next_page)
}

/// The room the first word would have taken above.
fn needed(lower: &Cell, first: &str) -> f32 {
    let characters = lower.text.chars().count().max(1);
    let width = (lower.x1 - lower.x0) / f32::from(u16::try_from(characters).unwrap_or(u16::MAX));
    let wide = if word::has_ideographs(first) { 1 } else { first.chars().count() };
    width * f32::from(u16::try_from(wide + 1).unwrap_or(u16::MAX))
}

/// `Tools: …` opens a line of its own.
pub fn labels(text: &str) -> bool {
    let label = text.split_once([':', '：']).map(|(label, _)| label);
    label.is_some_and(|label| {
        label.chars().next().is_some_and(char::is_alphabetic)
            && !label.starts_with(char::is_lowercase)
            && label.split_whitespace().count() <= 4
            && !label.contains([',', '.', '·'])
    })
}

/// `German – native` and below it `English – fluent`: two of a kind, each whole.
fn parallel(upper: &str, lower: &str) -> bool {
    let of_kind = |text: &str| {
        [" – ", " — ", " - "].iter().any(|dash| {
            text.split_once(dash).is_some_and(|(label, rest)| {
                label.split_whitespace().count() <= 2
                    && rest.split_whitespace().count() <= 3
                    && label.chars().all(|c| c.is_alphabetic() || c == ' ')
            })
        })
    };
    of_kind(upper) && of_kind(lower) && !lower.starts_with(char::is_lowercase)
}

/// Ways to reach a person stand on lines of their own, unless marks part them.
fn is_way_apart(upper: &str, lower: &str) -> bool {
    let way = |text: &str| {
        url::mail(text).is_some()
            || phone::find(text).is_some_and(|number| number.len() + 12 > text.len())
            || url::is_url(text)
    };
    let parted = [" | ", " · ", " • ", " ∙ "].iter().any(|mark| upper.contains(mark))
        || upper.ends_with(['|', '·', '•', ',']);
    let cut =
        upper.ends_with(['-', '/', '_']) || (upper.contains('@') && url::mail(upper).is_none());
    let whole = url::mail(upper).is_some() && !lower.starts_with('.');
    let tail =
        !lower.contains([' ', '@', '/']) && upper.contains('@') && lower.contains('.') && !whole;
    !parted && !cut && !tail && (way(upper) || way(lower))
}

fn extend(above: &mut Row, row: Row, known: &HashSet<String>) {
    let mut cells = row.cells.into_iter();
    let Some(lower) = cells.next() else { return };
    let rest: Vec<Cell> = cells.collect();
    let Some(upper) = above.cells.first_mut() else { return };
    let dot = if row.bullet { "· " } else { "" };
    let (left, glue) = seam(&upper.text, &lower.text, known);
    let joined = format!("{left}{glue}{dot}{}", lower.text);
    if upper.lead == 0 && upper.bold && !lower.bold {
        upper.lead = left.len() + glue.len();
    }
    upper.text = joined;
    upper.bold &= lower.bold;
    upper.x1 = upper.x1.max(lower.x1);
    if upper.link.is_none() {
        upper.link = lower.link;
    }
    above.bold &= row.bold;
    above.cells.extend(rest);
}

/// What is left of the upper text, and what stands between it and the lower.
fn seam<'a>(upper: &'a str, lower: &str, known: &HashSet<String>) -> (&'a str, &'static str) {
    let piece = upper.rsplit(' ').next().unwrap_or_default();
    let address = piece.contains('@')
        || piece.contains('/')
        || piece.contains("www.")
        || (piece.contains('.') && !piece.ends_with('.') && !piece.contains(','));
    let next = lower.split(' ').next().unwrap_or_default();
    if address
        && (piece.ends_with(['-', '/', '@', '_', '.'])
            || (piece.contains('@')
                && url::mail(piece).is_none()
                && lower.len() < 30
                && !lower.contains(' ')
                && !lower.contains('@')))
    {
        return (upper, "");
    }
    if let Some(left) = upper.strip_suffix(['-', '\u{2010}', '\u{ad}'])
        && !left.ends_with(' ')
    {
        let head = left.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or_default();
        let tail: String = next.chars().take_while(|c| c.is_alphabetic()).collect();
        let whole = format!("{head}{tail}").to_lowercase();
        let apart = known.contains(&head.to_lowercase()) && known.contains(&tail.to_lowercase());
        let compound = known.contains(&format!("{}-{}", head.to_lowercase(), tail.to_lowercase()));
        let lower_case =
            next.starts_with(char::is_lowercase) && !piece.chars().any(|c| c.is_ascii_digit());
        if lower_case && !compound && (known.contains(&whole) || !apart) {
            return (left, "");
        }
        return (upper, "");
    }
    let ideographs = upper.chars().next_back().is_some_and(word::is_ideograph)
        && lower.chars().next().is_some_and(word::is_ideograph);
    (upper, if ideographs { "" } else { " " })
}
