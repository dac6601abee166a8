//! Is this edit supported by the resume? Pure: the same input, the same answer.
//!
//! The resume is the only evidence. A bullet or a title must follow from its own
//! entry; the summary, the label and the skill lists from anywhere in the resume.

mod align;
mod cause;
mod claim;
pub mod finding;
mod known;
mod ladder;
mod lexicon;
mod limit;
mod list;
mod number;
mod record;
mod scope;
mod spelling;
mod text;
mod title;

use chrono::NaiveDate;
use sea_orm::entity::prelude::{DeriveActiveEnum, EnumIter};
use serde::{Deserialize, Serialize};

use crate::resume::{
    json::JsonResume,
    patch::{self, Edit},
};
use finding::{Code, Finding, Severity};
use known::{Known, read};
use lexicon::Class;
use scope::{Field, Source};
use text::Text;

/// A text longer than this is not judged but refused.
const MAX_LENGTH: usize = 8_000;

#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    EnumIter,
    DeriveActiveEnum,
    Serialize,
    Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Every statement follows from the resume.
    Faithful,
    /// Nothing checkable is false or new, but a fair reader could object.
    NeedsReview,
    /// At least one statement is contradicted or unsupported.
    Fabricated,
}

/// The verdict on one edit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    pub verdict: Verdict,
    /// Empty for a faithful edit; the gravest first.
    pub reasons: Vec<Reason>,
    /// What the new text rests on.
    pub evidence: Vec<Evidence>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    pub code: Code,
    /// The words of the new text it is about; empty when something was left out.
    pub words: String,
    /// One plain sentence for the person.
    pub explanation: String,
}

/// A text of the resume, as it stands at its path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// JSON pointer.
    pub path: String,
    pub quote: String,
}

/// Judges an edit against the resume it was made for.
///
/// Jobs without an end last until the resume's `meta.lastModified`; without
/// that they add no years.
pub fn judge(resume: &JsonResume, edit: &Edit) -> Judgement {
    judge_with(resume, edit, None)
}

/// As [`judge`]; jobs without an end last until `today` where the resume does not say as of when it is.
pub fn judge_as_of(resume: &JsonResume, edit: &Edit, today: NaiveDate) -> Judgement {
    judge_with(resume, edit, Some(today))
}

fn judge_with(resume: &JsonResume, edit: &Edit, today: Option<NaiveDate>) -> Judgement {
    let length = edit.before.len() + edit.after.len();
    if length > MAX_LENGTH {
        return conclude(
            vec![reason(&Finding::review(Code::TooLong, 0..0), "", &Text::default())],
            Vec::new(),
        );
    }
    let source = Source::of(resume, &edit.path, today);
    let reasons = match (patch::texts(&edit.before), patch::texts(&edit.after)) {
        (Some(before), Some(after)) => lists(&source, &before, &after, resume),
        _ => texts(&source, &edit.before, &edit.after, resume),
    };
    let evidence = evidence(&source, edit);
    conclude(reasons, evidence)
}

type Weighed = (Severity, Reason);

fn conclude(mut reasons: Vec<Weighed>, evidence: Vec<Evidence>) -> Judgement {
    reasons.sort_by_key(|(severity, _)| std::cmp::Reverse(*severity));
    let verdict = match reasons.first() {
        None => Verdict::Faithful,
        Some((Severity::Review, _)) => Verdict::NeedsReview,
        Some((Severity::Fabricated, _)) => Verdict::Fabricated,
    };
    let mut reasons: Vec<_> = reasons.into_iter().map(|(_, reason)| reason).collect();
    reasons.dedup();
    Judgement { verdict, reasons, evidence }
}

fn reason(finding: &Finding, raw: &str, text: &Text) -> Weighed {
    let words = text
        .tokens
        .get(finding.tokens.clone())
        .and_then(|tokens| Some((tokens.first()?.start, tokens.last()?.end)))
        .and_then(|(start, end)| raw.get(start..end))
        .unwrap_or_default();
    let explanation = finding.code.explanation().to_owned();
    (finding.severity, Reason { code: finding.code, words: words.to_owned(), explanation })
}

fn texts(source: &Source, before: &str, after: &str, resume: &JsonResume) -> Vec<Weighed> {
    if before.trim() == after.trim() {
        return Vec::new();
    }
    let (old, new) = (read(before), read(after));
    let findings = match source.field {
        Field::Title | Field::Label => title::findings(&new, &old, source),
        Field::Skills => list::findings(&[after.to_owned()], &[before.to_owned()], source)
            .into_iter()
            .map(|(finding, _)| finding)
            .collect(),
        Field::Entry | Field::Summary | Field::Highlights => {
            prose(&new, after, &old, source, resume)
        }
        field @ (Field::Name
        | Field::Degree
        | Field::Grade
        | Field::Certificate
        | Field::Fluency
        | Field::Date
        | Field::Plain) => record::findings(field, &new, &old).unwrap_or_default(),
    };
    let instructions = instructions(&new);
    instructions.iter().chain(&findings).map(|finding| reason(finding, after, &new)).collect()
}

