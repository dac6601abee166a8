//! Marks that open list items.

use super::letter;
use super::word::Word;
use crate::parse::pdf::matrix::Rect;

/// What stands before the text of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    Nothing,
    Bullet,
    /// A picture from an icon font: a bullet when items running begin with the same one.
    Icon(char),
    /// The same, drawn; its width and height.
    Shape(u16, u16),
}

/// Marks that mean nothing else at the start of a line.
const MARKS: &str = "•‣⁃∙●○◦◉◘◙⦁⦾⦿⚫⚬❍■□▪▫◼◻◾◽❏❐❑❒▣☐☑►▶▸▷▹➢➤➔➜➝→➣➧➡⇒⮚◆◇❖♦⬥⋄✦✧★☆✱✳✴✓✔✗✘∗";
const DASHES: &str = "-–—−‒";
/// Bullets only when set off by more than the space of a sentence.
const DOUBTFUL: &str = "·»›>+~o*";

/// Takes the opening mark off a line's words; `before` is the text of the line above.
pub fn take(words: &mut Vec<Word>, before: &str) -> Opening {
    let Some(first) = words.first_mut() else { return Opening::Nothing };
    let mut characters = first.text.chars();
    let Some(mark) = characters.next() else { return Opening::Nothing };
    let rest = characters.as_str().to_owned();
    if rest.is_empty() {
        let opening = lone(mark, words, before);
        if opening == Opening::Bullet {
            words.remove(0);
        }
        return opening;
    }
    if !MARKS.contains(mark) || !rest.starts_with(char::is_alphanumeric) {
        return Opening::Nothing;
    }
    let letters = u16::try_from(first.text.chars().count()).unwrap_or(u16::MAX);
    first.x0 += (first.x1 - first.x0) / f32::from(letters);
    first.text = rest;
    Opening::Bullet
}

/// A character that stands alone before the rest of the line.
fn lone(mark: char, words: &[Word], before: &str) -> Opening {
    let [first, second, ..] = words else { return Opening::Nothing };
    let gap = (second.x0 - first.x1) / first.size.max(1.0);
    if gap > WIDEST {
        Opening::Nothing
    } else if letter::is_private(mark) {
        Opening::Icon(mark)
    } else if MARKS.contains(mark)
        || (DASHES.contains(mark) && !goes_on(&second.text, before))
        || (DOUBTFUL.contains(mark) && gap > SET_OFF)
    {
        Opening::Bullet
    } else {
        Opening::Nothing
    }
}

/// The word is nothing but a bullet.
pub fn is_mark_alone(word: &Word) -> bool {
    let mut characters = word.text.chars();
    characters.next().is_some_and(|mark| MARKS.contains(mark)) && characters.next().is_none()
}

/// A dash between dates or numbers that ended up at the start of a line.
fn goes_on(after: &str, before: &str) -> bool {
    let ends_in_digit = before.trim_end().ends_with(|c: char| c.is_ascii_digit());
    ends_in_digit && after.chars().count() <= WORD
        || after.starts_with(|c: char| c.is_ascii_digit())
}

/// Letters of the longest word for an open end (a date's "today").
const WORD: usize = 12;

/// Space between a bullet and its text, in ems.
const WIDEST: f32 = 4.0;
/// More than a space between words.
const SET_OFF: f32 = 0.45;

/// The shape drawn before a line: a small one is its bullet, a larger one a
/// picture, of which small ones may be a part.
pub fn drawn(dots: &[Rect], (x, y): (f32, f32), size: f32) -> Opening {
    let before = |dot: &&Rect| {
        let gap = x - dot.x1;
        let middle = f32::midpoint(dot.y0, dot.y1);
        gap > 0.0 && gap <= 2.0 * size && (middle - (y - 0.3 * size)).abs() <= 0.3 * size
    };
    let largest = dots.iter().filter(before).max_by(|a, b| a.height().total_cmp(&b.height()));
    let Some(dot) = largest else { return Opening::Nothing };
    let height = dot.height() / size.max(1.0);
    if height <= SMALL_DOT {
        Opening::Bullet
    } else if height <= LARGE_DOT {
        Opening::Shape(tenths(dot.width()), tenths(dot.height()))
    } else {
        Opening::Nothing
    }
}

/// Heights of drawn bullets and of drawn pictures, in ems.
const SMALL_DOT: f32 = 0.6;
const LARGE_DOT: f32 = 1.1;

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "sides of a few points; `as` saturates"
)]
fn tenths(points: f32) -> u16 {
    (points * 10.0).round() as u16
}
