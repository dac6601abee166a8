//! What the person has said about a requirement that the resume does not show. Their word is evidence. Pure.

use chrono::{DateTime, Utc};
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};

use crate::resume::json::{JsonResume, Project};

/// Where a statement stands as evidence, before the requirement's id.
pub const PATH: &str = "/stated_by_you";

/// An answer to the question of a gap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    pub requirement_id: String,
    pub text: String,
    /// The job it belongs to, as a JSON pointer; absent when it holds for the person as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    pub stated_at: DateTime<Utc>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Statements(pub Vec<Statement>);

impl Statement {
    pub fn path(&self) -> String {
        format!("{PATH}/{}", self.requirement_id)
    }
}

impl Statements {
    /// The resume with what the person has said beside it: what edits may rest on.
    ///
    /// A statement about a job joins that job, any other an entry of its own at the end, so that no path changes.
    pub fn beside(&self, resume: &JsonResume) -> JsonResume {
        let mut evidence = resume.clone();
        for statement in &self.0 {
            let job = statement.entry.as_deref().and_then(job);
            match job.and_then(|at| evidence.work.get_mut(at)) {
                Some(job) => job.highlights.push(statement.text.clone()),
                None => evidence.projects.push(Project {
                    description: Some(statement.text.clone()),
                    ..Project::default()
                }),
            }
        }
        evidence
    }
}

/// The place of the job that an entry's pointer names.
pub fn job(entry: &str) -> Option<usize> {
    entry.strip_prefix("/work/")?.parse().ok()
}
