//! Rich text (RTF) becomes lines.

use std::collections::HashMap;

use super::ParseError;
use super::line::Lines;
use super::paper::{Look, Paper, Shape};
use charset::Charsets;
use token::{Token, Tokens};

mod charset;
mod token;

/// Deeper than any word processor nests.
const MAX_DEPTH: usize = 256;

/// The lines of a rich text document.
pub fn read(bytes: &[u8]) -> Result<Lines, ParseError> {
    let start = bytes.iter().position(|byte| !byte.is_ascii_whitespace());
    let Some(bytes) = start.and_then(|start| bytes.get(start..)) else {
        return Err(ParseError::Empty);
    };
    if !bytes.starts_with(b"{\\rtf") {
        return Err(ParseError::Damaged);
    }
    let mut reading = Reading::default();
    let mut tokens = Tokens::new(bytes);
    while let Some(token) = tokens.next() {
        reading.take(&token, &mut tokens)?;
    }
    reading.flush()?;
    reading.paper.finish()
}

#[derive(Default)]
struct Reading {
    paper: Paper,
    charsets: Charsets,
    /// Bytes not yet decoded: a character may take several.
    bytes: Vec<u8>,
    state: State,
    stack: Vec<State>,
    headings: HashMap<i32, u8>,
    group_start: bool,
    starred: bool,
    font: Option<i32>,
    /// What a field says it is, while it is read.
    instruction: String,
    in_row: bool,
}

#[derive(Clone, Default)]
struct State {
    look: Look,
    hidden: bool,
    shape: Shape,
    font: i32,
    /// Characters to pass over after a Unicode escape.
    fallback: Option<usize>,
    place: Place,
    style: i32,
}

/// What the text of a group is for.
#[derive(Clone, Copy, Default, PartialEq)]
enum Place {
    #[default]
    Body,
    Fonts,
    Styles,
    Instruction,
    Mark,
    Nowhere,
}

