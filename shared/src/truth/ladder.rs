//! Responsibility: nobody climbs from helping to leading by an edit.

use super::{
    finding::{Code, Finding},
    known::{Known, kept},
    lexicon::{Class, Match},
    text::{Gap, Text},
};

/// Steps up the ladder from `before`, and credit that is no longer shared.
pub fn findings(after: &Text, before: &Text, scope: &Known) -> Vec<Finding> {
    let known_before = Known::of([before]);
    let known_after = Known::of([after]);
    let low = lost_help(before, after, &known_after);
    let mut findings = Vec::new();
    for found in strongest(after) {
        let range = found.first..found.first + found.length;
        let covered = range
            .clone()
            .all(|token| known_before.covers(after, token) || scope.says(after, token));
        let sole = found.term.is(Class::Own);
        let stronger = found.term.is(Class::Lead) || sole;
        let made = found.term.is(Class::Create) && !known_before.says(after, found.first);
        if made && !low && !stronger && !covered && !known_before.covers(after, found.first) {
            findings.push(Finding::review(Code::RoleInflated, range));
            continue;
        }
        if (stronger && !covered) || (made && low) {
            let together = has(after, Class::Share) && has(before, Class::Share) && !sole;
            let code = Code::RoleInflated;
            findings.push(if together {
                Finding::review(code, range)
            } else {
                Finding::fabricated(code, range)
            });
        }
    }
    if findings.is_empty() && low {
        // "Worked with colleagues to" still shares the work; "did" and "co-led" do not only help.
        let shares = has_company(after) && !after.tokens.iter().any(|token| token.word == "co");
        findings.push(if shares {
            Finding::review(Code::RoleInflated, 0..0)
        } else {
            Finding::fabricated(Code::RoleInflated, 0..0)
        });
    }
    if has(before, Class::Share)
        && !has(after, Class::Share)
        && !helps(after)
        && shared_part_stays(before, after, &known_after)
    {
        findings.push(Finding::review(Code::SharedCreditDropped, 0..0));
    }
    findings
}

fn strongest(text: &Text) -> impl Iterator<Item = &Match> {
    text.matches.iter().filter(|found| {
        [Class::Lead, Class::Own, Class::Create].iter().any(|class| found.term.is(*class))
            && !is_noun(text, found)
    })
}

/// "The lead time", "test drive", "sales leads", "a built-in": not what the person did.
fn is_noun(text: &Text, found: &Match) -> bool {
    let Some(token) = text.tokens.get(found.first) else { return true };
    let before = found
        .first
        .checked_sub(1)
        .and_then(|at| text.tokens.get(at))
        .map_or("", |token| token.word.as_str());
    let hyphen = token.gap == Gap::Hyphen;
    let own =
        token.word == "own" && matches!(before, "its" | "my" | "his" | "her" | "their" | "our");
    let noun = matches!(before, "the" | "a" | "sales" | "an" | "each" | "every" | "of")
        && found.length == 1
        && !matches!(
            token.word.as_str(),
            "leader" | "lead" | "owner" | "founder" | "head" | "sole"
        );
    let supervised = token.word == "supervised"
        && text.tokens.get(found.first + 1).is_some_and(|next| next.word == "by");
    let managed_by =
        matches!(token.word.as_str(), "managed" | "led" | "directed" | "run" | "ran" | "owned")
            && text.tokens.get(found.first + 1).is_some_and(|next| next.word == "by");
    let adjective = matches!(token.word.as_str(), "direct" | "drive" | "started" | "built")
        && found.first > 0
        && token.gap < Gap::Clause
        && !matches!(before, "and" | "to" | "i" | "also");
    let led_to = matches!(token.word.as_str(), "led" | "leading" | "leads")
        && text.tokens.get(found.first + 1).is_some_and(|next| next.word == "to");
    hyphen
        || adjective
        || own
        || noun
        || supervised
        || managed_by
        || led_to
        || matches!(token.word.as_str(), "run" | "runs" | "running" | "own")
}

