//! Numbers as digits, as words, and as fractions.

use crate::truth::text::{Gap, Token};

/// A number without its unit.
#[derive(Debug)]
pub struct Raw {
    pub value: f64,
    /// One past the last token.
    pub end: usize,
    pub kind: Kind,
    pub step: f64,
    /// Written with a plus behind it.
    pub plus: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    Plain {
        year: bool,
    },
    Money(char),
    Percent,
    Fraction,
    Rank,
    Factor,
    /// The unit is glued to the digits: `480ms`.
    Glued(String),
}

pub fn digits(tokens: &[Token], at: usize) -> Option<Raw> {
    let token = tokens.get(at)?;
    let number = token.number.as_ref()?;
    let suffix = number.suffix.to_lowercase();
    let plus = suffix.ends_with('+');
    let suffix = suffix.trim_end_matches('+');
    let (scale, rest) = glued_scale(suffix, number.currency.is_some());
    let mut value = number.value * scale;
    let mut end = at + 1;
    if let Some(scale) = tokens.get(end).and_then(|next| scale_word(&next.word)) {
        value *= scale;
        end += 1;
    }
    let kind = match (rest, number.currency) {
        (_, Some(currency)) => Kind::Money(currency),
        ("%", None) => Kind::Percent,
        ("st" | "nd" | "rd" | "th", None) => Kind::Rank,
        ("x", None) => Kind::Factor,
        ("", None) => {
            let range = (1900.0..2100.0).contains(&value) && number.value.fract() == 0.0;
            Kind::Plain { year: range && !number.decorated && end == at + 1 && !plus }
        }
        (unit, None) => Kind::Glued(unit.to_owned()),
    };
    // "95th percentile" names the same thing as "p95" and counts nothing.
    if kind == Kind::Rank && tokens.get(end).is_some_and(|next| next.stem.starts_with("percentil"))
    {
        return None;
    }
    let step = step(&token.word) * (value / number.value.max(f64::MIN_POSITIVE)).abs();
    Some(Raw { value, end, kind, step: if number.value == 0.0 { 0.0 } else { step }, plus })
}

/// Half of the last place written.
fn step(word: &str) -> f64 {
    let digits: String = word.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect();
    let decimals = digits.split_once('.').map_or(0, |(_, decimals)| decimals.len().min(9));
    (0..decimals).fold(0.5, |step, _| step / 10.0)
}

fn glued_scale(suffix: &str, money: bool) -> (f64, &str) {
    match suffix {
        "k" => (1e3, ""),
        "m" | "mn" | "mm" if money => (1e6, ""),
        "m" | "mn" | "mio" => (1e6, ""),
        "b" | "bn" => (1e9, ""),
        _ => (1.0, suffix),
    }
}

fn scale_word(word: &str) -> Option<f64> {
    match word {
        "hundred" => Some(1e2),
        "thousand" => Some(1e3),
        "million" => Some(1e6),
        "billion" => Some(1e9),
        "trillion" => Some(1e12),
        "dozen" => Some(12.0),
        _ => None,
    }
}

pub fn words(tokens: &[Token], at: usize) -> Option<Raw> {
    fraction(tokens, at)
        .or_else(|| idiom(tokens, at))
        .or_else(|| one_unit(tokens, at))
        .or_else(|| ranked(tokens, at))
        .or_else(|| cardinal(tokens, at))
}

fn word(tokens: &[Token], at: usize) -> &str {
    tokens.get(at).map_or("", |token| token.word.as_str())
}

fn plain(value: f64, end: usize) -> Raw {
    Raw { value, end, kind: Kind::Plain { year: false }, step: 0.5, plus: false }
}

/// "A third of", "half": in percent, but of a unit of time in that unit.
fn fraction(tokens: &[Token], at: usize) -> Option<Raw> {
    // A fraction in words stands for anything near it.
    let raw = |value: f64, length: usize| {
        Some(Raw { value, end: at + length, kind: Kind::Fraction, step: 2.0, plus: false })
    };
    match (word(tokens, at), word(tokens, at + 1)) {
        ("half", "a" | "an") if super::unit::is_time(word(tokens, at + 2)) => {
            Some(plain(0.5, at + 2))
        }
        ("a", "quarter") if is_part_of_year(tokens, at + 2) => {
            Some(Raw { step: 0.125, ..plain(0.25, at + 4) })
        }
        ("half", _) => raw(50.0, 1),
        ("two", "thirds") => raw(200.0 / 3.0, 2),
        ("three", "quarters" | "fourths") => raw(75.0, 2),
        ("a" | "one", part) if followed_by_of(tokens, at + 2) => match part {
            "third" => raw(100.0 / 3.0, 2),
            "quarter" => raw(25.0, 2),
            "fifth" => raw(20.0, 2),
            _ => None,
        },
        _ => None,
    }
}

