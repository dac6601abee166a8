//! Words that widen what a number says: "all of them", "each of", another frequency.

use super::{Dimension, Exactness};
use crate::truth::{
    finding::{Code, Finding},
    text::Text,
};

pub fn findings(after: &Text, before: &Text) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(all_for_some(after, before));
    findings.extend(each(after, before));
    findings.extend(frequency(after, before));
    findings.extend(narrowed(after, before));
    findings
}

fn position(text: &Text, words: &[&str]) -> Option<usize> {
    text.tokens.iter().position(|token| words.contains(&token.word.as_str()))
}

/// "Seven of them" or "usually" became "all" or "every".
fn all_for_some(after: &Text, before: &Text) -> Option<Finding> {
    const ALL: [&str; 7] = ["all", "every", "always", "entire", "whole", "fully", "each"];
    let at = position(after, &ALL).filter(|_| position(before, &ALL).is_none())?;
    // "Every week" and "each day" say how often.
    if after.tokens.get(at + 1).is_some_and(|next| super::unit::is_time(&next.word)) {
        return None;
    }
    let usual = before.matches.iter().any(|found| !found.term.limits.is_empty())
        && !after
            .matches
            .iter()
            .any(|found| !found.term.limits.is_empty() || !found.term.keeps.is_empty());
    let partial = before.quantities.iter().any(|known| {
        let lost = !after
            .quantities
            .iter()
            .any(|new| new.dimension == known.dimension && (new.value - known.value).abs() < 1e-9);
        lost && known.dimension != Dimension::Year && known.exactness != Exactness::UpTo
    });
    (usual || partial).then(|| Finding::fabricated(Code::LimitDropped, at..at + 1))
}

/// "Three suppliers in each of two countries" are six.
fn each(after: &Text, before: &Text) -> Option<Finding> {
    let of = |text: &Text| {
        (1..text.tokens.len())
            .find(|at| text.tokens[at - 1].word == "each" && text.tokens[*at].word == "of")
    };
    let at = of(after).filter(|_| of(before).is_none())?;
    let counted = after.quantities.iter().any(|quantity| quantity.end <= at);
    counted.then(|| Finding::fabricated(Code::NumberChanged, at - 1..at + 1))
}

/// "Twice a month" became "twice a week".
fn frequency(after: &Text, before: &Text) -> Option<Finding> {
    let (old, new) = (rates(before), rates(after));
    let (at, _) = new.iter().find(|(_, unit)| !old.iter().any(|(_, known)| known == unit))?;
    let lost = old.iter().any(|(_, unit)| !new.iter().any(|(_, known)| known == unit));
    lost.then(|| Finding::fabricated(Code::NumberChanged, *at..*at + 1))
}

/// Units of time that something happens per.
fn rates(text: &Text) -> Vec<(usize, &'static str)> {
    const UNITS: [(&str, &str, &str); 7] = [
        ("hour", "hourly", "hour"),
        ("day", "daily", "day"),
        ("night", "nightly", "night"),
        ("week", "weekly", "week"),
        ("month", "monthly", "month"),
        ("quarter", "quarterly", "quarter"),
        ("year", "yearly", "year"),
    ];
    let per = |at: usize| {
        at > 0 && matches!(text.tokens[at - 1].word.as_str(), "a" | "an" | "per" | "each" | "every")
    };
    let timed = |at: usize| text.is_quantity(at);
    (0..text.tokens.len())
        .filter_map(|at| {
            let word = text.tokens[at].word.as_str();
            let annual = matches!(word, "annual" | "annually").then_some("year");
            let unit = UNITS.iter().find(|(unit, adverb, _)| {
                word == *adverb || (word == *unit && per(at) && !timed(at))
            });
            unit.map(|(_, _, name)| *name).or(annual).map(|name| (at, name))
        })
        .collect()
}

/// "Five classes of A and B" may not become "five classes of B".
fn narrowed(after: &Text, before: &Text) -> Option<Finding> {
    let counts = before
        .quantities
        .iter()
        .filter(|quantity| quantity.dimension == Dimension::Count && quantity.value > 1.0);
    counts.into_iter().find_map(|known| {
        let new = after.quantities.iter().find(|new| {
            new.dimension == known.dimension && (new.value - known.value).abs() < 1e-9
        })?;
        let (old, kept) = (phrase(before, known.end), phrase(after, new.end));
        let joins =
            |words: &[&str]| words.iter().any(|word| matches!(*word, "and" | "or" | "&" | "plus"));
        let inside = kept.len() > 1 && kept.iter().all(|word| old.contains(word));
        let shorter = joins(&old) && !joins(&kept) && inside && kept.len() < old.len() - 1;
        shorter.then(|| Finding::fabricated(Code::NumberChanged, new.first..new.end))
    })
}

/// The words counted, up to where something else begins.
fn phrase(text: &Text, from: usize) -> Vec<&str> {
    let ends = |word: &str| {
        matches!(
            word,
            "for"
                | "in"
                | "to"
                | "with"
                | "by"
                | "at"
                | "on"
                | "from"
                | "using"
                | "who"
                | "that"
                | "per"
                | "across"
                | "through"
        )
    };
    let rest = text.tokens.iter().skip(from).take(7);
    rest.enumerate()
        .take_while(|(at, token)| {
            (*at == 0 || token.gap < crate::truth::text::Gap::Clause) && !ends(&token.word)
        })
        .map(|(_, token)| token.word.as_str())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::truth::known::read;

    #[test]
    fn another_frequency_is_another_number() {
        let found = findings(&read("Checked stock every day."), &read("Checked stock every week."));

        assert_eq!(found.len(), 1);
        assert!(
            findings(&read("Checked stock weekly."), &read("Checked stock every week.")).is_empty()
        );
    }

    #[test]
    fn a_count_of_two_things_is_no_count_of_one() {
        let before = read("Sold 40 vans and cars to firms.");

        assert_eq!(findings(&read("Sold 40 new cars."), &before).len(), 0);
        assert_eq!(findings(&read("Sold 40 cars to firms."), &before).len(), 0);
        assert_eq!(
            findings(&read("Ran 5 groups of B."), &read("Ran 5 groups of A and B.")).len(),
            1
        );
    }
}
