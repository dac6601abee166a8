//! How operations end: result, row and event in one transaction, or nothing of it.

use sea_orm::prelude::{Json, Uuid};
use sea_orm::{DatabaseTransaction, DbErr};
use serde::{Deserialize, Serialize};

use crate::ats::Report;
use crate::database::begin;
use crate::operation::change;
use crate::operation::claim::{Claim, End, end, ending, owner};
use crate::operation::failure::FailureCode;
use crate::operation::{Model, Operations};
use crate::resume::NewResume;
use crate::spending::settle::settle_open;
use crate::tailoring::NewTailoring;
use crate::tailoring::redraft::{self, Redrafted};
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
    Redrafted(Box<Redrafted>),
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
    /// Today's spending cap, or the operation's own limit, left no room for the model.
    SpendingCapReached,
    /// There is too little text to ask a model about.
    TooLittleText,
    /// One half of the match is missing.
    PartialMatch,
    /// Text that readers of the document cannot see was left out.
    HiddenText,
    /// Some lines of the document have no place in the resume.
    UnplacedText,
    /// The document does not look like a resume.
    NotAResume,
    /// The pages are pictures; their letters were recognised and may be wrong.
    TextRecognised,
    /// What was asked for came to nothing.
    NothingChanged,
}

impl Operations {
    /// Ends it with a result. `None`: the lease was lost, and nothing is written.
    pub async fn finish(&self, claim: Claim, outcome: Outcome) -> Result<Option<Model>, DbErr> {
        let Outcome { work, engine, notices } = outcome;
        let (resume_id, tailoring_id, report) = (None, None, None);
        let result = OperationResult { engine, notices, resume_id, tailoring_id, report };
        match work {
            Worked::Checked(report) => {
                let result = OperationResult { report: Some(*report), ..result };
                self.end_alone(claim, End::Succeeded(to_json(result)?)).await
            }
            Worked::Parsed(new) => {
                let Some((transaction, owner)) = self.begin_ending(claim).await? else {
                    return Ok(None);
                };
                let id = resume::insert(&transaction, owner, *new).await?.id;
                keep(transaction, claim, OperationResult { resume_id: Some(id), ..result }).await
            }
            Worked::Tailored(new) => {
                let Some((transaction, owner)) = self.begin_ending(claim).await? else {
                    return Ok(None);
                };
                let id = tailoring::insert(&transaction, owner, claim.operation_id, *new).await?;
                keep(transaction, claim, OperationResult { tailoring_id: Some(id), ..result }).await
            }
            Worked::Redrafted(redrafted) => {
                let Some((transaction, owner)) = self.begin_ending(claim).await? else {
                    return Ok(None);
                };
                let tailoring_id = Some(redrafted.tailoring_id);
                redraft::insert(&transaction, owner, *redrafted).await?;
                keep(transaction, claim, OperationResult { tailoring_id, ..result }).await
            }
        }
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
        settle_open(&transaction, claim.operation_id).await?;
        transaction.commit().await?;
        Ok(Some(ended))
    }

    /// Ends a running operation whose person wants it no more.
    pub async fn end_canceled(&self, claim: Claim) -> Result<Option<Model>, DbErr> {
        let transaction = begin(&self.db).await?;
        let ended = end(&transaction, claim, End::Canceled).await?;
        if ended.is_some() {
            settle_open(&transaction, claim.operation_id).await?;
        }
        transaction.commit().await?;
        Ok(ended)
    }

    /// A transaction for an ending that writes more than itself, and whose operation it is.
    async fn begin_ending(
        &self,
        claim: Claim,
    ) -> Result<Option<(DatabaseTransaction, Uuid)>, DbErr> {
        let transaction = begin(&self.db).await?;
        let owner = owner(&transaction, claim.operation_id).await?;
        Ok(owner.map(|owner| (transaction, owner)))
    }

    /// Ends it when nothing else has to be written with it.
    async fn end_alone(&self, claim: Claim, end: End) -> Result<Option<Model>, DbErr> {
        let (update, kind) = ending(claim, end);
        change::tell(&self.db, update, kind).await
    }
}

/// The ending comes last, because it is the check: without the lease, all that the
/// transaction has written is rolled back.
async fn keep(
    transaction: DatabaseTransaction,
    claim: Claim,
    result: OperationResult,
) -> Result<Option<Model>, DbErr> {
    let ended = end(&transaction, claim, End::Succeeded(to_json(result)?)).await?;
    if ended.is_some() {
        transaction.commit().await?;
    }
    Ok(ended)
}

fn to_json(result: OperationResult) -> Result<Json, DbErr> {
    serde_json::to_value(result).map_err(|error| DbErr::Json(error.to_string()))
}