fn idiom(tokens: &[Token], at: usize) -> Option<Raw> {
    match (word(tokens, at), word(tokens, at + 1)) {
        ("a" | "an", "dozen") => Some(plain(12.0, at + 2)),
        ("a", "hundred") => Some(plain(100.0, at + 2)),
        ("a", "thousand") => Some(plain(1000.0, at + 2)),
        ("a" | "the", "pair") => Some(plain(2.0, at + 2)),
        ("a", "decade") => Some(plain(1.0, at + 1)),
        ("twice", _) => Some(plain(2.0, at + 1)),
        ("runner" | "runners", "up" | "ups") => {
            Some(Raw { kind: Kind::Rank, ..plain(2.0, at + 2) })
        }
        _ => None,
    }
}

/// "For a year" counts one; "a year" behind a number is a rate.
fn one_unit(tokens: &[Token], at: usize) -> Option<Raw> {
    const BEFORE: [&str; 9] =
        ["for", "over", "within", "in", "after", "under", "about", "around", "roughly"];
    let article =
        matches!(word(tokens, at), "a" | "an") && super::unit::is_time(word(tokens, at + 1));
    let compound = tokens.get(at + 2).is_some_and(|token| token.gap == Gap::Hyphen);
    let counted = at.checked_sub(1).is_some_and(|before| BEFORE.contains(&word(tokens, before)));
    (article && counted && !compound).then(|| plain(1.0, at + 1))
}

/// "First", "second"; "first aid" and "second-hand" are no ranks.
fn ranked(tokens: &[Token], at: usize) -> Option<Raw> {
    let value = rank(word(tokens, at))?;
    let named = matches!(
        (word(tokens, at), word(tokens, at + 1)),
        ("first", "aid" | "class" | "name" | "hand" | "line") | ("second", "hand")
    );
    (!named).then(|| Raw { kind: Kind::Rank, ..plain(value, at + 1) })
}

/// "Of a year", behind "a quarter".
fn is_part_of_year(tokens: &[Token], at: usize) -> bool {
    let words: Vec<_> = tokens.iter().skip(at).take(3).map(|token| token.word.as_str()).collect();
    matches!(words.as_slice(), ["of", "a" | "the", unit] if super::unit::is_time(unit))
}

fn followed_by_of(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).is_none_or(|token| {
        matches!(token.word.as_str(), "of" | "fewer" | "less" | "more" | "in")
            || token.gap >= Gap::Clause
    })
}

fn cardinal(tokens: &[Token], at: usize) -> Option<Raw> {
    let mut total = 0.0;
    let mut current = 0.0;
    let mut end = at;
    while let Some(token) = tokens.get(end) {
        if end > at && token.gap >= Gap::Clause {
            break;
        }
        let word = token.word.as_str();
        let joins = word == "and"
            && current >= 100.0
            && tokens.get(end + 1).is_some_and(|next| small(&next.word).is_some());
        if let Some(value) = small(word) {
            if !continues(current, value) {
                break;
            }
            current += value;
        } else if let Some(scale) = scale_word(word).filter(|_| end > at) {
            if scale < 1e3 {
                current *= scale;
            } else {
                total += current * scale;
                current = 0.0;
            }
        } else if !joins {
            break;
        }
        end += 1;
    }
    let value = total + current;
    (end > at).then_some(Raw {
        value,
        end,
        kind: Kind::Plain { year: false },
        step: 0.5,
        plus: false,
    })
}

/// "Twenty" takes "four", "hundred" takes anything below it, "ten" takes nothing.
fn continues(current: f64, value: f64) -> bool {
    let ends_with = |ending: f64| (current % 100.0 - ending).abs() < 0.5;
    let tens = current % 10.0 < 0.5 && !ends_with(10.0);
    ends_with(0.0) || (tens && value < 10.0)
}

fn small(word: &str) -> Option<f64> {
    const ONES: [&str; 20] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: [&str; 8] =
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    let position = |list: &[&str]| {
        list.iter().position(|name| *name == word).and_then(|n| u8::try_from(n).ok())
    };
    match word {
        // What there is none of is denied, not counted.
        "zero" => None,
        "single" | "sole" => Some(1.0),
        "couple" => Some(2.0),
        _ => position(&ONES)
            .map(f64::from)
            .or_else(|| position(&TENS).map(|n| f64::from(n) * 10.0 + 20.0)),
    }
}

fn rank(word: &str) -> Option<f64> {
    const RANKS: [&str; 12] = [
        "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
        "tenth", "eleventh", "twelfth",
    ];
    RANKS
        .iter()
        .position(|name| *name == word)
        .and_then(|n| u8::try_from(n + 1).ok())
        .map(f64::from)
}
