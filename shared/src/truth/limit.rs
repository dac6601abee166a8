//! Limits, plans and denials of the resume, which an edit may not lose.

use super::{
    finding::{Code, Finding},
    known::{Known, is_content, kept},
    lexicon::{Class, Match},
    text::{Case, Gap, Text},
};

pub fn findings(after: &Text, before: &Text) -> Vec<Finding> {
    let known = Known::of([after]);
    let mut findings = Vec::new();
    findings.extend(limits(after, before, &known));
    findings.extend(plans(after, before, &known));
    findings.extend(denials(after, before, &known));
    findings.extend(interests(after, before));
    findings
}

/// "Pilot", "regional", "usually" stood by something that still stands.
fn limits(after: &Text, before: &Text, known: &Known) -> Option<Finding> {
    before.matches.iter().find_map(|found| {
        let range = found.first..found.first + found.length;
        let lost = found.term.limits.iter().any(|limit| {
            !after
                .matches
                .iter()
                .any(|other| other.term.limits.contains(limit) || other.term.keeps.contains(limit))
        });
        // "Up to 32" is a matter of numbers.
        let numeric = before.quantities.iter().any(|quantity| quantity.first == range.end);
        let stays = remains(before, range, known);
        (lost && !numeric && stays).then(|| Finding::fabricated(Code::LimitDropped, 0..0))
    })
}

/// Whether what the words limit is still said: the next word, or most of the sentence.
fn remains(before: &Text, range: std::ops::Range<usize>, known: &Known) -> bool {
    let sentence = before.sentence(range.start);
    let next = (range.end..sentence.end).find(|token| is_content(before, *token));
    let next_stays = next
        .is_some_and(|token| before.tokens[token].gap <= Gap::Hyphen && known.says(before, token));
    let inside = kept(before, range, known);
    let (kept, all) = kept(before, sentence, known);
    let (kept, all) = (kept - inside.0, all - inside.1);
    (next_stays && kept * 3 >= all) || (all > 0 && kept * 2 >= all)
}

/// "In progress", "pending", "studying for" must stay with what they are about.
fn plans(after: &Text, before: &Text, known: &Known) -> Option<Finding> {
    let planned = |found: &Match| {
        let word = after.tokens.get(found.first).map_or("", |token| token.stem.as_str());
        let ambiguous = matches!(
            word,
            "prepar" | "plan" | "schedul" | "propos" | "submit" | "applic" | "appli"
        );
        found.term.is(Class::Plan) && (!ambiguous || is_plan(after, found))
    };
    if after.matches.iter().any(planned) {
        return None;
    }
    before.matches.iter().filter(|found| is_plan(before, found)).find_map(|found| {
        let range = found.first..found.first + found.length;
        let inside = kept(before, range.clone(), known);
        let mut whole = kept(before, before.clause(found.first), known);
        if whole.1 <= inside.1 {
            whole = kept(before, before.sentence(found.first), known);
        }
        let (kept, all) = (whole.0.saturating_sub(inside.0), whole.1.saturating_sub(inside.1));
        (all > 0 && kept * 2 >= all).then(|| Finding::fabricated(Code::PlanAsDone, 0..0))
    })
}

/// What another part of the resume only plans, told as done: a degree in progress, a pending certificate.
pub fn borrowed_plans(after: &Text, before: &Text, scope: &[&Text]) -> Option<Finding> {
    if after.matches.iter().any(|found| is_plan(after, found)) {
        return None;
    }
    let old = Known::of([before]);
    let known = Known::of([after]);
    scope.iter().find_map(|planned| {
        let plan = planned.matches.iter().find(|found| is_plan(planned, found))?;
        let marked = plan.first..plan.first + plan.length;
        let fact = |at: &usize| !marked.contains(at) && is_content(planned, *at);
        let facts: Vec<usize> = (0..planned.tokens.len()).filter(fact).collect();
        let settled =
            Known::of(scope.iter().filter(|other| !std::ptr::eq(**other, *planned)).copied());
        let new = |at: &&usize| {
            known.says(planned, **at) && !old.says(planned, **at) && !settled.says(planned, **at)
        };
        let said = facts.iter().filter(|at| known.says(planned, **at)).count();
        // Enough of it to be the same thing, and at least a word that nothing else in the resume says.
        let told = facts.len() <= 8 && said >= 2 && said * 3 >= facts.len() * 2;
        (told && facts.iter().any(|at| new(&at)))
            .then(|| Finding::fabricated(Code::PlanAsDone, 0..0))
    })
}

/// Whether the words say that something is not done yet. "Planned menus",
/// "scheduled visits" and "delays due to snow" do not.
pub fn is_plan(text: &Text, found: &Match) -> bool {
    if !found.term.is(Class::Plan) {
        return false;
    }
    let word = |at: usize| text.tokens.get(at).map_or("", |token| token.word.as_str());
    let next = word(found.first + found.length);
    let opens = text.opens_sentence(found.first);
    match word(found.first) {
        "planned" | "scheduled" => !opens && matches!(next, "to" | "for" | ""),
        "enrolled" => matches!(next, "in" | "at" | "") || found.length > 1,
        "due" => {
            text.tokens.get(found.first + 2).is_some_and(|token| token.number.is_some())
                || matches!(
                    next,
                    "go" | "finish"
                        | "graduate"
                        | "complete"
                        | "launch"
                        | "open"
                        | "start"
                        | "close"
                        | "end"
                        | "be"
                )
        }
        "preparing" | "studying" | "pursuing" => {
            matches!(
                word(found.first + 1),
                "for" | "to" | "toward" | "towards" | "a" | "an" | "the"
            ) || found.length > 1
        }
        "student" => found
            .first
            .checked_sub(1)
            .and_then(|at| text.tokens.get(at))
            .is_some_and(|before| before.case == Case::Code),
        "expected" | "anticipated" => {
            matches!(next, "to" | "in" | "")
                || text.tokens.get(found.first + 1).is_some_and(|token| token.number.is_some())
        }
        "taking" | "following" => found.length > 1,
        "awaiting" | "still" | "yet" | "waiting" | "subject" | "working" | "in" | "pending"
        | "candidate" | "registered" | "applied" | "not" | "under" | "upcoming" | "currently"
        | "sections" => true,
        _ => false,
    }
}

