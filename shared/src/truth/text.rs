//! Words of a text, brought to one spelling and to their stems.

use rust_stemmers::{Algorithm, Stemmer};

use super::{
    lexicon::{Lexicon, Match},
    number::{self, Quantity},
    spelling::{american, stem},
};

/// A text as the gate sees it: words, what they may mean, and its quantities.
#[derive(Debug, Default)]
pub struct Text {
    pub tokens: Vec<Token>,
    /// Every phrase of the word lists that stands in the text, short and long.
    pub matches: Vec<Match>,
    pub quantities: Vec<Quantity>,
}

#[derive(Debug)]
pub struct Token {
    /// Bytes in the text.
    pub start: usize,
    pub end: usize,
    /// Lower case, one spelling, without a possessive.
    pub word: String,
    pub stem: String,
    pub number: Option<Number>,
    /// What stands between this word and the one before.
    pub gap: Gap,
    pub case: Case,
    /// A slash stands before it, as between the parts of a double title.
    pub slash: bool,
}

/// A number as written: `$3.5M` has currency, value and suffix.
#[derive(Debug)]
pub struct Number {
    pub value: f64,
    pub currency: Option<char>,
    pub suffix: String,
    /// Written with a separator or decimals, so it cannot be a year.
    pub decorated: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gap {
    Space,
    Hyphen,
    Clause,
    Sentence,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    Lower,
    Capital,
    /// Two capitals or more, or letters with digits: a name of its own kind.
    Code,
}

impl Text {
    pub fn read(text: &str, lexicon: &'static Lexicon) -> Self {
        let mut tokens = tokens(text);
        name_percentiles(&mut tokens);
        let matches = lexicon.matches(&tokens);
        let quantities = number::quantities(&tokens);
        Self { tokens, matches, quantities }
    }

    /// The stems and words of a phrase, for the word lists.
    pub fn stems_and_words(phrase: &str) -> (Vec<String>, Vec<String>) {
        tokens(phrase).into_iter().map(|token| (token.stem, token.word)).unzip()
    }

    /// The stems of a phrase.
    pub fn stems(phrase: &str) -> Vec<String> {
        tokens(phrase).into_iter().map(|token| token.stem).collect()
    }

    /// Tokens that belong to a quantity say nothing else.
    pub fn is_quantity(&self, token: usize) -> bool {
        self.quantities.iter().any(|quantity| quantity.covers(token))
    }

    /// First and last token (exclusive) of the sentence around `token`.
    pub fn sentence(&self, token: usize) -> std::ops::Range<usize> {
        self.around(token, Gap::Sentence)
    }

    pub fn clause(&self, token: usize) -> std::ops::Range<usize> {
        self.around(token, Gap::Clause)
    }

    fn around(&self, token: usize, gap: Gap) -> std::ops::Range<usize> {
        let opens = |at: &usize| self.tokens.get(*at).is_some_and(|token| token.gap >= gap);
        let start = (0..=token).rev().find(opens).unwrap_or(0);
        let end = (token + 1..self.tokens.len()).find(opens).unwrap_or(self.tokens.len());
        start..end
    }

