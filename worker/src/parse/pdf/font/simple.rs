//! Fonts with one byte per code: Type 1, `TrueType`, Type 3.

use lopdf::{Dictionary, Document, Object};

use super::{Face, Shown, glyph_name, program, width};
use crate::parse::pdf::cmap::ToUnicode;
use crate::parse::pdf::matrix::{Matrix, Rect};
use crate::parse::pdf::{encoding, object};

#[derive(Debug)]
pub struct Simple {
    texts: [Option<Box<str>>; 256],
    /// In units of the font size.
    advances: [f32; 256],
}

impl Simple {
    pub fn load(
        document: &Document,
        font: &Dictionary,
        face: &Face,
        to_unicode: Option<&ToUnicode>,
    ) -> Self {
        let encoded = texts(document, font, face);
        let mut texts = [const { None }; 256];
        for (code, (slot, own)) in (0_u32..).zip(texts.iter_mut().zip(encoded)) {
            let mapped = to_unicode.and_then(|map| map.text(code));
            *slot = mapped.or(own).map(|text| marks(face, text).into_boxed_str());
        }
        // Some writers leave the space out of the encoding, since it draws nothing.
        let space = &mut texts[usize::from(b' ')];
        space.get_or_insert_with(|| " ".into());
        let advances = advances(document, font, face, &texts);
        Self { texts, advances }
    }

    pub fn shown(&self, byte: u8) -> Shown {
        Shown {
            text: self.texts[usize::from(byte)].as_deref().map(str::to_owned),
            code: u32::from(byte),
            advance: self.advances[usize::from(byte)],
            is_space_byte: byte == b' ',
        }
    }
}

type Texts = [Option<String>; 256];

/// What the codes mean by `/Encoding`, by the font program, or by what such fonts usually hold.
fn texts(document: &Document, font: &Dictionary, face: &Face) -> Texts {
    let entry = object::value(document, font, b"Encoding");
    let base = match entry {
        Some(Object::Name(name)) => encoding::by_name(name),
        Some(Object::Dictionary(dictionary)) => {
            object::name(document, dictionary, b"BaseEncoding").and_then(encoding::by_name)
        }
        _ => None,
    };
    let mut texts: Texts = match base {
        Some(table) => table.map(|text| text.map(String::from)),
        None => own_texts(document, font, face),
    };
    if let Some(Object::Dictionary(dictionary)) = entry {
        differences(document, dictionary, &mut texts);
    }
    texts
}

fn own_texts(document: &Document, font: &Dictionary, face: &Face) -> Texts {
    let by_code = |text: fn(u8) -> Option<char>| {
        let mut texts = [const { None }; 256];
        for (code, slot) in (0..=u8::MAX).zip(&mut texts) {
            *slot = text(code).map(String::from);
        }
        texts
    };
    if let Some(texts) =
        face.descriptor.and_then(|descriptor| program::encoding(document, descriptor))
    {
        return texts;
    }
    if face.name.starts_with("symbol") {
        return by_code(encoding::symbol);
    }
    if face.name.contains("dingbats") {
        return by_code(encoding::dingbat);
    }
    if face.name.contains("wingdings") {
        return by_code(encoding::wingding);
    }
    let true_type = object::name(document, font, b"Subtype") == Some(b"TrueType");
    let table = if true_type { encoding::windows() } else { encoding::standard() };
    table.map(|text| text.map(String::from))
}

fn differences(document: &Document, dictionary: &Dictionary, texts: &mut Texts) {
    let mut code = 0_usize;
    for entry in object::array(document, dictionary, b"Differences").unwrap_or_default() {
        match object::resolve(document, entry) {
            Some(Object::Integer(next)) => code = usize::try_from(*next).unwrap_or(texts.len()),
            Some(Object::Name(name)) => {
                if let Some(slot) = texts.get_mut(code) {
                    *slot = glyph_name::text(name);
                }
                code = code.saturating_add(1);
            }
            _ => {}
        }
    }
}

/// Word processors map the bullets of symbol fonts to private code points.
pub fn marks(face: &Face, text: String) -> String {
    let mut chars = text.chars();
    let (Some(first), None) = (chars.next(), chars.next()) else { return text };
    let Some(code) = u32::from(first).checked_sub(0xF000).and_then(|code| u8::try_from(code).ok())
    else {
        return text;
    };
    let mark = if face.name.starts_with("symbol") {
        encoding::symbol(code)
    } else if face.name.contains("wingdings") {
        encoding::wingding(code)
    } else {
        None
    };
    mark.map_or(text, String::from)
}

fn advances(
    document: &Document,
    font: &Dictionary,
    face: &Face,
    texts: &[Option<Box<str>>; 256],
) -> [f32; 256] {
    let scale = glyph_scale(document, font);
    let missing = face
        .descriptor
        .and_then(|descriptor| object::number(document, descriptor, b"MissingWidth"));
    let widths = object::array(document, font, b"Widths");
    let mut advances = [0.0; 256];
    if widths.is_none() {
        for (slot, text) in advances.iter_mut().zip(texts) {
            let character = text.as_deref().and_then(|text| text.chars().next());
            *slot = width::standard(&face.name, character.unwrap_or(' ')) / 1000.0;
        }
        return advances;
    }
    advances.fill(missing.unwrap_or(0.0) * scale);
    let first =
        object::integer(document, font, b"FirstChar").and_then(|first| usize::try_from(first).ok());
    let slots = advances.iter_mut().skip(first.unwrap_or(0));
    for (slot, width) in slots.zip(widths.unwrap_or_default()) {
        if let Some(width) =
            object::resolve(document, width).and_then(|width| width.as_float().ok())
        {
            *slot = width * scale;
        }
    }
    advances
}

/// Units of the widths in units of the font size: a thousandth, or as a Type 3 font says.
fn glyph_scale(document: &Document, font: &Dictionary) -> f32 {
    font_matrix(document, font).map_or(0.001, |matrix| matrix.scale().0)
}

fn font_matrix(document: &Document, font: &Dictionary) -> Option<Matrix> {
    (object::name(document, font, b"Subtype") == Some(b"Type3"))
        .then(|| object::matrix(document, font, b"FontMatrix"))
        .flatten()
}

/// The em of a Type 3 font in units of its font size. Outline fonts have about
/// a thousand units to the em; a bitmap font shows its size only by its box.
pub fn em(document: &Document, font: &Dictionary) -> f32 {
    let Some(matrix) = font_matrix(document, font) else { return 1.0 };
    let unit = matrix.scale().1;
    if (USUAL_UNIT_LEAST..=USUAL_UNIT_MOST).contains(&unit) {
        return 1.0;
    }
    let height = object::rectangle(document, font, b"FontBBox").map_or(0.0, Rect::height) * unit;
    if height > 0.0 && height.is_finite() { height / BOX_TO_EM } else { 1.0 }
}

const USUAL_UNIT_LEAST: f32 = 1.0 / 4100.0;
const USUAL_UNIT_MOST: f32 = 1.0 / 900.0;
/// The box of a text font is about this much higher than its em.
const BOX_TO_EM: f32 = 1.2;
