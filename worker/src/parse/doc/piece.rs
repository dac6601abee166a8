//! The piece table: which bytes of the file hold which stretch of the text.

use super::Bytes;

/// More pieces than decades of editing leave.
const MAX_PIECES: usize = 100_000;

/// A stretch of text that lies together in the file.
#[derive(Clone, Copy, Debug)]
pub struct Piece {
    /// Its first character, counted over the whole text.
    first: u32,
    /// Characters.
    pub length: u32,
    /// Its first byte.
    pub at: u32,
    /// One byte a character, else two.
    pub narrow: bool,
}

pub struct Pieces(Vec<Piece>);

impl Pieces {
    pub fn read(head: Bytes<'_>, table: Bytes<'_>) -> Option<Self> {
        let clx = head.named(table, 0x1A2)?;
        let mut at = 0usize;
        // Lists of changes stand before the table.
        while *clx.0.get(at)? == 0x01 {
            at = at.checked_add(3)?.checked_add(usize::from(clx.u16(at + 1)?))?;
        }
        (*clx.0.get(at)? == 0x02).then_some(())?;
        let size = clx.u32(at + 1)? as usize;
        let count = (size.checked_sub(4)? / 12).min(MAX_PIECES);
        let starts = at + 5;
        let places = starts + (size - 4) / 12 * 4 + 4;
        let piece = |index: usize| {
            let first = clx.u32(starts + 4 * index)?;
            let length = clx.u32(starts + 4 * index + 4)?.checked_sub(first)?;
            let place = clx.u32(places + 8 * index + 2)?;
            let narrow = place & 0x4000_0000 != 0;
            let offset = place & 0x3FFF_FFFF;
            Some(Piece { first, length, at: if narrow { offset / 2 } else { offset }, narrow })
        };
        Some(Self((0..count).map_while(piece).collect()))
    }

    /// The pieces that hold the characters from one to before another.
    pub fn between(&self, from: u32, to: u32) -> Vec<Piece> {
        let cut = |piece: &Piece| {
            let first = piece.first.max(from);
            let end = piece.first.saturating_add(piece.length).min(to);
            let length = end.checked_sub(first).filter(|length| *length > 0)?;
            let skipped = (first - piece.first).saturating_mul(if piece.narrow { 1 } else { 2 });
            Some(Piece { first, length, at: piece.at.saturating_add(skipped), ..*piece })
        };
        self.0.iter().filter_map(cut).collect()
    }
}
