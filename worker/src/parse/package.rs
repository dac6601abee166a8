//! Zipped office documents, opened within bounds: entries, sizes and names are never trusted.

use std::io::{Cursor, Read};

use encoding_rs::UTF_8;
use zip::ZipArchive;
use zip::result::ZipError;

use super::ParseError;

/// More parts than any word processor writes.
const MAX_ENTRIES: usize = 2_000;
/// Unpacked bytes of one part, and of all parts read.
const MAX_PART: u64 = 16 << 20;
const MAX_TOTAL: u64 = 48 << 20;
/// What a compound file starts with: the container of encrypted office documents.
const COMPOUND: [u8; 8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];

/// An open package and how many bytes may still be unpacked from it.
pub struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    left: u64,
}

impl<'a> Package<'a> {
    /// Opens the package without unpacking anything.
    pub fn open(bytes: &'a [u8]) -> Result<Self, ParseError> {
        if bytes.is_empty() {
            return Err(ParseError::Empty);
        }
        if bytes.starts_with(&COMPOUND) {
            return Err(compound(bytes));
        }
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| ParseError::Damaged)?;
        if archive.len() > MAX_ENTRIES {
            return Err(ParseError::TooComplex);
        }
        Ok(Self { archive, left: MAX_TOTAL })
    }

    /// The text of a part, `None` when the package has no such part.
    pub fn part(&mut self, name: &str) -> Result<Option<String>, ParseError> {
        let file = match self.archive.by_name(name) {
            Ok(file) => file,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED)) => {
                return Err(ParseError::Encrypted);
            }
            Err(_) => return Err(ParseError::Damaged),
        };
        let limit = MAX_PART.min(self.left);
        let mut bytes = Vec::new();
        let read = file.take(limit + 1).read_to_end(&mut bytes);
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if length > limit {
            return Err(ParseError::TooComplex);
        }
        self.left -= length;
        // A wrong checksum at the end of a part still leaves its text.
        if read.is_err() && bytes.is_empty() {
            return Err(ParseError::Damaged);
        }
        Ok(Some(UTF_8.decode(&bytes).0.into_owned()))
    }
}

/// A password-protected document names its payload in UTF-16 in the directory.
fn compound(bytes: &[u8]) -> ParseError {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let found = bytes.windows(name.len()).any(|window| window == name);
    if found { ParseError::Encrypted } else { ParseError::Damaged }
}
