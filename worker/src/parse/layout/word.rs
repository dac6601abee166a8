//! Letters to words and words to segments: stretches of one baseline without a wide gap.

use unicode_normalization::UnicodeNormalization;

use super::letter;
use crate::parse::pdf::glyph::Glyph;

#[derive(Clone, Debug)]
pub struct Word {
    pub text: String,
    pub x0: f32,
    pub x1: f32,
    pub y: f32,
    pub size: f32,
    pub bold: bool,
    pub italic: bool,
    pub link: Option<u16>,
    pub order: u32,
    /// Begins a cell, however near the word before stands.
    pub opens_cell: bool,
}

/// Words of one baseline that stand close.
#[derive(Clone, Debug)]
pub struct Segment {
    pub words: Vec<Word>,
    pub x0: f32,
    pub x1: f32,
    pub y: f32,
    pub size: f32,
    /// When its first letter was drawn.
    pub order: u32,
}

/// Space between letters that parts words, in ems. Justified text shrinks its spaces to this.
const WORD_GAP: f32 = 0.15;
/// Space that parts cells of a row, in ems, and the same where size or weight changes.
const CELL_GAP: f32 = 1.2;
const LOOK_GAP: f32 = 0.6;
/// Letters whose heights differ by less, in ems, stand on one baseline. Lines
/// side by side may be near; what is parted here meets again in its row.
const BASELINE: f32 = 0.06;
/// Step between words without room, in points.
const CLOSE: f32 = 0.01;
/// From so much space between most letters on, a text is letter-spaced.
const TRACKED: f32 = 0.08;

pub fn segments(mut glyphs: Vec<Glyph>) -> Vec<Segment> {
    glyphs.retain(|glyph| glyph.size > 0.0);
    glyphs.sort_by(|a, b| a.y.total_cmp(&b.y));
    let mut segments = Vec::new();
    for row in glyphs.chunk_by(|a, b| b.y - a.y <= BASELINE * a.size.min(b.size)) {
        baseline(row.to_vec(), &mut segments);
    }
    segments
}

fn baseline(mut glyphs: Vec<Glyph>, segments: &mut Vec<Segment>) {
    glyphs.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.order.cmp(&b.order)));
    let letters = letters(accented(deduplicated(glyphs)));
    for run in letters.chunk_by(|a, b| !is_parted(a.gap(b), a.look(), b.look())) {
        segments.extend(self::run(run));
    }
}

/// A glyph that shows something.
struct Letter {
    glyph: Glyph,
    /// A space was drawn before it.
    spaced: bool,
}

impl Letter {
    fn gap(&self, next: &Self) -> f32 {
        next.glyph.x - (self.glyph.x + self.glyph.width)
    }

    fn look(&self) -> Look {
        Look { size: self.glyph.size, bold: self.glyph.bold }
    }
}

/// How a letter or word looks, as far as it tells cells apart.
#[derive(Clone, Copy)]
pub struct Look {
    pub size: f32,
    pub bold: bool,
}

/// Whether a gap parts cells of a row. Between looks, less will do: a label
/// ends close before the text it stands beside.
pub fn is_parted(gap: f32, a: Look, b: Look) -> bool {
    let alike = a.bold == b.bold && (a.size - b.size).abs() <= 0.1 * a.size;
    gap > a.size.max(b.size) * if alike { CELL_GAP } else { LOOK_GAP }
}

fn letters(glyphs: Vec<Glyph>) -> Vec<Letter> {
    let mut letters = Vec::with_capacity(glyphs.len());
    let mut spaced = false;
    for glyph in glyphs {
        if is_blank(&glyph) {
            spaced = true;
        } else {
            letters.push(Letter { glyph, spaced });
            spaced = false;
        }
    }
    letters
}

fn is_blank(glyph: &Glyph) -> bool {
    glyph.text.chars().all(char::is_whitespace)
}

/// A letter drawn twice at nearly one place was made bold that way, or casts a shadow.
fn deduplicated(glyphs: Vec<Glyph>) -> Vec<Glyph> {
    let mut kept: Vec<Glyph> = Vec::with_capacity(glyphs.len());
    for glyph in glyphs {
        let twin = kept.iter_mut().rev().take(TWINS).find(|other| {
            other.text == glyph.text
                && (glyph.x - other.x).abs() < 0.3 * glyph.width
                && (other.size - glyph.size).abs() < 0.1 * glyph.size
        });
        match twin {
            Some(twin) if !is_blank(twin) => twin.bold = true,
            Some(_) => {}
            None => kept.push(glyph),
        }
    }
    kept
}

/// Twins stand next to each other, or with a neighbour's twin between.
const TWINS: usize = 3;

