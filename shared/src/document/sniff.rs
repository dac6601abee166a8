//! What a file really is: its first bytes, and for containers what they hold.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use super::format::Format;
use crate::resume::json::JsonResume;

/// A PDF may stand behind some junk; readers accept this much of it.
const HEAD: usize = 1024;

/// A word processor file has dozens of parts; thousands are an attack.
const MAX_PARTS: usize = 2_000;

/// The largest JSON that is looked into; a resume is a hundredth of it.
const MAX_JSON: u64 = 4 << 20;

/// The format by content. Text, Markdown and pages without a head have no signature, so
/// anything that is readable text is `Text`, and the name decides. `None`: not
/// a format that has a reader, or damaged beyond recognition.
pub fn sniff(path: &Path) -> std::io::Result<Option<Format>> {
    let mut file = File::open(path)?;
    let mut head = Vec::with_capacity(HEAD);
    file.by_ref().take(HEAD as u64).read_to_end(&mut head)?;
    if is_pdf(&head) {
        return Ok(Some(Format::Pdf));
    }
    if head.starts_with(b"PK\x03\x04") {
        file.seek(SeekFrom::Start(0))?;
        return Ok(container(file));
    }
    if head.starts_with(b"{\\rtf") {
        return Ok(Some(Format::Rtf));
    }
    if head.starts_with(&COMPOUND) {
        file.seek(SeekFrom::Start(0))?;
        return Ok(compound(file));
    }
    if is_html(&head) {
        return Ok(Some(Format::Html));
    }
    if infer::get(&head).is_some() {
        return Ok(None);
    }
    file.seek(SeekFrom::Start(0))?;
    if !is_text(BufReader::new(&file))? {
        return Ok(None);
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(Some(if is_json_resume(&head, BufReader::new(file)) {
        Format::JsonResume
    } else {
        Format::Text
    }))
}

/// Whether content of one format may carry the name of another.
pub fn agrees(content: Format, claimed: Format) -> bool {
    content == claimed
        || (content == Format::Text && matches!(claimed, Format::Markdown | Format::Html))
}

/// What old office documents, and encrypted new ones, start with.
const COMPOUND: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// A Word document by what the container holds; the parts of an encrypted package are not
/// to be seen, and of those only DOCX is read at all.
fn compound(file: File) -> Option<Format> {
    let file = cfb::CompoundFile::open(BufReader::new(file)).ok()?;
    if file.is_stream("/EncryptedPackage") {
        return Some(Format::Docx);
    }
    file.is_stream("/WordDocument").then_some(Format::Doc)
}

/// A page begins with its head, perhaps behind a declaration and remarks.
fn is_html(head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(head).to_lowercase();
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    while let Some((_, behind)) = ["<?xml", "<!--"]
        .iter()
        .find(|start| rest.starts_with(**start))
        .and_then(|start| rest.split_once(if *start == "<!--" { "-->" } else { "?>" }))
    {
        rest = behind.trim_start();
    }
    ["<!doctype html", "<html", "<head", "<body"].iter().any(|start| rest.starts_with(start))
}

/// A JSON object with at least one section of a resume.
fn is_json_resume(head: &[u8], file: impl Read) -> bool {
    let start = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    if start.trim_ascii_start().first() != Some(&b'{') {
        return false;
    }
    let mut bytes = Vec::new();
    if file.take(MAX_JSON).read_to_end(&mut bytes).is_err() {
        return false;
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let sections = ["basics", "work", "education", "skills", "projects", "volunteer"];
    serde_json::from_slice::<JsonResume>(bytes)
        .and_then(serde_json::to_value)
        .is_ok_and(|resume| sections.iter().any(|section| resume.get(section).is_some()))
}

fn is_pdf(head: &[u8]) -> bool {
    let other = [&b"MZ"[..], b"PK", b"<"];
    let marker = b"%PDF-";
    !other.iter().any(|start| head.starts_with(start))
        && head.windows(marker.len()).any(|bytes| bytes == marker)
}

fn container(file: File) -> Option<Format> {
    let mut archive = zip::ZipArchive::new(BufReader::new(file)).ok()?;
    if archive.len() > MAX_PARTS {
        return None;
    }
    if archive.by_name("word/document.xml").is_ok() {
        return Some(Format::Docx);
    }
    let mut declared = String::new();
    let declaration = archive.by_name("mimetype").ok()?;
    declaration.take(200).read_to_string(&mut declared).ok()?;
    (declared.trim() == Format::Odt.media_type()).then_some(Format::Odt)
}

/// Text holds no zero bytes, except as UTF-16, which starts with a mark.
fn is_text(mut file: impl Read) -> std::io::Result<bool> {
    let mut chunk = [0; 8192];
    let mut first = true;
    loop {
        let read = file.read(&mut chunk)?;
        if read == 0 {
            return Ok(!first);
        }
        let bytes = &chunk[..read];
        if first && (bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF])) {
            return Ok(true);
        }
        first = false;
        if bytes.contains(&0) {
            return Ok(false);
        }
    }
}

#[cfg(test)]
mod tests;
