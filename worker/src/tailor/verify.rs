//! What may be offered to the person, what may not, and what each edit alone would change.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::ats::coverage::{Coverage, Status};
use shared::ats::{self, Report};
use shared::posting::facts::PostingFacts;
use shared::resume::json::JsonResume;
use shared::resume::{patch, pointer};
use shared::tailoring::proposal::CoverageDelta;
use shared::truth::finding::Code;
use shared::truth::{self, Evidence, Judgement, Reason, Verdict};

use super::DraftEdit;

/// Everything that came in is in one of the two, but for edits that change nothing or come twice.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Verified {
    pub proposals: Vec<Proposed>,
    pub withheld: Vec<Withheld>,
}

/// An edit that may be offered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Proposed {
    pub edit: DraftEdit,
    /// Never `fabricated`.
    pub verdict: Verdict,
    pub reasons: Vec<Reason>,
    /// What the match gains by this edit alone.
    pub coverage_delta: CoverageDelta,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Withheld {
    pub edit: DraftEdit,
    pub reasons: Vec<Reason>,
}

/// Checks edits against the resume they were made for, whoever made them.
pub fn verify(resume: &JsonResume, posting: &PostingFacts, edits: Vec<DraftEdit>) -> Verified {
    let document = serde_json::to_value(resume).unwrap_or_default();
    let base = Standing::of(&ats::check(resume, Some(posting), None, None));
    let mut verified = Verified::default();
    let mut seen: Vec<(String, String)> = Vec::new();
    for edit in edits {
        let key = (edit.path.clone(), edit.after.clone());
        if changes_nothing(&edit) || seen.contains(&key) {
            continue;
        }
        seen.push(key);
        let taken = verified.proposals.iter().any(|other| overlap(&other.edit.path, &edit.path));
        let verdict = if taken {
            Err(vec![reason(Code::Overlap, "")])
        } else {
            examine(resume, &document, &edit)
        };
        match verdict {
            Ok((judgement, patched)) => {
                let coverage_delta =
                    Standing::of(&ats::check(&patched, Some(posting), None, None)).since(base);
                let Judgement { verdict, reasons, .. } = judgement;
                verified.proposals.push(Proposed { edit, verdict, reasons, coverage_delta });
            }
            Err(reasons) => verified.withheld.push(Withheld { edit, reasons }),
        }
    }
    verified
}

/// The judgement and the edited resume, or why the edit is withheld.
fn examine(
    resume: &JsonResume,
    document: &Value,
    edit: &DraftEdit,
) -> Result<(Judgement, JsonResume), Vec<Reason>> {
    let patched = patch::apply(resume, &edit.edit()).map_err(|_| vec![reason(Code::Stale, "")])?;
    let missing = edit.evidence.iter().filter(|evidence| !stands(document, evidence));
    let mut reasons: Vec<_> =
        missing.map(|evidence| reason(Code::QuoteNotFound, &evidence.quote)).collect();
    if edit.evidence.is_empty() {
        reasons.push(reason(Code::NoQuote, ""));
    }
    let judgement = truth::judge(resume, &edit.edit());
    if judgement.verdict == Verdict::Fabricated {
        reasons.extend(judgement.reasons.clone());
    }
    if reasons.is_empty() { Ok((judgement, patched)) } else { Err(reasons) }
}

fn reason(code: Code, words: &str) -> Reason {
    Reason { code, words: words.to_owned(), explanation: code.explanation().to_owned() }
}

fn changes_nothing(edit: &DraftEdit) -> bool {
    match (patch::texts(&edit.before), patch::texts(&edit.after)) {
        (Some(before), Some(after)) => before == after,
        _ => one_spaced(&edit.before) == one_spaced(&edit.after),
    }
}

/// Whether one path is the other or lies inside it.
fn overlap(a: &str, b: &str) -> bool {
    let inside = |outer: &str, inner: &str| {
        inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    inside(a, b) || inside(b, a)
}

/// Whether the quote stands at its path word for word, white space aside.
fn stands(document: &Value, evidence: &Evidence) -> bool {
    let quote = one_spaced(&evidence.quote);
    let says = |text: &str| !quote.is_empty() && one_spaced(text).contains(&quote);
    // What the resume records about itself proves nothing about the person.
    if overlap("/meta", &evidence.path) {
        return false;
    }
    match pointer::get(document, &evidence.path) {
        Ok(Value::String(text)) => says(text),
        Ok(Value::Array(items)) => items.iter().filter_map(Value::as_str).any(says),
        Ok(Value::Object(_) | Value::Number(_) | Value::Bool(_) | Value::Null) | Err(_) => false,
    }
}

fn one_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Where a resume stands with a posting.
#[derive(Clone, Copy)]
struct Standing {
    score: i32,
    met: i32,
}

impl Standing {
    fn of(report: &Report) -> Self {
        let met = |coverage: &Coverage| {
            coverage.requirements.iter().filter(|covered| covered.status == Status::Met).count()
        };
        Self {
            score: report.matching.as_ref().map_or(0, |matching| i32::from(matching.score)),
            met: report
                .coverage
                .as_ref()
                .map_or(0, |coverage| i32::try_from(met(coverage)).unwrap_or(i32::MAX)),
        }
    }

    fn since(self, base: Self) -> CoverageDelta {
        CoverageDelta { score: self.score - base.score, met: self.met - base.met }
    }
}

#[cfg(test)]
mod tests;
