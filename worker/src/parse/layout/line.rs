//! Rows of a block to lines: parts joined, bullets taken off, looks summed up.

use unicode_normalization::UnicodeNormalization;

use super::bullet::{self, Opening};
use super::column::Block;
use super::row::{self, Row, TOUCH};
use super::word::{Word, is_parted};
use super::{direction, letter};
use crate::parse::line::{Line, Span};
use crate::parse::pdf::matrix::Rect;

/// What a page has beside its letters.
#[derive(Clone, Copy, Debug)]
pub struct Aside<'s> {
    /// Targets of links, as letters name them.
    pub links: &'s [String],
    /// Small shapes, which may serve as bullets.
    pub dots: &'s [Rect],
}

/// The lines of a block from top to bottom.
pub fn lines(block: Block, aside: Aside) -> Vec<Line> {
    let column = block.column;
    let mut opened: Vec<(Opening, Line)> = Vec::new();
    for row in row::rows(block.segments) {
        let before = opened.last().map_or("", |(_, line)| line.text.as_str());
        opened.extend(line(row, before, aside));
    }
    let items: Vec<(Opening, f32)> = (0..opened.len())
        .filter(|index| is_item(&opened, *index))
        .filter_map(|index| opened.get(index).map(|(opening, line)| (*opening, line.x0)))
        .take(ITEMS)
        .collect();
    let is_known = |opening: Opening, line: &Line| {
        items.iter().any(|item| item.0 == opening && (item.1 - line.x0).abs() <= 0.6 * line.size)
    };
    opened
        .into_iter()
        .map(|(opening, line)| Line {
            column,
            bullet: line.bullet || is_known(opening, &line),
            ..line
        })
        .collect()
}

/// The line's icon opens the item before or after it too.
fn is_item(lines: &[(Opening, Line)], index: usize) -> bool {
    let Some((opening @ (Opening::Icon(_) | Opening::Shape(..)), line)) = lines.get(index) else {
        return false;
    };
    let near = |other: &Line| (other.x0 - line.x0).abs() <= 0.6 * line.size;
    let follows = |(other, next): &(Opening, Line)| other == opening && near(next);
    let ahead = lines.iter().skip(index + 1).take(WRAPPED).take_while(|(_, next)| near(next));
    let behind = lines.iter().take(index).rev().take(WRAPPED).take_while(|(_, next)| near(next));
    ahead.chain(behind).any(follows)
}

/// Items of a block known by their icons.
const ITEMS: usize = 200;
/// Lines an item may run over.
const WRAPPED: usize = 4;

/// `before` is the text of the line above.
fn line(row: Row, before: &str, aside: Aside) -> Option<(Opening, Line)> {
    let mut words = row::words(row);
    direction::arrange(&mut words);
    let mut opening = bullet::take(&mut words, before);
    for word in &mut words {
        word.text.retain(|character| !letter::is_private(character));
        word.text = word.text.nfc().collect();
    }
    words.retain(|word| !word.text.is_empty());
    let first = words.first()?;
    let size = main_size(&words);
    let text = joined(&words);
    let line = Line {
        x0: words.iter().map(|word| word.x0).fold(first.x0, f32::min),
        x1: words.iter().map(|word| word.x1).fold(first.x1, f32::max),
        y: words.iter().find(|word| (word.size - size).abs() < 0.1).map_or(first.y, |word| word.y),
        size,
        bold: words.iter().filter(|word| is_worded(word)).all(|word| word.bold)
            && words.iter().any(is_worded),
        italic: words.iter().filter(|word| is_worded(word)).all(|word| word.italic)
            && words.iter().any(is_worded),
        spans: spans(&words, aside.links),
        text,
        ..Line::default()
    };
    if opening == Opening::Nothing {
        opening = bullet::drawn(aside.dots, (line.x0, line.y), size);
    }
    Some((opening, Line { bullet: opening == Opening::Bullet, ..line }))
}

fn is_worded(word: &Word) -> bool {
    word.text.chars().any(char::is_alphanumeric)
}

/// The size of most letters.
fn main_size(words: &[Word]) -> f32 {
    let mut sizes: Vec<(f32, usize)> = Vec::new();
    for word in words {
        let letters = word.text.chars().count();
        match sizes.iter_mut().find(|(size, _)| (size - word.size).abs() < 0.1) {
            Some((_, count)) => *count += letters,
            None => sizes.push((word.size, letters)),
        }
    }
    let most = sizes.into_iter().max_by_key(|(_, count)| *count).map_or(0.0, |(size, _)| size);
    capital_size(words, most).unwrap_or(most)
}

/// The size of small capitals is that of their first letters: words without one seem smaller.
fn capital_size(words: &[Word], most: f32) -> Option<f32> {
    let first = words.first()?.size;
    let ratio = most / first;
    let without =
        |word: &Word| word.text.chars().all(char::is_lowercase) && (word.size - most).abs() < 0.1;
    let small = |word: &Word| (word.size - first).abs() < 0.1 || without(word);
    ((0.6..0.9).contains(&ratio) && words.iter().all(small)).then_some(first)
}

/// What stands between two words of a line.
fn separator(a: &Word, b: &Word) -> &'static str {
    let gap = if b.x0 >= a.x0 { b.x0 - a.x1 } else { a.x0 - b.x1 };
    let size = a.size.max(b.size);
    if b.opens_cell || is_parted(gap, a.look(), b.look()) {
        "\t"
    } else if gap < TOUCH * size && (a.y - b.y).abs() > 0.1 * size {
        ""
    } else {
        " "
    }
}

fn joined(words: &[Word]) -> String {
    let mut text = String::new();
    for (index, word) in words.iter().enumerate() {
        if let Some(previous) = index.checked_sub(1).and_then(|before| words.get(before)) {
            text.push_str(separator(previous, word));
        }
        text.push_str(&word.text);
    }
    text
}

fn spans(words: &[Word], links: &[String]) -> Vec<Span> {
    let mut spans: Vec<(Span, &Word)> = Vec::new();
    for word in words {
        let link = word.link.and_then(|link| links.get(usize::from(link))).cloned();
        if let Some((span, previous)) = spans.last_mut()
            && (span.bold, span.italic, &span.link) == (word.bold, word.italic, &link)
            && (span.size - word.size).abs() < 0.1
            && separator(previous, word) != "\t"
        {
            span.text.push_str(separator(previous, word));
            span.text.push_str(&word.text);
            span.x1 = span.x1.max(word.x1);
            *previous = word;
            continue;
        }
        let span = Span {
            text: word.text.clone(),
            bold: word.bold,
            italic: word.italic,
            size: word.size,
            x0: word.x0,
            x1: word.x1,
            link,
        };
        spans.push((span, word));
    }
    spans.into_iter().map(|(span, _)| span).collect()
}
