//! The kinds of file a document can be.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// A file format that has a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Format {
    Pdf,
    Docx,
    /// Word 97 to 2003.
    Doc,
    Odt,
    Rtf,
    Html,
    Text,
    Markdown,
    /// A resume that is data already.
    JsonResume,
}

impl Format {
    pub const ALL: [Self; 9] = [
        Self::Pdf,
        Self::Docx,
        Self::Doc,
        Self::Odt,
        Self::Rtf,
        Self::Html,
        Self::Text,
        Self::Markdown,
        Self::JsonResume,
    ];

    /// The format a file name claims by its extension.
    pub fn from_name(name: &str) -> Option<Self> {
        let extension = name.rsplit_once('.')?.1.to_ascii_lowercase();
        Self::ALL.into_iter().find(|format| format.extensions().contains(&extension.as_str()))
    }

    /// The endings of its file names; the first is the usual one.
    pub fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["pdf"],
            Self::Docx => &["docx"],
            Self::Doc => &["doc"],
            Self::Odt => &["odt"],
            Self::Rtf => &["rtf"],
            Self::Html => &["html", "htm", "xhtml"],
            Self::Text => &["txt", "text"],
            Self::Markdown => &["md", "markdown"],
            Self::JsonResume => &["json"],
        }
    }

    /// The media type of a download, and what an upload should declare.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Doc => "application/msword",
            Self::Odt => "application/vnd.oasis.opendocument.text",
            Self::Rtf => "application/rtf",
            Self::Html => "text/html",
            Self::Text => "text/plain",
            Self::Markdown => "text/markdown",
            Self::JsonResume => "application/json",
        }
    }
}
