//! The words of a text, folded for comparison, with where they stand.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// What stands between a word and the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    /// Nothing, or a hyphen, dot or apostrophe without spaces.
    Joined,
    /// A slash without spaces: `C/C++`.
    Slash,
    Space,
    /// A comma, bullet, bar or spaced dash.
    List,
    /// A colon, semicolon or bracket.
    Clause,
    /// The start of the text, a full stop or a line break.
    Sentence,
}

/// A word of a text. `start..end` is its byte range in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub start: usize,
    pub end: usize,
    /// Lower case, without diacritics, in American spelling.
    pub fold: String,
    pub gap: Gap,
}

impl Token {
    /// Whether a clause begins with the word.
    pub fn opens_clause(&self) -> bool {
        matches!(self.gap, Gap::Clause | Gap::Sentence)
    }

    /// Whether the word and the one before it can belong to one name.
    pub fn continues(&self) -> bool {
        matches!(self.gap, Gap::Joined | Gap::Space | Gap::Slash)
    }
}

/// Splits a text into words. Chinese, Japanese and Korean characters are
/// words of their own, so that a term is found without word breaks.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut found: Vec<Token> = Vec::new();
    let mut chars = text.char_indices().peekable();
    let mut last_end = 0;
    let mut word_start: Option<(usize, Class)> = None;
    while let Some((at, c)) = chars.next() {
        let class = Class::of(c);
        if let Some((start, open)) = word_start {
            let next = chars.peek().map(|(_, next)| *next);
            let word = text.get(start..at).unwrap_or_default();
            let goes_on = open == class && class == Class::Word && !word.ends_with(['+', '#']);
            let is_sign = open == Class::Word && is_suffix(c, word, next);
            if goes_on || is_sign || is_combining_mark(c) {
                continue;
            }
            push(&mut found, text, (start, at), &mut last_end);
            word_start = None;
        }
        match class {
            Class::Word | Class::Ideograph => word_start = Some((at, class)),
            Class::Other if c == '&' || c == '＆' => {
                let end = at + c.len_utf8();
                push(&mut found, text, (at, end), &mut last_end);
            }
            Class::Other if c == '.' && starts_dotted_name(text, at) => {
                word_start = Some((at, Class::Word));
            }
            Class::Other => {}
        }
    }
    if let Some((start, _)) = word_start {
        push(&mut found, text, (start, text.len()), &mut last_end);
    }
    found
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Word,
    Ideograph,
    Other,
}

impl Class {
    fn of(c: char) -> Self {
        match c {
            '\u{3040}'..='\u{30ff}'
            | '\u{3400}'..='\u{4dbf}'
            | '\u{4e00}'..='\u{9fff}'
            | '\u{ac00}'..='\u{d7af}'
            | '\u{f900}'..='\u{faff}' => Self::Ideograph,
            c if c.is_alphanumeric() => Self::Word,
            _ => Self::Other,
        }
    }
}

/// `C++`, `C#`, `Notepad++`: the sign belongs to the name.
fn is_suffix(c: char, word: &str, next: Option<char>) -> bool {
    if !matches!(c, '+' | '#') || word.chars().any(|c| c.is_ascii_digit()) {
        return false;
    }
    let next_is_word = next.is_some_and(char::is_alphanumeric);
    match c {
        '+' => next == Some('+') || word.ends_with('+') || !next_is_word,
        _ => !next_is_word && !word.ends_with('#'),
    }
}

/// `.NET` at the start of a word; a full stop elsewhere stays punctuation.
fn starts_dotted_name(text: &str, at: usize) -> bool {
    let before = text.get(..at).and_then(|head| head.chars().next_back());
    let after = text.get(at + 1..).unwrap_or_default();
    let name: String = after.chars().take_while(|c| c.is_alphanumeric()).collect();
    !before.is_some_and(char::is_alphanumeric) && name.eq_ignore_ascii_case("net")
}

