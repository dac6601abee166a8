//! Quantities in a text: counts, money, shares, measures, times, years and ranks,
//! in digits or words, with what is said about how exact they are.

pub mod compare;
pub mod derive;
pub mod reach;
mod spelled;
mod unit;

use super::text::{Gap, Token};
use unit::Found;

/// A quantity, in the base unit of its dimension.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    /// Tokens: the first, and one past the last.
    pub first: usize,
    pub end: usize,
    pub value: f64,
    /// The number as written, before its unit.
    pub written: f64,
    pub dimension: Dimension,
    pub exactness: Exactness,
    /// Stem of the word counted, when one follows.
    pub noun: Option<String>,
    /// Smallest step the writing can express, in the base unit.
    pub step: f64,
}

impl Quantity {
    pub fn covers(&self, token: usize) -> bool {
        (self.first..self.end).contains(&token)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimension {
    Count,
    /// Percent, or a fraction such as "half".
    Share,
    /// Percentage points: the difference of two shares.
    Points,
    Money(char),
    /// Seconds.
    Time,
    /// A year of the calendar.
    Year,
    /// First, second, 2nd.
    Rank,
    Watt,
    Gram,
    Meter,
    Byte,
    Volt,
    Ampere,
    Hertz,
    Liter,
    SquareMeter,
    /// "five times", "3x".
    Factor,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exactness {
    Exact,
    About,
    /// The true value is this or more.
    Over,
    /// A little less than this.
    Nearly,
    /// This at most.
    UpTo,
}

/// All quantities, in the order of the text.
pub fn quantities(tokens: &[Token]) -> Vec<Quantity> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if let Some(quantity) = quantity_at(tokens, at) {
            at = quantity.end.max(at + 1);
            found.push(quantity);
        } else {
            at += 1;
        }
    }
    share_units(&mut found, tokens);
    found
}

fn quantity_at(tokens: &[Token], at: usize) -> Option<Quantity> {
    let raw = spelled::digits(tokens, at).or_else(|| spelled::words(tokens, at))?;
    let Found { dimension, factor, end } = unit::after(tokens, &raw);
    let exactness = exactness(tokens, at, end, raw.plus);
    let end = end + qualifier(tokens, end);
    let noun = tokens[end.min(tokens.len())..]
        .iter()
        .take(4)
        .take_while(|token| token.gap < Gap::Sentence)
        .find(|token| {
            token.number.is_none()
                && token.word.len() > 2
                && !FILLERS.contains(&token.word.as_str())
        })
        .map(|token| token.stem.clone());
    Some(Quantity {
        first: at - usize::from(unit::has_code(tokens, at)),
        end,
        value: raw.value * factor,
        written: raw.value,
        dimension,
        exactness,
        noun,
        step: raw.step * factor,
    })
}

const FILLERS: [&str; 10] =
    ["the", "and", "for", "per", "each", "with", "its", "our", "all", "from"];

/// In "from 92 to 61 minutes" and "10 to 15 kW" the unit stands once, at the end.
fn share_units(found: &mut [Quantity], tokens: &[Token]) {
    for at in (1..found.len()).rev() {
        let (left, right) = found.split_at_mut(at);
        let (Some(a), Some(b)) = (left.last_mut(), right.first()) else { continue };
        let between = tokens.get(a.end..b.first).unwrap_or_default();
        let joined = match between {
            [] => tokens.get(b.first).is_some_and(|token| token.gap == Gap::Hyphen),
            [word] => matches!(word.word.as_str(), "to" | "and" | "or"),
            _ => false,
        };
        let bare = a.dimension == Dimension::Count
            && !matches!(b.dimension, Dimension::Count | Dimension::Year | Dimension::Rank);
        if joined && bare && b.value != 0.0 {
            let factor = unit::factor(tokens, b);
            a.value *= factor;
            a.step *= factor;
            a.dimension = b.dimension;
        }
        if joined && a.dimension == b.dimension {
            a.noun.clone_from(&b.noun);
        }
    }
}

fn exactness(tokens: &[Token], first: usize, end: usize, plus: bool) -> Exactness {
    let word = |at: usize| tokens.get(at).map_or("", |token| token.word.as_str());
    let after = (word(end), word(end + 1));
    if plus
        || matches!(
            after,
            ("or", "more" | "higher" | "above" | "better" | "over" | "older")
                | ("plus" | "upwards", _)
        )
    {
        return Exactness::Over;
    }
    if matches!(after, ("or", "less" | "fewer" | "lower" | "below") | ("maximum" | "max", _)) {
        return Exactness::UpTo;
    }
    if matches!(after, ("or", "so")) {
        return Exactness::About;
    }
    lead_in(tokens, first)
}

/// How exact the words before a number say it is.
fn lead_in(tokens: &[Token], first: usize) -> Exactness {
    let back = |n: usize| {
        let at = first.checked_sub(n);
        at.and_then(|at| tokens.get(at)).map_or("", |token| token.word.as_str())
    };
    let mut n = 1;
    while n <= 3 && matches!(back(n), "a" | "an" | "the" | "of" | "in" | "between") {
        n += 1;
    }
    match (back(n + 1), back(n)) {
        ("just" | "slightly" | "little", "under")
        | ("close", "to")
        | (_, "nearly" | "almost" | "nearing" | "approaching") => Exactness::Nearly,
        ("up", "to")
        | ("large" | "many" | "much" | "high" | "long" | "big", "as")
        | ("at", "most")
        | ("no" | "not", "more")
        | (_, "maximum" | "largest" | "under" | "within" | "below" | "inside") => Exactness::UpTo,
        (
            "less" | "fewer" | "lower" | "more" | "higher" | "greater" | "no",
            "than" | "fewer" | "less",
        ) => than(back(n + 2), back(n + 1)),
        (_, "over" | "above" | "exceeding") | ("at", "least") => Exactness::Over,
        (
            _,
            "about" | "around" | "roughly" | "approximately" | "approx" | "some" | "circa"
            | "estimated" | "near",
        )
        | ("region", "of") => Exactness::About,
        _ if (n..n + 4).any(|n| matches!(back(n), "largest" | "biggest" | "maximum" | "peak")) => {
            Exactness::UpTo
        }
        _ => Exactness::Exact,
    }
}

/// Words behind a number that belong to it: "or better", "or so".
fn qualifier(tokens: &[Token], end: usize) -> usize {
    const SIDES: [&str; 13] = [
        "more", "higher", "above", "better", "over", "older", "less", "fewer", "lower", "below",
        "under", "so", "younger",
    ];
    match tokens.get(end..end + 2) {
        Some([or, side]) if or.word == "or" && SIDES.contains(&side.word.as_str()) => 2,
        _ => 0,
    }
}

fn than(before: &str, comparison: &str) -> Exactness {
    let negated = matches!(before, "no" | "not");
    let more = matches!(comparison, "more" | "higher" | "greater");
    if more == negated { Exactness::UpTo } else { Exactness::Over }
}
