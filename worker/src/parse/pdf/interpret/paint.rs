//! Colours, filled areas, images: the ground below the text.

use lopdf::Object;

use super::operand::Operand;
use super::{Resources, Run, numbers};
use crate::parse::pdf::glyph::{Fill, Paint};
use crate::parse::pdf::matrix::Rect;
use crate::parse::pdf::{limit, object};

/// The path under construction, on the shown page.
#[derive(Debug)]
pub struct Path {
    bounds: Rect,
    /// Made of one rectangle.
    rectangles: u32,
    curved: bool,
    segments: u32,
    clips: bool,
}

impl Default for Path {
    fn default() -> Self {
        Self { bounds: Rect::NOTHING, rectangles: 0, curved: false, segments: 0, clips: false }
    }
}

impl Path {
    /// Covers its bounds wholly: one rectangle, or four straight sides of some size.
    fn is_exact(&self) -> bool {
        !self.curved
            && (self.rectangles == 1 && self.segments == 0
                || self.rectangles == 0 && self.segments <= 5)
    }
}

impl<'a> Run<'_, 'a> {
    pub(super) fn trace(&mut self, operator: &[u8], operands: &[Operand]) {
        let matrix = self.state.matrix;
        match operator {
            b"re" => {
                if let Some([x, y, width, height]) = numbers(operands) {
                    let area = Rect::of([x, y, x + width, y + height]).through(matrix);
                    self.path.bounds.include((area.x0, area.y0));
                    self.path.bounds.include((area.x1, area.y1));
                    self.path.rectangles += 1;
                }
            }
            b"W" | b"W*" => self.path.clips = true,
            b"h" => {}
            _ => {
                for pair in operands.chunks_exact(2) {
                    if let Some([x, y]) = numbers(pair) {
                        self.path.bounds.include(matrix.apply(x, y));
                    }
                }
                self.path.segments = self.path.segments.saturating_add(1);
                self.path.curved |= !matches!(operator, b"m" | b"l");
            }
        }
    }

    pub(super) fn fill(&mut self) {
        self.dot();
        let area = self.path.bounds.within(self.state.clip);
        let ground = area.width() >= GROUND && area.height() >= GROUND;
        if ground && self.sheet.fills.len() < limit::FILLS {
            let exact = self.path.is_exact() && self.state.opacity >= 1.0;
            let paint = self.state.laid();
            self.order += 1;
            self.sheet.fills.push(Fill { area, paint, order: self.order, exact });
        }
        self.end_path();
    }

    /// Bullets are often shapes, filled or drawn round.
    fn dot(&mut self) {
        let (width, height) = (self.path.bounds.width(), self.path.bounds.height());
        let small =
            (DOT_LEAST..DOT_MOST).contains(&width) && (DOT_LEAST..DOT_MOST).contains(&height);
        let visible = self.state.laid() != Paint::Nothing
            && self.path.bounds.within(self.state.clip).area() > 0.0;
        let square = width < 2.5 * height && height < 2.5 * width;
        if small && square && visible && self.sheet.dots.len() < limit::DOTS {
            self.sheet.dots.push(self.path.bounds);
        }
    }

    pub(super) fn stroke(&mut self) {
        self.dot();
        self.end_path();
    }

    pub(super) fn end_path(&mut self) {
        if self.path.clips {
            self.state.clip = self.state.clip.within(self.path.bounds);
        }
        self.path = Path::default();
    }

    /// An image fills the unit square; what it shows is not known.
    pub(super) fn image(&mut self) {
        let area =
            Rect::of([0.0, 0.0, 1.0, 1.0]).through(self.state.matrix).within(self.state.clip);
        if area.area() > 0.0 && self.sheet.fills.len() < limit::FILLS {
            self.order += 1;
            self.sheet.images.push(area);
            self.sheet.fills.push(Fill {
                area,
                paint: Paint::Unknown,
                order: self.order,
                exact: false,
            });
        }
    }

    pub(super) fn colour(&mut self, operator: &[u8], operands: &[Operand]) {
        match operator {
            b"cs" => {
                let name = operands.first().and_then(Operand::name).unwrap_or_default();
                self.state.plain_colour =
                    matches!(name, b"DeviceGray" | b"DeviceRGB" | b"DeviceCMYK");
                self.state.paint =
                    if self.state.plain_colour { Paint::Colour([0.0; 3]) } else { Paint::Unknown };
            }
            b"sc" | b"scn" => {
                let plain = self.state.plain_colour || operands.len() >= 3;
                self.state.paint = if plain { mixed(operands) } else { Paint::Unknown };
            }
            _ => {
                self.state.plain_colour = true;
                self.state.paint = mixed(operands);
            }
        }
    }

    pub(super) fn extended_state(&mut self, operands: &[Operand], resources: &Resources<'a>) {
        let Some(name) = operands.first().and_then(Operand::name) else { return };
        let Some(Object::Dictionary(state)) = self.resource(resources, b"ExtGState", name) else {
            return;
        };
        if let Some(opacity) = object::number(self.shared.document, state, b"ca") {
            self.state.opacity = opacity;
        }
    }
}

/// Sides of an area text can stand on, in points.
const GROUND: f32 = 3.0;
/// Sides of a bullet or small picture, in points.
const DOT_LEAST: f32 = 0.8;
const DOT_MOST: f32 = 24.0;

/// Grey, red-green-blue or the four process inks.
fn mixed(operands: &[Operand]) -> Paint {
    if let [Operand::Number(grey)] = operands {
        return Paint::Colour([*grey; 3]);
    }
    if let Some([cyan, magenta, yellow, black]) = numbers(operands) {
        return Paint::Colour([cyan, magenta, yellow].map(|ink| (1.0 - ink) * (1.0 - black)));
    }
    numbers(operands).map_or(Paint::Unknown, Paint::Colour)
}
