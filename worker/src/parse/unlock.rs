//! A copy of a document that needs no password.

use shared::document::format::Format;

use super::{ParseError, pdf};

/// The document without its lock. [`ParseError::Encrypted`]: the password does not open it, or
/// documents of this format cannot be unlocked here.
pub fn copy(bytes: &[u8], format: Format, password: &str) -> Result<Vec<u8>, ParseError> {
    match format {
        Format::Pdf => pdf::unlocked(bytes, password),
        Format::Docx
        | Format::Doc
        | Format::Odt
        | Format::Rtf
        | Format::Html
        | Format::Text
        | Format::Markdown
        | Format::JsonResume => Err(ParseError::Encrypted),
    }
}
