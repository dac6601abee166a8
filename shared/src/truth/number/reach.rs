//! Words that widen what a number says: "all of them", "each of", another frequency.

use super::{Dimension, Exactness};
use crate::truth::{
    finding::{Code, Finding},
    known::{Known, is_content, kept},
    text::{Gap, Text, Token},
};

pub fn findings(after: &Text, before: &Text) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(all_for_some(after, before));
    findings.extend(each(after, before));
    findings.extend(frequency(after, before));
    findings.extend(across(after, before));
    findings.extend(part_as_whole(after, before));
    findings.extend(one_as_many(after, before));
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
    if after
        .tokens
        .iter()
        .skip(at + 1)
        .take(2)
        .any(|next| super::unit::is_time(&next.word) || next.word == "quarter")
    {
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

/// "Twice a month" became "twice a week", "every two weeks" became "every week".
fn frequency(after: &Text, before: &Text) -> Option<Finding> {
    let (old, new) = (rates(before), rates(after));
    let same = |a: f64, b: f64| (a - b).abs() <= 0.05 * a;
    let (at, _) = new.iter().find(|(_, rate)| !old.iter().any(|(_, known)| same(*known, *rate)))?;
    let lost = old.iter().any(|(_, rate)| !new.iter().any(|(_, known)| same(*known, *rate)));
    lost.then(|| Finding::fabricated(Code::NumberChanged, *at..*at + 1))
}

/// Where the text says how often, and the seconds between two times.
fn rates(text: &Text) -> Vec<(usize, f64)> {
    const DAY: f64 = 86_400.0;
    let word = |at: usize| text.tokens.get(at).map_or("", |token| token.word.as_str());
    let before = |at: usize| at.checked_sub(1).map_or("", word);
    let every = text.quantities.iter().filter(|quantity| {
        let per =
            matches!(before(quantity.first), "every" | "each") || word(quantity.first) == "every";
        per && quantity.dimension == Dimension::Time
    });
    let mut rates: Vec<_> = every.map(|quantity| (quantity.first, quantity.value)).collect();
    let times = |at: usize| {
        let count = |end: usize| {
            text.quantities
                .iter()
                .find(|quantity| quantity.end == end)
                .map_or(1.0, |quantity| quantity.value.max(1.0))
        };
        match before(at - 1) {
            "times" => count(at - 2),
            _ => count(at - 1),
        }
    };
    rates.extend((0..text.tokens.len()).filter_map(|at| {
        let per =
            matches!(before(at), "a" | "an" | "per" | "each" | "every") && !text.is_quantity(at);
        let seconds = match word(at) {
            "hourly" => 3600.0,
            "daily" | "nightly" | "overnight" => DAY,
            "weekly" => 7.0 * DAY,
            "fortnight" | "fortnightly" | "biweekly" => 14.0 * DAY,
            "monthly" => 365.0 * DAY / 12.0,
            "quarterly" => 365.0 * DAY / 4.0,
            "yearly" | "annual" | "annually" => 365.0 * DAY,
            "night" if per => DAY,
            "quarter" if per => 365.0 * DAY / 4.0,
            unit if per && at > 1 => {
                super::unit::seconds(unit)?
                    / if matches!(before(at - 1), "times" | "twice" | "once") {
                        times(at)
                    } else {
                        1.0
                    }
            }
            _ => return None,
        };
        Some((at, seconds))
    }));
    rates
}

/// "Three papers, two of them as first author" may not become "three papers as first author".
fn part_as_whole(after: &Text, before: &Text) -> Option<Finding> {
    let known = Known::of([after]);
    let part = before.quantities.iter().find(|quantity| {
        let word = |at: usize| before.tokens.get(at).map_or("", |token| token.word.as_str());
        let of = word(quantity.end) == "of"
            && matches!(
                word(quantity.end + 1),
                "them" | "which" | "whom" | "these" | "those" | "it"
            );
        let lost =
            !after.quantities.iter().any(|new| (new.written - quantity.written).abs() < 1e-9);
        of && lost
    })?;
    let (kept, all) = kept(before, part.end..before.clause(part.end).end, &known);
    (all > 0 && kept == all).then(|| Finding::fabricated(Code::LimitDropped, 0..0))
}

/// "One student" may not become "students".
fn one_as_many(after: &Text, before: &Text) -> Option<Finding> {
    let one = |at: usize| {
        let article = matches!(before.tokens[at].word.as_str(), "one" | "a" | "an" | "single");
        article
            && !(at + 1..at + 3).any(|next| {
                before.is_quantity(next)
                    || before.tokens.get(next).is_some_and(|token| token.word == "of")
            })
    };
    (0..before.tokens.len()).filter(|at| one(*at)).find_map(|at| {
        // The word counted ends the run of words that follow without a break.
        let run = before.tokens.iter().enumerate().skip(at + 1).take(4);
        let run = run.take_while(|(next, token)| {
            token.gap < Gap::Clause && (*next == at + 1 || is_content(before, *next))
        });
        let noun = run.map(|(_, token)| token).last()?;
        let many = |token: &Token| {
            token.stem == noun.stem
                && token.word.len() > noun.word.len()
                && token.word.ends_with('s')
        };
        let single = after.tokens.iter().any(|token| token.word == noun.word);
        let plural =
            after.tokens.iter().position(many).filter(|_| !single && !noun.word.ends_with('s'))?;
        Some(Finding::fabricated(Code::NumberChanged, plural..plural + 1))
    })
}

/// "Across the company" where the resume names a smaller place, or none.
fn across(after: &Text, before: &Text) -> Option<Finding> {
    const WHOLES: [&str; 19] = [
        "company",
        "organization",
        "firm",
        "business",
        "hospital",
        "school",
        "country",
        "group",
        "enterprise",
        "industry",
        "nation",
        "state",
        "district",
        "region",
        "network",
        "university",
        "agency",
        "department",
        "campus",
    ];
    let said = |word: &str| before.tokens.iter().any(|token| token.word == word);
    let at = (1..after.tokens.len()).find(|at| {
        let word = after.tokens[*at].word.as_str();
        let reaches = (1..=3).any(|back| {
            at.checked_sub(back).is_some_and(|at| {
                matches!(
                    after.tokens[at].word.as_str(),
                    "across" | "throughout" | "entire" | "whole"
                )
            })
        });
        WHOLES.contains(&word) && reaches && !said(word)
    })?;
    Some(Finding::fabricated(Code::ReachWidened, at..at + 1))
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
        let join = |words: &[&str]| {
            words.iter().position(|word| matches!(*word, "and" | "or" | "&" | "plus"))
        };
        let middle = join(&old)?;
        let right = old.get(middle + 1..)?;
        let inside = kept.iter().all(|word| old.contains(word));
        let second = !right.is_empty() && right.iter().all(|word| kept.contains(word));
        let shorter = join(&kept).is_none() && inside && second && kept.len() + 1 < old.len();
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
        assert_eq!(findings(&read("Sold 40 cars to firms."), &before).len(), 1);
        assert_eq!(
            findings(&read("Ran 5 groups of B."), &read("Ran 5 groups of A and B.")).len(),
            1
        );
    }
}
