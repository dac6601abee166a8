//! Text a reader of the page cannot see, set apart before anything reads it.

use super::letter;
use crate::parse::pdf::glyph::{Fill, Glyph, Paint, Render, Sheet};

/// Letters up to this size, in points, are not read by people.
const SMALLEST: f32 = 2.0;
/// Colours nearer than this in every part are one to the eye.
const ALIKE: f32 = 0.08;
/// A scan covers at least this much of its page.
const SCAN: f32 = 0.5;

/// Takes the unseen letters off the sheet and counts them.
pub fn take(sheet: &mut Sheet) -> usize {
    let scan = lies_below_scan(sheet);
    let fills = std::mem::take(&mut sheet.fills);
    let (width, height) = (sheet.width, sheet.height);
    let mut hidden = 0;
    sheet.glyphs.retain(|glyph| {
        let off_page = glyph.x + glyph.width < 0.0
            || glyph.x > width
            || glyph.y < 0.0
            || glyph.y - glyph.size > height;
        let unseen = off_page
            || glyph.size <= SMALLEST
            || (glyph.render == Render::Invisible && !scan)
            || (glyph.render != Render::Invisible && blends_in(glyph, &fills));
        if unseen {
            hidden += glyph.text.chars().filter(|character| is_text(*character)).count();
        }
        !unseen
    });
    sheet.fills = fills;
    hidden
}

/// Pictures of icon fonts are no words to plant.
fn is_text(character: char) -> bool {
    !character.is_whitespace() && !letter::is_private(character)
}

/// Scanners put the text they recognised, invisible, under or over the picture of the page.
pub fn lies_below_scan(sheet: &Sheet) -> bool {
    let invisible = sheet.glyphs.iter().filter(|glyph| glyph.render == Render::Invisible).count();
    let pictured: f32 = sheet.images.iter().map(|image| image.area()).sum();
    invisible * 2 > sheet.glyphs.len() && pictured >= SCAN * sheet.width * sheet.height
}

/// The letter has the colour of its ground, or an area painted later covers it.
fn blends_in(glyph: &Glyph, fills: &[Fill]) -> bool {
    if glyph.render == Render::Stroked {
        return false;
    }
    let centre = (glyph.x + 0.5 * glyph.width, glyph.y - 0.3 * glyph.size);
    let over = fills.iter().filter(|fill| fill.area.holds(centre));
    let mut ground = Paint::Colour([1.0; 3]);
    for fill in over {
        if fill.order > glyph.order {
            let covers = fill.exact && matches!(fill.paint, Paint::Colour(_));
            if covers && fill.area.height() > glyph.size {
                return true;
            }
        } else if fill.paint != Paint::Nothing {
            ground = fill.paint;
        }
    }
    match (glyph.paint, ground) {
        (Paint::Nothing, _) => true,
        (Paint::Colour(ink), Paint::Colour(ground)) => {
            ink.iter().zip(ground).all(|(ink, ground)| (ink - ground).abs() < ALIKE)
        }
        (Paint::Unknown, _) | (_, Paint::Unknown | Paint::Nothing) => false,
    }
}
