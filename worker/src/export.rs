//! A resume as a file again, and what our own reader finds in it.

use shared::document::format::Format as Readable;
use shared::export::{ExportError, Exported, Exporter, Format, Roundtrip, Template};
use shared::resume::MAX_BYTES;
use shared::resume::json::JsonResume;

use crate::parse;

mod docx;
pub mod markdown;
pub mod page;
mod pdf;
pub mod roundtrip;
pub mod text;

#[cfg(test)]
mod tests;

/// What a process that can write documents is given.
pub fn exporter() -> Exporter {
    Exporter::new(export)
}

/// Writes the file and reads it back. One that lacks a value of the resume is refused.
pub fn export(
    resume: &JsonResume,
    format: Format,
    template: Template,
) -> Result<Exported, ExportError> {
    let size = serde_json::to_vec(resume).map_err(|error| writer(&error))?.len();
    if size > MAX_BYTES {
        return Err(ExportError::TooLarge);
    }
    let page = page::lay_out(resume);
    let bytes = match format {
        Format::Json => serde_json::to_vec_pretty(resume).map_err(|error| writer(&error))?,
        Format::Docx => docx::write(&page)?,
        Format::Pdf => pdf::write(&page, template)?,
        Format::Markdown => markdown::write(&page).into_bytes(),
        Format::Text => text::write(&page).into_bytes(),
    };
    let roundtrip = read_back(resume, &bytes, format)?;
    if roundtrip.lost.is_empty() {
        Ok(Exported { bytes, roundtrip })
    } else {
        Err(ExportError::Lossy(roundtrip))
    }
}

fn read_back(resume: &JsonResume, bytes: &[u8], format: Format) -> Result<Roundtrip, ExportError> {
    let readable = match format {
        Format::Json => {
            let read: JsonResume = serde_json::from_slice(bytes).map_err(|error| writer(&error))?;
            let text = serde_json::to_string(&read).map_err(|error| writer(&error))?;
            return Ok(roundtrip::compare(resume, &read, &text));
        }
        Format::Docx => Readable::Docx,
        Format::Pdf => Readable::Pdf,
        Format::Markdown => Readable::Markdown,
        Format::Text => Readable::Text,
    };
    match parse::read(bytes, readable) {
        Ok(parsed) => Ok(roundtrip::compare(resume, &parsed.resume, &parsed.text)),
        // An empty resume makes an empty page.
        Err(parse::ParseError::Empty | parse::ParseError::Scanned) => {
            Ok(roundtrip::compare(resume, &JsonResume::default(), ""))
        }
        Err(error) => Err(writer(&error)),
    }
}

fn writer(error: &dyn std::error::Error) -> ExportError {
    ExportError::Writer(error.to_string())
}
