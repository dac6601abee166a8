//! Words of the new text that no allowed text of the resume says.

use super::{
    align,
    finding::{Code, Finding},
    known::{Known, is_content},
    lexicon::{Class, Match},
    limit,
    scope::{Field, Section, Source},
    text::{Case, Gap, Text},
};
use crate::taxonomy::{How, Taxonomy, TermKind};

/// Share of the old words that must be gone before new ones count as a rewording.
const REWORDED: f64 = 0.35;

/// What a word may rest on.
struct Ground<'a> {
    field: Field,
    before: Known,
    scope: Known,
    listed: Known,
    elsewhere: Known,
    after: &'a Text,
    old: &'a Text,
    /// Words put in where nothing was taken out.
    added: Vec<bool>,
    /// The new text names a certificate that the resume gives as held.
    certified: bool,
}

pub fn findings(after: &Text, raw: &str, before: &Text, source: &Source) -> Vec<Finding> {
    let ground = Ground {
        field: source.field,
        before: Known::of([before]),
        scope: Known::of(source.scope().map(|statement| &statement.text)),
        listed: Known::of(listed(source)),
        elsewhere: Known::of(
            source
                .elsewhere()
                .filter(|statement| statement.section != Section::Skills)
                .map(|statement| &statement.text),
        ),
        after,
        old: before,
        added: align::replaced(after, before).iter().map(|count| *count == 0).collect(),
        certified: certified(after, source),
    };
    let named = named(raw);
    let mut findings = Vec::new();
    let mut unknown = Vec::new();
    for token in 0..after.tokens.len() {
        if !is_content(after, token) {
            continue;
        }
        if let Some(finding) = ground.taste(token) {
            findings.push(finding);
            continue;
        }
        if ground.supports(token) {
            continue;
        }
        match ground.classify(token, &named) {
            Weight::Nothing => {}
            Weight::Finding(finding) => findings.push(finding),
            Weight::Unknown => unknown.push(token),
        }
    }
    findings.extend(ground.unknown(&unknown, before, source.field));
    findings
}

enum Weight {
    Nothing,
    Finding(Finding),
    /// Neither known to be harmless nor to be a claim.
    Unknown,
}

/// Skills, certificates and languages may be tied to work they were not linked to: a matter of review.
fn listed(source: &Source) -> impl Iterator<Item = &Text> {
    source
        .statements
        .iter()
        .filter(|statement| matches!(statement.section, Section::Skills | Section::Certificates))
        .map(|statement| &statement.text)
}

fn certified(after: &Text, source: &Source) -> bool {
    let known = Known::of([after]);
    source.statements.iter().filter(|one| one.section == Section::Certificates).any(|one| {
        let text = &one.text;
        let planned = text.matches.iter().any(|found| limit::is_plan(text, found));
        let name: Vec<usize> = (0..text.tokens.len()).filter(|at| is_content(text, *at)).collect();
        let said = name.iter().filter(|at| known.says(text, **at)).count();
        !planned && said > 0 && said * 3 >= name.len() * 2
    })
}

/// Byte ranges of tools, methods, certificates and the like.
fn named(raw: &str) -> Vec<std::ops::Range<usize>> {
    Taxonomy::builtin()
        .mentions(raw)
        .into_iter()
        .filter(|mention| matches!(mention.how, How::Exact | How::Alias))
        .filter(|mention| match mention.term.kind {
            TermKind::Skill
            | TermKind::Tool
            | TermKind::Method
            | TermKind::Certificate
            | TermKind::Licence
            | TermKind::Degree => true,
            TermKind::Language | TermKind::SoftSkill | TermKind::Domain => false,
        })
        .map(|mention| mention.start..mention.end)
        .collect()
}

