//! What a file really is: its first bytes, and for containers what they hold.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use super::format::Format;

/// A PDF may stand behind some junk; readers accept this much of it.
const HEAD: usize = 1024;

/// A word processor file has dozens of parts; thousands are an attack.
const MAX_PARTS: usize = 2_000;

/// The format by content. Text and Markdown have no signature, so anything that
/// is readable text is `Text`, and the name decides between the two. `None`: not
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
    if infer::get(&head).is_some() {
        return Ok(None);
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(is_text(BufReader::new(file))?.then_some(Format::Text))
}

/// Whether content of one format may carry the name of another.
pub fn agrees(content: Format, claimed: Format) -> bool {
    content == claimed || (content == Format::Text && claimed == Format::Markdown)
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
