//! How operations end: result, row and event in one transaction, or nothing of it.

use sea_orm::DbErr;
use sea_orm::prelude::Uuid;
use serde::{Deserialize, Serialize};

use crate::ats::Report;
use crate::database::begin;
use crate::operation::claim::{Claim, End, end, owner};
use crate::operation::failure::FailureCode;
use crate::operation::{Model, Operations};
use crate::resume::NewResume;
use crate::tailoring::NewTailoring;
use crate::{quota, resume, tailoring};

/// What an operation has worked out.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub work: Worked,
    /// Who did it in the end.
    pub engine: EngineUsed,
    pub notices: Vec<Notice>,
}

#[derive(Clone, Debug)]
pub enum Worked {
    Parsed(Box<NewResume>),
    Checked(Box<Report>),
    Tailored(Box<NewTailoring>),
}

/// What a finished operation answers with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OperationResult {
    pub engine: EngineUsed,
    pub notices: Vec<Notice>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resume_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tailoring_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<Report>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EngineUsed {
    Rules,
    Model,
}

/// Something the person should know about a result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    pub code: NoticeCode,
    /// One plain sentence.
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeCode {
    /// A model was asked for and none is set up here.
    ModelNotConfigured,
    /// The model did not help; the rules did the work.
    ModelFailed,
    /// Text that readers of the document cannot see was left out.
    HiddenText,
    /// Some lines of the document have no place in the resume.
    UnplacedText,
    /// The document does not look like a resume.
    NotAResume,
    /// The pages are pictures; their letters were recognised and may be wrong.
    TextRecognised,
}

impl Operations {
    /// Ends it with a result. `None`: the lease was lost, and nothing is written.
    pub async fn finish(&self, claim: Claim, outcome: Outcome) -> Result<Option<Model>, DbErr> {
        let transaction = begin(&self.db).await?;
        let Some(owner) = owner(&transaction, claim.operation_id).await? else { return Ok(None) };
        let mut result = OperationResult {
            engine: outcome.engine,
            notices: outcome.notices,
            resume_id: None,
            tailoring_id: None,
            report: None,
        };
        match outcome.work {
            Worked::Parsed(new) => {
                result.resume_id = Some(resume::insert(&transaction, owner, *new).await?.id);
            }
            Worked::Checked(report) => result.report = Some(*report),
            Worked::Tailored(new) => {
                let id = claim.operation_id;
                let id = tailoring::insert(&transaction, owner, id, *new).await?;
                result.tailoring_id = Some(id);
            }
        }
        let result =
            serde_json::to_value(result).map_err(|error| DbErr::Json(error.to_string()))?;
        // Last, because it is the check: without the lease, everything above is rolled back.
        let ended = end(&transaction, claim, End::Succeeded(result)).await?;
        if ended.is_some() {
            transaction.commit().await?;
        }
        Ok(ended)
    }

    /// Ends it without a result; what was not the person's fault does not count against their quota.
    pub async fn fail(&self, claim: Claim, code: FailureCode) -> Result<Option<Model>, DbErr> {
        let transaction = begin(&self.db).await?;
        let Some(ended) = end(&transaction, claim, End::Failed(code)).await? else {
            return Ok(None);
        };
        if code.is_ours() {
            quota::refund(&transaction, &ended).await?;
        }
        transaction.commit().await?;
        Ok(Some(ended))
    }

    /// Ends a running operation whose person wants it no more.
    pub async fn end_canceled(&self, claim: Claim) -> Result<Option<Model>, DbErr> {
        let transaction = begin(&self.db).await?;
        let ended = end(&transaction, claim, End::Canceled).await?;
        transaction.commit().await?;
        Ok(ended)
    }
}
