//! A line of a document: what every reader produces and the section finder takes.

use serde::{Deserialize, Serialize};

/// The lines of a document in reading order, and what was noticed on the way.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Lines {
    pub lines: Vec<Line>,
    pub pages: u32,
    pub hidden: Option<shared::resume::sidecar::HiddenText>,
    pub findings: Vec<shared::resume::sidecar::Finding>,
}

/// One visual line of one column. Readers without geometry (text, Markdown,
/// word processors) leave `x0`, `x1`, `y` at zero.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// From 1.
    pub page: u32,
    /// Column on the page, from 0, in reading order.
    pub column: u16,
    pub x0: f32,
    pub x1: f32,
    /// Baseline, points from the top of the page.
    pub y: f32,
    /// Effective font size in points of most of the line; 0 when unknown.
    pub size: f32,
    /// All letters are bold / italic.
    pub bold: bool,
    pub italic: bool,
    /// White space above, in multiples of `size`; 1.0 is a usual line step, 0 when unknown.
    pub gap_above: f32,
    /// The mark that opens a list item was there and has been taken off `text`.
    pub bullet: bool,
    /// Nesting of the list item or indent steps, from 0.
    pub level: u8,
    /// Heading level given by the format itself (Word style, Markdown `#`), from 1.
    pub heading: Option<u8>,
    /// The text; parts set far apart (dates at the right margin, table cells) are joined by a tab.
    pub text: String,
    /// The runs of the line in order; their texts joined are `text`, white space aside.
    pub spans: Vec<Span>,
}

/// A run of one look.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Span {
    pub text: String,
    pub bold: bool,
    pub italic: bool,
    pub size: f32,
    pub x0: f32,
    pub x1: f32,
    /// Where a link on this run points.
    pub link: Option<String>,
}
