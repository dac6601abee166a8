//! Plain text becomes lines.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};

use super::ParseError;
use super::field::date;
use super::flow;
use super::line::{Line, Lines};
use super::mark;
use super::paper;

/// Text beyond this many bytes is no resume.
const MAX_TEXT: usize = 4 << 20;
/// A text is broken to a width only when its longest line is no longer than this.
const MAX_WIDTH: usize = 120;
/// Nobody breaks lines shorter than this.
const MIN_WIDTH: usize = 60;

/// The lines of a text file; lines broken to a width are joined again.
pub fn read(bytes: &[u8]) -> Result<Lines, ParseError> {
    let text = decode(bytes)?;
    let mut lines: Vec<Line> = Vec::new();
    let raw: Vec<&str> = text.lines().flat_map(|line| line.split('\u{c}')).collect();
    let width = width(&raw);
    let mut open: Option<Open> = None;
    let mut gap = 0.0;
    for text in raw {
        if let Some(level) = underline(text) {
            if let Some(open) = open.take() {
                lines.push(Line { heading: Some(level), ..open.line });
            }
            continue;
        }
        if text.trim().is_empty() {
            lines.extend(open.take().map(|open| open.line));
            gap = 2.0;
            continue;
        }
        if let Some(open) = open.as_mut()
            && open.takes(text, width)
        {
            open.extend(text);
            continue;
        }
        lines.extend(open.replace(Open::new(text, gap)).map(|open| open.line));
        gap = 1.0;
    }
    lines.extend(open.map(|open| open.line));
    lines.retain(|line| line.text.chars().any(char::is_alphanumeric));
    if lines.is_empty() {
        return Err(ParseError::Empty);
    }
    Ok(Lines { lines, pages: 1, ..Lines::default() })
}

/// The text of a file: by its mark, as UTF-8, or in the encoding its bytes suggest.
pub fn decode(bytes: &[u8]) -> Result<String, ParseError> {
    if bytes.len() > MAX_TEXT {
        return Err(ParseError::TooComplex);
    }
    let text = if let Some((encoding, length)) = encoding_rs::Encoding::for_bom(bytes) {
        encoding.decode(bytes.get(length..).unwrap_or_default()).0.into_owned()
    } else if let Ok(text) = std::str::from_utf8(bytes) {
        text.to_owned()
    } else {
        let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
        detector.feed(bytes, true);
        detector.guess(None, Utf8Detection::Allow).decode(bytes).0.into_owned()
    };
    if text.contains('\0') {
        return Err(ParseError::Damaged);
    }
    Ok(text)
}

/// The width lines were broken to, when they were: many lines end just before it.
pub fn width(lines: &[&str]) -> Option<usize> {
    let lengths: Vec<usize> =
        lines.iter().map(|line| columns(line)).filter(|length| *length > 0).collect();
    let enough = 4.max(lengths.len() / 12);
    let near = |width: usize| {
        lengths.iter().filter(|length| (width.saturating_sub(9)..=width).contains(*length)).count()
    };
    let mut widths: Vec<usize> =
        lengths.iter().copied().filter(|width| (MIN_WIDTH..=MAX_WIDTH).contains(width)).collect();
    widths.sort_unstable();
    widths.into_iter().rev().find(|width| near(*width) >= enough)
}

/// Columns on a screen: wide scripts take two.
fn columns(text: &str) -> usize {
    let wide =
        |character: char| matches!(character, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{ffdc}');
    text.trim_end().chars().map(|character| if wide(character) { 2 } else { 1 }).sum()
}

/// A row of dashes or equals signs under a line makes it a heading.
fn underline(text: &str) -> Option<u8> {
    let text = text.trim();
    let first = text.chars().next()?;
    let level = match first {
        '=' | '#' | '*' => 1,
        '-' | '_' | '~' | '─' | '═' | '—' => 2,
        _ => return None,
    };
    (text.chars().count() >= 3 && text.chars().all(|character| character == first)).then_some(level)
}

/// A line that the next one may continue.
struct Open {
    line: Line,
    /// Where the text starts, behind indent and mark.
    indent: usize,
    last: usize,
}

impl Open {
    fn new(raw: &str, gap: f32) -> Self {
        let outer = raw.chars().take_while(|character| character.is_whitespace()).count();
        let marked = mark::strip(raw);
        let text = marked.unwrap_or(raw);
        let indent = raw.chars().count() - text.chars().count();
        let indent = if marked.is_some() { indent } else { outer };
        let line = Line {
            page: 1,
            gap_above: gap,
            bullet: marked.is_some(),
            level: u8::try_from(outer / 2).unwrap_or(u8::MAX),
            text: cells(text),
            ..Line::default()
        };
        Self { line, indent, last: columns(raw) }
    }

    /// A full line is continued by one that starts where its text starts.
    fn takes(&self, raw: &str, width: Option<usize>) -> bool {
        let indent = raw.chars().take_while(|character| character.is_whitespace()).count();
        let word = raw.split_whitespace().next().map_or(0, columns);
        let full = width.is_some_and(|width| self.last <= width && self.last + 1 + word > width);
        let hanging = self.line.bullet && indent == self.indent;
        // A head that ends in its dates is complete.
        let complete = date::trailing(&self.line.text)
            .is_some_and(|(_, period)| period.is_range() || self.line.text.ends_with(')'));
        let running =
            raw.trim_start().starts_with(|c: char| c.is_lowercase() || c.is_ascii_digit())
                && self.last >= MIN_WIDTH
                && !self.line.text.ends_with(['.', ';', ':', '!', '?', ')']);
        mark::strip(raw).is_none()
            && indent == self.indent
            && (full || hanging || running)
            && !complete
            && !date::opens(raw.trim())
            && !flow::join::labels(raw.trim())
    }

    fn extend(&mut self, raw: &str) {
        self.line.text = join(&self.line.text, &cells(raw));
        self.last = columns(raw);
    }
}

/// Joins a broken line; a word cut at its hyphen keeps it.
fn join(left: &str, right: &str) -> String {
    let cut = left.ends_with('-') && !left.ends_with(" -");
    format!("{left}{}{right}", if cut { "" } else { " " })
}

/// Wide gaps inside a line part its cells.
fn cells(text: &str) -> String {
    let mut parted = String::with_capacity(text.len());
    for part in text.trim().split("   ").map(str::trim).filter(|part| !part.is_empty()) {
        if !parted.is_empty() {
            parted.push('\t');
        }
        parted.push_str(part);
    }
    paper::tidy(&parted)
}
