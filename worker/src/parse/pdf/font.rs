//! A font of the document: bytes of a shown string to text and advances.

use lopdf::{Dictionary, Document, Object};

use super::cmap::ToUnicode;
use super::{limit, object};
use composite::Composite;
use simple::Simple;
use style::Style;

mod composite;
mod glyph_name;
mod program;
mod simple;
mod style;
mod truetype;
mod width;

#[derive(Debug)]
pub struct Font {
    pub style: Style,
    /// Text runs downwards.
    pub vertical: bool,
    /// Size of the em in units of the font size; 1 for all but some bitmap fonts.
    pub em: f32,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Simple(Box<Simple>),
    Composite(Box<Composite>),
}

/// One code of a shown string.
#[derive(Debug, PartialEq)]
pub struct Shown {
    /// `None` when nothing tells what the code means.
    pub text: Option<String>,
    pub code: u32,
    /// In units of the font size.
    pub advance: f32,
    /// The single byte 32, which word spacing applies to.
    pub is_space_byte: bool,
}

impl Font {
    pub fn load(document: &Document, font: &Dictionary) -> Self {
        let subtype = object::name(document, font, b"Subtype").unwrap_or_default();
        let descendant = object::array(document, font, b"DescendantFonts")
            .and_then(|fonts| object::as_dictionary(object::resolve(document, fonts.first()?)?));
        let own = descendant.unwrap_or(font);
        let descriptor = object::dictionary(document, own, b"FontDescriptor");
        let face = Face { name: plain_name(document, font, descriptor), descriptor };
        let to_unicode = to_unicode(document, font);
        let style = style::read(document, &face.name, descriptor);
        if subtype == b"Type0" {
            let composite = Composite::load(document, font, own, to_unicode);
            let vertical = composite.vertical();
            return Self { style, vertical, em: 1.0, kind: Kind::Composite(Box::new(composite)) };
        }
        let simple = Simple::load(document, font, &face, to_unicode.as_ref());
        let em = if subtype == b"Type3" { simple::em(document, font) } else { 1.0 };
        Self { style, vertical: false, em, kind: Kind::Simple(Box::new(simple)) }
    }

    pub fn decode(&self, bytes: &[u8]) -> Vec<Shown> {
        match &self.kind {
            Kind::Simple(simple) => bytes.iter().map(|byte| simple.shown(*byte)).collect(),
            Kind::Composite(composite) => composite.decode(bytes),
        }
    }
}

/// What a font file is called and how it is described.
pub struct Face<'a> {
    /// In small letters, without the tag of a subset.
    name: String,
    descriptor: Option<&'a Dictionary>,
}

fn plain_name(document: &Document, font: &Dictionary, descriptor: Option<&Dictionary>) -> String {
    let name = object::name(document, font, b"BaseFont")
        .or_else(|| object::name(document, descriptor?, b"FontName"))
        .unwrap_or_default();
    let name = String::from_utf8_lossy(name).to_lowercase();
    match name.split_once('+') {
        Some((tag, rest)) if tag.len() == 6 => rest.to_owned(),
        _ => name,
    }
}

fn to_unicode(document: &Document, font: &Dictionary) -> Option<ToUnicode> {
    let map = match object::value(document, font, b"ToUnicode")? {
        Object::Stream(stream) => {
            ToUnicode::parse(&stream.get_plain_content_with_limit(limit::CMAP_BYTES).ok()?)
        }
        Object::Name(name) if name.starts_with(b"Identity") => ToUnicode::identity(),
        _ => return None,
    };
    (!map.is_empty()).then_some(map)
}
