//! Are the quantities of a new text those of the resume?

use super::{
    Dimension, Exactness, Quantity,
    derive::{self, Derived},
};
use crate::truth::{
    finding::{Code, Finding},
    scope::Career,
    text::Text,
};

/// What is known when quantities are compared.
#[derive(Clone, Copy, Debug)]
pub struct Sources<'a> {
    pub before: &'a Text,
    /// Texts that may support the edit beside the one it replaces.
    pub scope: &'a [&'a Text],
    pub career: &'a Career,
}

/// How a written quantity relates to a known one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Same,
    /// True, and not flattering beyond what rounding allows.
    Rounded,
    /// The known value was approximate, the new one is not.
    HedgeLost,
    LooselyRounded,
    /// The known value was a limit, the new one is not.
    LimitLost,
    No,
}

pub fn findings(after: &Text, sources: Sources) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut used = vec![0_usize; sources.before.quantities.len()];
    for quantity in &after.quantities {
        let finding = judge(quantity, after, sources, &mut used);
        findings.extend(finding);
    }
    findings.extend(reused(after, sources.before, &used));
    findings.extend(reversed(after, sources.before));
    findings
}

fn judge(
    quantity: &Quantity,
    after: &Text,
    sources: Sources,
    used: &mut [usize],
) -> Option<Finding> {
    let tokens = quantity.first..quantity.end;
    let before = &sources.before.quantities;
    let best = (0..before.len()).map(|at| (fit(quantity, &before[at]), used[at], at)).min();
    match best {
        Some((Fit::Same | Fit::Rounded, _, at)) => {
            used[at] += 1;
            return None;
        }
        Some((fit @ (Fit::HedgeLost | Fit::LimitLost), _, at)) => {
            used[at] += 1;
            if supported_in_scope(quantity, sources) {
                return None;
            }
            return Some(lost(fit, tokens));
        }
        _ => {}
    }
    match derive::check(quantity, after, sources.before) {
        Derived::True => return None,
        Derived::Loose => return Some(Finding::review(Code::LooseRounding, tokens)),
        Derived::False => return Some(Finding::fabricated(Code::WrongArithmetic, tokens)),
        Derived::Unrelated => {}
    }
    let replaced = before.iter().enumerate().any(|(at, old)| {
        old.dimension == quantity.dimension
            && used[at] == 0
            && !after.quantities.iter().any(|new| fit(new, old) <= Fit::HedgeLost)
    });
    if matches!(best, Some((Fit::LooselyRounded, _, _))) {
        return Some(Finding::review(Code::LooseRounding, tokens));
    }
    let known = || {
        supported_in_scope(quantity, sources)
            || supported_by_dates(quantity, after, sources)
            || names_the_same(quantity, after, sources)
    };
    if !replaced && known() {
        return None;
    }
    harmless(quantity, after, replaced).then_some(()).map_or_else(
        || {
            Some(Finding::fabricated(
                if replaced { Code::NumberChanged } else { Code::NumberAdded },
                tokens,
            ))
        },
        |()| None,
    )
}

fn lost(fit: Fit, tokens: std::ops::Range<usize>) -> Finding {
    if fit == Fit::HedgeLost {
        Finding::review(Code::HedgeDropped, tokens)
    } else {
        Finding::fabricated(Code::LimitDropped, tokens)
    }
}

/// "One of the advisers", "a first draft": words of counting that count nothing.
fn harmless(quantity: &Quantity, after: &Text, replaced: bool) -> bool {
    let one = (quantity.value - 1.0).abs() < f64::EPSILON;
    match quantity.dimension {
        Dimension::Rank => one && !replaced && !is_ranked(after, quantity.end),
        Dimension::Count => one && !replaced,
        _ => false,
    }
}

/// "First in class", "first place": a rank, not an order.
fn is_ranked(text: &Text, at: usize) -> bool {
    text.tokens.get(at).is_none_or(|next| {
        matches!(
            next.word.as_str(),
            "in" | "place" | "prize" | "among" | "out" | "of" | "nationally"
        )
    })
}

fn supported_in_scope(quantity: &Quantity, sources: Sources) -> bool {
    sources.scope.iter().flat_map(|text| &text.quantities).any(|known| {
        let counted = quantity.dimension != Dimension::Count || same_noun(quantity, known);
        counted && fit(quantity, known) <= Fit::Rounded
    })
}

/// "Level 3", "Windows 11": a number that belongs to the word before it, as somewhere in the resume.
fn names_the_same(quantity: &Quantity, after: &Text, sources: Sources) -> bool {
    let word = |text: &Text, quantity: &Quantity| {
        let before = quantity.first.checked_sub(1).and_then(|at| text.tokens.get(at));
        before.filter(|token| token.number.is_none()).map(|token| token.stem.clone())
    };
    let Some(name) = word(after, quantity).filter(|stem| stem.len() > 3) else { return false };
    sources.scope.iter().any(|text| {
        text.quantities.iter().any(|known| {
            fit(quantity, known) == Fit::Same && word(text, known).as_ref() == Some(&name)
        })
    })
}

fn same_noun(a: &Quantity, b: &Quantity) -> bool {
    match (&a.noun, &b.noun) {
        (Some(a), Some(b)) => a == b || crate::truth::known::similar(a, b),
        (None, _) | (_, None) => false,
    }
}

