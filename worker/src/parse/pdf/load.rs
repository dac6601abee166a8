//! Opening a file and finding its pages. lopdf repairs and decrypts; nothing
//! here asks it for all pages at once (0.47 trusts the count the file gives).

use lopdf::{Dictionary, Document, Error, LoadOptions, Object};

use super::budget::Budget;
use super::matrix::{Matrix, Rect};
use super::{limit, object};
use crate::parse::ParseError;

/// How far to trust the cross-reference table.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// As it stands, repaired when it cannot be read.
    Table,
    /// Not at all: look for the objects themselves.
    Objects,
}

/// Opens the file; without a password, what opens with an empty one is open too.
pub fn document(
    bytes: &[u8],
    trust: Trust,
    password: Option<&str>,
) -> Result<Document, ParseError> {
    let streams =
        bytes.windows(OBJECT_STREAM.len()).filter(|window| *window == OBJECT_STREAM).count();
    if streams > limit::OBJECT_STREAMS {
        return Err(ParseError::TooComplex);
    }
    let options = LoadOptions {
        max_decompressed_size: Some((limit::LOADED / streams.max(1)).max(limit::LOADED_STREAM)),
        force_reconstruct: trust == Trust::Objects,
        password: password.map(str::to_owned),
        ..LoadOptions::default()
    };
    let loaded = Document::load_mem_with_options(bytes, options);
    let mut document = loaded.map_err(|error| match error {
        Error::InvalidPassword | Error::Decryption(_) => ParseError::Encrypted,
        _ => ParseError::Damaged,
    })?;
    if document.is_encrypted() {
        document.decrypt(password.unwrap_or_default()).map_err(|_| ParseError::Encrypted)?;
    }
    Ok(document)
}

/// Marks an object stream; lopdf's limit holds for each of them, not for all.
const OBJECT_STREAM: &[u8] = b"/ObjStm";

/// A page ready to be drawn.
pub struct Page<'a> {
    pub dictionary: &'a Dictionary,
    pub resources: Option<&'a Dictionary>,
    /// User space to points from the top left of the shown page.
    pub matrix: Matrix,
    pub width: f32,
    pub height: f32,
}

/// The first pages, and whether there are more.
///
/// Never by an adaptor that asks the iterator for its length: lopdf adds up
/// the counts the file gives and overflows.
pub fn pages(document: &Document) -> (Vec<Page<'_>>, bool) {
    let mut pages = Vec::new();
    for id in document.page_iter() {
        if pages.len() == limit::PAGES {
            return (pages, true);
        }
        pages.extend(document.get_dictionary(id).ok().map(|page| Page::new(document, page)));
    }
    if pages.is_empty() {
        let strays = document.objects.values().filter_map(|object| object.as_dict().ok());
        let strays = strays.filter(|dictionary| dictionary.has_type(b"Page")).take(limit::PAGES);
        pages.extend(strays.map(|page| Page::new(document, page)));
    }
    (pages, false)
}

impl<'a> Page<'a> {
    fn new(document: &'a Document, dictionary: &'a Dictionary) -> Self {
        let resources =
            object::inherited(document, dictionary, b"Resources").and_then(object::as_dictionary);
        let area = shown_area(document, dictionary);
        let turn =
            object::inherited(document, dictionary, b"Rotate").and_then(|turn| turn.as_i64().ok());
        let (matrix, width, height) = upright(area, turn.unwrap_or(0));
        Self { dictionary, resources, matrix, width, height }
    }

    /// The page's streams in one, as far as the budget allows. A stream that
    /// does not decode costs its own text only.
    pub fn content(&self, document: &Document, budget: &mut Budget) -> Vec<u8> {
        let mut content = Vec::new();
        let Some(entry) = object::value(document, self.dictionary, b"Contents") else {
            return content;
        };
        let streams = match entry {
            Object::Array(parts) => parts.iter().take(limit::OPERANDS).collect(),
            single => vec![single],
        };
        for part in streams {
            let Some(Object::Stream(stream)) = object::resolve(document, part) else { continue };
            let left = budget.content_left();
            let bytes = stream.get_plain_content_with_limit(left).unwrap_or_default();
            budget.content(bytes.len());
            content.extend_from_slice(&bytes);
            content.push(b'\n');
        }
        content
    }
}

fn shown_area(document: &Document, page: &Dictionary) -> Rect {
    let read = |key| {
        let Object::Array(array) = object::inherited(document, page, key)? else { return None };
        let mut numbers = [0.0; 4];
        for (slot, number) in numbers.iter_mut().zip(array.get(..4)?) {
            *slot = object::resolve(document, number)?.as_float().ok()?;
        }
        let area = Rect::of(numbers);
        (area.width() >= 1.0 && area.height() >= 1.0 && area.area().is_finite()).then_some(area)
    };
    let media = read(b"MediaBox").unwrap_or(LETTER);
    let cropped = read(b"CropBox").map_or(media, |crop| crop.within(media));
    if cropped.area() > 0.0 { cropped } else { media }
}

const LETTER: Rect = Rect { x0: 0.0, y0: 0.0, x1: 612.0, y1: 792.0 };

fn upright(area: Rect, turn: i64) -> (Matrix, f32, f32) {
    let (width, height) = (area.width(), area.height());
    match turn.rem_euclid(360) {
        90 => (Matrix([0.0, 1.0, 1.0, 0.0, -area.y0, -area.x0]), height, width),
        180 => (Matrix([-1.0, 0.0, 0.0, 1.0, area.x1, -area.y0]), width, height),
        270 => (Matrix([0.0, -1.0, -1.0, 0.0, area.y1, area.x1]), height, width),
        _ => (Matrix([1.0, 0.0, 0.0, -1.0, -area.x0, area.y1]), width, height),
    }
}