    /// Whether the word opens a sentence, where a capital means nothing.
    pub fn opens_sentence(&self, token: usize) -> bool {
        token == 0 || self.tokens.get(token).is_some_and(|token| token.gap == Gap::Sentence)
    }
}

fn tokens(text: &str) -> Vec<Token> {
    let stemmer = Stemmer::create(Algorithm::English);
    let mut tokens = Vec::new();
    let mut gap = Gap::Sentence;
    let mut slash = false;
    let mut chars = text.char_indices().peekable();
    while let Some((start, c)) = chars.next() {
        let next = chars.peek().map(|(_, c)| *c);
        let money = is_currency(c) && next.is_some_and(|c| c.is_ascii_digit());
        if !c.is_alphanumeric() && !money {
            gap = gap.max(gap_of(c, next));
            slash |= c == '/';
            continue;
        }
        let rest = text.get(start..).unwrap_or_default();
        let length = if money {
            c.len_utf8() + number_length(rest.get(c.len_utf8()..).unwrap_or_default())
        } else if c.is_ascii_digit() {
            number_length(rest)
        } else {
            word_length(rest)
        };
        let raw = rest.get(..length).unwrap_or_default();
        tokens.push(Token { slash, ..token(raw, start, gap, &stemmer) });
        (gap, slash) = (Gap::Space, false);
        while chars.peek().is_some_and(|(at, _)| *at < start + length) {
            chars.next();
        }
    }
    tokens
}

/// "the 95th percentile" is what others write as `p95`: a name, not a number.
fn name_percentiles(tokens: &mut [Token]) {
    for at in 1..tokens.len() {
        let (left, right) = tokens.split_at_mut(at);
        let (Some(rank), Some(percentile)) = (left.last_mut(), right.first_mut()) else { continue };
        let Some(number) = rank.number.take_if(|_| percentile.stem.starts_with("percentil")) else {
            continue;
        };
        rank.word = format!("p{}", number.value);
        rank.stem.clone_from(&rank.word);
        percentile.word.clone_from(&rank.word);
        percentile.stem.clone_from(&rank.word);
    }
}

fn is_currency(c: char) -> bool {
    matches!(c, '$' | '£' | '€' | '¥' | '₹')
}

fn gap_of(c: char, next: Option<char>) -> Gap {
    let spaced = next.is_none_or(char::is_whitespace);
    match c {
        '-' | '/' | '\u{2010}' | '\u{2011}' | '\u{2013}' if !spaced => Gap::Hyphen,
        ';' | '\n' | '\u{2022}' => Gap::Sentence,
        '.' | '!' | '?' if spaced => Gap::Sentence,
        '/' | ',' | ':' | '(' | ')' | '\u{2014}' | '[' | ']' | '|' => Gap::Clause,
        _ => Gap::Space,
    }
}

/// Digits with separators, then what is glued to them: `3,000`, `9.40`, `15kW`, `35%`, `3+`.
fn number_length(rest: &str) -> usize {
    let mut end = 0;
    let mut chars = rest.char_indices().peekable();
    let mut letters = false;
    while let Some((at, c)) = chars.next() {
        let digit_follows = chars.peek().is_some_and(|(_, c)| c.is_ascii_digit());
        let inside = match c {
            ',' | '.' => !letters && digit_follows,
            '%' | '+' => true,
            _ => c.is_alphanumeric(),
        };
        if !inside {
            break;
        }
        letters |= c.is_alphabetic();
        end = at + c.len_utf8();
        if matches!(c, '%' | '+') {
            break;
        }
    }
    end
}

/// Letters and digits with what may stand inside a name: `B.S.Ed`, `GD&T`, `C++`, `client's`.
fn word_length(rest: &str) -> usize {
    let mut end = 0;
    let mut chars = rest.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let letter_follows = chars.peek().is_some_and(|(_, c)| c.is_alphanumeric());
        let inside = match c {
            '\'' | '\u{2019}' | '&' | '.' => letter_follows,
            '+' | '#' => true,
            _ => c.is_alphanumeric(),
        };
        if !inside {
            break;
        }
        end = at + c.len_utf8();
    }
    end
}

fn token(raw: &str, start: usize, gap: Gap, stemmer: &Stemmer) -> Token {
    let number = number_of(raw);
    let word = if number.is_some() { raw.to_lowercase() } else { normal(raw) };
    let stem = stem(&word, stemmer);
    let uppers = raw.chars().filter(|c| c.is_uppercase()).count();
    let digits = raw.chars().any(|c| c.is_ascii_digit());
    let case = if uppers >= 2 || (digits && number.is_none()) {
        Case::Code
    } else if raw.chars().next().is_some_and(char::is_uppercase) {
        Case::Capital
    } else {
        Case::Lower
    };
    Token { start, end: start + raw.len(), word, stem, number, gap, case, slash: false }
}

fn number_of(raw: &str) -> Option<Number> {
    let currency = raw.chars().next().filter(|c| is_currency(*c));
    let rest = currency.map_or(raw, |c| raw.get(c.len_utf8()..).unwrap_or_default());
    let is_digit = |c: char| c.is_ascii_digit() || c == ',' || c == '.';
    let end = rest.find(|c| !is_digit(c)).unwrap_or(rest.len());
    let (digits, suffix) = rest.split_at(end);
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let value = digits.replace(',', "").parse().ok()?;
    let decorated = digits.contains([',', '.']);
    Some(Number { value, currency, suffix: suffix.to_owned(), decorated })
}

/// One spelling: lower case, no possessive, no inner full stops, British endings made American.
fn normal(raw: &str) -> String {
    let lower = raw.to_lowercase().replace('\u{2019}', "'");
    let bare = lower.strip_suffix("'s").unwrap_or(&lower);
    let word: String = bare.chars().filter(|c| *c != '.' && *c != '\'').collect();
    american(word)
}

#[cfg(test)]
mod tests;
