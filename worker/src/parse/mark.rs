//! Marks that open list items in text without list structure.

/// Marks that mean nothing else at the start of a line.
const MARKS: &str = "•‣⁃∙●○◦◉■□▪▫◆◇➢➤►▶▸✓✔✦★❖·*\u{f0b7}\u{f0a7}\u{f0d8}";

/// The text behind the mark that opens a list item, if there is one.
pub fn strip(text: &str) -> Option<&str> {
    let trimmed = text.trim_start();
    let mark = trimmed.chars().next()?;
    let rest = trimmed.get(mark.len_utf8()..)?;
    let spaced = rest.starts_with([' ', '\t', '\u{a0}']);
    let dash = matches!(mark, '-' | '–' | '—' | '+' | 'o' | '>' | '»');
    let found = if dash || matches!(mark, '*' | '·') { spaced } else { MARKS.contains(mark) };
    let rest = rest.trim_start();
    (found && !rest.is_empty()).then_some(rest)
}
