//! What a page shows: letters with their places, and the ground they stand on.

use super::matrix::Rect;

/// One page, in points, x to the right and y down from the top left of what is shown.
#[derive(Debug, Default)]
pub struct Sheet {
    pub width: f32,
    pub height: f32,
    pub glyphs: Vec<Glyph>,
    pub fills: Vec<Fill>,
    pub images: Vec<Rect>,
    /// Small shapes about as wide as high.
    pub dots: Vec<Rect>,
    /// Characters whose text nothing tells.
    pub unmapped: usize,
}

/// A shown character, or several drawn as one.
#[derive(Clone, Debug)]
pub struct Glyph {
    pub text: String,
    /// Where the pen stood; `y` is the baseline.
    pub x: f32,
    pub y: f32,
    /// To where the pen moved, spacing left out.
    pub width: f32,
    pub size: f32,
    pub turn: Turn,
    pub bold: bool,
    pub italic: bool,
    pub paint: Paint,
    pub render: Render,
    /// Counts what the page draws, fills included.
    pub order: u32,
    /// Which of the page's links covers it.
    pub link: Option<u16>,
}

/// Which way text runs, in quarters of a circle, clockwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Turn {
    #[default]
    None,
    Right,
    Half,
    Left,
}

impl Turn {
    /// Of a direction on the page, `y` down.
    pub fn of(dx: f32, dy: f32) -> Self {
        match (dx.abs() >= dy.abs(), dx >= 0.0, dy >= 0.0) {
            (true, true, _) => Self::None,
            (true, false, _) => Self::Half,
            (false, _, true) => Self::Right,
            (false, _, false) => Self::Left,
        }
    }
}

/// What letters or areas are filled with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Paint {
    /// Red, green, blue from 0 to 1.
    Colour([f32; 3]),
    /// A pattern or a colour space not followed.
    Unknown,
    /// Wholly transparent.
    Nothing,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Render {
    #[default]
    Filled,
    /// Outlined as well, which looks bold.
    Stroked,
    /// Neither filled nor stroked: hidden, or the text below a scan.
    Invisible,
}

/// An area filled with one paint.
#[derive(Clone, Copy, Debug)]
pub struct Fill {
    pub area: Rect,
    pub paint: Paint,
    pub order: u32,
    /// The shape fills its `area` wholly.
    pub exact: bool,
}