fn push(found: &mut Vec<Token>, text: &str, (start, end): (usize, usize), last_end: &mut usize) {
    let word = text.get(start..end).unwrap_or_default();
    let between = text.get(*last_end..start).unwrap_or_default();
    if is_genitive(word, between) && !found.is_empty() {
        *last_end = end;
        return;
    }
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let before = text.get(..*last_end).and_then(|head| head.chars().next_back());
    let is_number =
        matches!(between, "," | "'" | "’") && digit(before) && digit(word.chars().next());
    let gap = match between {
        _ if found.is_empty() => Gap::Sentence,
        _ if is_number => Gap::Joined,
        between => gap(between),
    };
    *last_end = end;
    found.push(Token { start, end, fold: fold(word), gap });
}

/// The `s` of `driver's`.
fn is_genitive(word: &str, between: &str) -> bool {
    word == "s" && matches!(between, "'" | "’")
}

fn gap(between: &str) -> Gap {
    let spaced = between.chars().any(char::is_whitespace);
    if between.chars().any(|c| matches!(c, '\n' | '\r' | '。' | '！' | '？')) {
        return Gap::Sentence;
    }
    if spaced && between.chars().any(|c| matches!(c, '.' | '!' | '?' | '…')) {
        return Gap::Sentence;
    }
    if between.chars().any(|c| {
        matches!(c, ';' | ':' | '(' | ')' | '[' | ']' | '{' | '}' | '：' | '；' | '（' | '）')
    }) {
        return Gap::Clause;
    }
    if between.chars().any(|c| matches!(c, ',' | '，' | '、' | '|' | '•' | '·' | '‧' | '■' | '→'))
    {
        return Gap::List;
    }
    // In `Monats- und Jahresabschluss` the dash belongs to the word before it.
    let dash = between
        .trim_start_matches('-')
        .chars()
        .any(|c| matches!(c, '-' | '–' | '—' | '/' | '*' | '~' | '>'));
    match (spaced, dash) {
        (true, true) => Gap::List,
        (true, false) => Gap::Space,
        (false, _) if between.contains('/') => Gap::Slash,
        (false, _) => Gap::Joined,
    }
}

/// Lower case, without diacritics, and one spelling for British and American.
pub fn fold(word: &str) -> String {
    if word == "&" || word == "＆" {
        return "and".to_owned();
    }
    let mut folded = String::with_capacity(word.len());
    if word.is_ascii() {
        folded.push_str(&word.to_ascii_lowercase());
    } else {
        for c in word.nfkd().filter(|c| !is_combining_mark(*c)) {
            match c {
                'ß' => folded.push_str("ss"),
                'æ' | 'Æ' => folded.push_str("ae"),
                'ø' | 'Ø' => folded.push('o'),
                'ł' | 'Ł' => folded.push('l'),
                c => folded.extend(c.to_lowercase()),
            }
        }
    }
    american(folded)
}

fn american(word: String) -> String {
    const ENDINGS: [(&str, &str); 12] = [
        ("isation", "ization"),
        ("isations", "izations"),
        ("ising", "izing"),
        ("ised", "ized"),
        ("iser", "izer"),
        ("ise", "ize"),
        ("yse", "yze"),
        ("ysed", "yzed"),
        ("ysing", "yzing"),
        ("yser", "yzer"),
        ("licence", "license"),
        ("licences", "licenses"),
    ];
    const WHOLE: [(&str, &str); 14] = [
        ("centre", "center"),
        ("centres", "centers"),
        ("labour", "labor"),
        ("colour", "color"),
        ("behaviour", "behavior"),
        ("catalogue", "catalog"),
        ("programme", "program"),
        ("programmes", "programs"),
        ("modelling", "modeling"),
        ("counselling", "counseling"),
        ("labelling", "labeling"),
        ("defence", "defense"),
        ("paediatric", "pediatric"),
        ("anaesthesia", "anesthesia"),
    ];
    if let Some((_, to)) = WHOLE.iter().find(|(from, _)| *from == word) {
        return (*to).to_owned();
    }
    if word.len() < 7 {
        return word;
    }
    for (from, to) in ENDINGS {
        if let Some(stem) = word.strip_suffix(from) {
            return format!("{stem}{to}");
        }
    }
    word
}
