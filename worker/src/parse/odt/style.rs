//! Styles of an `OpenDocument` text: how its text looks.

use std::collections::HashMap;

use crate::parse::paper::Look;
use crate::parse::xml::{Tag, Token, Xml};

/// Styles build on each other no deeper than this.
const MAX_PARENTS: usize = 16;

#[derive(Default)]
pub struct Styles {
    by_name: HashMap<String, Style>,
}

#[derive(Default, Clone)]
struct Style {
    parent: Option<String>,
    bold: Option<bool>,
    italic: Option<bool>,
    size: Option<f32>,
}

impl Styles {
    /// Adds the styles of a part; a damaged part costs looks, not the document.
    pub fn learn(&mut self, text: &str) {
        let mut xml = Xml::new(text);
        let mut name = None;
        let mut style = Style::default();
        while let Ok(Some(token)) = xml.next() {
            match token {
                Token::Open(tag) if tag.name == "style" => {
                    name = tag.attribute("name").map(str::to_owned);
                    let parent = tag.attribute("parent-style-name").map(str::to_owned);
                    style = Style { parent, ..Style::default() };
                }
                Token::Open(tag) if tag.name == "text-properties" => style.learn(&tag),
                Token::Close(closed) if closed == "style" => {
                    if let Some(name) = name.take() {
                        self.by_name.insert(name, std::mem::take(&mut style));
                    }
                }
                Token::Open(_) | Token::Close(_) | Token::Text(_) => {}
            }
        }
    }

    /// Lays the looks of a style, and of those it builds on, over a look.
    pub fn apply(&self, name: Option<&str>, look: &mut Look) {
        let (mut bold, mut italic, mut size) = (None, None, None);
        let mut next = name;
        for _ in 0..MAX_PARENTS {
            let Some(style) = next.and_then(|name| self.by_name.get(name)) else { break };
            bold = bold.or(style.bold);
            italic = italic.or(style.italic);
            size = size.or(style.size);
            next = style.parent.as_deref();
        }
        look.bold = bold.unwrap_or(look.bold);
        look.italic = italic.unwrap_or(look.italic);
        look.size = size.unwrap_or(look.size);
    }
}

impl Style {
    fn learn(&mut self, tag: &Tag) {
        if let Some(weight) = tag.attribute("font-weight") {
            self.bold =
                Some(weight == "bold" || weight.parse().is_ok_and(|weight: u16| weight >= 600));
        }
        if let Some(slant) = tag.attribute("font-style") {
            self.italic = Some(slant != "normal");
        }
        if let Some(size) = tag.attribute("font-size").and_then(|size| size.strip_suffix("pt")) {
            self.size = size.parse().ok();
        }
    }
}
