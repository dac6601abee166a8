//! Languages and how well they are spoken.

use shared::resume::json::Language;

use super::list;
use crate::parse::flow::Row;
use crate::parse::word::{WORDS, fold};

pub fn read(rows: &[Row]) -> Vec<Language> {
    let mut done: Vec<Language> = Vec::new();
    let mut above = 0;
    for row in rows {
        let pieces: Vec<String> =
            row.cells.iter().flat_map(|cell| list::items(&cell.text)).collect();
        let names = pieces.iter().filter(|piece| is_language(piece)).count();
        // Names in one row, levels in the row below.
        if above > 1 && names == 0 && pieces.len() == above {
            let from = done.len() - above;
            for (language, level) in done.iter_mut().skip(from).zip(pieces) {
                language.fluency = Some(level);
            }
            above = 0;
            continue;
        }
        above = if names == pieces.len() { names } else { 0 };
        for piece in pieces {
            take(&piece, row, &mut done);
        }
    }
    done
}

/// The languages of a list, when each item names one.
pub fn all(items: &[String]) -> Option<Vec<Language>> {
    let read = |item: &String| {
        if is_language(item) {
            return Some(Language { language: Some(item.clone()), ..Language::default() });
        }
        let (name, level) = parted(item).filter(|(name, _)| is_language(name))?;
        Some(Language { language: Some(name), fluency: Some(level), ..Language::default() })
    };
    items.iter().map(read).collect::<Option<Vec<_>>>().filter(|read| !read.is_empty())
}

/// True when the text names languages and nothing else.
pub fn only_names(text: &str) -> bool {
    let pieces = list::items(text);
    !pieces.is_empty() && pieces.iter().all(|piece| is_language(piece))
}

fn is_language(text: &str) -> bool {
    WORDS.languages.contains(&fold(text))
}

pub fn is_fluency(text: &str) -> bool {
    let text = fold(text);
    WORDS.fluency.iter().any(|word| {
        text.starts_with(word.as_str()) || text.ends_with(word.as_str()) && text.len() > word.len()
    })
}

fn take(piece: &str, row: &Row, done: &mut Vec<Language>) {
    if is_language(piece) {
        done.push(Language { language: Some(piece.to_owned()), ..Language::default() });
        return;
    }
    if let Some((name, level)) = parted(piece) {
        done.push(Language { language: Some(name), fluency: Some(level), ..Language::default() });
        return;
    }
    let waiting = done.last_mut().filter(|last| last.fluency.is_none());
    if let Some(last) = waiting {
        last.fluency = Some(piece.trim_matches(['(', ')']).to_owned());
    } else if is_fluency(piece)
        && let Some(last) = done.last_mut()
    {
        let before = last.fluency.take().unwrap_or_default();
        last.fluency = Some(format!("{before}, {piece}"));
    } else if row.cells.len() == 1
        && piece.chars().any(char::is_alphabetic)
        && piece.split_whitespace().count() <= 2
        && !row.bullet
    {
        done.push(Language { language: Some(piece.to_owned()), ..Language::default() });
    }
}

/// `English: fluent`, `English – fluent`, `English (fluent)`, `fluent English`.
fn parted(piece: &str) -> Option<(String, String)> {
    for mark in [":", "：", " – ", " — ", " - ", "–", "-", "(", "（", "="] {
        let Some((name, level)) = piece.split_once(mark) else { continue };
        let level = level.trim().trim_matches(['(', ')', '（', '）']);
        let level = if level.contains('(') && !level.contains(')') {
            format!("{level})")
        } else {
            level.to_owned()
        };
        let known = is_language(name)
            || (is_fluency(&level) && !is_fluency(name) && name.split_whitespace().count() <= 3);
        if known && !level.is_empty() && !name.trim().is_empty() {
            return Some((name.trim().to_owned(), level));
        }
    }
    let (first, rest) = piece.split_once(' ')?;
    if is_language(first) {
        return Some((first.to_owned(), rest.trim_matches(['(', ')']).to_owned()));
    }
    let (level, last) = piece.rsplit_once(' ')?;
    (is_language(last) && is_fluency(level)).then(|| (last.to_owned(), level.to_owned()))
}
