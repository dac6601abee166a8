//! Edits carried over to a resume that has changed underneath: what still applies, and what does not. Pure.

use serde_json::Value;

use super::place::{Found, find_again, overlap, quote_again};
use super::proposal::{Decision, Judged, Lost, Model};
use super::statement::{PATH, Statements};
use super::totals::Standing;
use crate::posting::facts::PostingFacts;
use crate::resume::json::JsonResume;
use crate::resume::patch::{self, Edit};
use crate::truth::{self, Verdict};

/// What edits are carried over to.
pub struct Present<'a> {
    pub resume: &'a JsonResume,
    pub statements: &'a Statements,
    /// Absent when the posting was deleted.
    pub posting: Option<&'a PostingFacts>,
}

/// The edits as they are for the present resume, each judged anew. One that is lost says why.
pub fn carry_over(present: &Present<'_>, proposals: Vec<Model>) -> Vec<Model> {
    let document = serde_json::to_value(present.resume).unwrap_or_default();
    let evidence = present.statements.beside(present.resume);
    let base = present.posting.map(|posting| Standing::measure(present.resume, posting));
    let mut kept: Vec<String> = Vec::new();
    let carry = |mut proposal: Model| {
        proposal.lost = settle(&document, &evidence, &mut proposal, &mut kept);
        if proposal.lost.is_some() {
            proposal.decision = Decision::Rejected;
            return proposal;
        }
        kept.push(proposal.path.clone());
        if let (Some(posting), Some(base)) = (present.posting, base)
            && let Ok(edited) = patch::apply(present.resume, &proposal.offered())
        {
            proposal.details.coverage_delta = Standing::measure(&edited, posting).since(base);
        }
        proposal
    };
    proposals.into_iter().map(carry).collect()
}

/// Puts the edit where its text stands now. Why it is lost, if it is.
fn settle(
    document: &Value,
    evidence: &JsonResume,
    proposal: &mut Model,
    kept: &mut [String],
) -> Option<Lost> {
    match find_again(document, &proposal.path, &proposal.before) {
        Found::At(path) => proposal.path = path,
        Found::Changed => return Some(Lost::TextChanged),
        Found::Gone => return Some(Lost::PlaceGone),
    }
    if kept.iter().any(|path| overlap(path, &proposal.path)) {
        return Some(Lost::TextChanged);
    }
    let quotes = &mut proposal.details.evidence;
    for quote in quotes.iter_mut().filter(|quote| !quote.path.starts_with(PATH)) {
        match quote_again(document, quote) {
            Some(found) => *quote = found,
            None => return Some(Lost::ProofGone),
        }
    }
    let judgement = truth::judge(evidence, &proposal.offered());
    if judgement.verdict == Verdict::Fabricated {
        return Some(Lost::ProofGone);
    }
    let grown = judgement.verdict > proposal.verdict;
    proposal.verdict = judgement.verdict;
    proposal.details.reasons = judgement.reasons;
    // What was accepted as proved and is so no more wants a new look.
    if grown && matches!(proposal.decision, Decision::Pending | Decision::Accepted) {
        proposal.decision = Decision::Rejected;
    }
    if let Some(own) = &proposal.own {
        let edit = Edit { after: own.clone(), ..proposal.offered() };
        proposal.own_judgement = Some(Judged::from(truth::judge(evidence, &edit)));
    }
    None
}

#[cfg(test)]
mod tests;
