//! PDF bytes become lines.
//!
//! lopdf opens, repairs and decrypts the file; the text layer is our own, since
//! only positions tell words, columns and dates apart.

use shared::resume::sidecar::{Finding, FindingCode, HiddenText};

use super::layout::{self, furniture, hidden};
use super::line::{Line, Lines};
use super::{ParseError, layout::Laid};
use interpret::Interpreter;
use load::{Page, Trust};

mod budget;
mod cmap;
mod encoding;
mod font;
pub mod glyph;
mod interpret;
mod lex;
mod limit;
mod link;
mod load;
pub mod matrix;
mod object;
mod quality;
mod state;
#[cfg(test)]
mod tests;

/// The lines of a PDF in reading order.
///
/// Encrypted with more than an empty password, damaged beyond repair, pictures
/// only, empty, or beyond the limits: each is an error of its own.
pub fn read(bytes: &[u8]) -> Result<Lines, ParseError> {
    match attempt(bytes, Trust::Table) {
        // A table that leads astray here and there hides the text of a sound file.
        Err(ParseError::Empty) => attempt(bytes, Trust::Objects).map_err(|_| ParseError::Empty),
        outcome => outcome,
    }
}

/// A copy that opens without a password; the file itself when it already does.
pub fn unlocked(bytes: &[u8], password: &str) -> Result<Vec<u8>, ParseError> {
    match load::document(bytes, Trust::Table, None) {
        Err(ParseError::Encrypted) => {}
        outcome => return outcome.map(|_| bytes.to_vec()),
    }
    let mut document = load::document(bytes, Trust::Table, Some(password))?;
    let pages = load::pages(&document).0.len();
    let mut copy = Vec::new();
    document.save_to(&mut copy).map_err(|_| ParseError::Damaged)?;
    // A copy that lost its pages on the way is no copy.
    let again = load::document(&copy, Trust::Table, None)?;
    if load::pages(&again).0.len() == pages { Ok(copy) } else { Err(ParseError::Damaged) }
}

fn attempt(bytes: &[u8], trust: Trust) -> Result<Lines, ParseError> {
    let document = load::document(bytes, trust, None)?;
    let (pages, more) = load::pages(&document);
    if pages.is_empty() {
        return Err(ParseError::Damaged);
    }
    let mut interpreter = Interpreter::new(&document);
    let mut reading =
        Reading { pages: u32::try_from(pages.len()).unwrap_or(u32::MAX), ..Reading::default() };
    for (number, page) in (1..).zip(&pages) {
        reading.page(number, page, &mut interpreter);
        if interpreter.budget.is_spent() {
            break;
        }
    }
    if more || interpreter.budget.is_spent() {
        reading.find(FindingCode::Truncated, None);
    }
    reading.finish(interpreter.budget.is_spent())
}

/// What is known after some pages.
#[derive(Default)]
struct Reading {
    pages: u32,
    laid: Vec<(f32, Vec<Line>)>,
    hidden: Option<HiddenText>,
    findings: Vec<Finding>,
    unmapped: usize,
    pictured: bool,
}

impl Reading {
    fn page<'a>(&mut self, number: u32, page: &Page<'a>, interpreter: &mut Interpreter<'a>) {
        let mut sheet = interpreter.page(page);
        let links = link::apply(interpreter.document(), page, &mut sheet);
        let scanned = hidden::lies_below_scan(&sheet) || is_picture(&sheet);
        let unseen = hidden::take(&mut sheet);
        if unseen > 0 {
            let hidden =
                self.hidden.get_or_insert_with(|| HiddenText { characters: 0, pages: Vec::new() });
            hidden.characters += unseen;
            hidden.pages.push(number);
            self.find(FindingCode::HiddenText, Some(number));
        }
        self.pictured |= !sheet.images.is_empty();
        self.unmapped += sheet.unmapped;
        if sheet.unmapped * 50 > sheet.glyphs.len() {
            self.find(FindingCode::FontsWithoutMapping, Some(number));
        }
        let Laid { mut lines, interleaved, tabular } = layout::page(&sheet, &links);
        for (found, code) in [
            (scanned, FindingCode::ImagesOfText),
            (interleaved, FindingCode::ColumnsOutOfOrder),
            (tabular, FindingCode::Tables),
        ] {
            if found {
                self.find(code, Some(number));
            }
        }
        for line in &mut lines {
            line.page = number;
        }
        self.laid.push((sheet.height, lines));
    }

    fn find(&mut self, code: FindingCode, page: Option<u32>) {
        self.findings.push(Finding { code, page });
    }

    fn finish(mut self, spent: bool) -> Result<Lines, ParseError> {
        furniture::remove(&mut self.laid);
        let lines: Vec<Line> =
            self.laid.iter_mut().flat_map(|(_, lines)| std::mem::take(lines)).collect();
        let words = quality::words(&lines);
        if words == 0 && spent {
            return Err(ParseError::TooComplex);
        }
        if self.pictured && words < SCANNED_WORDS {
            return Err(ParseError::Scanned);
        }
        if words == 0 && self.unmapped == 0 {
            return Err(ParseError::Empty);
        }
        if quality::is_low(&lines, self.unmapped) {
            self.find(FindingCode::LowTextQuality, None);
        }
        Ok(Lines { lines, pages: self.pages, hidden: self.hidden, findings: self.findings })
    }
}

/// A page of pictures may still hold a stamp or a page number.
const SCANNED_WORDS: usize = 20;

/// A picture fills the page and hardly a letter stands beside it.
fn is_picture(sheet: &glyph::Sheet) -> bool {
    let pictured: f32 = sheet.images.iter().map(|image| image.area()).sum();
    sheet.glyphs.len() < 100 && pictured > 0.5 * sheet.width * sheet.height
}
