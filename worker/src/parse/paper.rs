//! Lines under construction, for formats that speak of paragraphs, lists and tables.

use shared::resume::sidecar::{Finding, FindingCode, HiddenText};

use super::line::{Line, Lines, Span};
use super::{ParseError, mark};

/// Text beyond this many bytes is no resume.
const MAX_TEXT: usize = 4 << 20;

/// How a run of text looks.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Look {
    pub bold: bool,
    pub italic: bool,
    /// Points, 0 when unknown.
    pub size: f32,
    pub link: Option<String>,
}

/// What a paragraph is.
#[derive(Clone, Debug, Default)]
pub struct Shape {
    pub heading: Option<u8>,
    pub bullet: bool,
    pub level: u8,
}

/// Collects text into lines; tables are laid out when their row ends.
#[derive(Default)]
pub struct Paper {
    done: Vec<Line>,
    open: Line,
    shape: Shape,
    /// Paragraphs interrupted by a text box.
    waiting: Vec<(Line, Shape)>,
    /// Rows being filled: the lines before the row, and its finished cells.
    rows: Vec<Row>,
    page: u32,
    written: usize,
    hidden: usize,
    gap: f32,
    tables: bool,
    truncated: bool,
}

#[derive(Default)]
struct Row {
    before: Vec<Line>,
    cells: Vec<Vec<Line>>,
}

impl Paper {
    pub fn open_paragraph(&mut self, shape: Shape) {
        self.shape = shape;
    }

    /// Changes what the open paragraph is.
    pub fn reshape(&mut self, change: impl FnOnce(&mut Shape)) {
        change(&mut self.shape);
    }

    pub fn text(&mut self, text: &str, look: &Look) -> Result<(), ParseError> {
        self.written += text.len();
        if self.written > MAX_TEXT {
            return Err(ParseError::TooComplex);
        }
        let text: String = text.chars().filter_map(visible).collect();
        if text.is_empty() {
            return Ok(());
        }
        self.open.text.push_str(&text);
        match self.open.spans.last_mut() {
            Some(span) if same(span, look) && !span.text.ends_with('\t') && text != "\t" => {
                span.text.push_str(&text);
            }
            _ => self.open.spans.push(Span {
                text,
                bold: look.bold,
                italic: look.italic,
                size: look.size,
                link: look.link.clone(),
                ..Span::default()
            }),
        }
        Ok(())
    }

    /// True when nothing has been written.
    pub fn is_empty(&self) -> bool {
        self.written == 0
    }

    /// The document breaks off here.
    pub fn cut(&mut self) {
        self.truncated = true;
    }

    pub fn hide(&mut self, text: &str) {
        self.hidden += text.trim().chars().count();
    }

    pub fn next_page(&mut self) {
        self.page = self.page.saturating_add(1);
    }

    /// Ends the line; an empty one is white space above the next.
    pub fn close_line(&mut self) {
        let mut line = std::mem::take(&mut self.open);
        line.text = tidy(&line.text);
        if line.text.is_empty() {
            self.gap = 2.0;
            return;
        }
        line.page = self.page + 1;
        line.gap_above = std::mem::replace(&mut self.gap, 1.0);
        line.heading = self.shape.heading;
        line.level = self.shape.level;
        line.bullet = self.shape.bullet;
        if let Some(rest) = mark::strip(&line.text) {
            let rest = rest.to_owned();
            line.text = rest;
            line.bullet = true;
            unmark(&mut line.spans);
        }
        sum_up(&mut line);
        self.done.push(line);
        // A line broken inside a list item does not open another item.
        self.shape.bullet = false;
    }

    pub fn open_box(&mut self) {
        self.waiting.push((std::mem::take(&mut self.open), std::mem::take(&mut self.shape)));
    }

    pub fn close_box(&mut self) {
        self.close_line();
        if let Some((line, shape)) = self.waiting.pop() {
            self.open = line;
            self.shape = shape;
        }
    }

    pub fn open_row(&mut self) {
        self.close_line();
        self.rows.push(Row { before: std::mem::take(&mut self.done), cells: Vec::new() });
    }

