//! Fonts with several bytes per code (Type 0).

use std::collections::HashMap;

use hayro_cmap::{BfString, CMap, CMapName, CidFamily, load_embedded};
use lopdf::{Dictionary, Document, Object};

use super::width::Widths;
use super::{Shown, truetype};
use crate::parse::pdf::cmap::ToUnicode;
use crate::parse::pdf::{limit, object};

#[derive(Debug)]
pub struct Composite {
    codes: Codes,
    to_unicode: Option<ToUnicode>,
    /// Without a map to Unicode, the next best.
    fallback: Fallback,
    widths: Widths,
    vertical: bool,
}

/// What tells the text of characters when the file does not.
#[derive(Debug)]
enum Fallback {
    Nothing,
    /// The characters are of a published collection.
    Collection(Box<CMap>),
    /// The embedded font's own table; characters are its glyphs, or are mapped to them.
    Font(HashMap<u16, char>, Option<Vec<u8>>),
}

/// How bytes become characters.
#[derive(Debug)]
enum Codes {
    /// Two bytes each, the character's own number.
    Identity,
    Mapped(Box<CMap>),
}

impl Composite {
    pub fn load(
        document: &Document,
        font: &Dictionary,
        descendant: &Dictionary,
        to_unicode: Option<ToUnicode>,
    ) -> Self {
        let entry = object::value(document, font, b"Encoding");
        let name = entry.and_then(|entry| match entry {
            Object::Name(name) => Some(name.as_slice()),
            Object::Stream(stream) => object::name(document, &stream.dict, b"CMapName"),
            _ => None,
        });
        Self {
            codes: codes(entry),
            fallback: if to_unicode.is_none() {
                fallback(document, descendant)
            } else {
                Fallback::Nothing
            },
            to_unicode,
            widths: Widths::read(document, descendant),
            vertical: name.is_some_and(|name| name.ends_with(b"-V")),
        }
    }

    pub fn vertical(&self) -> bool {
        self.vertical
    }

    pub fn decode(&self, bytes: &[u8]) -> Vec<Shown> {
        let mut shown = Vec::with_capacity(bytes.len() / 2);
        let mut rest = bytes;
        while !rest.is_empty() {
            let (code, length, character) = self.next_code(rest);
            shown.push(Shown {
                text: self.text(code, character),
                code,
                advance: self.widths.of(character) / 1000.0,
                is_space_byte: length == 1 && code == 32,
            });
            rest = rest.get(length..).unwrap_or_default();
        }
        shown
    }

    /// The next code, its length in bytes, and the character it selects.
    fn next_code(&self, bytes: &[u8]) -> (u32, usize, u32) {
        if let Codes::Mapped(map) = &self.codes {
            let mut code = 0;
            for (length, byte) in (1_u8..=4).zip(bytes) {
                code = code << 8 | u32::from(*byte);
                if let Some(character) = map.lookup_cid_code(code, length) {
                    return (code, usize::from(length), character);
                }
            }
        }
        let code = bytes.iter().take(2).fold(0, |code, byte| code << 8 | u32::from(*byte));
        (code, 2, code)
    }

    fn text(&self, code: u32, character: u32) -> Option<String> {
        if let Some(text) = self.to_unicode.as_ref().and_then(|map| map.text(code)) {
            return Some(text);
        }
        match &self.fallback {
            Fallback::Nothing => None,
            Fallback::Collection(map) => match map.lookup_bf_string(character)? {
                BfString::Char(character) => Some(character.to_string()),
                BfString::String(text) => Some(text),
            },
            Fallback::Font(texts, glyphs) => {
                let place = usize::try_from(character).ok()?;
                let glyph = match glyphs {
                    Some(glyphs) => match glyphs.get(2 * place..2 * place + 2)? {
                        [high, low] => u16::from_be_bytes([*high, *low]),
                        _ => return None,
                    },
                    None => u16::try_from(character).ok()?,
                };
                texts.get(&glyph).map(char::to_string)
            }
        }
    }
}

fn fallback(document: &Document, descendant: &Dictionary) -> Fallback {
    if let Some(map) = collection(document, descendant) {
        return Fallback::Collection(Box::new(map));
    }
    let stream =
        |from: &Dictionary, key: &[u8], most: usize| match object::value(document, from, key)? {
            Object::Stream(stream) => stream.get_plain_content_with_limit(most).ok(),
            _ => None,
        };
    let descriptor = object::dictionary(document, descendant, b"FontDescriptor");
    match descriptor.and_then(|descriptor| stream(descriptor, b"FontFile2", limit::FONT_PROGRAM)) {
        Some(font) => Fallback::Font(
            truetype::texts(&font),
            stream(descendant, b"CIDToGIDMap", limit::CMAP_BYTES),
        ),
        None => Fallback::Nothing,
    }
}

fn codes(entry: Option<&Object>) -> Codes {
    let map = match entry {
        Some(Object::Name(name)) => match CMapName::from_bytes(name) {
            CMapName::IdentityH | CMapName::IdentityV => None,
            known => load_embedded(known).and_then(|bytes| CMap::parse(bytes, load_embedded)),
        },
        Some(Object::Stream(stream)) => stream
            .get_plain_content_with_limit(limit::CMAP_BYTES)
            .ok()
            .and_then(|bytes| CMap::parse(&bytes, load_embedded)),
        _ => None,
    };
    map.map_or(Codes::Identity, |map| Codes::Mapped(Box::new(map)))
}

fn collection(document: &Document, descendant: &Dictionary) -> Option<CMap> {
    let system = object::dictionary(document, descendant, b"CIDSystemInfo")?;
    let part = |key| object::value(document, system, key).and_then(|object| object.as_str().ok());
    let family = CidFamily::from_registry_ordering(part(b"Registry")?, part(b"Ordering")?);
    CMap::parse(load_embedded(family.ucs2_cmap()?)?, load_embedded)
}
