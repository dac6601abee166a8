//! Runs a page's drawing and notes the letters it shows.

use std::collections::HashMap;
use std::rc::Rc;

use lopdf::{Dictionary, Document, Object, Stream};

use super::budget::Budget;
use super::font::Font;
use super::glyph::Sheet;
use super::lex::Lexer;
use super::load::Page;
use super::matrix::{Matrix, Rect};
use super::state::State;
use super::{limit, object};
use mark::Mark;
use operand::Operand;
use paint::Path;

mod annotation;
mod mark;
mod operand;
mod paint;
mod show;

/// Lives as long as the document: fonts are shared by its pages, and so is the budget.
pub struct Interpreter<'a> {
    document: &'a Document,
    fonts: HashMap<*const Dictionary, Option<Rc<Font>>>,
    pub budget: Budget,
}

impl<'a> Interpreter<'a> {
    pub fn new(document: &'a Document) -> Self {
        Self { document, fonts: HashMap::new(), budget: Budget::default() }
    }

    pub fn document(&self) -> &'a Document {
        self.document
    }

    pub fn page(&mut self, page: &Page<'a>) -> Sheet {
        let sheet = Sheet { width: page.width, height: page.height, ..Sheet::default() };
        let clip = Rect::of([0.0, 0.0, page.width, page.height]);
        let mut run = Run {
            shared: self,
            sheet,
            state: State::new(page.matrix, clip),
            saved: Vec::new(),
            text_matrix: Matrix::IDENTITY,
            line_matrix: Matrix::IDENTITY,
            path: Path::default(),
            marks: Vec::new(),
            order: 0,
        };
        let content = page.content(run.shared.document, &mut run.shared.budget);
        run.content(&content, &[page.resources], 0);
        run.close_marks(0);
        run.state = State::new(page.matrix, clip);
        run.annotations(page);
        run.sheet
    }

    /// A font is known by where its dictionary stands: the document does not change.
    fn font(&mut self, dictionary: &'a Dictionary) -> Option<Rc<Font>> {
        let key = std::ptr::from_ref(dictionary);
        if let Some(font) = self.fonts.get(&key) {
            return font.clone();
        }
        let font = self.budget.font().then(|| Rc::new(Font::load(self.document, dictionary)));
        self.fonts.insert(key, font.clone());
        font
    }
}

/// One page being drawn.
struct Run<'r, 'a> {
    shared: &'r mut Interpreter<'a>,
    sheet: Sheet,
    state: State,
    saved: Vec<State>,
    text_matrix: Matrix,
    line_matrix: Matrix,
    path: Path,
    marks: Vec<Mark>,
    order: u32,
}

/// The resources in force, a form's own first.
type Resources<'a> = [Option<&'a Dictionary>];

impl<'a> Run<'_, 'a> {
    fn content(&mut self, bytes: &[u8], resources: &Resources<'a>, depth: usize) {
        let mut lexer = Lexer::new(bytes);
        let mut operands = Vec::new();
        while let Some(operator) = operand::next(&mut lexer, &mut operands) {
            if !self.shared.budget.operator() {
                return;
            }
            match operator {
                b"BI" => {
                    while operand::next(&mut lexer, &mut operands).is_some_and(|word| word != b"ID")
                    {
                    }
                    lexer.skip_image();
                    self.image();
                }
                b"Do" => self.external(&operands, resources, depth),
                b"Tf" => self.choose_font(&operands, resources),
                b"gs" => self.extended_state(&operands, resources),
                b"BDC" => self.open_mark(&operands, resources),
                _ => self.simple(operator, &operands),
            }
        }
    }

    /// Operators that need nothing but their operands.
    fn simple(&mut self, operator: &[u8], operands: &[Operand]) {
        match operator {
            b"q" | b"Q" | b"cm" => self.graphics(operator, operands),
            b"BMC" => self.mark(None),
            b"EMC" => self.close_marks(self.marks.len().saturating_sub(1)),
            b"g" | b"rg" | b"k" | b"cs" | b"sc" | b"scn" => self.colour(operator, operands),
            b"re" | b"m" | b"l" | b"c" | b"v" | b"y" | b"h" | b"W" | b"W*" => {
                self.trace(operator, operands);
            }
            b"f" | b"F" | b"f*" | b"B" | b"B*" | b"b" | b"b*" => self.fill(),
            b"S" | b"s" => self.stroke(),
            b"n" => self.end_path(),
            _ => self.text(operator, operands),
        }
    }

    fn graphics(&mut self, operator: &[u8], operands: &[Operand]) {
        match operator {
            b"q" if self.saved.len() < limit::SAVED_STATES => self.saved.push(self.state.clone()),
            b"Q" => {
                if let Some(state) = self.saved.pop() {
                    self.state = state;
                }
            }
            b"cm" => {
                if let Some(matrix) = numbers(operands) {
                    self.state.matrix = Matrix(matrix).then(self.state.matrix);
                }
            }
            _ => {}
        }
    }

    /// Draws a form or an image.
    fn external(&mut self, operands: &[Operand], resources: &Resources<'a>, depth: usize) {
        let Some(name) = operands.first().and_then(Operand::name) else { return };
        let Some(Object::Stream(stream)) = self.resource(resources, b"XObject", name) else {
            return;
        };
        match object::name(self.shared.document, &stream.dict, b"Subtype") {
            Some(b"Image") => self.image(),
            Some(b"Form") if depth < limit::FORM_DEPTH => self.form(stream, resources, depth),
            _ => {}
        }
    }

    fn form(&mut self, stream: &'a Stream, resources: &Resources<'a>, depth: usize) {
        let document = self.shared.document;
        let Ok(content) = stream.get_plain_content_with_limit(self.shared.budget.content_left())
        else {
            return;
        };
        self.shared.budget.content(content.len().max(FORM_COST));
        let own = object::dictionary(document, &stream.dict, b"Resources");
        let mut nested = vec![own];
        nested.extend_from_slice(resources);
        let outer = self.state.clone();
        let saved = std::mem::take(&mut self.saved);
        let matrix = object::matrix(document, &stream.dict, b"Matrix").unwrap_or(Matrix::IDENTITY);
        self.state.matrix = matrix.then(self.state.matrix);
        if let Some(bounds) = object::rectangle(document, &stream.dict, b"BBox") {
            self.state.clip = self.state.clip.within(bounds.through(self.state.matrix));
        }
        self.content(&content, &nested, depth + 1);
        self.saved = saved;
        self.state = outer;
    }

    /// The named resource of a kind: a form without it falls back to its page.
    fn resource(&self, resources: &Resources<'a>, kind: &[u8], name: &[u8]) -> Option<&'a Object> {
        let document = self.shared.document;
        resources.iter().flatten().find_map(|resources| {
            let kind = object::dictionary(document, resources, kind)?;
            object::value(document, kind, name)
        })
    }
}

/// What drawing an empty form costs of the content budget, so that forms of
/// forms of forms come to an end.
const FORM_COST: usize = 1024;

/// The first `N` operands, when all are numbers.
fn numbers<const N: usize>(operands: &[Operand]) -> Option<[f32; N]> {
    let mut numbers = [0.0; N];
    for (slot, operand) in numbers.iter_mut().zip(operands.get(..N)?) {
        *slot = operand.number()?;
    }
    Some(numbers)
}
