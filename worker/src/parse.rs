//! A document becomes a resume: bytes → lines → sections → fields.

use shared::document::format::Format;
use shared::operation::failure::FailureCode;
use shared::resume::json::JsonResume;
use shared::resume::sidecar::Sidecar;
use thiserror::Error;

use line::Lines;

pub mod assist;
pub mod confidence;
pub mod doc;
pub mod docx;
pub mod field;
pub mod flow;
pub mod html;
mod json_resume;
pub mod layout;
pub mod likeness;
pub mod line;
mod mark;
pub mod markdown;
pub mod odt;
mod package;
mod paper;
pub mod pdf;
pub mod plain;
pub mod rtf;
pub mod section;
pub mod unlock;
pub mod word;
mod xml;

/// Reads a document: its lines, their sections, and the fields in them.
///
/// A value is text of the document, dates written anew aside; what fits nowhere
/// is listed in `sidecar.unplaced`.
pub fn read(bytes: &[u8], format: Format) -> Result<Parsed, ParseError> {
    let lines = match format {
        Format::Pdf => pdf::read(bytes)?,
        Format::Docx => docx::read(bytes)?,
        Format::Doc => doc::read(bytes)?,
        Format::Odt => odt::read(bytes)?,
        Format::Rtf => rtf::read(bytes)?,
        Format::Html => html::read(bytes)?,
        Format::Text => plain::read(bytes)?,
        Format::Markdown => markdown::read(bytes)?,
        Format::JsonResume => return json_resume::read(bytes),
    };
    Ok(resume(lines))
}

/// The fields of lines that any reader produced.
pub fn resume(lines: Lines) -> Parsed {
    let sections = section::find(flow::rows(&lines.lines));
    let (resume, origins) = field::fill(&sections);
    let titles = sections.iter().filter_map(|section| section.title).collect();
    let mut sidecar = confidence::sidecar(&resume, &origins, &lines.lines, &titles);
    sidecar.hidden_text = lines.hidden;
    sidecar.findings = lines.findings;
    let texts: Vec<&str> = lines.lines.iter().map(|line| line.text.as_str()).collect();
    Parsed { resume, sidecar, text: texts.join("\n"), pages: lines.pages }
}

/// What the rules read out of a document.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Parsed {
    pub resume: JsonResume,
    pub sidecar: Sidecar,
    /// The visible text in reading order, one line each.
    pub text: String,
    pub pages: u32,
}

/// Why a document cannot be read. Each is a problem of its own for the person.
#[derive(Clone, Debug, PartialEq, Eq, Error, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ParseError {
    #[error("the document is encrypted")]
    Encrypted,
    #[error("the document holds pictures of text, no text")]
    Scanned,
    #[error("the document holds no text")]
    Empty,
    #[error("the document is damaged")]
    Damaged,
    #[error("the document is too complex to read safely")]
    TooComplex,
}

impl From<ParseError> for FailureCode {
    fn from(error: ParseError) -> Self {
        match error {
            ParseError::Encrypted => Self::DocumentEncrypted,
            ParseError::Scanned => Self::DocumentScanned,
            ParseError::Empty => Self::DocumentEmpty,
            ParseError::Damaged => Self::DocumentDamaged,
            ParseError::TooComplex => Self::DocumentTooComplex,
        }
    }
}

#[cfg(test)]
mod tests;
