//! How much work a document may still cause.

use super::limit;

/// Counts down over the whole document; once empty, reading stops where it is.
#[derive(Debug)]
pub struct Budget {
    operators: u32,
    glyphs: u32,
    content: usize,
    fonts: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            operators: limit::OPERATORS,
            glyphs: limit::GLYPHS,
            content: limit::ALL_CONTENT,
            fonts: limit::FONTS,
        }
    }
}

impl Budget {
    pub fn operator(&mut self) -> bool {
        spend(&mut self.operators)
    }

    pub fn glyph(&mut self) -> bool {
        spend(&mut self.glyphs)
    }

    pub fn font(&mut self) -> bool {
        let left = self.fonts > 0;
        self.fonts = self.fonts.saturating_sub(1);
        left
    }

    /// Bytes the next stream may decompress to.
    pub fn content_left(&self) -> usize {
        self.content.min(limit::PAGE_CONTENT)
    }

    pub fn content(&mut self, bytes: usize) {
        self.content = self.content.saturating_sub(bytes);
    }

    pub fn is_spent(&self) -> bool {
        self.operators == 0 || self.glyphs == 0 || self.content == 0
    }
}

fn spend(left: &mut u32) -> bool {
    *left = left.saturating_sub(1);
    *left > 0
}
