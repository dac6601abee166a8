//! The lines of a posting and the section each belongs to.

use super::heading::{heading, heading_in_front};

/// What a part of a posting talks about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// Before the first heading.
    Opening,
    Duties,
    Required,
    Preferred,
    /// Skills the posting says it does not ask for.
    NotNeeded,
    Benefits,
    About,
    Legal,
}

/// A line of the posting, without its bullet and without a heading in front.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line<'p> {
    pub text: &'p str,
    pub section: Section,
    pub is_item: bool,
}

/// Bytes of a heading of one or two words.
const SHORT: usize = 24;

/// The lines that say something, headings left out.
pub fn lines(text: &str) -> Vec<Line<'_>> {
    let mut section = Section::Opening;
    let mut found = Vec::new();
    for line in text.lines() {
        let (body, is_item) = without_bullet(line);
        if body.is_empty() {
            continue;
        }
        if let Some((front, rest)) = heading_in_front(body) {
            // "Person specification – DESIRABLE" is a heading to its end.
            if let Some(last) = heading(rest).filter(|_| !is_item && rest.len() < SHORT) {
                section = last.within(section);
                continue;
            }
            let own = front.within(section);
            // A heading in a list item speaks for that item alone.
            if !is_item {
                section = own;
            }
            found.push(Line { text: rest, section: own, is_item: true });
            continue;
        }
        if !is_item && let Some(next) = heading(body).map(|heading| heading.within(section)) {
            section = next;
            continue;
        }
        split(Line { text: body, section, is_item }, &mut found);
    }
    found
}

/// A paragraph may hold its own headings: "Essential: QTS. Desirable: music."
fn split<'p>(line: Line<'p>, found: &mut Vec<Line<'p>>) {
    let Line { text: body, section, is_item } = line;
    let sentences = full_sentences(body);
    let names = |sentence: &str| sentence.contains(": ") && heading_in_front(sentence).is_some();
    if sentences.iter().skip(1).any(|sentence| names(sentence)) {
        let mut own = section;
        for sentence in sentences {
            let text = match heading_in_front(sentence).filter(|_| names(sentence)) {
                Some((heading, rest)) => {
                    own = heading.within(section);
                    rest
                }
                None => sentence,
            };
            found.push(Line { text, section: own, is_item });
        }
    } else {
        found.push(line);
    }
}

/// The line without `- `, `•`, `1)` and the like.
pub fn without_bullet(line: &str) -> (&str, bool) {
    let line = line.trim();
    let line = line.strip_prefix("**").or(line.strip_prefix("__")).unwrap_or(line);
    let marks =
        ['-', '–', '—', '*', '•', '·', '‣', '▪', '■', '●', '○', '◦', '→', '>', '✓', '✔', '+'];
    let rest = line.trim_start_matches(marks);
    if rest.len() < line.len() && (rest.starts_with(char::is_whitespace) || !line.starts_with('-'))
    {
        return (rest.trim(), true);
    }
    let digits = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let number = line.len() - digits.len();
    if (1..=2).contains(&number)
        && let Some(rest) = digits.strip_prefix([')', '.', '、', '）'])
        && (rest.starts_with(char::is_whitespace) || !rest.is_ascii())
    {
        return (rest.trim(), true);
    }
    (line.trim_start_matches('#').trim().trim_matches(['*', '_']).trim(), false)
}

/// The sentences of a paragraph, cut after full stops only.
fn full_sentences(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices(". ") {
        found.push(text.get(start..=at).unwrap_or_default().trim());
        start = at + 1;
    }
    found.push(text.get(start..).unwrap_or_default().trim());
    found
}
