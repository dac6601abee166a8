//! What an export of a resume is. Who can make one is handed in: the writers of documents live elsewhere.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::resume::json::JsonResume;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    Json,
    Docx,
    Pdf,
    Markdown,
    Text,
}

impl Format {
    pub const ALL: [Self; 5] = [Self::Json, Self::Docx, Self::Pdf, Self::Markdown, Self::Text];

    pub fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Pdf => "application/pdf",
            Self::Markdown => "text/markdown; charset=utf-8",
            Self::Text => "text/plain; charset=utf-8",
        }
    }

    /// The ending of a file's name.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Docx => "docx",
            Self::Pdf => "pdf",
            Self::Markdown => "md",
            Self::Text => "txt",
        }
    }
}

/// How a PDF looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Template {
    /// Serif, one column, quiet.
    #[default]
    Classic,
    /// Sans serif with a touch of colour, one column.
    Modern,
}

/// A finished file, and what our own reader found in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    pub bytes: Vec<u8>,
    pub roundtrip: Roundtrip,
}

/// What came back when the file was read again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roundtrip {
    /// Values of the resume that a document shows.
    pub fields: usize,
    /// Those that were read back at their place.
    pub kept: usize,
    /// Pointers of those whose words stand in the file but were read as something else.
    pub misread: Vec<String>,
    /// Pointers of those whose words are not in the file at all.
    pub lost: Vec<String>,
}

#[derive(Debug, Error)]
pub enum ExportError {
    /// The file would hide that something is missing.
    #[error("the file would lack {} value(s) of the resume", .0.lost.len())]
    Lossy(Roundtrip),
    #[error("the resume is too large for a document")]
    TooLarge,
    #[error("the document cannot be written: {0}")]
    Writer(String),
    #[error("this process cannot write documents")]
    NotHere,
}

type Write = dyn Fn(&JsonResume, Format, Template) -> Result<Exported, ExportError> + Send + Sync;

/// Writes exports; the process that serves requests is given one when it starts.
#[derive(Clone, Default)]
pub struct Exporter(Option<Arc<Write>>);

impl Exporter {
    pub fn new(
        write: impl Fn(&JsonResume, Format, Template) -> Result<Exported, ExportError>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        Self(Some(Arc::new(write)))
    }

    /// Takes a while: not for the event loop.
    pub fn export(
        &self,
        resume: &JsonResume,
        format: Format,
        template: Template,
    ) -> Result<Exported, ExportError> {
        let write = self.0.as_ref().ok_or(ExportError::NotHere)?;
        write(resume, format, template)
    }
}

impl fmt::Debug for Exporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Exporter").field(&self.0.is_some()).finish()
    }
}
