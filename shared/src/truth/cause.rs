//! "After" must not become "because of".

use super::{
    finding::{Code, Finding},
    lexicon::Class,
    text::{Gap, Text},
};

pub fn findings(after: &Text, before: &Text) -> Option<Finding> {
    let follows = before.matches.iter().any(|found| found.term.is(Class::Sequence))
        || before.tokens.iter().skip(1).any(|token| token.gap == Gap::Sentence);
    if !follows || cause(before).is_some() {
        return None;
    }
    cause(after).map(|at| Finding::fabricated(Code::CauseAdded, at..at + 1))
}

/// Where the text says that one thing brought about another.
fn cause(text: &Text) -> Option<usize> {
    let marker = text
        .matches
        .iter()
        .filter(|found| found.term.is(Class::Cause))
        .map(|found| found.first)
        .find(|at| match text.tokens[*at].stem.as_str() {
            "by" => next_ends(text, *at, "ing"),
            "through" | "enabl" | "produc" | "bring" | "drive" | "allow" => false,
            _ => true,
        });
    marker.or_else(|| effect(text)).or_else(|| agent(text))
}

/// "A survey that cut turnover", "grew sales by posting": somebody or something made the change.
fn agent(text: &Text) -> Option<usize> {
    const HAPPENS: [&str; 8] = ["fall", "fell", "rise", "rose", "grow", "drop", "declin", "halv"];
    text.matches
        .iter()
        .filter(|found| found.term.is(Class::Up) || found.term.is(Class::Down))
        .map(|found| found.first)
        .find(|at| {
            let token = &text.tokens[*at];
            let before = at.checked_sub(1).map_or("", |at| text.tokens[at].word.as_str());
            let past = token.word.ends_with("ed")
                || matches!(token.word.as_str(), "cut" | "grew" | "raise" | "cuts");
            let opens = text.opens_sentence(*at);
            past && (opens || matches!(before, "that" | "which" | "and" | "i"))
                && (opens || !HAPPENS.contains(&token.stem.as_str()))
        })
}

fn next_ends(text: &Text, at: usize, end: &str) -> bool {
    text.tokens.get(at + 1).is_some_and(|token| token.word.ends_with(end))
}

/// ", cutting late submissions": a change as the effect of what stands before.
fn effect(text: &Text) -> Option<usize> {
    text.matches
        .iter()
        .filter(|found| found.term.is(Class::Up) || found.term.is(Class::Down))
        .map(|found| found.first)
        .find(|at| {
            let token = &text.tokens[*at];
            *at > 0 && token.gap == Gap::Clause && token.word.ends_with("ing")
        })
}
