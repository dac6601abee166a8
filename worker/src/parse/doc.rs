//! Word 97–2003 documents (DOC) become lines.
//!
//! The text lies in pieces named by a table (`doc/piece.rs`), its looks in pages of their
//! own (`doc/format.rs`); offsets are those of [MS-DOC].

use std::io::{Cursor, Read};

use encoding_rs::WINDOWS_1252;

use super::ParseError;
use super::line::Lines;
use super::paper::{Look, Paper};
use field::Fields;
use format::{Character, Formats, Paragraph};
use piece::{Piece, Pieces};

mod field;
mod format;
mod piece;

/// Bytes of one stream of the file.
const MAX_STREAM: u64 = 16 << 20;
/// Marks a Word 97–2003 document.
const MAGIC: u16 = 0xA5EC;
/// The oldest version that writes it this way: Word 97.
const WORD_97: u16 = 0x00C1;

/// The lines of an old Word document: headers, body with tables, notes, text boxes.
///
/// Deleted and hidden text is left out. Word 6 and 95 write other files under the same name;
/// those count as damaged.
pub fn read(bytes: &[u8]) -> Result<Lines, ParseError> {
    if bytes.is_empty() {
        return Err(ParseError::Empty);
    }
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).map_err(|_| ParseError::Damaged)?;
    if file.is_stream("/EncryptedPackage") {
        return Err(ParseError::Encrypted);
    }
    let main = stream(&mut file, "/WordDocument")?;
    let head = Bytes(&main);
    if head.u16(0) != Some(MAGIC) || head.u16(2).is_none_or(|version| version < WORD_97) {
        return Err(ParseError::Damaged);
    }
    let flags = head.u16(0x0A).unwrap_or_default();
    if flags & 0x0100 != 0 {
        return Err(ParseError::Encrypted);
    }
    let table = stream(&mut file, if flags & 0x0200 == 0 { "/0Table" } else { "/1Table" })?;
    let (head, table) = (Bytes(&main), Bytes(&table));
    let pieces = Pieces::read(head, table).ok_or(ParseError::Damaged)?;
    let mut reading = Reading {
        text: head,
        formats: Formats::read(head, table),
        pieces,
        paper: Paper::default(),
        fields: Fields::default(),
        in_row: false,
    };
    for (from, to) in stories(head) {
        reading.story(from, to)?;
    }
    reading.paper.finish()
}

fn stream(file: &mut cfb::CompoundFile<Cursor<&[u8]>>, name: &str) -> Result<Vec<u8>, ParseError> {
    let stream = file.open_stream(name).map_err(|_| ParseError::Damaged)?;
    let mut bytes = Vec::new();
    // A chain of sectors that breaks off costs what lay behind the break.
    let _ = stream.take(MAX_STREAM + 1).read_to_end(&mut bytes);
    if bytes.len() as u64 > MAX_STREAM { Err(ParseError::TooComplex) } else { Ok(bytes) }
}

/// Where the parts of the text begin and end, in the order they are read: what is on top of
/// the pages, the body, then notes and boxes. Macros and comments are nobody's resume.
fn stories(head: Bytes<'_>) -> Vec<(u32, u32)> {
    let mut at = 0u32;
    let lengths = [0x4C, 0x50, 0x54, 0x58, 0x5C, 0x60, 0x64, 0x68];
    let spans: Vec<(u32, u32)> = lengths
        .into_iter()
        .map(|offset| {
            let from = at;
            at = at.saturating_add(head.u32(offset).unwrap_or_default());
            (from, at)
        })
        .collect();
    let [body, footnotes, headers, _, _, endnotes, boxes, header_boxes] = spans.as_slice() else {
        return Vec::new();
    };
    vec![*headers, *header_boxes, *body, *footnotes, *endnotes, *boxes]
}

struct Reading<'a> {
    text: Bytes<'a>,
    pieces: Pieces,
    formats: Formats,
    paper: Paper,
    fields: Fields,
    in_row: bool,
}