impl Ground<'_> {
    fn supports(&self, token: usize) -> bool {
        let verb = |word: &str| word.ends_with("ed") || word.ends_with("ing");
        // The summary may say in its own verbs what any entry says.
        let summed_up = self.field == Field::Summary
            && verb(&self.after.tokens[token].word)
            && self.scope.covers(self.after, token);
        let before = if self.added[token]
            && is_joined(self.after, token)
            && !self.before.covers_closely(self.after, token)
        {
            self.before.covers(self.after, token) && !Known::doubles(self.after, token, self.old)
        } else {
            self.before.covers(self.after, token)
        };
        before || self.scope.covers_closely(self.after, token) || summed_up
    }

    fn is(&self, at: usize, class: Class) -> bool {
        self.after.matches.iter().any(|found| found.covers(at) && found.term.is(class))
    }

    /// Praise and character need the very word; "significant" is not supported by "material".
    fn taste(&self, at: usize) -> Option<Finding> {
        let is = |class: Class| self.is(at, class);
        if self.before.says(self.after, at) || self.scope.says(self.after, at) {
            return None;
        }
        let name = self.after.tokens[at].case != Case::Lower && !self.after.opens_sentence(at);
        // "A nine-strong team" counts heads.
        let counted = self.after.tokens[at].gap == Gap::Hyphen
            && at.checked_sub(1).is_some_and(|before| self.after.is_quantity(before));
        if counted && self.after.tokens[at].word == "strong" {
            return None;
        }
        let code = match (is(Class::Praise), is(Class::Soft), is(Class::Teamwork)) {
            (true, _, _) => Code::Praise,
            (false, true, _) => Code::SoftSkill,
            (false, false, true) if !self.before.covers(self.after, at) => Code::TeamworkImplied,
            _ => return None,
        };
        (!name).then(|| Finding::review(code, at..at + 1))
    }

    fn classify(&self, at: usize, named: &[std::ops::Range<usize>]) -> Weight {
        let token = &self.after.tokens[at];
        let is = |class: Class| self.is(at, class);
        let name = token.case == Case::Code
            || (token.case == Case::Capital && !self.after.opens_sentence(at));
        let term = named.iter().any(|range| range.contains(&token.start));
        if is(Class::Stop) && !name {
            return Weight::Nothing;
        }
        if name || term {
            return self.name(at, if name { Code::NameAdded } else { Code::SkillAdded });
        }
        if self.is_checked_elsewhere(at) {
            return Weight::Nothing;
        }
        self.plain(at)
    }

    /// A name or a term of a trade.
    fn name(&self, at: usize, code: Code) -> Weight {
        let here = at..at + 1;
        Weight::Finding(if self.listed.covers(self.after, at) {
            Finding::review(Code::SkillFromElsewhere, here)
        } else if self.elsewhere.covers(self.after, at) {
            Finding::fabricated(Code::FactFromElsewhere, here)
        } else {
            Finding::fabricated(code, here)
        })
    }

    /// Responsibility, limits and plans have their own checks.
    fn is_checked_elsewhere(&self, at: usize) -> bool {
        let is = |class: Class| self.is(at, class);
        let own_check = [
            Class::Lead,
            Class::Own,
            Class::Create,
            Class::Share,
            Class::Assist,
            Class::Watch,
            Class::Plan,
        ];
        if is(Class::Hedge) && (at + 1..at + 3).any(|next| self.after.is_quantity(next)) {
            return true;
        }
        let limits = |found: &Match| !(found.term.limits.is_empty() && found.term.keeps.is_empty());
        own_check.into_iter().any(is)
            || self.after.matches.iter().any(|found| found.covers(at) && limits(found))
    }

    /// An everyday word: a claim only by what kind of word it is.
    fn plain(&self, at: usize) -> Weight {
        let token = &self.after.tokens[at];
        let is = |class: Class| self.is(at, class);
        let fabricated = |code| Weight::Finding(Finding::fabricated(code, at..at + 1));
        let review = |code| Weight::Finding(Finding::review(code, at..at + 1));
        let supported = at.checked_sub(1).is_some_and(|before| self.supports(before));
        if attitude(self.after, at) && !(supported && token.word == "focused") {
            return review(Code::SoftSkill);
        }
        if is(Class::Reach) {
            return fabricated(Code::ReachWidened);
        }
        if token.word == "certified" && self.certified {
            return Weight::Nothing;
        }
        if is(Class::Status)
            || is(Class::Doctorate)
            || (is(Class::Master) && token.stem != "med")
            || is(Class::LanguageName)
        {
            return fabricated(Code::StatusAdded);
        }
        if self.listed.says(self.after, at) {
            return review(Code::SkillFromElsewhere);
        }
        let direction = |class: Class| is(class) && !self.before.has(class);
        if direction(Class::Up) || direction(Class::Down) {
            return fabricated(Code::ResultAdded);
        }
        if is(Class::Up) || is(Class::Down) || is(Class::Light) {
            return Weight::Nothing;
        }
        let noun = !token.word.ends_with("ed") && !token.word.ends_with("ing");
        if is(Class::Result) && (noun || token.word == "rating") {
            return fabricated(Code::ResultAdded);
        }
        Weight::Unknown
    }

    /// New words among old ones add a claim; in a text worded anew a few are to be expected.
    fn unknown(&self, unknown: &[usize], before: &Text, field: Field) -> Vec<Finding> {
        let known_after = Known::of([self.after]);
        let content: Vec<_> =
            (0..before.tokens.len()).filter(|at| is_content(before, *at)).collect();
        let said = content.iter().filter(|at| known_after.says(before, **at)).count();
        let all = content.len();
        #[expect(clippy::cast_precision_loss, reason = "words of one text")]
        let gone = if all == 0 { 1.0 } else { (all - said) as f64 / all as f64 };
        let reworded = gone >= REWORDED && field == Field::Entry;
        let allowed = if reworded { 1 + self.after.tokens.len() / 12 } else { 0 };
        let from_elsewhere =
            |at: usize| is_thing(self.after, at) && self.elsewhere.says(self.after, at);
        let act = |at: usize| {
            self.after.matches.iter().any(|found| found.covers(at) && found.term.is(Class::Act))
        };
        if unknown.len() <= allowed
            && !unknown.iter().any(|at| act(*at))
            && !unknown.iter().any(|at| from_elsewhere(*at))
        {
            return Vec::new();
        }
        let replaced = align::replaced(self.after, before);
        let unknown: Vec<_> = unknown
            .iter()
            .copied()
            .filter(|at| !is_other_verb(self.after, *at, replaced[*at]))
            .collect();
        unknown
            .iter()
            .map(|at| {
                let here = *at..*at + 1;
                if from_elsewhere(*at) && !reworded {
                    Finding::fabricated(Code::FactFromElsewhere, here)
                } else if self.after.tokens[*at].word.ends_with("ly") {
                    Finding::review(Code::Praise, here)
                } else if replaced[*at] == 0 && !reworded {
                    Finding::fabricated(Code::ClaimAdded, here)
                } else {
                    Finding::review(Code::WordingUnclear, here)
                }
            })
            .collect()
    }
}

