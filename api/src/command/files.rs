//! Resumes and postings from files of the person at the terminal.

use std::path::{Path, PathBuf};

use shared::document::MAX_BYTES;
use shared::document::door::Door;
use shared::document::format::Format;
use shared::document::sniff::{agrees, sniff};
use shared::posting::MAX_CHARACTERS;
use shared::resume::json::JsonResume;
use worker::extract::{self, ExtractError};
use worker::parse::Parsed;

use super::{Stopped, causes, config};

/// A resume that is data already.
pub fn data(path: &Path) -> Result<JsonResume, Stopped> {
    serde_json::from_slice(&bytes(path)?).map_err(|error| {
        Stopped::bad_input(format!("{} is not JSON Resume: {error}", path.display()))
    })
}

/// A resume from a JSON Resume file or from any document that has a reader.
pub async fn resume(path: &Path) -> Result<Parsed, Stopped> {
    if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json")) {
        return Ok(Parsed { resume: data(path)?, ..Parsed::default() });
    }
    document(path, None).await
}

/// A resume read out of a document, in a process of its own as on the server.
pub async fn document(path: &Path, password: Option<&str>) -> Result<Parsed, Stopped> {
    let refused = |error: ExtractError| match error {
        ExtractError::Refused(_) => Stopped::bad_input(format!("{}: {error}", path.display())),
        ExtractError::Interrupted(_) => Stopped::unavailable(causes(&error)),
    };
    let door = Door::to_this_program();
    let mut bytes = bytes(path)?;
    let format = format(path)?;
    if let Some(password) = password {
        bytes = extract::unlock(&door, &bytes, format, password).await.map_err(refused)?;
    }
    let ocr = config()?.ocr;
    let extracted = extract::read(&door, &bytes, format, ocr.as_ref()).await.map_err(refused)?;
    Ok(extracted.parsed)
}

/// The text of a posting.
pub fn posting(path: &Path) -> Result<String, Stopped> {
    let bytes = bytes(path)?;
    let is_text = sniff(path).ok().flatten() == Some(Format::Text);
    if !bytes.is_empty()
        && (!is_text || serde_json::from_slice::<serde::de::IgnoredAny>(&bytes).is_ok())
    {
        let message = format!("{} is not the text of a posting", path.display());
        return Err(Stopped::bad_input(message));
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let characters = text.chars().count();
    if text.trim().is_empty() {
        return Err(Stopped::bad_input(format!("{} is empty", path.display())));
    }
    if characters > MAX_CHARACTERS {
        return Err(Stopped::bad_input(format!(
            "{} has {characters} characters; {MAX_CHARACTERS} are allowed",
            path.display()
        )));
    }
    Ok(text)
}

/// The files of a folder that have a reader, by name; data is not read into data.
pub fn documents_in(folder: &Path) -> Result<Vec<PathBuf>, Stopped> {
    let listed = std::fs::read_dir(folder)
        .map_err(|error| Stopped::bad_input(format!("{}: {error}", folder.display())))?;
    let mut files: Vec<PathBuf> = listed
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_file() && is_document(path))
        .collect();
    files.sort();
    Ok(files)
}

fn is_document(path: &Path) -> bool {
    claimed(path).is_some_and(|format| format != Format::JsonResume)
}

fn claimed(path: &Path) -> Option<Format> {
    Format::from_name(path.file_name()?.to_str()?)
}

fn format(path: &Path) -> Result<Format, Stopped> {
    let unreadable = || {
        Stopped::bad_input(format!(
            "{} is no PDF, DOCX, DOC, ODT, RTF, HTML, text, Markdown or JSON Resume file",
            path.display()
        ))
    };
    let content = sniff(path).ok().flatten().ok_or_else(unreadable)?;
    let claimed = claimed(path).ok_or_else(unreadable)?;
    if agrees(content, claimed) { Ok(claimed) } else { Ok(content) }
}

fn bytes(path: &Path) -> Result<Vec<u8>, Stopped> {
    let failed = |error| Stopped::bad_input(format!("cannot read {}: {error}", path.display()));
    let size = std::fs::metadata(path).map_err(failed)?.len();
    if size > MAX_BYTES {
        return Err(Stopped::bad_input(format!("{} is larger than 10 MiB", path.display())));
    }
    std::fs::read(path).map_err(failed)
}