impl Reading<'_> {
    fn story(&mut self, from: u32, to: u32) -> Result<(), ParseError> {
        self.fields = Fields::default();
        let mut open = None;
        for piece in self.pieces.between(from, to) {
            self.piece(piece, &mut open)?;
        }
        self.paper.close_line();
        if std::mem::take(&mut self.in_row) {
            self.paper.close_row();
        }
        Ok(())
    }

    /// `open` is where the paragraph began whose text is being read.
    fn piece(&mut self, piece: Piece, open: &mut Option<u32>) -> Result<(), ParseError> {
        let width = if piece.narrow { 1 } else { 2 };
        for index in 0..piece.length {
            let at = piece.at.saturating_add(index.saturating_mul(width));
            let Some(unit) = self.unit(at, piece.narrow) else { return Ok(()) };
            if open.is_none() {
                *open = Some(at);
                self.begin(&self.formats.paragraph(at));
            }
            if self.mark(unit, at) {
                *open = None;
            } else {
                self.letter(unit, at)?;
            }
        }
        Ok(())
    }

    fn unit(&self, at: u32, narrow: bool) -> Option<u16> {
        let at = at as usize;
        if narrow { self.text.0.get(at).map(|byte| u16::from(*byte)) } else { self.text.u16(at) }
    }

    fn begin(&mut self, paragraph: &Paragraph) {
        if paragraph.in_table && !self.in_row {
            self.paper.open_row();
            self.in_row = true;
        }
        if !paragraph.in_table && std::mem::take(&mut self.in_row) {
            self.paper.close_row();
        }
        self.paper.open_paragraph(paragraph.shape.clone());
    }

    /// Marks that end lines, cells and rows; true when the paragraph ends with it.
    fn mark(&mut self, unit: u16, at: u32) -> bool {
        match unit {
            0x07 if self.formats.paragraph(at).ends_row => {
                self.paper.close_line();
                if std::mem::take(&mut self.in_row) {
                    self.paper.close_row();
                }
            }
            0x07 if self.in_row => self.paper.close_cell(),
            0x07 | 0x0D => self.paper.close_line(),
            0x0C => {
                self.paper.close_line();
                self.paper.next_page();
            }
            0x0B => {
                self.paper.close_line();
                return false;
            }
            0x13 => {
                self.fields.open();
                return false;
            }
            0x14 => {
                self.fields.instructed();
                return false;
            }
            0x15 => {
                self.fields.close();
                return false;
            }
            _ => return false,
        }
        true
    }

    fn letter(&mut self, unit: u16, at: u32) -> Result<(), ParseError> {
        let Some(text) = self.decode(unit, at) else { return Ok(()) };
        if self.fields.takes(&text) {
            return Ok(());
        }
        let Character { look, deleted, hidden } = self.formats.character(at);
        if deleted {
            return Ok(());
        }
        if hidden {
            self.paper.hide(&text);
            return Ok(());
        }
        self.paper.text(&text, &Look { link: self.fields.link(), ..look })
    }

    /// A letter; half of a pair is read with its other half, marks without shape are nothing.
    fn decode(&self, unit: u16, at: u32) -> Option<String> {
        match unit {
            0x09 => return Some("\t".into()),
            0x1E => return Some("-".into()),
            0..0x20 => return None,
            _ => {}
        }
        match char::from_u32(u32::from(unit)) {
            Some(letter) if !(0x80..=0x9F).contains(&unit) => Some(letter.to_string()),
            Some(_) => {
                let byte = u8::try_from(unit).ok()?;
                Some(WINDOWS_1252.decode_without_bom_handling(&[byte]).0.into_owned())
            }
            None => {
                let pair = [unit, self.text.u16(at as usize + 2)?];
                char::decode_utf16(pair).next()?.ok().map(String::from)
            }
        }
    }
}

/// Little-endian numbers at places that may not exist.
#[derive(Clone, Copy)]
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn u16(self, at: usize) -> Option<u16> {
        let bytes = self.0.get(at..at.checked_add(2)?)?;
        Some(u16::from_le_bytes(bytes.try_into().ok()?))
    }

    fn u32(self, at: usize) -> Option<u32> {
        let bytes = self.0.get(at..at.checked_add(4)?)?;
        Some(u32::from_le_bytes(bytes.try_into().ok()?))
    }

    fn slice(self, at: u32, length: u32) -> Option<Self> {
        let at = at as usize;
        self.0.get(at..at.checked_add(length as usize)?).map(Self)
    }

    /// The part of the table stream that the head names at this offset.
    fn named(self, table: Bytes<'a>, offset: usize) -> Option<Self> {
        table.slice(self.u32(offset)?, self.u32(offset + 4)?)
    }
}

#[cfg(test)]
mod tests;
