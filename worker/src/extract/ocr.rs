//! Pages that are pictures: drawn by `pdftoppm`, recognised by Tesseract, read like any PDF.
//!
//! Both are programs of the system, started through the door and bounded like the child. What
//! Tesseract writes is a PDF with the text behind the picture, so places and order are known.

use shared::config::Ocr;
use shared::document::door::{Door, DoorError};
use shared::document::format::Format;

use super::ExtractError;
use crate::parse::{ParseError, Parsed};

/// Pages that are recognised; each takes seconds.
const PAGES: &str = "10";
/// Dots per inch: what Tesseract was trained for.
const DENSITY: &str = "300";
/// A recognised letter is likelier wrong than a printed one, so that a model may look at it.
const SURE: f32 = 0.8;

/// The resume in a scanned PDF. [`ParseError::Scanned`]: the programs are not there, or find no text.
pub async fn read(door: &Door, bytes: &[u8], ocr: &Ocr) -> Result<Parsed, ExtractError> {
    let scanned = |_| ExtractError::Refused(ParseError::Scanned);
    let folder = tempfile::tempdir()
        .map_err(|error| ExtractError::Interrupted(DoorError::NotStarted(error)))?;
    let at = folder.path();
    tokio::fs::write(at.join("scan.pdf"), bytes).await.map_err(DoorError::NotStarted)?;
    let draw = ["pdftoppm", "-gray", "-r", DENSITY, "-l", PAGES, "scan.pdf", "page"];
    door.run(&draw, at).await.map_err(unless_interrupted)?;
    let mut pages: Vec<String> = std::fs::read_dir(at)
        .map_err(DoorError::NotStarted)?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.starts_with("page-"))
        .collect();
    pages.sort();
    tokio::fs::write(at.join("pages.txt"), pages.join("\n"))
        .await
        .map_err(DoorError::NotStarted)?;
    let recognise = ["tesseract", "pages.txt", "text", "-l", &ocr.languages, "pdf"];
    door.run(&recognise, at).await.map_err(unless_interrupted)?;
    let text = tokio::fs::read(at.join("text.pdf")).await.map_err(scanned)?;
    let mut parsed = super::ask(door, &text, Format::Pdf).await?;
    for field in parsed.sidecar.fields.values_mut() {
        field.confidence = field.confidence.min(SURE);
    }
    Ok(parsed)
}

/// A tool that fails leaves the document what it was: a scan.
fn unless_interrupted(error: DoorError) -> ExtractError {
    match error {
        DoorError::Interrupted => ExtractError::Interrupted(error),
        DoorError::Stopped(_) | DoorError::NotStarted(_) => {
            tracing::warn!("text recognition has failed: are tesseract and pdftoppm installed?");
            ExtractError::Refused(ParseError::Scanned)
        }
    }
}