impl Reading {
    fn take(&mut self, token: &Token<'_>, tokens: &mut Tokens<'_>) -> Result<(), ParseError> {
        let first = std::mem::take(&mut self.group_start);
        match token {
            Token::Open => {
                self.flush()?;
                if self.stack.len() >= MAX_DEPTH {
                    return Err(ParseError::TooComplex);
                }
                self.stack.push(self.state.clone());
                self.group_start = true;
                self.starred = false;
            }
            Token::Close => self.close()?,
            Token::Byte(byte) => self.bytes.push(*byte),
            Token::Star => {
                self.starred = true;
                self.group_start = true;
            }
            Token::Word(word, value) => {
                if (first || self.starred) && self.destination(word) {
                    self.starred = false;
                    return Ok(());
                }
                self.word(word, *value, tokens)?;
            }
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), ParseError> {
        self.flush()?;
        let mut link = None;
        if self.state.place == Place::Instruction {
            link = target(&std::mem::take(&mut self.instruction));
        }
        let bullet = self.state.place == Place::Mark;
        if let Some(state) = self.stack.pop() {
            let shape = std::mem::replace(&mut self.state, state).shape;
            // What a paragraph is does not end with a group inside it.
            if self.state.place == Place::Body && shape.heading.is_some() {
                self.state.shape.heading = shape.heading;
            }
            self.state.shape.bullet |= bullet;
            // It holds until the group of its field ends.
            if link.is_some() {
                self.state.look.link = link;
            }
        }
        Ok(())
    }

    /// True when the group is not for reading, or only for looking things up.
    fn destination(&mut self, word: &str) -> bool {
        let place = match word {
            "fonttbl" => Place::Fonts,
            "stylesheet" => Place::Styles,
            "fldinst" => Place::Instruction,
            "listtext" | "pntext" => Place::Mark,
            "field" | "fldrslt" | "shptxt" | "header" | "headerl" | "headerr" | "headerf"
            | "footer" => return true,
            "colortbl" | "info" | "pict" | "object" | "themedata" | "datastore" | "listtable"
            | "listoverridetable" | "generator" | "nonshppict" | "xmlnstbl" | "rsidtbl"
            | "footnote" | "annotation" | "pnseclvl" | "deleted" => Place::Nowhere,
            _ if self.starred => Place::Nowhere,
            _ => return false,
        };
        if self.state.place == Place::Body || place == Place::Nowhere {
            self.state.place = place;
        }
        true
    }

    fn word(
        &mut self,
        word: &str,
        value: Option<i32>,
        tokens: &mut Tokens<'_>,
    ) -> Result<(), ParseError> {
        let on = value != Some(0);
        match word {
            "u" => return self.unicode(value.unwrap_or(0), tokens),
            "uc" => self.state.fallback = value.and_then(|count| usize::try_from(count).ok()),
            "bin" => tokens.pass(value.and_then(|count| usize::try_from(count).ok()).unwrap_or(0)),
            "ansicpg" => self.charsets.set_page(value.unwrap_or(1252)),
            "f" => {
                self.flush()?;
                self.state.font = value.unwrap_or(0);
                self.font = value;
            }
            "fcharset" => self.charsets.set_font(self.font.unwrap_or(0), value.unwrap_or(0)),
            "s" if self.state.place == Place::Styles => self.state.style = value.unwrap_or(0),
            _ if self.state.place != Place::Body => {}
            "par" | "line" | "sect" | "page" | "column" => self.line(word)?,
            "row" => {
                self.flush()?;
                self.in_row = false;
                self.paper.close_row();
            }
            "trowd" if !self.in_row => {
                self.flush()?;
                self.in_row = true;
                self.paper.open_row();
            }
            "cell" | "nestcell" => {
                self.flush()?;
                self.shape();
                self.paper.close_cell();
            }
            "tab" => {
                self.flush()?;
                self.write("\t")?;
            }
            _ if symbol(word).is_some() => {
                self.flush()?;
                self.write(symbol(word).unwrap_or_default())?;
            }
            "pard" => self.state.shape = Shape::default(),
            "plain" => self.restyle(|state| {
                state.look = Look { link: state.look.link.take(), ..Look::default() };
                state.hidden = false;
            })?,
            "s" => self.state.shape.heading = self.headings.get(&value.unwrap_or(0)).copied(),
            "outlinelevel" => {
                let level = value.and_then(|level| u8::try_from(level).ok());
                self.state.shape.heading = level.filter(|level| *level < 9).map(|level| level + 1);
            }
            "ls" => self.state.shape.bullet = on,
            "ilvl" => {
                let level = value.and_then(|level| u8::try_from(level).ok());
                self.state.shape.level = level.unwrap_or(0);
            }
            "b" => self.restyle(|state| state.look.bold = on)?,
            "i" => self.restyle(|state| state.look.italic = on)?,
            "v" => self.restyle(|state| state.hidden = on)?,
            "fs" => self.restyle(|state| state.look.size = half(value))?,
            _ => {}
        }
        Ok(())
    }

    fn restyle(&mut self, change: impl FnOnce(&mut State)) -> Result<(), ParseError> {
        self.flush()?;
        change(&mut self.state);
        Ok(())
    }

    fn line(&mut self, word: &str) -> Result<(), ParseError> {
        self.flush()?;
        self.shape();
        self.paper.close_line();
        if word == "page" {
            self.paper.next_page();
        }
        Ok(())
    }

    /// The shape is known at the end of a paragraph at the latest.
    fn shape(&mut self) {
        let shape = self.state.shape.clone();
        self.paper.open_paragraph(shape);
    }

    /// A UTF-16 unit, followed by a replacement for older readers.
    fn unicode(&mut self, value: i32, tokens: &mut Tokens<'_>) -> Result<(), ParseError> {
        self.flush()?;
        let unit = u32::from_ne_bytes(value.to_ne_bytes()) & 0xFFFF;
        let text = self.charsets.unit(u16::try_from(unit).unwrap_or(0));
        self.write(&text)?;
        tokens.pass_characters(self.state.fallback.unwrap_or(1));
        Ok(())
    }

    fn flush(&mut self) -> Result<(), ParseError> {
        if self.bytes.is_empty() {
            return Ok(());
        }
        let bytes = std::mem::take(&mut self.bytes);
        let text = self.charsets.decode(self.state.font, &bytes);
        self.write(&text)
    }

    fn write(&mut self, text: &str) -> Result<(), ParseError> {
        match self.state.place {
            Place::Body if self.state.hidden => self.paper.hide(text),
            Place::Body => {
                self.paper.text(text, &self.state.look)?;
            }
            Place::Styles => self.learn(text),
            Place::Instruction if self.instruction.len() < 4096 => self.instruction.push_str(text),
            Place::Instruction | Place::Fonts | Place::Mark | Place::Nowhere => {}
        }
        Ok(())
    }

    /// `Heading 2;` in the style sheet makes its style a heading.
    fn learn(&mut self, text: &str) {
        let name = text.trim().trim_end_matches(';').to_lowercase();
        if let Some(level) = name.strip_prefix("heading ").and_then(|level| level.parse().ok()) {
            self.headings.insert(self.state.style, level);
        }
    }
}

fn half(value: Option<i32>) -> f32 {
    let half = value.and_then(|size| i16::try_from(size).ok()).unwrap_or(0);
    f32::from(half) / 2.0
}

fn symbol(word: &str) -> Option<&'static str> {
    Some(match word {
        "emdash" => "—",
        "endash" => "–",
        "bullet" => "•",
        "lquote" => "‘",
        "rquote" => "’",
        "ldblquote" => "“",
        "rdblquote" => "”",
        "~" | "emspace" | "enspace" | "qmspace" => " ",
        "_" => "-",
        _ => return None,
    })
}

/// Where a field of the kind `HYPERLINK "…"` points.
fn target(instruction: &str) -> Option<String> {
    let rest = instruction.trim().strip_prefix("HYPERLINK")?;
    let target = rest.split('"').nth(1).unwrap_or(rest.trim());
    (!target.is_empty()).then(|| target.to_owned())
}