fn prose(new: &Text, raw: &str, old: &Text, source: &Source, resume: &JsonResume) -> Vec<Finding> {
    let scope: Vec<&Text> = source.scope().map(|statement| &statement.text).collect();
    let numbers = number::compare::Sources { before: old, scope: &scope, career: &source.career };
    // A rank in the summary is one of a title held, not of a person mentioned somewhere.
    let held = |statement: &&scope::Statement| {
        source.field != Field::Summary
            || title::is_title(&statement.path)
            || !title::has_rank(&statement.text)
    };
    let known_scope = Known::of(source.scope().filter(held).map(|statement| &statement.text));
    let mut findings = number::compare::findings(new, numbers);
    findings.extend(limit::findings(new, old));
    if source.field == Field::Summary {
        findings.extend(limit::borrowed_plans(new, old, &scope));
    }
    findings.extend(ladder::findings(new, old, &known_scope));
    if source.field != Field::Summary {
        findings.extend(cause::findings(new, old));
    }
    findings.extend(number::derive::ratios(new, old));
    findings.extend(number::derive::absolutes(new, old));
    findings.extend(number::reach::findings(new, old));
    findings.extend(record::raised_language(new, old, &fluencies(resume)));
    findings.extend(claim::findings(new, raw, old, source));
    findings
}

fn fluencies(resume: &JsonResume) -> Vec<(String, String)> {
    let pair = |language: &crate::resume::json::Language| {
        Some((language.language.clone()?, language.fluency.clone().unwrap_or_default()))
    };
    resume.languages.iter().filter_map(pair).collect()
}

fn instructions(new: &Text) -> Vec<Finding> {
    let found = new.matches.iter().find(|found| found.term.is(Class::Instruction));
    found
        .map(|found| {
            Finding::fabricated(Code::Instruction, found.first..found.first + found.length)
        })
        .into_iter()
        .collect()
}

fn lists(
    source: &Source,
    before: &[String],
    after: &[String],
    resume: &JsonResume,
) -> Vec<Weighed> {
    if source.field == Field::Highlights {
        return sentences(source, before, after, resume);
    }
    list::findings(after, before, source)
        .iter()
        .flat_map(|(finding, skill)| {
            let text = read(skill);
            let instructions = instructions(&text);
            instructions
                .iter()
                .chain(std::iter::once(finding))
                .map(|finding| reason(finding, skill, &text))
                .collect::<Vec<_>>()
        })
        .collect()
}

/// A new sentence is judged against the old one it is most like.
fn sentences(
    source: &Source,
    before: &[String],
    after: &[String],
    resume: &JsonResume,
) -> Vec<Weighed> {
    let old: Vec<_> = before.iter().map(|sentence| (sentence, read(sentence))).collect();
    let mut reasons = Vec::new();
    for sentence in after.iter().filter(|sentence| !before.contains(sentence)) {
        let known = Known::of([&read(sentence)]);
        let nearest =
            old.iter().max_by_key(|(_, text)| known::kept(text, 0..text.tokens.len(), &known).0);
        let nearest = nearest.map_or("", |(sentence, _)| sentence.as_str());
        reasons.extend(texts(source, nearest, sentence, resume));
    }
    reasons
}

/// The edited text itself, and others that say words it does not.
fn evidence(source: &Source, edit: &Edit) -> Vec<Evidence> {
    const MOST: usize = 4;
    let (old, new) = (read(&edit.before), read(&edit.after));
    let before = Known::of([&old]);
    let mut open: Vec<_> = (0..new.tokens.len())
        .filter(|at| known::is_content(&new, *at) && !before.covers(&new, *at))
        .collect();
    let mut found = Vec::new();
    for statement in source.scope() {
        let own = statement.path == edit.path
            || statement.path.strip_prefix(&edit.path).is_some_and(|rest| rest.starts_with('/'));
        let known = Known::of([&statement.text]);
        let count = open.len();
        open.retain(|at| !known.covers(&new, *at));
        if (own || open.len() < count) && found.len() < MOST {
            found.push(Evidence { path: statement.path.clone(), quote: statement.quote.clone() });
        }
    }
    found
}

#[cfg(test)]
mod tests;
