//! Text operators: where the pen stands and what it writes.

use std::rc::Rc;

use super::operand::Operand;
use super::{Resources, Run, numbers};
use crate::parse::pdf::font::{Font, Shown};
use crate::parse::pdf::glyph::{Glyph, Render, Turn};
use crate::parse::pdf::matrix::Matrix;
use crate::parse::pdf::object;

impl<'a> Run<'_, 'a> {
    pub(super) fn choose_font(&mut self, operands: &[Operand], resources: &Resources<'a>) {
        let [Operand::Name(name), Operand::Number(size), ..] = operands else { return };
        let font = self.resource(resources, b"Font", name).and_then(object::as_dictionary);
        self.state.text.font = font.and_then(|font| self.shared.font(font));
        self.state.text.size = *size;
    }

    pub(super) fn text(&mut self, operator: &[u8], operands: &[Operand]) {
        match operator {
            b"BT" => self.move_to(Matrix::IDENTITY),
            b"Tm" => {
                if let Some(matrix) = numbers(operands) {
                    self.move_to(Matrix(matrix));
                }
            }
            b"Td" | b"TD" => {
                if let Some([x, y]) = numbers(operands) {
                    if operator == b"TD" {
                        self.state.text.leading = -y;
                    }
                    self.move_by(x, y);
                }
            }
            b"T*" => self.next_line(),
            b"Tj" => self.show_all(operands),
            b"TJ" => {
                if let Some(Operand::Array(parts)) = operands.first() {
                    self.show_all(parts);
                }
            }
            b"'" => {
                self.next_line();
                self.show_all(operands);
            }
            b"\"" => {
                if let Some([word, character]) = numbers(operands) {
                    self.state.text.word_space = word;
                    self.state.text.character_space = character;
                }
                self.next_line();
                self.show_all(operands.get(2..).unwrap_or_default());
            }
            _ => self.text_state(operator, operands),
        }
    }

    fn text_state(&mut self, operator: &[u8], operands: &[Operand]) {
        let Some(value) = operands.first().and_then(Operand::number) else { return };
        let text = &mut self.state.text;
        match operator {
            b"Tc" => text.character_space = value,
            b"Tw" => text.word_space = value,
            b"Tz" => text.stretch = value / 100.0,
            b"TL" => text.leading = value,
            b"Ts" => text.rise = value,
            b"Tr" => text.mode = mode(value),
            _ => {}
        }
    }

    fn move_to(&mut self, matrix: Matrix) {
        self.line_matrix = matrix;
        self.text_matrix = matrix;
    }

    fn move_by(&mut self, x: f32, y: f32) {
        self.move_to(Matrix::translation(x, y).then(self.line_matrix));
    }

    fn next_line(&mut self) {
        self.move_by(0.0, -self.state.text.leading);
    }

    /// Strings are shown, numbers move the pen back by thousandths.
    fn show_all(&mut self, parts: &[Operand]) {
        let Some(font) = self.state.text.font.clone() else { return };
        for part in parts {
            match part {
                Operand::Text(bytes) => {
                    for shown in font.decode(bytes) {
                        self.show(&font, shown);
                    }
                }
                Operand::Number(back) => {
                    let distance = -back / 1000.0 * self.state.text.size;
                    self.advance(
                        &font,
                        distance * if font.vertical { 1.0 } else { self.state.text.stretch },
                    );
                }
                Operand::Name(_) | Operand::Array(_) | Operand::Dictionary(_) => {}
            }
        }
    }

    fn advance(&mut self, font: &Font, distance: f32) {
        let (x, y) = if font.vertical { (0.0, distance) } else { (distance, 0.0) };
        self.text_matrix = Matrix::translation(x, y).then(self.text_matrix);
    }

    fn show(&mut self, font: &Rc<Font>, shown: Shown) {
        let text = &self.state.text;
        let space = text.character_space + if shown.is_space_byte { text.word_space } else { 0.0 };
        let distance = if font.vertical {
            -text.size - space
        } else {
            (shown.advance * text.size + space) * text.stretch
        };
        if self.shared.budget.glyph() {
            let text = shown.text.unwrap_or_else(|| {
                self.sheet.unmapped += 1;
                unknown(shown.code)
            });
            self.place(font, text, shown.advance);
        }
        self.advance(font, distance);
    }

    fn place(&mut self, font: &Font, shown: String, advance: f32) {
        let text = &self.state.text;
        let scale = Matrix([text.size * text.stretch, 0.0, 0.0, text.size, 0.0, text.rise]);
        let matrix = scale.then(self.text_matrix).then(self.state.matrix);
        let (x, y) = matrix.apply(0.0, 0.0);
        let (unit_x, unit_y) = matrix.scale();
        let width = (unit_x * advance).abs();
        let size = unit_y * font.em;
        if ![x, y, width, size].iter().all(|number| number.is_finite() && number.abs() < FAR) {
            return;
        }
        let [dx, dy, ..] = matrix.0;
        let mirrored = if text.size < 0.0 || advance < 0.0 { -1.0 } else { 1.0 };
        self.order += 1;
        self.sheet.glyphs.push(Glyph {
            text: shown,
            x,
            y,
            width,
            size,
            turn: Turn::of(dx * mirrored, dy * mirrored),
            bold: font.style.bold || text.mode == 2,
            italic: font.style.italic,
            paint: self.state.laid(),
            render: render(text.mode),
            order: self.order,
            link: None,
        });
    }
}

/// A private code point for a code without meaning, so that one picture is
/// told from another.
fn unknown(code: u32) -> String {
    char::from_u32(0xF_0000 + (code & 0xFFF)).map(String::from).unwrap_or_default()
}

/// No page is larger; what lies beyond is a broken matrix.
const FAR: f32 = 100_000.0;

fn mode(value: f32) -> i32 {
    let modes = [0_u8, 1, 2, 3, 4, 5, 6, 7];
    modes.into_iter().find(|mode| (f32::from(*mode) - value).abs() < 0.5).map_or(0, i32::from)
}

fn render(mode: i32) -> Render {
    match mode {
        1 | 2 | 5 | 6 => Render::Stroked,
        3 => Render::Invisible,
        _ => Render::Filled,
    }
}
