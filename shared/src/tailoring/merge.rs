//! The accepted edits put into the resume: what becomes a version. Pure.

use thiserror::Error;

use super::proposal::{Decision, Model};
use super::statement::Statements;
use crate::resume::json::JsonResume;
use crate::resume::patch::{self, PatchError};
use crate::truth::{self, Verdict};

#[derive(Debug, Error)]
pub enum MergeError {
    #[error("no edit is accepted")]
    Nothing,
    #[error("an edit no longer fits the resume")]
    Patch(#[from] PatchError),
    #[error("the resume does not support the edit of {0}")]
    Unsupported(String),
}

/// The resume with every accepted edit.
///
/// The last gate: words that are not the person's own are judged once more, whatever the row says of them.
pub fn merge(
    resume: &JsonResume,
    statements: &Statements,
    proposals: &[Model],
) -> Result<JsonResume, MergeError> {
    let evidence = statements.beside(resume);
    let mut merged = resume.clone();
    let mut count = 0;
    for proposal in proposals.iter().filter(|proposal| proposal.is_accepted()) {
        let edit = proposal.edit();
        let offered = proposal.decision == Decision::Accepted;
        if offered && truth::judge(&evidence, &edit).verdict == Verdict::Fabricated {
            return Err(MergeError::Unsupported(proposal.path.clone()));
        }
        merged = patch::apply(&merged, &edit)?;
        count += 1;
    }
    if count == 0 { Err(MergeError::Nothing) } else { Ok(merged) }
}
