//! Lines become rows: cells apart, broken lines joined, side headings on their own.

use std::collections::HashSet;

use super::field::contact::phone;
use super::field::{date, url};
use super::line::{Line, Span};
use super::section::heading;
use super::word;

/// A line of the document after joining.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// Index of its first line in the document.
    pub at: usize,
    pub page: u32,
    pub column: u16,
    pub x0: f32,
    pub size: f32,
    pub bold: bool,
    pub italic: bool,
    pub gap: f32,
    pub bullet: bool,
    pub heading: Option<u8>,
    pub cells: Vec<Cell>,
}

/// A part of a row that stands apart.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    pub text: String,
    pub x0: f32,
    pub x1: f32,
    /// All letters are bold.
    pub bold: bool,
    pub italic: bool,
    /// Bytes of the text that open it in another look than the rest; 0 when it has one look.
    pub lead: usize,
    pub link: Option<String>,
}

impl Row {
    pub fn text(&self) -> String {
        let cells: Vec<&str> = self.cells.iter().map(|cell| cell.text.as_str()).collect();
        cells.join("\t")
    }

    pub fn first(&self) -> &str {
        self.cells.first().map_or("", |cell| cell.text.as_str())
    }

    /// All letters are capitals.
    pub fn caps(&self) -> bool {
        let text = self.text();
        text.chars().any(char::is_uppercase) && !text.chars().any(char::is_lowercase)
    }
}

/// The rows of a document.
pub fn rows(lines: &[Line]) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let row = row(at, line);
        if !row.cells.is_empty() {
            rows.push(row);
        }
    }
    let rows = side_headings(rows);
    join(rows)
}

fn row(at: usize, line: &Line) -> Row {
    Row {
        at,
        page: line.page,
        column: line.column,
        x0: line.x0,
        size: line.size,
        bold: line.bold,
        italic: line.italic,
        gap: line.gap_above,
        bullet: line.bullet,
        heading: line.heading,
        cells: cells(line),
    }
}

/// Parts the text at its tabs and finds the runs of each part.
fn cells(line: &Line) -> Vec<Cell> {
    let mut spans = Runs { spans: &line.spans, at: 0, used: 0 };
    let texts = line.text.split('\t').map(str::trim).filter(|text| !text.is_empty());
    let mut cells: Vec<Cell> = texts.map(|text| spans.cell(text, line)).collect();
    if let [cell] = cells.as_slice()
        && let Some(parted) = part_date(cell, line)
    {
        cells = parted;
    }
    cells
}

/// A date in another look at the end of a line stands apart, however near.
fn part_date(cell: &Cell, line: &Line) -> Option<Vec<Cell>> {
    let last = line.spans.last()?;
    let (before, text) =
        cell.text.split_at_checked(cell.lead).filter(|(before, _)| !before.is_empty())?;
    if line.spans.len() != 2 || date::whole(text).is_none() || line.bullet {
        return None;
    }
    let name = before.trim_end().trim_end_matches([',', '|', '·', '–', '-']).trim_end();
    let bold = line.spans.first().is_some_and(|span| span.bold);
    let x1 = line.spans.first().map_or(cell.x1, |span| span.x1);
    let head = Cell { text: name.to_owned(), lead: 0, bold, x1, ..cell.clone() };
    let tail = Cell {
        text: text.trim().to_owned(),
        lead: 0,
        bold: last.bold,
        x0: last.x0,
        ..cell.clone()
    };
    Some(vec![head, tail])
}

/// Runs taken one after another, by their letters.
struct Runs<'a> {
    spans: &'a [Span],
    at: usize,
    used: usize,
}

impl Runs<'_> {
    fn cell(&mut self, text: &str, line: &Line) -> Cell {
        let mut cell = Cell { text: text.to_owned(), x0: f32::MAX, ..Cell::default() };
        let mut looks: Vec<(bool, bool, usize)> = Vec::new();
        let mut seen = 0;
        let total = letters(text);
        while seen < total {
            let Some(span) = self.spans.get(self.at) else { break };
            let size = letters(&span.text);
            let left = size.saturating_sub(self.used);
            let take = left.min(total - seen);
            if take > 0 {
                cell.x0 = cell.x0.min(span.x0);
                cell.x1 = cell.x1.max(span.x1);
                if cell.link.is_none() {
                    cell.link.clone_from(&span.link);
                }
                if span.text.chars().any(char::is_alphanumeric) {
                    looks.push((span.bold, span.italic, seen));
                }
            }
            seen += take;
            self.used += take;
            if self.used >= size {
                self.at += 1;
                self.used = 0;
            }
        }
        if cell.x0 > line.x1 {
            cell.x0 = line.x0;
            cell.x1 = line.x1;
        }
        cell.bold = if looks.is_empty() { line.bold } else { looks.iter().all(|look| look.0) };
        cell.italic = if looks.is_empty() { line.italic } else { looks.iter().all(|look| look.1) };
        cell.lead = lead(text, &looks);
        cell
    }
}

fn letters(text: &str) -> usize {
    text.chars().filter(|c| !c.is_whitespace()).count()
}

/// Where the look of the opening words ends, when one look follows another.
fn lead(text: &str, looks: &[(bool, bool, usize)]) -> usize {
    let Some(first) = looks.first() else { return 0 };
    let Some(change) = looks.iter().find(|look| (look.0, look.1) != (first.0, first.1)) else {
        return 0;
    };
    let mut seen = 0;
    for (index, character) in text.char_indices() {
        if seen == change.2 && !character.is_whitespace() {
            return index;
        }
        if !character.is_whitespace() {
            seen += 1;
        }
    }
    0
}

