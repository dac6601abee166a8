//! What the codes of a one-byte font mean when the font brings no map of its own.

use std::sync::LazyLock;

use lopdf::{Dictionary, Document, Object};

/// The text of each code.
pub type Table = [Option<char>; 256];

static STANDARD: LazyLock<Table> = LazyLock::new(|| named("StandardEncoding"));
static WINDOWS: LazyLock<Table> = LazyLock::new(|| named("WinAnsiEncoding"));
static MAC: LazyLock<Table> = LazyLock::new(|| named("MacRomanEncoding"));
static MAC_EXPERT: LazyLock<Table> = LazyLock::new(|| named("MacExpertEncoding"));

pub fn standard() -> &'static Table {
    &STANDARD
}

pub fn windows() -> &'static Table {
    &WINDOWS
}

pub fn by_name(name: &[u8]) -> Option<&'static Table> {
    match name {
        b"StandardEncoding" => Some(&STANDARD),
        b"WinAnsiEncoding" => Some(&WINDOWS),
        b"MacRomanEncoding" => Some(&MAC),
        b"MacExpertEncoding" => Some(&MAC_EXPERT),
        _ => None,
    }
}

/// lopdf keeps its tables private but decodes with them. A font without
/// `ToUnicode` is safe to ask; one with it can hang (0.47).
fn named(name: &str) -> Table {
    let mut font = Dictionary::new();
    font.set("Type", Object::Name(b"Font".to_vec()));
    font.set("Encoding", Object::Name(name.as_bytes().to_vec()));
    let document = Document::new();
    let mut table = [None; 256];
    if let Ok(encoding) = font.get_font_encoding(&document) {
        for (code, slot) in (0..=u8::MAX).zip(&mut table) {
            *slot = encoding.bytes_to_string(&[code]).ok().and_then(|text| text.chars().next());
        }
    }
    table
}

/// The character of an Adobe glyph name that lopdf's list knows.
pub fn listed_glyph(name: &[u8]) -> Option<char> {
    let mut encoding = Dictionary::new();
    encoding
        .set("Differences", vec![Object::Integer(i64::from(PROBE)), Object::Name(name.to_vec())]);
    let mut font = Dictionary::new();
    font.set("Type", Object::Name(b"Font".to_vec()));
    font.set("Encoding", encoding);
    let document = Document::new();
    let encoding = font.get_font_encoding(&document).ok()?;
    encoding.bytes_to_string(&[PROBE]).ok()?.chars().next()
}

/// A code the standard encoding leaves empty, so that an unknown name yields nothing.
const PROBE: u8 = 0x80;

/// Letters of the Symbol font that resumes show; its Greek and its bullet.
pub fn symbol(code: u8) -> Option<char> {
    const GREEK: &str = "ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ";
    const SMALL: &str = "αβχδεφγηιϕκλμνοπθρστυϖωξψζ";
    match code {
        b'A'..=b'Z' => GREEK.chars().nth(usize::from(code - b'A')),
        b'a'..=b'z' => SMALL.chars().nth(usize::from(code - b'a')),
        0xB7 => Some('•'),
        0xA8 => Some('♦'),
        0xAE | 0xDE => Some('→'),
        0xB1 => Some('±'),
        0xB4 => Some('×'),
        0xB0 => Some('°'),
        0xA3 => Some('≤'),
        0xB3 => Some('≥'),
        0xBB => Some('≈'),
        0xBE | 0x2D => Some('−'),
        0x20..=0x3F | 0x5B | 0x5D | 0x5F | 0x7B..=0x7D => Some(char::from(code)),
        _ => None,
    }
}

/// Marks of the Zapf Dingbats font; all of them serve as bullets.
pub fn dingbat(code: u8) -> Option<char> {
    Some(match code {
        b' ' => ' ',
        b'l' | b'm' => '●',
        b'n' | b'o'..=b'r' => '■',
        b'u' | b'v' => '◆',
        b'3' | b'4' => '✓',
        b'H' | b'5'..=b'8' => '★',
        0xD4..=0xFE => '➢',
        0x21..=0xD3 => '•',
        _ => return None,
    })
}

/// Marks of Wingdings and its kin, by code or by U+F000 + code.
pub fn wingding(code: u8) -> Option<char> {
    Some(match code {
        b' ' => ' ',
        b'l' | 0x9F => '●',
        b'n' | 0xA7 | 0xA8 => '▪',
        b'o' | b'q' => '❑',
        b'u' | b'v' | b'w' => '❖',
        0xD8 | 0xE0 | 0xF0 | 0xE8 => '➢',
        0xFC | 0xFE => '✓',
        0x9E | 0xB7 => '•',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_of_the_format_are_known() {
        assert_eq!(windows()[0x80], Some('€'));
        assert_eq!(standard()[usize::from(b'\'')], Some('’'));
        assert_eq!(by_name(b"MacRomanEncoding").and_then(|table| table[0x8A]), Some('ä'));
        assert_eq!(by_name(b"Identity-H"), None);
    }

    #[test]
    fn a_glyph_name_yields_its_character_and_an_unknown_one_nothing() {
        assert_eq!(listed_glyph(b"eacute"), Some('é'));
        assert_eq!(listed_glyph(b"afii10017"), Some('А'));
        assert_eq!(listed_glyph(b"nonsense"), None);
    }
}
