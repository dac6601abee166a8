//! Marks that open list items.

use super::letter;
use super::word::Word;

/// Takes a bullet off the front of a line's words; false when there is none.
pub fn take(words: &mut Vec<Word>) -> bool {
    let (Some(first), second) = (words.first_mut(), 1) else { return false };
    let mut characters = first.text.chars();
    let Some(mark) = characters.next() else { return false };
    let rest: String = characters.collect();
    if rest.is_empty() {
        if !opens_item(mark, words) {
            return false;
        }
        words.drain(..second);
        return true;
    }
    if !is_mark(mark) || rest.chars().any(is_mark) {
        return false;
    }
    let width =
        (first.x1 - first.x0) / f32::from(u16::try_from(first.text.chars().count()).unwrap_or(1));
    first.x0 += width;
    first.text = rest;
    true
}

/// A lone character before the rest of the line.
fn opens_item(mark: char, words: &[Word]) -> bool {
    let [first, second, ..] = words else { return false };
    let gap = second.x0 - first.x1;
    if gap > WIDEST * first.size {
        return false;
    }
    is_mark(mark)
        || is_dash(mark)
        || (matches!(mark, 'o' | '*' | '·' | '»' | '›' | '>' | '+' | '~')
            && gap > 0.15 * first.size
            && !letter::is_private(mark))
}

/// Space between a bullet and its text, in ems.
const WIDEST: f32 = 4.0;

fn is_dash(mark: char) -> bool {
    matches!(mark, '-' | '–' | '—' | '−' | '‐' | '‒')
}

/// Marks that mean nothing else at the start of a line.
pub fn is_mark(mark: char) -> bool {
    matches!(
        mark,
        '•' | '‣'
            | '⁃'
            | '∙'
            | '●'
            | '○'
            | '◦'
            | '◉'
            | '◘'
            | '◙'
            | '⦁'
            | '⦾'
            | '⦿'
            | '⚫'
            | '⚬'
            | '❍'
            | '■'
            | '□'
            | '▪'
            | '▫'
            | '◼'
            | '◻'
            | '◾'
            | '◽'
            | '❏'
            ..='❒'
                | '▣'
                | '☐'
                | '☑'
                | '►'
                | '▶'
                | '▸'
                | '▷'
                | '▹'
                | '➢'
                | '➤'
                | '➔'
                | '➜'
                | '➝'
                | '→'
                | '➣'
                | '➧'
                | '➡'
                | '⇒'
                | '⮚'
                | '◆'
                | '◇'
                | '❖'
                | '♦'
                | '⬥'
                | '⋄'
                | '✦'
                | '✧'
                | '★'
                | '☆'
                | '✱'
                | '✳'
                | '✴'
                | '✓'
                | '✔'
                | '✗'
                | '✘'
                | '∗'
    )
}
