//! Operands before an operator.

use crate::parse::pdf::lex::{Lexer, Token};
use crate::parse::pdf::limit;

#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    Number(f32),
    Name(Vec<u8>),
    Text(Vec<u8>),
    Array(Vec<Operand>),
    /// Keys and values in turn.
    Dictionary(Vec<Operand>),
}

impl Operand {
    pub fn number(&self) -> Option<f32> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }

    pub fn text(&self) -> Option<&[u8]> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub fn name(&self) -> Option<&[u8]> {
        if let Self::Name(name) = self { Some(name) } else { None }
    }

    /// The value under a key of a dictionary.
    pub fn entry(&self, key: &[u8]) -> Option<&Self> {
        let Self::Dictionary(parts) = self else { return None };
        parts.chunks_exact(2).find(|pair| pair[0].name() == Some(key)).map(|pair| &pair[1])
    }
}

/// The next operator with its operands; operators without a meaning here come too.
pub fn next<'a>(lexer: &mut Lexer<'a>, operands: &mut Vec<Operand>) -> Option<&'a [u8]> {
    operands.clear();
    loop {
        let operand = match lexer.next()? {
            Token::Word(b"true" | b"false" | b"null") => continue,
            Token::Word(word) => return Some(word),
            token => from(token, lexer, limit::NESTING),
        };
        if let Some(operand) = operand
            && operands.len() < limit::OPERANDS
        {
            operands.push(operand);
        }
    }
}

fn from<'a>(token: Token<'a>, lexer: &mut Lexer<'a>, depth: usize) -> Option<Operand> {
    match token {
        Token::Number(number) => Some(Operand::Number(number)),
        Token::Name(name) => Some(Operand::Name(name)),
        Token::Text(text) => Some(Operand::Text(text)),
        Token::ArrayStart => Some(Operand::Array(until(&Token::ArrayEnd, lexer, depth))),
        Token::DictionaryStart => {
            Some(Operand::Dictionary(until(&Token::DictionaryEnd, lexer, depth)))
        }
        Token::ArrayEnd | Token::DictionaryEnd | Token::Word(_) => None,
    }
}

/// Stops before an operator as well: an array without its end must not swallow the page.
fn until(end: &Token, lexer: &mut Lexer, depth: usize) -> Vec<Operand> {
    let mut parts = Vec::new();
    while let Some(token) = lexer.next() {
        match token {
            Token::Word(b"true" | b"false" | b"null") => continue,
            Token::Word(_) => {
                lexer.unread(token);
                break;
            }
            _ => {}
        }
        if token == *end {
            break;
        }
        if depth > 0
            && let Some(part) = from(token, lexer, depth - 1)
            && parts.len() < limit::OPERANDS
        {
            parts.push(part);
        }
    }
    parts
}
