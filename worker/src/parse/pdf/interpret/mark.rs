//! Marked content whose `ActualText` replaces what is drawn.

use lopdf::{Object, StringFormat};

use super::operand::Operand;
use super::{Resources, Run};
use crate::parse::pdf::glyph::{Glyph, Turn};
use crate::parse::pdf::{limit, object};

#[derive(Debug)]
pub struct Mark {
    /// Glyphs of the page when the mark opened.
    start: usize,
    text: Option<String>,
}

impl<'a> Run<'_, 'a> {
    pub(super) fn open_mark(&mut self, operands: &[Operand], resources: &Resources<'a>) {
        let text = operands.get(1).and_then(|properties| match properties {
            Operand::Name(name) => {
                let document = self.shared.document;
                let properties =
                    object::as_dictionary(self.resource(resources, b"Properties", name)?)?;
                object::value(document, properties, b"ActualText")?.as_str().ok().and_then(decoded)
            }
            _ => properties.entry(b"ActualText")?.text().and_then(decoded),
        });
        self.mark(text);
    }

    pub(super) fn mark(&mut self, text: Option<String>) {
        if self.marks.len() < limit::MARKS {
            self.marks.push(Mark { start: self.sheet.glyphs.len(), text });
        }
    }

    /// Closes marks until `depth` are left open.
    pub(super) fn close_marks(&mut self, depth: usize) {
        while self.marks.len() > depth {
            let Some(mark) = self.marks.pop() else { return };
            if let Some(text) = mark.text {
                self.replace(mark.start, text);
            }
        }
    }

    /// Puts `text` in place of the glyphs from `start` on, unless they fill
    /// more than a line: then their places say more than the replacement.
    fn replace(&mut self, start: usize, text: String) {
        let Some(drawn) = self.sheet.glyphs.get(start..) else { return };
        let Some(joined) = joined(drawn, text) else { return };
        self.sheet.glyphs.truncate(start);
        self.sheet.glyphs.push(joined);
    }
}

fn joined(drawn: &[Glyph], text: String) -> Option<Glyph> {
    let first = drawn.first()?;
    let on_line =
        |glyph: &Glyph| glyph.turn == Turn::None && (glyph.y - first.y).abs() < first.size;
    if !drawn.iter().all(on_line) {
        return None;
    }
    let left = drawn.iter().map(|glyph| glyph.x).fold(f32::INFINITY, f32::min);
    let right = drawn.iter().map(|glyph| glyph.x + glyph.width).fold(f32::NEG_INFINITY, f32::max);
    Some(Glyph { text, x: left, width: right - left, ..first.clone() })
}

fn decoded(bytes: &[u8]) -> Option<String> {
    if bytes.len() > limit::ACTUAL_TEXT {
        return None;
    }
    lopdf::decode_text_string(&Object::String(bytes.to_vec(), StringFormat::Literal)).ok()
}