/// "Interested in" is no "experienced in".
fn interests(after: &Text, before: &Text) -> Option<Finding> {
    let stem = |text: &Text, stems: &[&str]| {
        text.tokens.iter().position(|token| stems.contains(&token.stem.as_str()))
    };
    let interested = ["interest", "curious", "keen", "drawn", "eager"];
    let practised = ["experienc", "skill", "profici", "practic", "practis", "expert", "vers"];
    let stays = stem(before, &interested).is_some_and(|at| {
        let (kept, all) = kept(before, at + 1..before.clause(at).end, &Known::of([after]));
        kept * 2 > all
    });
    let lost = stays
        && stem(after, &interested).is_none()
        && !after.tokens.iter().any(|token| token.word == "drawn");
    let gained = stem(after, &practised).filter(|_| stem(before, &practised).is_none());
    gained.filter(|_| lost).map(|at| Finding::review(Code::InterestAsExperience, at..at + 1))
}

/// What the resume denies may neither be claimed nor be denied more widely.
fn denials(after: &Text, before: &Text, known: &Known) -> Vec<Finding> {
    let negated = negations(after);
    let mut findings = Vec::new();
    for negation in negations(before) {
        let clause = negation + 1..scope_end(before, negation);
        let content: Vec<_> = clause.filter(|token| is_content(before, *token)).take(8).collect();
        let said: Vec<_> = content.iter().map(|token| known.covers(before, *token)).collect();
        let stays = said.iter().filter(|said| **said).count();
        if content.is_empty() {
            continue;
        }
        if negated.is_empty() {
            let head_stays = stays * 2 >= content.len() && stays > 0;
            let undone = is_status_denied(before, negation);
            let rest = kept(before, 0..before.tokens.len(), known);
            if head_stays {
                findings.push(Finding::fabricated(Code::NegationDropped, 0..0));
            } else if undone && rest.0 * 2 >= rest.1 {
                findings.push(Finding::fabricated(Code::LimitDropped, 0..0));
            }
        } else if stays > 0
            && said.iter().zip(&content).any(|(said, token)| !said && narrows(before, *token))
        {
            findings.push(Finding::fabricated(Code::LimitDropped, negated[0]..negated[0] + 1));
        }
    }
    if negated.len() > negations(before).len() {
        let new = negated.iter().find(|at| !Known::of([before]).has_negation(after, **at));
        findings.extend(new.map(|at| Finding::review(Code::NegationAdded, *at..at + 1)));
    }
    findings
}

fn negations(text: &Text) -> Vec<usize> {
    (0..text.tokens.len()).filter(|at| is_negation(text, *at)).collect()
}

fn is_negation(text: &Text, at: usize) -> bool {
    let word = |at: usize| text.tokens.get(at).map_or("", |token| token.word.as_str());
    match word(at) {
        "no" | "not" => {
            let joined = text.tokens.get(at + 1).is_some_and(|next| next.gap == Gap::Hyphen);
            !joined
                && !matches!(word(at + 1), "more" | "fewer" | "less" | "only" | "later" | "least")
        }
        "never" | "without" | "none" | "neither" | "nor" | "zero" | "cannot" | "didnt"
        | "wasnt" | "isnt" | "werent" | "nobody" | "unreleased" | "unpublished" | "non" => true,
        _ => false,
    }
}

/// A denial reaches to the end of its sentence, or to "but" and the like.
fn scope_end(text: &Text, from: usize) -> usize {
    let sentence = text.sentence(from).end;
    let turns = |at: &usize| {
        matches!(text.tokens[*at].word.as_str(), "but" | "and" | "while" | "with" | "which")
            || (text.tokens[*at].gap == Gap::Clause)
    };
    (from + 1..sentence).find(turns).unwrap_or(sentence)
}

/// "Not released", "never deployed": the work was not finished.
fn is_status_denied(text: &Text, at: usize) -> bool {
    let skip = usize::from(
        text.tokens
            .get(at + 1)
            .is_some_and(|token| matches!(token.word.as_str(), "yet" | "been" | "be")),
    );
    let word = text.tokens.get(at + 1 + skip).map_or("", |token| token.word.as_str());
    matches!(text.tokens[at].word.as_str(), "not" | "never") && word.ends_with("ed")
}

/// A word whose loss makes a denial wider.
fn narrows(text: &Text, token: usize) -> bool {
    !text.matches.iter().any(|found| {
        found.covers(token) && (found.term.is(Class::Light) || found.term.is(Class::Sequence))
    })
}

impl Known {
    fn has_negation(&self, text: &Text, at: usize) -> bool {
        self.says_stem(&text.tokens[at].stem)
    }
}
