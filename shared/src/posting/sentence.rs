//! The sentences of a line, abbreviations kept whole.

/// Sentences, and the halves of a sentence set apart by a semicolon.
pub fn sentences(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        let ends = match c {
            '。' | '；' | ';' | '！' => true,
            '.' | '!' | '?' => {
                next.is_none_or(char::is_whitespace)
                    && text.get(start..at).is_some_and(|before| !ends_with_abbreviation(before))
            }
            _ => false,
        };
        if ends {
            let end = at + c.len_utf8();
            found.push(text.get(start..end).unwrap_or_default().trim());
            start = end;
        }
    }
    found.push(text.get(start..).unwrap_or_default().trim());
    found.retain(|sentence| !sentence.is_empty());
    found
}

fn ends_with_abbreviation(before: &str) -> bool {
    let word = before.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
    let lower = word.to_lowercase();
    word.chars().count() <= 1
        || matches!(
            lower.as_str(),
            "e.g"
                | "i.e"
                | "incl"
                | "min"
                | "max"
                | "approx"
                | "exp"
                | "acc"
                | "etc"
                | "z.b"
                | "bzw"
                | "dipl"
                | "b.eng"
                | "m.sc"
                | "b.sc"
                | "no"
                | "vs"
                | "mgmt"
                | "yrs"
                | "dr"
                | "inkl"
                | "ca"
        )
}