    pub fn close_cell(&mut self) {
        self.close_line();
        let lines = std::mem::take(&mut self.done);
        if let Some(row) = self.rows.last_mut() {
            row.cells.push(lines);
        }
    }

    /// Cells of one line each are one line of the table; longer cells are columns of the page.
    pub fn close_row(&mut self) {
        let Some(row) = self.rows.pop() else { return };
        self.tables |= row.cells.len() > 1;
        let rest = std::mem::replace(&mut self.done, row.before);
        let filled = row.cells.into_iter().filter(|cell| !cell.is_empty());
        let cells: Vec<Vec<Line>> = filled.chain((!rest.is_empty()).then_some(rest)).collect();
        if cells.len() > 1 && cells.iter().all(|cell| cell.len() == 1) {
            let mut joined = cells.into_iter().flatten().reduce(beside).unwrap_or_default();
            sum_up(&mut joined);
            self.done.push(joined);
            return;
        }
        for (column, cell) in (0u16..).zip(cells) {
            self.done.extend(cell.into_iter().map(|line| Line { column, ..line }));
        }
    }

    /// The lines, or [`ParseError::Empty`] when there are none.
    pub fn finish(mut self) -> Result<Lines, ParseError> {
        self.close_line();
        while !self.rows.is_empty() {
            self.close_row();
        }
        if self.done.is_empty() {
            return Err(ParseError::Empty);
        }
        let hidden =
            (self.hidden > 0).then(|| HiddenText { characters: self.hidden, pages: Vec::new() });
        let mut findings = Vec::new();
        if hidden.is_some() {
            findings.push(Finding { code: FindingCode::HiddenText, page: None });
        }
        if self.truncated {
            findings.push(Finding { code: FindingCode::Truncated, page: None });
        }
        if self.tables {
            findings.push(Finding { code: FindingCode::Tables, page: None });
        }
        Ok(Lines { lines: self.done, pages: self.page + 1, hidden, findings })
    }
}

fn beside(mut left: Line, right: Line) -> Line {
    left.text = format!("{}\t{}", left.text, right.text);
    left.spans.extend(right.spans);
    left
}

fn same(span: &Span, look: &Look) -> bool {
    span.bold == look.bold
        && span.italic == look.italic
        && span.link == look.link
        && (span.size - look.size).abs() < 0.1
}

/// Drops what has no shape of its own; every other space is a plain one.
fn visible(character: char) -> Option<char> {
    match character {
        '\t' => Some('\t'),
        '\n' | '\r' | '\u{2028}' | '\u{2029}' => Some(' '),
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => None,
        '\u{2011}' => Some('-'),
        '\u{e000}'..='\u{f8ff}' if !('\u{f000}'..='\u{f0ff}').contains(&character) => None,
        other if other.is_control() => None,
        other if other.is_whitespace() => Some(' '),
        other => Some(other),
    }
}

/// Single spaces, single tabs, none at the ends.
pub fn tidy(text: &str) -> String {
    let cells = text.split('\t').map(|cell| cell.split_whitespace().collect::<Vec<_>>().join(" "));
    cells.filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join("\t")
}

/// Takes the mark off the runs as well.
fn unmark(spans: &mut Vec<Span>) {
    if let Some(first) = spans.first_mut() {
        match mark::strip(&first.text) {
            Some(rest) => first.text = rest.to_owned(),
            None if first.text.trim().chars().count() <= 1 => {
                spans.remove(0);
            }
            None => {}
        }
    }
}

/// The look of a line is the look of its letters.
fn sum_up(line: &mut Line) {
    let lettered = || line.spans.iter().filter(|span| span.text.chars().any(char::is_alphanumeric));
    let any = lettered().next().is_some();
    let (bold, italic) = (lettered().all(|span| span.bold), lettered().all(|span| span.italic));
    let size = lettered().max_by_key(|span| span.text.len()).map_or(0.0, |span| span.size);
    line.bold = any && bold;
    line.italic = any && italic;
    line.size = size;
}
