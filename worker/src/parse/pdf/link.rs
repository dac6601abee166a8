//! Link annotations: which letters point where.

use lopdf::{Dictionary, Document, Object};

use super::glyph::Sheet;
use super::load::Page;
use super::matrix::Rect;
use super::{limit, object};

/// Marks the letters under the page's links and returns the targets, in the
/// order the letters name them.
pub fn apply(document: &Document, page: &Page, sheet: &mut Sheet) -> Vec<String> {
    let links = links(document, page);
    if links.is_empty() {
        return Vec::new();
    }
    for glyph in &mut sheet.glyphs {
        let centre = (glyph.x + 0.5 * glyph.width, glyph.y - 0.3 * glyph.size);
        let over = links.iter().position(|(area, _)| area.holds(centre));
        glyph.link = over.and_then(|index| u16::try_from(index).ok());
    }
    links.into_iter().map(|(_, target)| target).collect()
}

fn links(document: &Document, page: &Page) -> Vec<(Rect, String)> {
    let annotations = object::array(document, page.dictionary, b"Annots").unwrap_or_default();
    annotations
        .iter()
        .take(limit::LINKS)
        .filter_map(|annotation| object::as_dictionary(object::resolve(document, annotation)?))
        .filter_map(|annotation| {
            let area = object::rectangle(document, annotation, b"Rect")?;
            Some((area.through(page.matrix), target(document, annotation)?))
        })
        .collect()
}

fn target(document: &Document, annotation: &Dictionary) -> Option<String> {
    if object::name(document, annotation, b"Subtype") != Some(b"Link") {
        return None;
    }
    let action = object::dictionary(document, annotation, b"A")?;
    let Object::String(target, _) = object::value(document, action, b"URI")? else { return None };
    if target.len() > LONGEST {
        return None;
    }
    let target = String::from_utf8_lossy(target);
    let target = target.trim();
    (!target.is_empty()).then(|| target.to_owned())
}

/// Browsers take no longer addresses.
const LONGEST: usize = 2048;
