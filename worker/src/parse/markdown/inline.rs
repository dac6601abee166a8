//! Emphasis, links and escapes inside a line of Markdown.

use crate::parse::ParseError;
use crate::parse::paper::{Look, Paper};

/// Writes a line's text with its looks and links.
pub fn write(text: &str, paper: &mut Paper) -> Result<(), ParseError> {
    let mut look = Look::default();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let Some(after) = toggled(rest, &mut look) {
            rest = after;
        } else if let Some((shown, target, after)) = link(rest) {
            let link = Look { link: Some(target.to_owned()), ..look.clone() };
            paper.text(shown.trim_matches(['*', '_', '`']), &link)?;
            rest = after;
        } else if let Some((shown, after)) = bracketed(rest) {
            paper.text(shown, &look)?;
            rest = after;
        } else {
            let escaped = rest.strip_prefix('\\').and_then(|after| after.chars().next());
            let (shown, length) = match escaped {
                Some(next) if next.is_ascii_punctuation() => (Some(next), 1 + next.len_utf8()),
                // Around code.
                _ if first == '`' => (None, 1),
                _ => (Some(first), first.len_utf8()),
            };
            if let Some(character) = shown {
                paper.text(character.encode_utf8(&mut [0; 4]), &look)?;
            }
            rest = rest.get(length..).unwrap_or_default();
        }
    }
    Ok(())
}

/// Bold or italic turned on or off; an underscore inside a word is only itself.
fn toggled<'a>(rest: &'a str, look: &mut Look) -> Option<&'a str> {
    for mark in ["**", "__"] {
        if let Some(after) = rest.strip_prefix(mark) {
            if !look.bold && !after.contains(mark) {
                return None;
            }
            look.bold = !look.bold;
            return Some(after);
        }
    }
    for mark in ['*', '_'] {
        if let Some(after) = rest.strip_prefix(mark) {
            let opens = !look.italic
                && after.contains(mark)
                && after.chars().next().is_some_and(|next| !next.is_whitespace());
            let closes = look.italic
                && (mark == '*' || !after.chars().next().is_some_and(char::is_alphanumeric));
            if !opens && !closes {
                return None;
            }
            look.italic = !look.italic;
            return Some(after);
        }
    }
    None
}

/// `[shown](target)`, or the same for a picture, whose text is not shown.
fn link(rest: &str) -> Option<(&str, &str, &str)> {
    let (picture, inner) = match rest.strip_prefix("![") {
        Some(inner) => (true, inner),
        None => (false, rest.strip_prefix('[')?),
    };
    let (shown, after) = inner.split_once("](")?;
    if shown.contains('[') {
        return None;
    }
    let (target, after) = after.split_once(')')?;
    let target = target.split_whitespace().next().unwrap_or_default();
    Some((if picture { "" } else { shown }, target, after))
}

/// `<https://…>` shows its address; other tags show nothing.
fn bracketed(rest: &str) -> Option<(&str, &str)> {
    let (inner, after) = rest.strip_prefix('<')?.split_once('>')?;
    let address = inner.contains("://") || inner.contains('@');
    let tag = inner.starts_with(|first: char| first == '/' || first.is_ascii_alphabetic());
    (address || tag).then_some((if address { inner } else { "" }, after))
}
