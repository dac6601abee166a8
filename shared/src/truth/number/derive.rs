//! Arithmetic on numbers that stand together: differences, shares, products, "halved".

use super::{Dimension, Exactness, Quantity};
use crate::truth::{
    finding::{Code, Finding},
    lexicon::Class,
    text::Text,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Derived {
    True,
    /// Between 5 % and 20 % off.
    Loose,
    /// Stated as derived, and wrong.
    False,
    Unrelated,
}

/// Whether `quantity` follows from two numbers of the text it replaces.
pub fn check(quantity: &Quantity, after: &Text, before: &Text) -> Derived {
    let mut result = Derived::Unrelated;
    for (a, b) in pairs(before) {
        for (value, dimension, change) in results(a, b) {
            if dimension != quantity.dimension {
                continue;
            }
            // A difference is only recognised beside the numbers it is of.
            let beside = [a, b].iter().all(|known| stands_in(known, after));
            if !beside && !matches!(quantity.dimension, Dimension::Share | Dimension::Points) {
                continue;
            }
            match closeness(quantity, value) {
                Derived::True => return Derived::True,
                Derived::Loose => result = Derived::Loose,
                Derived::False
                    if change
                        && beside
                        && result == Derived::Unrelated
                        && is_change(quantity, after) =>
                {
                    result = Derived::False;
                }
                Derived::False | Derived::Unrelated => {}
            }
        }
    }
    result
}

/// "Eliminated" where the resume only says "reduced".
pub fn absolutes(after: &Text, before: &Text) -> Option<Finding> {
    const ALL: [&str; 4] = ["elimin", "erad", "abolish", "remov"];
    let whole = |text: &Text| {
        text.tokens.iter().position(|token| ALL.iter().any(|stem| token.stem.starts_with(stem)))
    };
    let reduced = before.matches.iter().any(|found| found.term.is(Class::Down));
    let at = whole(after).filter(|_| reduced && whole(before).is_none())?;
    // "Removed five of the eleven" says how many.
    let counted = after.quantities.iter().any(|quantity| quantity.first == at + 1);
    (!counted).then(|| Finding::fabricated(Code::ResultAdded, at..at + 1))
}

/// "Halved", "doubled", "tripled" in the new text need two numbers that say so.
pub fn ratios(after: &Text, before: &Text) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (at, token) in after.tokens.iter().enumerate() {
        let holds: fn(f64) -> bool = match token.stem.as_str() {
            "halv" => |ratio| ratio <= 0.53,
            "doubl" if token.word != "double" => |ratio| ratio >= 1.9,
            "tripl" => |ratio| ratio >= 2.85,
            "quadrupl" => |ratio| ratio >= 3.8,
            _ => continue,
        };
        let known = before.tokens.iter().any(|known| known.stem == token.stem);
        let derived =
            pairs(before).any(|(a, b)| a.dimension == b.dimension && holds(b.value / a.value));
        if !known && !derived {
            findings.push(Finding::fabricated(Code::WrongArithmetic, at..at + 1));
        }
    }
    findings
}

fn pairs(text: &Text) -> impl Iterator<Item = (&Quantity, &Quantity)> {
    // A bullet has a handful of numbers; a hostile text may have thousands.
    let known = || text.quantities.iter().take(16);
    known().enumerate().flat_map(move |(at, a)| known().skip(at + 1).map(move |b| (a, b)))
}

/// Value, dimension, and whether it is a change from one to the other.
fn results(a: &Quantity, b: &Quantity) -> Vec<(f64, Dimension, bool)> {
    let mut results = Vec::new();
    if a.dimension == b.dimension && !matches!(a.dimension, Dimension::Year | Dimension::Rank) {
        let difference = (a.value - b.value).abs();
        let dimension =
            if a.dimension == Dimension::Share { Dimension::Points } else { a.dimension };
        results.push((difference, dimension, true));
        if a.value != 0.0 {
            results.push((100.0 * (a.value - b.value).abs() / a.value, Dimension::Share, true));
        }
        if a.dimension == Dimension::Count || a.dimension == Dimension::Time {
            let (small, large) = (a.value.min(b.value), a.value.max(b.value));
            if large > 0.0 {
                results.push((100.0 * small / large, Dimension::Share, false));
            }
            results.push((a.value + b.value, a.dimension, false));
        }
        if b.value != 0.0 {
            results.push((a.value.max(b.value) / a.value.min(b.value), Dimension::Factor, false));
        }
    }
    if a.dimension == Dimension::Year && b.dimension == Dimension::Year {
        results.push(((a.value - b.value).abs() * 365.0 * 86_400.0, Dimension::Time, false));
    }
    match (a.dimension, b.dimension) {
        (Dimension::Money(_), Dimension::Count) => {
            results.push((a.value * b.value, a.dimension, true));
        }
        (Dimension::Count, Dimension::Money(_)) => {
            results.push((a.value * b.value, b.dimension, true));
        }
        _ => {}
    }
    results
}

fn stands_in(known: &Quantity, text: &Text) -> bool {
    text.quantities.iter().any(|quantity| {
        let value = if quantity.dimension == known.dimension { known.value } else { known.written };
        (quantity.dimension == known.dimension || quantity.dimension == Dimension::Count)
            && (quantity.value - value).abs() <= 0.02 * value.abs()
    })
}

fn closeness(quantity: &Quantity, value: f64) -> Derived {
    let off = (quantity.value - value).abs();
    let relative = off / value.abs().max(f64::MIN_POSITIVE);
    let approximate = quantity.exactness != Exactness::Exact;
    let bound = match quantity.exactness {
        Exactness::Over => quantity.value <= value && relative <= 0.25,
        Exactness::UpTo => quantity.value >= value && relative <= 0.25,
        Exactness::Exact | Exactness::About | Exactness::Nearly => false,
    };
    if bound || off <= quantity.step + 1e-9 || (approximate && relative <= 0.05) {
        Derived::True
    } else if relative <= 0.20 && (approximate || relative <= 0.10) {
        Derived::Loose
    } else {
        Derived::False
    }
}

/// "By 50%", "£470,000 annually" beside the numbers it should follow from.
fn is_change(quantity: &Quantity, after: &Text) -> bool {
    let before = quantity.first.checked_sub(1).and_then(|at| after.tokens.get(at));
    before.is_some_and(|token| {
        matches!(token.word.as_str(), "by" | "or" | "of" | "about" | "nearly" | "over" | "than")
    })
}