/// Joins accents drawn over letters with those letters.
fn accented(glyphs: Vec<Glyph>) -> Vec<Glyph> {
    let mut joined: Vec<Glyph> = Vec::with_capacity(glyphs.len());
    for glyph in glyphs {
        let Some(previous) = joined.last_mut() else {
            joined.push(glyph);
            continue;
        };
        let shared =
            (previous.x + previous.width).min(glyph.x + glyph.width) - previous.x.max(glyph.x);
        let over = shared > 0.5 * previous.width.min(glyph.width) || glyph.width <= 0.0;
        if let Some(mark) = letter::combining(&glyph.text).filter(|_| over && !is_blank(previous)) {
            previous.text = composed(&previous.text, mark);
        } else if let Some(mark) =
            letter::combining(&previous.text).filter(|_| over && !is_blank(&glyph))
        {
            let text = composed(&glyph.text, mark);
            *previous = Glyph { text, ..glyph };
        } else {
            joined.push(glyph);
        }
    }
    joined
}

fn composed(base: &str, mark: char) -> String {
    let base = match base {
        "ı" => "i",
        "ȷ" => "j",
        other => other,
    };
    base.chars().chain([mark]).nfc().collect()
}

/// The segment of a run of letters.
fn run(letters: &[Letter]) -> Option<Segment> {
    let limit = WORD_GAP.max(tracking(letters) + 0.5 * WORD_GAP);
    let words = letters.chunk_by(|a, b| {
        let gap = a.gap(b) / a.glyph.size.max(b.glyph.size).max(1.0);
        let change = a.glyph.paint != b.glyph.paint
            || (a.glyph.bold, a.glyph.italic) != (b.glyph.bold, b.glyph.italic);
        !b.spaced && gap <= limit && !(change && begins_anew(&a.glyph.text, &b.glyph.text))
    });
    Segment::of(words.filter_map(word).collect())
}

/// Where the look changes, a capital after a small letter opens a word, and so does a digit.
fn begins_anew(a: &str, b: &str) -> bool {
    let (Some(a), Some(b)) = (a.chars().next_back(), b.chars().next()) else { return false };
    (b.is_uppercase() && a.is_lowercase())
        || (b.is_numeric() && matches!(a, ')' | ']' | ',' | '.' | ';'))
}

/// How far apart the letters of a spaced-out text stand, in ems; 0 for usual text.
fn tracking(letters: &[Letter]) -> f32 {
    let mut gaps: Vec<f32> = letters
        .windows(2)
        .filter(|pair| !pair[1].spaced)
        .map(|pair| pair[0].gap(&pair[1]) / pair[0].glyph.size.max(1.0))
        .collect();
    if gaps.len() < 4 {
        return 0.0;
    }
    gaps.sort_by(f32::total_cmp);
    let middle = gaps.get(gaps.len() / 2).copied().unwrap_or(0.0);
    if middle < TRACKED { 0.0 } else { middle }
}

fn word(letters: &[Letter]) -> Option<Word> {
    let first = &letters.first()?.glyph;
    let glyphs = || letters.iter().map(|letter| &letter.glyph);
    Some(Word {
        text: glyphs().map(|glyph| letter::plain(&glyph.text)).collect(),
        x0: first.x,
        x1: glyphs().map(|glyph| glyph.x + glyph.width).fold(first.x, f32::max),
        y: first.y,
        size: glyphs().map(|glyph| glyph.size).fold(first.size, f32::max),
        bold: first.bold,
        italic: first.italic,
        link: glyphs().find_map(|glyph| glyph.link),
        order: first.order,
        opens_cell: false,
    })
}

impl Word {
    pub fn look(&self) -> Look {
        Look { size: self.size, bold: self.bold }
    }
}

impl Segment {
    pub fn of(words: Vec<Word>) -> Option<Self> {
        let first = words.first()?;
        let largest = words.iter().max_by(|a, b| a.size.total_cmp(&b.size))?;
        Some(Self {
            x0: words.iter().map(|word| word.x0).fold(f32::INFINITY, f32::min),
            x1: words.iter().map(|word| word.x1).fold(f32::NEG_INFINITY, f32::max),
            y: largest.y,
            size: largest.size,
            order: first.order,
            words,
        })
    }

    /// Puts the words of `next` behind the own ones, without room, so that
    /// they come before whatever stands to the right.
    pub fn append(&mut self, next: Self) {
        let mut x = self.words.last().map_or(self.x1, |word| word.x1.max(self.x1));
        for word in next.words {
            x += CLOSE;
            self.words.push(Word { x0: x, x1: x, y: self.y, ..word });
        }
    }

    pub fn text(&self) -> String {
        self.words.iter().map(|word| word.text.as_str()).collect()
    }

    pub fn characters(&self) -> usize {
        self.words.iter().map(|word| word.text.chars().count()).sum()
    }
}
