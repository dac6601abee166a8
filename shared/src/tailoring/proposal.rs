//! One edit that is offered, with its proof and what the person decided.

use chrono::{DateTime, Utc};
use sea_orm::FromJsonQueryResult;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::resume::patch::Edit;
use crate::truth::{Evidence, Judgement, Reason, Verdict};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "proposal")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tailoring_id: Uuid,
    /// Place in the list, from 0.
    pub position: i32,
    /// JSON pointer into the resume.
    pub path: String,
    /// The value there; of an array, its JSON text.
    #[sea_orm(column_type = "Text")]
    pub before: String,
    #[sea_orm(column_type = "Text")]
    pub after: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub details: Details,
    pub verdict: Verdict,
    pub decision: Decision,
    /// The person's own words for it; never withheld, only judged.
    #[sea_orm(column_type = "Text", nullable)]
    pub own: Option<String>,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub own_judgement: Option<Judged>,
    /// Why it can no longer be accepted, after the resume has changed.
    pub lost: Option<Lost>,
    pub updated_at: DateTime<Utc>,
}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// The change as it was offered.
    pub fn offered(&self) -> Edit {
        Edit { path: self.path.clone(), before: self.before.clone(), after: self.after.clone() }
    }

    /// The change as the person wants it: in their own words where they have chosen those.
    pub fn edit(&self) -> Edit {
        match (&self.own, self.decision) {
            (Some(own), Decision::Edited) => Edit { after: own.clone(), ..self.offered() },
            (Some(_) | None, _) => self.offered(),
        }
    }

    pub fn is_accepted(&self) -> bool {
        let wanted = match self.decision {
            Decision::Accepted | Decision::Edited => true,
            Decision::Pending | Decision::Rejected => false,
        };
        wanted && self.lost.is_none()
    }
}

/// What the gate says of the person's own words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Judged {
    pub verdict: Verdict,
    pub reasons: Vec<Reason>,
}

impl From<Judgement> for Judged {
    fn from(judgement: Judgement) -> Self {
        Self { verdict: judgement.verdict, reasons: judgement.reasons }
    }
}

/// Why an edit was lost when the resume changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Lost {
    /// The place is not there any more.
    PlaceGone,
    /// It says something else now.
    TextChanged,
    /// The resume no longer says what proved it.
    ProofGone,
}

/// What stands behind an edit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Details {
    /// Why it helps, in one sentence.
    pub why: String,
    /// Requirements of the posting that it serves.
    pub requirement_ids: Vec<String>,
    pub evidence: Vec<Evidence>,
    /// What speaks against it.
    pub reasons: Vec<Reason>,
    /// What the match gains by this edit alone.
    pub coverage_delta: CoverageDelta,
}

/// Gains are positive.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoverageDelta {
    /// Points of the match, of 100.
    pub score: i32,
    /// Requirements met.
    pub met: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    Pending,
    Accepted,
    Rejected,
    Edited,
}

/// An edit that is to be offered.
#[derive(Clone, Debug, PartialEq)]
pub struct NewProposal {
    pub path: String,
    pub before: String,
    pub after: String,
    pub verdict: Verdict,
    pub details: Details,
}

/// An edit that is not offered, and why; shown so that nothing is hidden.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Withheld {
    pub path: String,
    pub before: String,
    pub after: String,
    pub reasons: Vec<Reason>,
}

/// A requirement that nothing in the resume supports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    pub requirement_id: String,
    pub name: String,
    /// What the person could be asked.
    pub question: String,
}
