//! `ToUnicode` maps: character codes to text.
//!
//! Ranges stay ranges: a map of a hundred bytes may claim four thousand million codes.

use super::lex::{Lexer, Token};
use super::limit;

#[derive(Debug, Default)]
pub struct ToUnicode {
    /// Ascending by first code.
    ranges: Vec<Range>,
}

#[derive(Debug)]
struct Range {
    first: u32,
    last: u32,
    /// UTF-16 of the first code; the others count up from its last unit.
    target: Vec<u16>,
}

impl ToUnicode {
    pub fn parse(bytes: &[u8]) -> Self {
        let mut ranges = Vec::new();
        let mut tokens = Lexer::new(bytes).take(limit::CMAP_TOKENS);
        while let Some(token) = tokens.next() {
            match token {
                Token::Word(b"beginbfchar") => characters(&mut tokens, &mut ranges),
                Token::Word(b"beginbfrange") => spans(&mut tokens, &mut ranges),
                _ => {}
            }
        }
        ranges.sort_by_key(|range| range.first);
        Self { ranges }
    }

    /// Codes that are UTF-16 themselves.
    pub fn identity() -> Self {
        Self { ranges: vec![Range { first: 0, last: u32::from(u16::MAX), target: vec![0] }] }
    }

    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// The text of a code; `None` when the map says nothing, or says U+0000.
    pub fn text(&self, code: u32) -> Option<String> {
        let end = self.ranges.partition_point(|range| range.first <= code);
        let start = end.saturating_sub(OVERLAPS);
        let range = self.ranges.get(start..end)?.iter().rev().find(|range| range.last >= code)?;
        let mut units = range.target.clone();
        let step = u16::try_from(code - range.first).ok()?;
        let last = units.last_mut()?;
        *last = last.checked_add(step)?;
        let text: String =
            char::decode_utf16(units).filter_map(Result::ok).filter(|c| *c != '\0').collect();
        (!text.is_empty()).then_some(text)
    }
}

/// Ranges of one map may overlap; so many are looked at for the one that fits.
const OVERLAPS: usize = 4;

fn characters<'a>(tokens: &mut impl Iterator<Item = Token<'a>>, ranges: &mut Vec<Range>) {
    let mut code = None;
    for token in tokens {
        match (token, code.take()) {
            (Token::Text(bytes), None) => code = Some(number(&bytes)),
            (Token::Text(bytes), Some(code)) => {
                ranges.push(Range { first: code, last: code, target: utf16(&bytes) });
            }
            (Token::Word(_), _) => return,
            _ => {}
        }
    }
}

fn spans<'a>(tokens: &mut impl Iterator<Item = Token<'a>>, ranges: &mut Vec<Range>) {
    let mut ends: Vec<u32> = Vec::with_capacity(2);
    while let Some(token) = tokens.next() {
        match (token, ends.as_slice()) {
            (Token::Text(bytes), [first, last]) => {
                ranges.push(Range { first: *first, last: *last, target: utf16(&bytes) });
                ends.clear();
            }
            (Token::Text(bytes), _) => ends.push(number(&bytes)),
            (Token::ArrayStart, [first, last]) => {
                each(tokens, (*first, *last), ranges);
                ends.clear();
            }
            (Token::Word(_), _) => return,
            _ => {}
        }
    }
}

/// A range with a target of its own for every code.
fn each<'a>(
    tokens: &mut impl Iterator<Item = Token<'a>>,
    ends: (u32, u32),
    ranges: &mut Vec<Range>,
) {
    let mut code = ends.0;
    for token in tokens {
        match token {
            Token::Text(bytes) if code <= ends.1 => {
                ranges.push(Range { first: code, last: code, target: utf16(&bytes) });
                code = code.saturating_add(1);
            }
            Token::ArrayEnd | Token::Word(_) => return,
            _ => {}
        }
    }
}

/// Codes have at most four bytes; longer ones keep their last four.
fn number(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |code, byte| code << 8 | u32::from(*byte))
}

fn utf16(bytes: &[u8]) -> Vec<u16> {
    if let [byte] = bytes {
        return vec![u16::from(*byte)];
    }
    bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).take(UNITS).collect()
}

/// A code stands for a few letters, never for a paragraph.
const UNITS: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_counts_up_from_its_target() {
        let map = ToUnicode::parse(b"1 beginbfrange <0041> <0043> <0061> endbfrange");

        assert_eq!(map.text(0x43).as_deref(), Some("c"));
        assert_eq!(map.text(0x44), None);
    }

    #[test]
    fn a_range_of_all_codes_costs_no_more_than_a_single_one() {
        let map = ToUnicode::parse(b"1 beginbfrange <00000000> <FFFFFFFF> <0041> endbfrange");

        assert_eq!(map.ranges.len(), 1);
        assert_eq!(map.text(2).as_deref(), Some("C"));
        assert_eq!(map.text(u32::MAX), None);
    }

    #[test]
    fn a_code_may_stand_for_several_letters_or_none() {
        let map = ToUnicode::parse(
            b"3 beginbfchar <01> <00660069> <02> <0000> <03> <D83DDE00> endbfchar",
        );

        assert_eq!(map.text(1).as_deref(), Some("fi"));
        assert_eq!(map.text(2), None);
        assert_eq!(map.text(3).as_deref(), Some("😀"));
    }

    #[test]
    fn a_range_may_list_its_targets() {
        let map = ToUnicode::parse(
            b"1 beginbfrange <05> <07> [<0058> <0059>] <08> <09> <0030> endbfrange",
        );

        assert_eq!(map.text(6).as_deref(), Some("Y"));
        assert_eq!(map.text(7), None);
        assert_eq!(map.text(9).as_deref(), Some("1"));
    }

    #[test]
    fn a_map_name_outside_the_grammar_does_not_spoil_the_map() {
        let map = ToUnicode::parse(
            b"/CMapName /C:/Windows/x def ) >> 1 beginbfchar <41> <0042> endbfchar",
        );

        assert_eq!(map.text(0x41).as_deref(), Some("B"));
    }
}