/// Headings set beside their section become rows of their own, above it.
fn side_headings(rows: Vec<Row>) -> Vec<Row> {
    let mut done: Vec<Row> = Vec::new();
    let content = |row: &Row| row.x0;
    for (index, mut row) in rows.iter().cloned().enumerate() {
        let near: Vec<f32> = rows
            .iter()
            .skip(index + 1)
            .take(8)
            .filter(|other| other.column == row.column)
            .map(content)
            .collect();
        let inner = near.iter().copied().fold(f32::MAX, f32::min);
        if row.x0 > 0.0 && !row.bullet {
            split_lead(&mut row, inner);
        }
        let beside = row.x0 > 0.0
            && row.cells.len() > 1
            && heading::known(row.first()).is_some()
            && row.cells.get(1).is_some_and(|cell| cell.x0 > row.x0 + 3.0 * row.size.max(6.0))
            && near.iter().filter(|x| **x > row.x0 + 2.0 * row.size.max(6.0)).count() * 2
                >= near.len();
        if !beside {
            done.push(row);
            continue;
        }
        let rest = row.cells.split_off(1);
        let mut head = row.clone();
        head.heading = Some(1);
        head.bullet = false;
        row.x0 = rest.first().map_or(row.x0, |cell| cell.x0);
        row.bold = rest.iter().all(|cell| cell.bold);
        row.cells = rest;
        // Set in the middle beside its block: the block began with the rows close above.
        let above =
            done.iter().rev().take(6).take_while(|other| {
                other.x0 > head.x0 + 2.0 * head.size && other.page == head.page
            });
        let mut back = 0;
        let mut gap = row.gap;
        for other in above {
            if gap > 1.5 {
                break;
            }
            back += 1;
            gap = other.gap;
        }
        if gap <= 1.5 {
            back = 0;
        }
        let place = done.len().saturating_sub(back);
        done.insert(place, head);
        done.push(row);
    }
    lone_side_headings(done)
}

/// A heading alone in the margin, centred beside rows that began above it.
fn lone_side_headings(rows: Vec<Row>) -> Vec<Row> {
    let mut done: Vec<Row> = Vec::new();
    for (index, mut row) in rows.iter().cloned().enumerate() {
        let alone = row.x0 > 0.0
            && row.cells.len() == 1
            && row.heading.is_none()
            && heading::known(row.first()).is_some()
            && row.gap < 0.8
            && row.gap > 0.0;
        let margin =
            |other: Option<&Row>| other.is_some_and(|other| other.x0 > row.x0 + 4.0 * row.size);
        if alone && margin(index.checked_sub(1).and_then(|before| rows.get(before))) {
            row.heading = Some(1);
            let mut place = done.len();
            while let Some(above) = place.checked_sub(1).and_then(|before| done.get(before)) {
                if above.x0 <= row.x0 + 2.0 * row.size || above.page != row.page {
                    break;
                }
                place -= 1;
                if above.gap > 1.5 {
                    break;
                }
            }
            done.insert(place, row);
        } else {
            done.push(row);
        }
    }
    done
}

/// Parts `Work Senior Engineer` when `Work` stands in the margin and the rest with the content.
fn split_lead(row: &mut Row, inner: f32) {
    let Some(cell) = row.cells.first() else { return };
    if row.x0 + 2.0 * row.size > inner || cell.text.chars().count() > 120 {
        return;
    }
    let words: Vec<(usize, &str)> = cell
        .text
        .match_indices(' ')
        .map(|(at, _)| (at, cell.text.get(..at).unwrap_or("")))
        .collect();
    let Some((at, _)) = words.iter().rev().find(|(_, head)| heading::known(head).is_some()) else {
        return;
    };
    let (Some(head), Some(rest)) = (cell.text.get(..*at), cell.text.get(at + 1..)) else { return };
    let first = Cell { text: head.to_owned(), x1: inner - 1.0, lead: 0, ..cell.clone() };
    let second = Cell { text: rest.to_owned(), x0: inner, lead: 0, bold: true, ..cell.clone() };
    row.cells.splice(0..1, [first, second]);
}

/// Joins lines that a margin broke.
fn join(rows: Vec<Row>) -> Vec<Row> {
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
    let dotted = row.bullet
        && !above.bullet
        && [" · ", " • ", " | "].iter().any(|mark| upper.text.contains(mark));
    if (row.bullet && !dotted)
        || (row.page != above.page && !next_page)
        || (row.gap > 1.3 && !next_page)
    {
        return false;
    }
    if (above.size - row.size).abs() > 0.4 || above.caps() != row.caps() && above.bold && row.bold {
        return false;
    }
    if labels(&lower.text) && upper.text.contains([':', '：'])
        || is_way_apart(&upper.text, &lower.text)
    {
        return false;
    }
    let dated = row.cells.len() == 2
        && row.cells.get(1).is_some_and(|cell| date::whole(&cell.text).is_some());
    if (date::whole(&lower.text).is_some() && !date::ends_in_sentence(&upper.text))
        || date::trailing(&upper.text).is_some_and(|(_, period)| period.is_range())
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
    let characters = lower.text.chars().count().max(1);
    let width = (lower.x1 - lower.x0) / f32::from(u16::try_from(characters).unwrap_or(u16::MAX));
    let first = lower.text.split_whitespace().next().unwrap_or_default();
    let wide = if word::has_ideographs(first) { 1 } else { first.chars().count() };
    let needs = width * f32::from(u16::try_from(wide + 1).unwrap_or(u16::MAX));
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
    let tail = !lower.contains([' ', '@']) && upper.contains('@');
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
