//! Edits that bring a resume nearer to a posting: planned, drafted, verified. Pure.

pub mod draft;
pub mod editable;
pub mod plan;
pub mod prompt;
pub mod redraft;
pub mod relevance;
pub mod rules;
pub mod verify;

use serde::{Deserialize, Serialize};
use shared::resume::patch::Edit;
use shared::truth::Evidence;

/// An edit that somebody, rules or model, suggests; nothing about it is checked yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftEdit {
    /// JSON pointer to a text or a list of texts.
    pub path: String,
    /// The value there; of a list, its JSON text.
    pub before: String,
    pub after: String,
    /// Requirements of the posting that it serves.
    pub requirement_ids: Vec<String>,
    /// Quotes from the resume that support it.
    pub evidence: Vec<Evidence>,
    /// Why it helps, in one sentence for the person.
    pub why: String,
}

impl DraftEdit {
    /// The change alone.
    pub fn edit(&self) -> Edit {
        Edit { path: self.path.clone(), before: self.before.clone(), after: self.after.clone() }
    }
}