/// Whether the resume only helped, took part or watched, and the new text does not say so any more.
fn lost_help(before: &Text, after: &Text, known_after: &Known) -> bool {
    let parts = before.matches.iter().filter(|found| part_given(before, found, known_after));
    let helped: Vec<_> = help(before).chain(parts).collect();
    if helped.is_empty() || helps(after) {
        return false;
    }
    helped.iter().any(|found| {
        let (kept, all) = kept(before, before.clause(found.first), known_after);
        let own = found.length;
        let (kept_sentence, all_sentence) = kept_of_sentence(before, found.first, known_after);
        (all > own && kept * 3 >= all) || (all_sentence > own && kept_sentence * 3 >= all_sentence)
    })
}

fn kept_of_sentence(text: &Text, token: usize, known: &Known) -> (usize, usize) {
    kept(text, text.sentence(token), known)
}

fn help(text: &Text) -> impl Iterator<Item = &Match> {
    text.matches.iter().filter(|found| {
        (found.term.is(Class::Assist) || found.term.is(Class::Watch))
            && is_verb_or_membership(text, found)
    })
}

/// "Contributed a chapter to the book" is help with the book once the chapter is gone.
fn part_given(before: &Text, found: &Match, known_after: &Known) -> bool {
    let Some(token) = before.tokens.get(found.first) else { return false };
    let clause = before.clause(found.first);
    let to = (found.first + 2..clause.end).find(|at| before.tokens[*at].word == "to");
    token.stem == "contribut"
        && to.is_some_and(|to| kept(before, found.first + 1..to, known_after).0 == 0)
}

fn helps(text: &Text) -> bool {
    let any = |class: Class| text.matches.iter().any(|found| found.term.is(class));
    any(Class::Assist) || any(Class::Watch)
}

/// "Support tickets" is no help given; "supported the team" and "to support" are.
fn is_verb_or_membership(text: &Text, found: &Match) -> bool {
    let Some(token) = text.tokens.get(found.first) else { return false };
    if found.length > 1
        || !matches!(
            token.stem.as_str(),
            "support" | "help" | "assist" | "aid" | "assistant" | "share" | "joint" | "contribut"
        )
    {
        return !matches!(token.word.as_str(), "alongside" | "worked");
    }
    let before = found
        .first
        .checked_sub(1)
        .and_then(|at| text.tokens.get(at))
        .map_or("", |token| token.word.as_str());
    // "Interested in helping students" names the interest, not a part played.
    if matches!(before, "in" | "of" | "at" | "for" | "by" | "like" | "as") {
        return false;
    }
    let next = text.tokens.get(found.first + 1).map_or("", |token| token.word.as_str());
    // Who contributes a chapter wrote it; who contributes to a book helped.
    if token.stem == "contribut" {
        return matches!(next, "to" | "toward" | "towards" | "in" | "by" | "with");
    }
    let starts = found.first == 0
        || token.gap >= Gap::Clause
        || matches!(before, "and" | "i" | "to" | "we" | "also");
    starts || token.word.ends_with("ed") || token.word.ends_with("ing")
}

fn has(text: &Text, class: Class) -> bool {
    text.matches.iter().any(|found| found.term.is(class) && !is_portion(text, found))
}

/// "The share of late orders" is a portion, not shared credit.
fn is_portion(text: &Text, found: &Match) -> bool {
    found.length == 1
        && found.first > 0
        && text
            .tokens
            .get(found.first)
            .is_some_and(|token| matches!(token.word.as_str(), "share" | "shares"))
}

fn has_company(text: &Text) -> bool {
    has(text, Class::Share)
        || text.tokens.iter().any(|token| {
            matches!(token.stem.as_str(), "colleagu" | "cowork" | "togeth" | "alongsid" | "team")
        })
}

fn shared_part_stays(before: &Text, after: &Text, known_after: &Known) -> bool {
    before
        .matches
        .iter()
        .filter(|found| found.term.is(Class::Share) && !is_portion(before, found))
        .any(|found| {
            let (kept, all) = kept(before, before.sentence(found.first), known_after);
            kept * 2 >= all
        })
        && !has_company(after)
}