/// Years that follow from the dates of jobs; also the years themselves.
fn supported_by_dates(quantity: &Quantity, after: &Text, sources: Sources) -> bool {
    match quantity.dimension {
        Dimension::Year => {
            sources.career.years.iter().any(|year| (f64::from(*year) - quantity.value).abs() < 0.5)
        }
        Dimension::Time
            if after
                .tokens
                .get(quantity.end - 1)
                .is_some_and(|t| t.stem.starts_with("year") || t.stem.starts_with("decad")) =>
        {
            let years = quantity.value / (365.0 * 86_400.0);
            let rounding = if quantity.exactness == Exactness::About { 1.05 } else { 1.0 };
            // A month more or less is how people count years of work.
            years <= sources.career.longest_years * rounding + 1.0 / 12.0
        }
        _ => false,
    }
}

fn fit(new: &Quantity, old: &Quantity) -> Fit {
    if new.dimension != old.dimension {
        return if unit_left_out(new, old) {
            same_value(new.exactness, old.exactness)
        } else {
            Fit::No
        };
    }
    let scale = new.value.abs().max(old.value.abs()).max(f64::MIN_POSITIVE);
    let off = (new.value - old.value).abs() / scale;
    // Units of time convert only roughly: 60 days are two months.
    let slack = if new.dimension == Dimension::Time { 0.02 } else { 1e-9 };
    if off <= slack {
        return same_value(new.exactness, old.exactness);
    }
    if matches!(new.dimension, Dimension::Year | Dimension::Rank) {
        return Fit::No;
    }
    let higher = new.value > old.value;
    match new.exactness {
        Exactness::Over if !higher && off <= 0.25 => Fit::Rounded,
        Exactness::UpTo if higher && off <= 0.25 => Fit::Rounded,
        Exactness::About | Exactness::Nearly if off <= 0.05 => Fit::Rounded,
        Exactness::About | Exactness::Nearly | Exactness::Over | Exactness::UpTo if off <= 0.20 => {
            Fit::LooselyRounded
        }
        Exactness::Exact if off <= 0.02 && round(new.value) && old.exactness != Exactness::UpTo => {
            Fit::LooselyRounded
        }
        Exactness::Exact
            if off <= 0.05 && old.exactness == Exactness::About && round(new.value) =>
        {
            Fit::LooselyRounded
        }
        Exactness::Exact
        | Exactness::About
        | Exactness::Nearly
        | Exactness::Over
        | Exactness::UpTo => Fit::No,
    }
}

/// "From nine working days to six", "eight- to twelve-year-olds", "ninth grade".
fn unit_left_out(new: &Quantity, old: &Quantity) -> bool {
    let age = new.noun.as_deref().is_some_and(|noun| matches!(noun, "old" | "olds" | "age"));
    let bare = new.dimension == Dimension::Count
        && !matches!(old.dimension, Dimension::Year | Dimension::Rank);
    let dressed = old.dimension == Dimension::Count
        && (age || (new.dimension == Dimension::Rank && new.value >= 3.0));
    // "Every second week" is every two weeks.
    let every = old.dimension == Dimension::Time && new.dimension == Dimension::Rank;
    (bare || dressed || every) && (new.written - old.written).abs() < 1e-9
}

fn same_value(new: Exactness, old: Exactness) -> Fit {
    match (old, new) {
        (Exactness::UpTo, Exactness::UpTo) => Fit::Same,
        (Exactness::UpTo, _) => Fit::LimitLost,
        // "Nearly 40" and "over 40" are not the same side of 40.
        (Exactness::About | Exactness::Nearly, Exactness::Exact | Exactness::Over) => {
            Fit::HedgeLost
        }
        (Exactness::Exact | Exactness::About | Exactness::Nearly | Exactness::Over, _) => Fit::Same,
    }
}

/// Ends in zeros, as rounded numbers do.
fn round(value: f64) -> bool {
    let magnitude = 10_f64.powf(value.abs().max(1.0).log10().floor() - 1.0).max(5.0);
    (value / magnitude).fract().abs() < 1e-9
}

/// A number used twice where another was lost: "eleven years, including six" to "eleven, including eleven".
fn reused(after: &Text, before: &Text, used: &[usize]) -> Option<Finding> {
    let repeated = used.iter().position(|count| *count > 1)?;
    let number = before.quantities.get(repeated)?;
    let missing = (0..used.len())
        .any(|at| used[at] == 0 && before.quantities[at].dimension == number.dimension);
    if !missing || number.dimension == Dimension::Share {
        return None;
    }
    let again =
        after.quantities.iter().rev().find(|quantity| fit(quantity, number) <= Fit::Rounded)?;
    Some(Finding::fabricated(Code::NumberChanged, again.first..again.end))
}

/// "From 9 to 22" where the resume has "from 22 to 9".
fn reversed(after: &Text, before: &Text) -> Option<Finding> {
    let old = changes(before);
    changes(after).into_iter().find_map(|(from, to)| {
        let turned = old.iter().any(|(a, b)| {
            fit(from, b) <= Fit::Rounded && fit(to, a) <= Fit::Rounded && fit(a, b) == Fit::No
        });
        turned.then(|| Finding::fabricated(Code::NumberChanged, from.first..to.end))
    })
}

fn changes(text: &Text) -> Vec<(&Quantity, &Quantity)> {
    let from = |quantity: &Quantity| {
        quantity
            .first
            .checked_sub(1)
            .and_then(|at| text.tokens.get(at))
            .is_some_and(|token| token.word == "from")
    };
    let pairs = text.quantities.iter().zip(text.quantities.iter().skip(1));
    pairs
        .filter(|(a, b)| {
            from(a)
                && text
                    .tokens
                    .get(a.end..b.first)
                    .is_some_and(|gap| gap.iter().any(|t| t.word == "to"))
        })
        .collect()
}
