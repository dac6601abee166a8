//! `OpenDocument` texts (ODT) become lines.

use super::ParseError;
use super::line::Lines;
use super::package::Package;
use super::paper::{Look, Paper, Shape};
use super::xml::{Tag, Token, Xml};
use style::Styles;

mod style;

/// Spaces a single tag may stand for.
const MAX_SPACES: usize = 100;

/// The lines of an `OpenDocument` text: header, body with tables and frames, footer.
pub fn read(bytes: &[u8]) -> Result<Lines, ParseError> {
    let mut package = Package::open(bytes)?;
    let content = package.part("content.xml")?.ok_or(ParseError::Damaged)?;
    if package.part("META-INF/manifest.xml")?.is_some_and(|text| text.contains("encryption-data")) {
        return Err(ParseError::Encrypted);
    }
    let common = package.part("styles.xml")?.unwrap_or_default();
    let mut styles = Styles::default();
    styles.learn(&common);
    styles.learn(&content);
    let mut reading = Reading { paper: Paper::default(), styles };
    // A damaged style sheet costs the header, not the document.
    let _ = reading.part(&common, "header");
    reading.part(&content, "body")?;
    let _ = reading.part(&common, "footer");
    reading.paper.finish()
}

struct Reading {
    paper: Paper,
    styles: Styles,
}

/// Where the reading stands in the document.
#[derive(Default)]
struct Place {
    inside: bool,
    looks: Vec<Look>,
    links: Vec<Option<String>>,
    lists: u8,
    item: bool,
    in_paragraph: usize,
}

impl Reading {
    /// Reads what stands inside elements of this name.
    fn part(&mut self, text: &str, within: &str) -> Result<(), ParseError> {
        let mut xml = Xml::new(text);
        let mut place = Place::default();
        while let Some(token) = xml.next()? {
            match token {
                Token::Open(tag) if tag.name == within => place.inside = true,
                Token::Close(name) if name == within => place.inside = false,
                Token::Open(tag) if place.inside && is_left_out(&tag.name) => xml.skip()?,
                Token::Open(tag) if place.inside => self.open(&tag, &mut place)?,
                Token::Close(name) if place.inside => self.close(&name, &mut place),
                Token::Text(text) if place.inside && place.in_paragraph > 0 => {
                    self.text(&text, &place)?;
                }
                Token::Open(_) | Token::Close(_) | Token::Text(_) => {}
            }
        }
        self.paper.close_line();
        Ok(())
    }

    fn text(&mut self, text: &str, place: &Place) -> Result<(), ParseError> {
        let look = place.looks.last().cloned().unwrap_or_default();
        let link = place.links.iter().rev().flatten().next().cloned();
        self.paper.text(text, &Look { link, ..look })
    }

    fn open(&mut self, tag: &Tag, place: &mut Place) -> Result<(), ParseError> {
        match tag.name.as_str() {
            "p" | "h" => self.paragraph(tag, place),
            "span" => {
                let mut look = place.looks.last().cloned().unwrap_or_default();
                self.styles.apply(tag.attribute("style-name"), &mut look);
                place.looks.push(look);
            }
            "a" => place.links.push(tag.attribute("href").map(str::to_owned)),
            "tab" => self.text("\t", place)?,
            "line-break" => self.paper.close_line(),
            "soft-page-break" => self.paper.next_page(),
            "s" => {
                let count = tag.attribute("c").and_then(|count| count.parse().ok()).unwrap_or(1);
                self.text(&" ".repeat(MAX_SPACES.min(count)), place)?;
            }
            "list" => place.lists = place.lists.saturating_add(1),
            "list-item" => place.item = true,
            "text-box" => self.paper.open_box(),
            "table-row" => self.paper.open_row(),
            _ => {}
        }
        Ok(())
    }

    fn paragraph(&mut self, tag: &Tag, place: &mut Place) {
        if place.in_paragraph == 0 {
            self.paper.close_line();
        }
        place.in_paragraph += 1;
        let mut look = Look::default();
        self.styles.apply(tag.attribute("style-name"), &mut look);
        place.looks.push(look);
        let outline = || tag.attribute("outline-level").and_then(|level| level.parse().ok());
        self.paper.open_paragraph(Shape {
            heading: if tag.name == "h" { outline().or(Some(1)) } else { None },
            bullet: std::mem::take(&mut place.item) && tag.name == "p",
            level: place.lists.saturating_sub(1),
        });
    }

    fn close(&mut self, name: &str, place: &mut Place) {
        match name {
            "p" | "h" => {
                self.paper.close_line();
                place.in_paragraph = place.in_paragraph.saturating_sub(1);
                place.looks.pop();
            }
            "span" => {
                place.looks.pop();
            }
            "a" => {
                place.links.pop();
            }
            "list" => place.lists = place.lists.saturating_sub(1),
            "text-box" => self.paper.close_box(),
            "table-cell" => self.paper.close_cell(),
            "table-row" => self.paper.close_row(),
            _ => {}
        }
    }
}

/// Deleted text, notes to the author, and what only describes pictures.
fn is_left_out(name: &str) -> bool {
    matches!(name, "tracked-changes" | "annotation" | "note-citation" | "desc" | "title" | "forms")
}
