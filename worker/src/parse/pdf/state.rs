//! The graphics state of an interpreter: what `q` saves and `Q` restores.

use std::rc::Rc;

use super::font::Font;
use super::glyph::Paint;
use super::matrix::{Matrix, Rect};

#[derive(Clone, Debug)]
pub struct State {
    /// User space to the shown page.
    pub matrix: Matrix,
    /// Around the clipping path, on the shown page.
    pub clip: Rect,
    pub paint: Paint,
    /// The fill colour space is one whose operands are understood.
    pub plain_colour: bool,
    pub opacity: f32,
    pub text: Text,
}

#[derive(Clone, Debug)]
pub struct Text {
    pub font: Option<Rc<Font>>,
    pub size: f32,
    pub character_space: f32,
    pub word_space: f32,
    pub stretch: f32,
    pub leading: f32,
    pub rise: f32,
    pub mode: i32,
}

impl State {
    pub fn new(matrix: Matrix, clip: Rect) -> Self {
        Self {
            matrix,
            clip,
            paint: Paint::Colour([0.0; 3]),
            plain_colour: true,
            opacity: 1.0,
            text: Text {
                font: None,
                size: 0.0,
                character_space: 0.0,
                word_space: 0.0,
                stretch: 1.0,
                leading: 0.0,
                rise: 0.0,
                mode: 0,
            },
        }
    }

    /// What a fill of now would lay down.
    pub fn laid(&self) -> Paint {
        if self.opacity < FAINT { Paint::Nothing } else { self.paint }
    }
}

/// Below this, nothing is seen on any ground.
const FAINT: f32 = 0.04;
