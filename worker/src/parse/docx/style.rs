//! Styles of a Word document: what a paragraph is and how its text looks.

use std::collections::HashMap;

use crate::parse::paper::{Look, Shape};
use crate::parse::xml::{Tag, Token, Xml};

/// Styles build on each other no deeper than this.
const MAX_PARENTS: usize = 16;

#[derive(Default)]
pub struct Styles {
    by_id: HashMap<String, Style>,
    default: Look,
}

#[derive(Default, Clone)]
struct Style {
    parent: Option<String>,
    heading: Option<u8>,
    list: bool,
    bold: Option<bool>,
    italic: Option<bool>,
    size: Option<f32>,
}

impl Styles {
    /// A damaged style sheet costs looks, not the document.
    pub fn read(text: &str) -> Self {
        let mut styles = Self::default();
        let mut xml = Xml::new(text);
        let mut id = None;
        let mut style = Style::default();
        while let Ok(Some(token)) = xml.next() {
            match token {
                Token::Open(tag) if tag.name == "style" => {
                    id = tag.attribute("styleId").map(str::to_owned);
                    style = Style::default();
                }
                Token::Open(tag) if id.is_some() => style.learn(&tag),
                Token::Open(tag) => apply(&tag, &mut styles.default),
                Token::Close(name) if name == "style" => {
                    if let Some(id) = id.take() {
                        styles.by_id.insert(id, std::mem::take(&mut style));
                    }
                }
                // Looks of parts of tables are not looks of text.
                Token::Close(name) if name == "docDefaults" => {}
                Token::Close(_) | Token::Text(_) => {}
            }
        }
        styles
    }

    /// The look of text without any style.
    pub fn body(&self) -> Look {
        self.default.clone()
    }

    /// What a paragraph of this style is, and the look of its text.
    pub fn of(&self, id: &str) -> (Shape, Look) {
        let mut shape = Shape::default();
        let (mut bold, mut italic, mut size) = (None, None, None);
        let mut next = Some(id);
        for _ in 0..MAX_PARENTS {
            let Some(style) = next.and_then(|id| self.by_id.get(id)) else { break };
            shape.heading = shape.heading.or(style.heading);
            shape.bullet |= style.list;
            bold = bold.or(style.bold);
            italic = italic.or(style.italic);
            size = size.or(style.size);
            next = style.parent.as_deref();
        }
        let look = Look {
            bold: bold.unwrap_or(self.default.bold),
            italic: italic.unwrap_or(self.default.italic),
            size: size.unwrap_or(self.default.size),
            link: None,
        };
        (shape, look)
    }
}

impl Style {
    fn learn(&mut self, tag: &Tag) {
        match (tag.name.as_str(), tag.attribute("val")) {
            ("name", Some(name)) => {
                let name = name.to_lowercase();
                self.heading = name.strip_prefix("heading ").and_then(|level| level.parse().ok());
            }
            ("basedOn", Some(parent)) => self.parent = Some(parent.to_owned()),
            ("numPr", _) => self.list = true,
            ("outlineLvl", Some(level)) => self.heading = self.heading.or_else(|| heading(level)),
            ("b", _) => self.bold = Some(tag.is_on()),
            ("i", _) => self.italic = Some(tag.is_on()),
            ("sz", Some(size)) => self.size = points(size),
            _ => {}
        }
    }
}

/// Word counts outline levels from 0; 9 is body text.
pub fn heading(level: &str) -> Option<u8> {
    level.parse::<u8>().ok().filter(|level| *level < 9).map(|level| level + 1)
}

/// Applies one property of a run.
pub fn apply(tag: &Tag, look: &mut Look) {
    match (tag.name.as_str(), tag.attribute("val")) {
        ("b", _) => look.bold = tag.is_on(),
        ("i", _) => look.italic = tag.is_on(),
        ("sz", Some(size)) => look.size = points(size).unwrap_or(look.size),
        _ => {}
    }
}

/// Text nobody sees: marked hidden, or smaller than a point.
pub fn hides(tag: &Tag) -> bool {
    match tag.name.as_str() {
        "vanish" => tag.is_on(),
        "sz" => tag.attribute("val").and_then(points).is_some_and(|size| size <= 1.0),
        _ => false,
    }
}

/// Word measures type in half points.
fn points(value: &str) -> Option<f32> {
    value.parse::<f32>().ok().map(|half| half / 2.0).filter(|size| size.is_finite())
}