/// Put beside another word by "and" or "or".
fn is_joined(text: &Text, at: usize) -> bool {
    let joins = |at: usize| {
        text.tokens
            .get(at)
            .is_some_and(|token| matches!(token.word.as_str(), "and" | "or" | "plus"))
    };
    joins(at + 1) || at.checked_sub(1).is_some_and(joins)
}

/// Not a form of a verb, and long enough to mean something of its own.
fn is_thing(text: &Text, at: usize) -> bool {
    let word = text.tokens[at].word.as_str();
    word.len() > 3 && !word.ends_with("ed") && !word.ends_with("ing")
}

/// "Safety-minded", "data-driven": a manner, not a result.
fn attitude(text: &Text, at: usize) -> bool {
    const MANNERS: [&str; 10] = [
        "minded",
        "obsessed",
        "focused",
        "oriented",
        "driven",
        "conscious",
        "centric",
        "centered",
        "savvy",
        "first",
    ];
    let manner = |at: usize| {
        text.tokens
            .get(at)
            .is_some_and(|token| token.gap == Gap::Hyphen && MANNERS.contains(&token.word.as_str()))
    };
    manner(at) || manner(at + 1)
}

/// The same act under another verb; a verb that claims more has a class of its own.
fn is_other_verb(text: &Text, at: usize, replaced: usize) -> bool {
    let is =
        |class: Class| text.matches.iter().any(|found| found.covers(at) && found.term.is(class));
    is(Class::Verb) && !is(Class::Act) && replaced > 0
}
