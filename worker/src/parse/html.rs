//! Web pages (HTML) become lines.

use html5gum::{DefaultEmitter, HtmlString, StartTag, Token, Tokenizer};

use super::line::Lines;
use super::paper::{Look, Paper, Shape};
use super::{ParseError, plain};
use style::{Manner, Styles};

mod style;

/// Elements within elements; deeper ones count as the last.
const MAX_DEPTH: usize = 256;

/// The lines of a page as a browser without scripts and without most of its styles would show it.
pub fn read(bytes: &[u8]) -> Result<Lines, ParseError> {
    let text = plain::decode(bytes)?;
    let mut emitter = DefaultEmitter::default();
    // Scripts and styles hold no elements, whatever they hold.
    emitter.naively_switch_states(true);
    let mut reading = Reading { styles: Styles::of(&text), ..Reading::default() };
    for token in Tokenizer::new_with_emitter(text.as_str(), emitter) {
        let Ok(token) = token;
        match token {
            Token::StartTag(tag) => reading.open(&tag),
            Token::EndTag(tag) => reading.close(&words(&tag.name)),
            Token::String(text) => reading.text(&words(&text.value))?,
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    reading.paper.finish()
}

fn words(string: &HtmlString) -> String {
    String::from_utf8_lossy(string).into_owned()
}

#[derive(Default)]
struct Reading {
    paper: Paper,
    styles: Styles,
    stack: Vec<Element>,
    /// Lists around the current place.
    lists: u8,
}

/// An open element and what it makes of its text.
#[derive(Clone, Default)]
#[expect(clippy::struct_excessive_bools, reason = "they are independent of each other")]
struct Element {
    name: String,
    look: Look,
    /// Not shown.
    hidden: bool,
    /// Not text at all.
    silent: bool,
    /// Line breaks count.
    verbatim: bool,
    manner: Manner,
    /// It is a cell of the row that the element around it is.
    cell: bool,
}

impl Reading {
    fn text(&mut self, text: &str) -> Result<(), ParseError> {
        let element = self.stack.last().cloned().unwrap_or_default();
        if element.silent {
            return Ok(());
        }
        if element.hidden {
            self.paper.hide(text);
            return Ok(());
        }
        if !element.verbatim {
            // A tab parts cells on paper; here it is only white space.
            return self.paper.text(&text.replace('\t', " "), &element.look);
        }
        for (number, line) in text.split('\n').enumerate() {
            if number > 0 {
                self.paper.close_line();
            }
            self.paper.text(line, &element.look)?;
        }
        Ok(())
    }

    fn open(&mut self, tag: &StartTag<()>) {
        let name = words(&tag.name);
        if matches!(name.as_str(), "br" | "hr") {
            self.paper.close_line();
        }
        if is_void(&name) || tag.self_closing && !is_block(&name) {
            return;
        }
        self.end_implied(&name);
        let mut element = self.stack.last().cloned().unwrap_or_default();
        name.clone_into(&mut element.name);
        element.cell = element.manner.beside;
        element.manner = self.styles.manner(&name, tag);
        // Cells and rows of tables, and pages as a whole, keep their own way.
        element.manner.beside &= is_block(&name) && !matches!(name.as_str(), "body" | "table");
        element.dress(&name, tag);
        element.hidden |= element.manner.hidden;
        if element.is_apart() {
            let _ = self.paper.text("\t", &element.look);
        }
        match name.as_str() {
            "ul" | "ol" | "menu" => self.lists = self.lists.saturating_add(1),
            "tr" => self.paper.open_row(),
            _ if element.manner.beside && self.stack.len() < MAX_DEPTH => self.paper.open_row(),
            _ => {}
        }
        if is_block(&name) {
            self.paper.close_line();
            self.paper.open_paragraph(Shape {
                heading: heading(&name),
                bullet: name == "li",
                level: self.lists.saturating_sub(1),
            });
        }
        if self.stack.len() < MAX_DEPTH {
            self.stack.push(element);
        }
    }

    /// Rows, cells and list items may leave their ends out.
    fn end_implied(&mut self, name: &str) {
        let (ended, bound): (&[&str], &[&str]) = match name {
            "li" => (&["li"], &["ul", "ol", "menu"]),
            "td" | "th" => (&["td", "th"], &["tr", "table"]),
            "tr" => (&["tr"], &["table"]),
            "p" => (&["p"], &[]),
            _ => return,
        };
        let inner = self.stack.iter().rev().take_while(|open| !bound.contains(&open.name.as_str()));
        let found = inner.map(|open| open.name.clone()).find(|open| ended.contains(&open.as_str()));
        if let Some(found) = found {
            self.close(&found);
        }
    }

    fn close(&mut self, name: &str) {
        let Some(at) = self.stack.iter().rposition(|open| open.name == name) else { return };
        for closed in self.stack.split_off(at).iter().rev() {
            if closed.is_apart() {
                let _ = self.paper.text("\t", &closed.look);
            }
            match closed.name.as_str() {
                "ul" | "ol" | "menu" => self.lists = self.lists.saturating_sub(1),
                "td" | "th" => self.paper.close_cell(),
                "tr" => self.paper.close_row(),
                name if is_block(name) => {
                    self.paper.close_line();
                    self.paper.open_paragraph(Shape::default());
                }
                _ => {}
            }
            if closed.manner.beside {
                self.paper.close_row();
            }
            if closed.cell {
                self.paper.close_cell();
            }
        }
    }
}

impl Element {
    /// Within its line; a block is apart anyway.
    fn is_apart(&self) -> bool {
        self.manner.apart && !self.cell && !is_block(&self.name)
    }

    fn dress(&mut self, name: &str, tag: &StartTag<()>) {
        match name {
            "b" | "strong" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "th" => {
                self.look.bold = true;
            }
            "i" | "em" | "cite" => self.look.italic = true,
            "a" => self.look.link = attribute(tag, "href"),
            "pre" => self.verbatim = true,
            "script" | "style" | "template" | "title" | "noscript" | "svg" | "button"
            | "select" | "iframe" | "object" => self.silent = true,
            _ => {}
        }
        // Pictograms set as letters of a font.
        self.silent |= attribute(tag, "aria-hidden").is_some_and(|value| value == "true");
    }
}

fn attribute(tag: &StartTag<()>, name: &str) -> Option<String> {
    tag.attributes.get(name.as_bytes()).map(|value| words(&value.value))
}

fn heading(name: &str) -> Option<u8> {
    let level = name.strip_prefix('h')?.parse().ok()?;
    (1..=6).contains(&level).then_some(level)
}

fn is_block(name: &str) -> bool {
    heading(name).is_some()
        || matches!(
            name,
            "p" | "div"
                | "li"
                | "ul"
                | "ol"
                | "menu"
                | "section"
                | "article"
                | "header"
                | "footer"
                | "main"
                | "aside"
                | "nav"
                | "address"
                | "blockquote"
                | "figure"
                | "figcaption"
                | "table"
                | "caption"
                | "dl"
                | "dt"
                | "dd"
                | "pre"
                | "details"
                | "summary"
                | "body"
        )
}

fn is_void(name: &str) -> bool {
    matches!(
        name,
        "br" | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "area"
            | "base"
            | "col"
            | "embed"
            | "source"
            | "wbr"
    )
}

#[cfg(test)]
mod tests;
