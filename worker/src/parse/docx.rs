//! Word documents (DOCX) become lines.

use std::collections::HashMap;

use super::ParseError;
use super::line::Lines;
use super::package::Package;
use super::paper::{Look, Paper, Shape};
use super::xml::{Tag, Token, Xml};
use style::Styles;

mod style;

const MAIN: &str = "word/document.xml";

/// The lines of a Word document: header, body with tables and text boxes, footer.
///
/// Deleted and hidden text is left out; what stands in a text box is read once.
pub fn read(bytes: &[u8]) -> Result<Lines, ParseError> {
    let mut package = Package::open(bytes)?;
    let body = package.part(MAIN)?.ok_or(ParseError::Damaged)?;
    let styles = match package.part("word/styles.xml")? {
        Some(text) => Styles::read(&text),
        None => Styles::default(),
    };
    let related = match package.part("word/_rels/document.xml.rels")? {
        Some(text) => relations(&text),
        None => Vec::new(),
    };
    let links: HashMap<String, String> = related
        .iter()
        .filter(|relation| relation.kind.ends_with("/hyperlink"))
        .map(|relation| (relation.id.clone(), relation.target.clone()))
        .collect();
    let mut reading = Reading { paper: Paper::default(), styles, links };
    reading.furniture(&mut package, &related, "/header")?;
    match reading.part(&body) {
        // What was read before the damage is still worth reading.
        Err(ParseError::Damaged) if !reading.paper.is_empty() => reading.paper.cut(),
        other => other?,
    }
    reading.furniture(&mut package, &related, "/footer")?;
    reading.paper.finish()
}

struct Relation {
    id: String,
    kind: String,
    target: String,
}

/// A damaged list of relations costs links and headers, not the document.
fn relations(text: &str) -> Vec<Relation> {
    let mut xml = Xml::new(text);
    let mut found = Vec::new();
    while let Ok(Some(token)) = xml.next() {
        if let Token::Open(tag) = token
            && let (Some(id), Some(kind), Some(target)) =
                (tag.attribute("Id"), tag.attribute("Type"), tag.attribute("Target"))
        {
            let (id, kind, target) = (id.to_owned(), kind.to_owned(), target.to_owned());
            found.push(Relation { id, kind, target });
        }
    }
    found
}

struct Reading {
    paper: Paper,
    styles: Styles,
    links: HashMap<String, String>,
}

/// Where the reading stands in the document.
#[derive(Default)]
struct Place {
    run: Look,
    hidden: bool,
    /// Looks of the paragraphs around the current one, innermost last.
    paragraphs: Vec<Look>,
    links: Vec<Option<String>>,
    within: Within,
}

/// The innermost element that matters for what a tag means.
#[derive(Clone, Copy, Default, PartialEq)]
enum Within {
    #[default]
    Body,
    Text,
    Run,
    Paragraph,
}

impl Reading {
    /// Each header or footer text once, since pages repeat them.
    fn furniture(
        &mut self,
        package: &mut Package<'_>,
        related: &[Relation],
        kind: &str,
    ) -> Result<(), ParseError> {
        let mut seen: Vec<String> = Vec::new();
        for relation in related.iter().filter(|relation| relation.kind.ends_with(kind)).take(12) {
            let name = format!("word/{}", relation.target.trim_start_matches("/word/"));
            if let Some(text) = package.part(&name)?
                && !seen.contains(&text)
            {
                self.part(&text)?;
                seen.push(text);
            }
        }
        Ok(())
    }

    fn part(&mut self, text: &str) -> Result<(), ParseError> {
        let mut xml = Xml::new(text);
        let mut place = Place::default();
        while let Some(token) = xml.next()? {
            match token {
                Token::Open(tag) => {
                    if is_left_out(&tag.name) {
                        xml.skip()?;
                    } else {
                        self.open(&tag, &mut place)?;
                    }
                }
                Token::Close(name) => self.close(&name, &mut place),
                Token::Text(text) if place.within == Within::Text => self.text(&text, &place)?,
                Token::Text(_) => {}
            }
        }
        self.paper.close_line();
        Ok(())
    }

    fn text(&mut self, text: &str, place: &Place) -> Result<(), ParseError> {
        if place.hidden {
            self.paper.hide(text);
            return Ok(());
        }
        let link = place.links.iter().rev().flatten().next().cloned();
        self.paper.text(text, &Look { link, ..place.run.clone() })
    }

    fn open(&mut self, tag: &Tag, place: &mut Place) -> Result<(), ParseError> {
        match tag.name.as_str() {
            "p" => {
                self.paper.close_line();
                self.paper.open_paragraph(Shape::default());
                place.paragraphs.push(self.styles.body());
            }
            "pPr" => place.within = Within::Paragraph,
            "r" => {
                place.run = place.paragraphs.last().cloned().unwrap_or_default();
                place.hidden = false;
            }
            // The look of a paragraph mark is nobody's look.
            "rPr" if place.within != Within::Paragraph => place.within = Within::Run,
            "t" => place.within = Within::Text,
            "tab" if place.within != Within::Paragraph => self.text("\t", place)?,
            "noBreakHyphen" => self.text("-", place)?,
            "br" | "cr" => {
                if tag.attribute("type") == Some("page") {
                    self.paper.next_page();
                }
                self.paper.close_line();
            }
            "lastRenderedPageBreak" => self.paper.next_page(),
            "hyperlink" => {
                let link = tag.attribute("id").and_then(|id| self.links.get(id)).cloned();
                place.links.push(link);
            }
            "txbxContent" => self.paper.open_box(),
            "tr" => self.paper.open_row(),
            _ if place.within == Within::Run => {
                style::apply(tag, &mut place.run);
                place.hidden |= style::hides(tag);
            }
            _ if place.within == Within::Paragraph => self.shape(tag, place),
            _ => {}
        }
        Ok(())
    }

    fn shape(&mut self, tag: &Tag, place: &mut Place) {
        match (tag.name.as_str(), tag.attribute("val")) {
            ("pStyle", Some(id)) => {
                let (shape, look) = self.styles.of(id);
                self.paper.open_paragraph(shape);
                if let Some(last) = place.paragraphs.last_mut() {
                    *last = look;
                }
            }
            ("numId", Some(id)) => self.paper.reshape(|shape| shape.bullet = id != "0"),
            ("ilvl", Some(level)) => {
                let level = level.parse().unwrap_or(0);
                self.paper.reshape(|shape| shape.level = level);
            }
            ("outlineLvl", Some(level)) => {
                let heading = style::heading(level);
                self.paper.reshape(|shape| shape.heading = heading);
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str, place: &mut Place) {
        match name {
            "p" => {
                self.paper.close_line();
                place.paragraphs.pop();
            }
            "pPr" | "t" => place.within = Within::Body,
            "rPr" if place.within == Within::Run => place.within = Within::Body,
            "hyperlink" => {
                place.links.pop();
            }
            "txbxContent" => self.paper.close_box(),
            "tc" => self.paper.close_cell(),
            "tr" => self.paper.close_row(),
            _ => {}
        }
    }
}

/// Second copies for old readers, deleted text, and codes behind fields.
fn is_left_out(name: &str) -> bool {
    matches!(
        name,
        "Fallback" | "del" | "moveFrom" | "delText" | "instrText" | "pPrChange" | "rPrChange"
    )
}
