//! A document becomes a resume: bytes → lines → sections → fields.

use shared::document::format::Format;
use shared::resume::json::JsonResume;
use shared::resume::sidecar::Sidecar;
use thiserror::Error;

pub mod assist;
pub mod line;

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
