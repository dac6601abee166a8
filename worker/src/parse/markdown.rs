//! Markdown becomes lines.

use super::ParseError;
use super::line::Lines;
use super::paper::{Look, Paper, Shape};
use super::plain;

mod inline;

/// The lines of a Markdown file; headings, lists, emphasis and links are understood.
pub fn read(bytes: &[u8]) -> Result<Lines, ParseError> {
    let text = plain::decode(bytes)?;
    let text = without_comments(&text);
    let mut paper = Paper::default();
    let mut fenced = false;
    let mut lines = text.lines().peekable();
    while let Some(raw) = lines.next() {
        let trimmed = raw.trim();
        if trimmed.starts_with("```") || trimmed.starts_with("~~~") {
            fenced = !fenced;
            continue;
        }
        if trimmed.is_empty() || is_rule(trimmed) {
            paper.close_line();
            paper.close_line();
            continue;
        }
        let mut block = block(raw);
        if let Some(level) = lines.peek().and_then(|next| setext(next)) {
            block.shape.heading = Some(level);
            lines.next();
        }
        paper.open_paragraph(block.shape);
        for (number, cell) in cells(block.text).into_iter().enumerate() {
            if number > 0 {
                paper.text("\t", &Look::default())?;
            }
            inline::write(cell, &mut paper)?;
        }
        paper.close_line();
    }
    paper.finish()
}

struct Block<'a> {
    shape: Shape,
    text: &'a str,
}

/// What the marks at the start of a line make of it.
fn block(raw: &str) -> Block<'_> {
    let indent = raw.len() - raw.trim_start().len();
    let text = raw.trim().trim_start_matches('>').trim_start();
    let hashes = text.chars().take_while(|character| *character == '#').count();
    if (1..=6).contains(&hashes)
        && let Some(title) = text.get(hashes..).and_then(|rest| rest.strip_prefix(' '))
    {
        let heading = u8::try_from(hashes).ok();
        let text = title.trim().trim_end_matches('#').trim_end();
        return Block { shape: Shape { heading, ..Shape::default() }, text };
    }
    let item = ["- ", "* ", "+ "].iter().find_map(|mark| text.strip_prefix(mark));
    let level = u8::try_from(indent / 2).unwrap_or(u8::MAX);
    Block {
        shape: Shape { heading: None, bullet: item.is_some(), level },
        text: item.unwrap_or(text),
    }
}

/// The cells of a table row; anything else is one cell.
fn cells(text: &str) -> Vec<&str> {
    let inner = text.strip_prefix('|').and_then(|text| text.strip_suffix('|'));
    inner.map_or_else(|| vec![text], |inner| inner.split('|').map(str::trim).collect())
}

/// A line that parts blocks or the head of a table from its body.
fn is_rule(text: &str) -> bool {
    let marks = || text.chars().filter(|character| !character.is_whitespace());
    let ruled = |mark: char| marks().count() >= 3 && marks().all(|character| character == mark);
    ruled('-')
        || ruled('*')
        || ruled('_')
        || ruled('=')
        || (text.starts_with('|') && marks().all(|character| matches!(character, '|' | '-' | ':')))
}

/// The heading level a line of marks gives to the line above it.
fn setext(next: &str) -> Option<u8> {
    let next = next.trim();
    if next.len() < 3 {
        return None;
    }
    let all = |mark: char| next.chars().all(|character| character == mark);
    if all('=') { Some(1) } else { all('-').then_some(2) }
}

fn without_comments(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("<!--") {
        kept.push_str(before);
        rest = after.split_once("-->").map_or("", |(_, after)| after);
    }
    kept.push_str(rest);
    kept
}
