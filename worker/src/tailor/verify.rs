//! What may be offered to the person, what may not, and what each edit alone would change.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::posting::facts::PostingFacts;
use shared::resume::json::JsonResume;
use shared::resume::patch;
use shared::tailoring::place::{one_spaced, overlap, stands};
use shared::tailoring::proposal::CoverageDelta;
use shared::tailoring::totals::Standing;
use shared::truth::finding::Code;
use shared::truth::{self, Judgement, Reason, Verdict};

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
    let base = Standing::measure(resume, posting);
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
                let coverage_delta = Standing::measure(&patched, posting).since(base);
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

#[cfg(test)]
mod tests;
