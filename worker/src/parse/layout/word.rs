//! Letters to words and words to segments: stretches of one baseline without a wide gap.

use unicode_normalization::UnicodeNormalization;

use super::letter;
use crate::parse::pdf::glyph::{Glyph, Render};

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
/// Space between words that parts segments, in ems.
const SEGMENT_GAP: f32 = 1.2;
/// Letters this near a baseline, in ems, stand on it.
const BASELINE: f32 = 0.15;
/// From so much space between most letters on, a text is letter-spaced.
const TRACKED: f32 = 0.08;

pub fn segments(mut glyphs: Vec<Glyph>) -> Vec<Segment> {
    glyphs.retain(|glyph| glyph.size > 0.0);
    glyphs.sort_by(|a, b| a.y.total_cmp(&b.y));
    let mut segments = Vec::new();
    let mut rest = glyphs.as_slice();
    while let Some(first) = rest.first() {
        let length =
            rest.iter().take_while(|glyph| glyph.y - first.y <= BASELINE * glyph.size).count();
        let (row, after) = rest.split_at(length.max(1));
        baseline(row.to_vec(), &mut segments);
        rest = after;
    }
    segments
}

fn baseline(mut glyphs: Vec<Glyph>, segments: &mut Vec<Segment>) {
    glyphs.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.order.cmp(&b.order)));
    let glyphs = accented(deduplicated(glyphs));
    let mut start = 0;
    for end in 1..=glyphs.len() {
        let parted = match (glyphs.get(end - 1), glyphs.get(end)) {
            (Some(a), Some(b)) => gap(a, b) > SEGMENT_GAP * a.size.max(b.size),
            _ => true,
        };
        if parted {
            let run = glyphs.get(start..end).unwrap_or_default();
            segments.extend(runs(run));
            start = end;
        }
    }
}

fn gap(a: &Glyph, b: &Glyph) -> f32 {
    b.x - (a.x + a.width)
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

/// The segment of a run of letters; none when the run is blank.
fn runs(glyphs: &[Glyph]) -> Option<Segment> {
    let limit = WORD_GAP.max(tracking(glyphs) + 0.5 * WORD_GAP);
    let mut words: Vec<Word> = Vec::new();
    let mut open = false;
    let mut end = f32::NEG_INFINITY;
    for glyph in glyphs {
        if is_blank(glyph) {
            open = false;
            continue;
        }
        open &= glyph.x - end <= limit * glyph.size;
        match words.last_mut() {
            Some(word) if open => extend(word, glyph),
            _ => words.push(word(glyph)),
        }
        open = true;
        end = glyph.x + glyph.width;
    }
    Segment::of(words)
}

/// How far apart the letters of a spaced-out text stand, in ems; 0 for usual text.
fn tracking(glyphs: &[Glyph]) -> f32 {
    let mut gaps: Vec<f32> = glyphs
        .windows(2)
        .filter(|pair| !is_blank(&pair[0]) && !is_blank(&pair[1]))
        .map(|pair| gap(&pair[0], &pair[1]) / pair[0].size.max(1.0))
        .collect();
    if gaps.len() < 4 {
        return 0.0;
    }
    gaps.sort_by(f32::total_cmp);
    let middle = gaps.get(gaps.len() / 2).copied().unwrap_or(0.0);
    if middle < TRACKED { 0.0 } else { middle }
}

fn word(glyph: &Glyph) -> Word {
    Word {
        text: letter::plain(&glyph.text).into_owned(),
        x0: glyph.x,
        x1: glyph.x + glyph.width,
        y: glyph.y,
        size: glyph.size,
        bold: glyph.bold || glyph.render == Render::Stroked,
        italic: glyph.italic,
        link: glyph.link,
        order: glyph.order,
    }
}

fn extend(word: &mut Word, glyph: &Glyph) {
    word.text.push_str(&letter::plain(&glyph.text));
    word.x1 = word.x1.max(glyph.x + glyph.width);
    word.size = word.size.max(glyph.size);
    word.link = word.link.or(glyph.link);
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

    pub fn characters(&self) -> usize {
        self.words.iter().map(|word| word.text.chars().count()).sum()
    }
}
