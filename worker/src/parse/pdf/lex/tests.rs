use super::*;

fn tokens(bytes: &[u8]) -> Vec<Token<'_>> {
    Lexer::new(bytes).collect()
}

fn text(bytes: &[u8]) -> Token<'_> {
    Token::Text(bytes.to_vec())
}

#[test]
fn operands_and_operators_are_told_apart() {
    let expected = vec![
        Token::Name(b"F 1".to_vec()),
        Token::Number(-12.5),
        Token::Word(b"Tf"),
        Token::ArrayStart,
        text(b"a(b)c"),
        Token::Number(0.5),
        text(b"AB\x10"),
        Token::ArrayEnd,
        Token::Word(b"TJ"),
    ];

    assert_eq!(tokens(b"/F#201 -12.5 Tf % note\n[(a(b)c) .5 <41 42 1>]TJ"), expected);
}

#[test]
fn escapes_in_strings_are_resolved() {
    assert_eq!(
        tokens(
            br"(\101\n\(\\\53x\
y)"
        ),
        [text(b"A\n(\\+xy")]
    );
}

#[test]
fn a_token_that_fits_nowhere_does_not_end_the_page() {
    assert_eq!(
        tokens(b"1 ) >> } --5 0 Td"),
        [
            Token::Number(1.0),
            Token::DictionaryEnd,
            Token::Number(-5.0),
            Token::Number(0.0),
            Token::Word(b"Td")
        ]
    );
}

#[test]
fn the_data_of_an_inline_image_is_stepped_over() {
    let mut lexer = Lexer::new(b"ID \xFFEI\x80( EIx EI Q");
    lexer.next();

    lexer.skip_image();

    assert_eq!(lexer.next(), Some(Token::Word(b"Q")));
}

#[test]
fn an_image_without_an_end_takes_the_rest() {
    let mut lexer = Lexer::new(b"ID \xFF\xFE");
    lexer.next();

    lexer.skip_image();

    assert_eq!(lexer.next(), None);
}
