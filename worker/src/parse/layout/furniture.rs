//! Headers, footers and page numbers: said once, or not at all.

use std::collections::{HashMap, HashSet};

use crate::parse::line::Line;

/// Share of the page, at its top and at its bottom, where they stand.
const MARGIN: f32 = 0.1;

/// Lines of each page with the page's height.
pub fn remove(pages: &mut [(f32, Vec<Line>)]) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for (height, lines) in pages.iter() {
        let mut own: Vec<String> =
            lines.iter().filter(|line| in_margin(line, *height)).map(key).collect();
        own.sort_unstable();
        own.dedup();
        for key in own {
            *seen.entry(key).or_default() += 1;
        }
    }
    let mut said: HashSet<String> = HashSet::new();
    let single = pages.len() == 1;
    for (height, lines) in pages {
        lines.retain(|line| {
            if !in_margin(line, *height) {
                return true;
            }
            let key = key(line);
            let repeated = seen.get(&key).is_some_and(|count| *count > 1);
            if is_page_number(&line.text, line.y > 0.5 * *height)
                && (repeated || !single || is_worded_number(&line.text))
            {
                return false;
            }
            !repeated || said.insert(key)
        });
    }
}

fn in_margin(line: &Line, height: f32) -> bool {
    line.y < MARGIN * height || line.y > (1.0 - MARGIN) * height
}

/// The text without what changes from page to page.
fn key(line: &Line) -> String {
    line.text
        .chars()
        .filter(|character| !character.is_ascii_digit() && !character.is_whitespace())
        .collect()
}

/// `3`, `- 3 -`, `3/4`, `Page 3 of 4`, also after a name.
fn is_page_number(text: &str, at_bottom: bool) -> bool {
    let bare = text.trim_matches(|c: char| !c.is_alphanumeric());
    let counts = bare
        .split('/')
        .map(str::trim)
        .all(|part| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()));
    (counts && at_bottom) || is_worded_number(text)
}

fn is_worded_number(text: &str) -> bool {
    const WORDS: [&str; 9] =
        ["page", "seite", "página", "pagina", "strana", "strona", "side", "sida", "стр"];
    let words: Vec<String> = text.split_whitespace().map(|word| word.to_lowercase()).collect();
    words.windows(2).any(|pair| {
        let named = WORDS.contains(&pair[0].trim_matches(|c: char| !c.is_alphabetic()));
        named && pair[1].chars().next().is_some_and(|first| first.is_ascii_digit())
    }) && words.len() <= 12
}
