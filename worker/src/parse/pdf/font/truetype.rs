//! The character table of an embedded `TrueType` font, read backwards: glyphs to text.

use std::collections::HashMap;

/// Glyphs a font numbers at most.
const GLYPHS: usize = 1 << 16;

/// The text of each glyph, as far as the font says.
pub fn texts(font: &[u8]) -> HashMap<u16, char> {
    let mut texts = HashMap::new();
    if let Some(table) = table(font, *b"cmap") {
        let count = short(table, 2).unwrap_or(0);
        for index in 0..usize::from(count).min(TABLES) {
            let record = 4 + 8 * index;
            let platform = (short(table, record), short(table, record + 2));
            let unicode = matches!(platform, (Some(0), _) | (Some(3), Some(1 | 10)));
            let start = long(table, record + 4).and_then(|offset| usize::try_from(offset).ok());
            if let Some(map) = start.filter(|_| unicode).and_then(|start| table.get(start..)) {
                collect(map, &mut texts);
            }
        }
    }
    texts
}

/// Character tables of a font; a handful are usual.
const TABLES: usize = 32;

fn table(font: &[u8], tag: [u8; 4]) -> Option<&[u8]> {
    let count = usize::from(short(font, 4)?);
    let record =
        (0..count).map(|index| 12 + 16 * index).find(|at| font.get(*at..at + 4) == Some(&tag))?;
    let start = usize::try_from(long(font, record + 8)?).ok()?;
    let length = usize::try_from(long(font, record + 12)?).ok()?;
    font.get(start..start.saturating_add(length).min(font.len()))
}

fn collect(map: &[u8], texts: &mut HashMap<u16, char>) {
    match short(map, 0) {
        Some(4) => segments(map, texts),
        Some(12) => groups(map, texts),
        _ => {}
    }
}

/// Format 4: segments of the first plane.
fn segments(map: &[u8], texts: &mut HashMap<u16, char>) {
    let Some(doubled) = short(map, 6).map(usize::from) else { return };
    let mut left = GLYPHS;
    for at in (0..doubled).step_by(2) {
        let values = [14 + at, 16 + doubled + at, 16 + 2 * doubled + at, 16 + 3 * doubled + at]
            .map(|at| short(map, at));
        let [Some(end), Some(start), Some(delta), Some(offset)] = values else { return };
        for code in start..=end.min(0xFFFE) {
            if left == 0 {
                return;
            }
            left -= 1;
            let glyph = if offset == 0 {
                Some(code.wrapping_add(delta))
            } else {
                let place =
                    16 + 3 * doubled + at + usize::from(offset) + 2 * usize::from(code - start);
                short(map, place).filter(|glyph| *glyph != 0).map(|glyph| glyph.wrapping_add(delta))
            };
            note(glyph, u32::from(code), texts);
        }
    }
}

/// Format 12: groups of all planes.
fn groups(map: &[u8], texts: &mut HashMap<u16, char>) {
    let count = long(map, 12).unwrap_or(0);
    let mut left = GLYPHS;
    for index in 0..usize::try_from(count).unwrap_or(0).min(GLYPHS) {
        let at = 16 + 12 * index;
        let (Some(start), Some(end), Some(first)) =
            (long(map, at), long(map, at + 4), long(map, at + 8))
        else {
            return;
        };
        for (code, glyph) in (start..=end).zip(first..) {
            if left == 0 {
                return;
            }
            left -= 1;
            note(u16::try_from(glyph).ok(), code, texts);
        }
    }
}

/// The lowest character of a glyph is its plainest.
fn note(glyph: Option<u16>, code: u32, texts: &mut HashMap<u16, char>) {
    if let (Some(glyph), Some(character)) = (glyph, char::from_u32(code)) {
        texts.entry(glyph).and_modify(|known| *known = character.min(*known)).or_insert(character);
    }
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    let pair = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_be_bytes([*pair.first()?, *pair.get(1)?]))
}

fn long(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from(short(bytes, at)?) << 16 | u32::from(short(bytes, at.checked_add(2)?)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn font(map: &[u16]) -> Vec<u8> {
        let mut words = vec![0, 1, 1, 0, 0, 0];
        words.extend([0x636D, 0x6170, 0, 0, 0, 28, 0, u16::MAX]);
        words.extend([0, 1, 3, 1, 0, 12]);
        words.extend(map);
        words.iter().flat_map(|word| word.to_be_bytes()).collect()
    }

    #[test]
    fn glyphs_are_traced_back_to_their_characters() {
        let map = [4, 32, 0, 4, 0, 0, 0, 0x42, 0xFFFF, 0, 0x41, 0xFFFF, 0xFFC5, 1, 0, 0];

        let texts = texts(&font(&map));

        assert_eq!((texts.get(&6), texts.get(&7), texts.get(&8)), (Some(&'A'), Some(&'B'), None));
    }

    #[test]
    fn segments_that_claim_all_characters_again_and_again_come_to_an_end() {
        let many = 8000;
        let mut map = vec![4, 0, 0, 2 * many, 0, 0, 0];
        for column in [0xFFFE, 0, 0, 0] {
            map.extend(vec![column; usize::from(many)]);
            if column == 0xFFFE {
                map.push(0);
            }
        }

        assert!(texts(&font(&map)).len() <= GLYPHS);
    }

    #[test]
    fn groups_that_claim_all_characters_come_to_an_end() {
        let map = [12, 0, 0, 28, 0, 0, 0, 1, 0, 0, 0xFFFF, 0xFFFF, 0, 1];

        assert!(texts(&font(&map)).len() <= GLYPHS);
    }
}
