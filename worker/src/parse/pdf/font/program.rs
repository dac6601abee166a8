//! The encoding a font program carries itself.

use lopdf::{Dictionary, Document, Object};

use super::glyph_name;
use crate::parse::pdf::lex::{Lexer, Token};
use crate::parse::pdf::{limit, object};

/// The text of each code by the program's own encoding, if it has one.
pub fn encoding(document: &Document, descriptor: &Dictionary) -> Option<[Option<String>; 256]> {
    let Object::Stream(stream) = object::value(document, descriptor, b"FontFile")? else {
        return None;
    };
    let bytes = stream.get_plain_content_with_limit(limit::FONT_PROGRAM).ok()?;
    type1(&bytes)
}

/// `/Encoding 256 array … dup 65 /A put … readonly def` of the clear part.
fn type1(bytes: &[u8]) -> Option<[Option<String>; 256]> {
    let clear = bytes.windows(5).position(|window| window == b"eexec").unwrap_or(bytes.len());
    let clear = bytes.get(..clear)?;
    let start = clear.windows(9).position(|window| window == b"/Encoding")?;
    let mut texts = [const { None }; 256];
    let mut code = None;
    let mut found = false;
    for token in Lexer::new(clear.get(start + 9..)?).take(ENTRIES) {
        match token {
            Token::Word(b"StandardEncoding") => return None,
            Token::Word(b"def" | b"readonly") if found => break,
            Token::Word(b"dup") => code = None,
            Token::Number(number) => code = byte(number),
            Token::Name(name) => {
                if let Some(slot) = code.take().and_then(|code| texts.get_mut(usize::from(code))) {
                    *slot = glyph_name::text(&name);
                    found = true;
                }
            }
            _ => {}
        }
    }
    found.then_some(texts)
}

/// 256 entries of five tokens, and what stands before them.
const ENTRIES: usize = 2000;

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
fn byte(number: f32) -> Option<u8> {
    (0.0..256.0).contains(&number).then_some(number as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clear_part_of_a_type_1_program_names_its_codes() {
        let program =
            b"%!PS-AdobeFont\n/Encoding 256 array\n0 1 255 {1 index exch /.notdef put} for\n\
            dup 12 /fi put\ndup 65 /A put\nreadonly def\ncurrentfile eexec";

        let texts = type1(program).unwrap();

        assert_eq!(texts[12].as_deref(), Some("ﬁ"));
        assert_eq!(texts[65].as_deref(), Some("A"));
        assert_eq!(texts[66], None);
    }
}
