//! Lines become rows: cells apart, broken lines joined, side headings on their own.

use super::line::Line;

mod cell;
pub mod join;
mod side;

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
    let rows = side::side_headings(&rows);
    join::join(rows)
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
        cells: cell::cells(line),
    }
}
