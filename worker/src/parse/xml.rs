//! XML as a flat run of tokens, bounded in depth and without document types.

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::ParseError;

/// Deeper than any word processor nests.
const MAX_DEPTH: usize = 256;

/// What stands next in the document; names are without their prefix.
pub enum Token {
    Open(Tag),
    Close(String),
    Text(String),
}

/// An opening tag.
pub struct Tag {
    pub name: String,
    attributes: Vec<(String, String)>,
}

impl Tag {
    /// The value of an attribute, by its name without prefix.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// `<w:b/>` is on, `<w:b w:val="0"/>` is off.
    pub fn is_on(&self) -> bool {
        !matches!(self.attribute("val"), Some("0" | "false" | "off" | "none"))
    }
}

/// Reads tokens one by one.
pub struct Xml<'a> {
    reader: Reader<&'a [u8]>,
    depth: usize,
}

impl<'a> Xml<'a> {
    pub fn new(text: &'a str) -> Self {
        let mut reader = Reader::from_reader(text.as_bytes());
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.allow_dangling_amp = true;
        Self { reader, depth: 0 }
    }

    /// The next token, `None` at the end.
    ///
    /// A document type is refused, since it can name other files and entities.
    pub fn next(&mut self) -> Result<Option<Token>, ParseError> {
        loop {
            let event = self.reader.read_event().map_err(|_| ParseError::Damaged)?;
            let token = match event {
                Event::Start(tag) => self.open(&tag)?,
                Event::End(tag) => {
                    self.depth = self.depth.saturating_sub(1);
                    Token::Close(tag.local_name().as_ref().to_owned())
                }
                Event::Text(text) => Token::Text(text.xml10_content().into_owned()),
                Event::CData(text) => Token::Text(text.xml10_content().into_owned()),
                Event::GeneralRef(reference) => Token::Text(resolve(&reference)),
                Event::DocType(_) => return Err(ParseError::Damaged),
                Event::Eof => return Ok(None),
                Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => continue,
            };
            return Ok(Some(token));
        }
    }

    /// Passes over everything up to the end of the element just opened.
    pub fn skip(&mut self) -> Result<(), ParseError> {
        let until = self.depth.saturating_sub(1);
        while self.depth > until {
            if self.next()?.is_none() {
                return Err(ParseError::Damaged);
            }
        }
        Ok(())
    }

    fn open(&mut self, tag: &BytesStart<'_>) -> Result<Token, ParseError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(ParseError::TooComplex);
        }
        let attributes = tag
            .attributes()
            .with_checks(false)
            .flatten()
            .map(|attribute| {
                let key = attribute.key.local_name().as_ref().to_owned();
                let value = attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0);
                (key, value.map(std::borrow::Cow::into_owned).unwrap_or_default())
            })
            .collect();
        Ok(Token::Open(Tag { name: tag.local_name().as_ref().to_owned(), attributes }))
    }
}

/// The five names of XML and numbers; anything else stands for nothing.
fn resolve(reference: &BytesRef<'_>) -> String {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return character.to_string();
    }
    let text = match reference.xml10_content().as_ref() {
        "amp" => "&",
        "lt" => "<",
        "gt" => ">",
        "quot" => "\"",
        "apos" => "'",
        _ => "",
    };
    text.to_owned()
}
