//! One resume tailored to many postings.

use poem_openapi::param::{Header, Path};
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};
use serde::{Deserialize, Serialize};
use shared::batch::item::Refusal;
use shared::batch::{Asked, BatchError, Batches, MOST, Standing, Summary};
use shared::operation::State;
use shared::quote::Quotes;
use shared::submit::PostingSource;
use shared::tailoring::Options;
use uuid::Uuid;

use crate::Tag;
use crate::caller::Caller;
use crate::headers::idempotency;
use crate::json::Body;
use crate::operation::start::{
    TailorIntensity, TailorMode, TailorResume, TailorSection, TailorTone, options, posting,
};
use crate::operation::{Engine, OperationState};
use crate::problem::answer::{Read, Refused, Start};
use crate::problem::{Code, Problem};

pub struct BatchApi {
    pub batches: Batches,
    pub quotes: Quotes,
}

/// A posting of a batch: `posting_id` or `posting_text`
#[derive(Debug, Serialize, Deserialize, Object)]
#[serde(deny_unknown_fields)]
pub struct BatchPosting {
    pub posting_id: Option<Uuid>,
    pub posting_text: Option<String>,
}

/// Which postings to tailor to, and how
#[derive(Debug, Serialize, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct TailorBatch {
    /// 1 to 50
    pub postings: Vec<BatchPosting>,
    #[oai(default = "TailorResume::mode")]
    #[serde(default = "TailorResume::mode")]
    pub mode: TailorMode,
    /// With mode `partial`: what may change
    #[oai(default)]
    #[serde(default)]
    pub sections: Vec<TailorSection>,
    #[oai(default = "TailorResume::intensity")]
    #[serde(default = "TailorResume::intensity")]
    pub intensity: TailorIntensity,
    pub tone: Option<TailorTone>,
    /// Who drafts
    #[oai(default)]
    #[serde(default)]
    pub engine: Engine,
}

impl TailorBatch {
    /// The postings and the options, if they make sense.
    pub fn read(self) -> Result<(Vec<PostingSource>, Options), Problem> {
        if self.postings.is_empty() || self.postings.len() > MOST {
            let detail = format!("`postings` must name 1 to {MOST} postings.");
            return Err(Problem::new(Code::InvalidRequest, detail));
        }
        let options = options(self.mode, &self.sections, self.intensity, self.tone)?;
        let postings = self.postings.into_iter();
        let postings = postings.map(|one| posting(one.posting_id, one.posting_text));
        Ok((postings.collect::<Result<_, _>>()?, options))
    }
}

impl Example for TailorBatch {
    fn example() -> Self {
        let posting = BatchPosting { posting_id: Some(crate::example::id(4)), posting_text: None };
        Self {
            postings: vec![posting],
            mode: TailorMode::Full,
            sections: Vec::new(),
            intensity: TailorIntensity::Keywords,
            tone: None,
            engine: Engine::Auto,
        }
    }
}

/// Many tailorings of one resume
#[derive(Debug, Object)]
#[oai(example)]
pub struct Batch {
    pub id: Uuid,
    pub resume_id: Uuid,
    /// In the order of the request
    pub items: Vec<BatchItem>,
    pub counts: BatchCounts,
    pub created_at: chrono::DateTime<chrono::Utc>,
}

/// How many postings stand where
#[derive(Debug, Default, Object)]
pub struct BatchCounts {
    pub queued: u64,
    pub running: u64,
    pub succeeded: u64,
    pub failed: u64,
    pub canceled: u64,
    pub refused: u64,
}

/// One posting of a batch
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct BatchItem {
    pub operation_id: Option<Uuid>,
    pub state: Option<OperationState>,
    /// Why there is no operation
    pub refused: Option<BatchRefusal>,
    pub posting_id: Option<Uuid>,
    pub tailoring_id: Option<Uuid>,
    /// The match of the untouched resume, of 100
    pub score: Option<u8>,
    /// Requirements that nothing in the resume supports
    pub gaps: Option<u64>,
}

/// Why a posting has no operation
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum BatchRefusal {
    PostingNotFound,
    QuotaUsedUp,
    SpendingCapReached,
    TooManyWaiting,
    Refused,
}

impl Example for Batch {
    fn example() -> Self {
        let item = BatchItem {
            operation_id: Some(crate::example::id(3)),
            state: Some(OperationState::Succeeded),
            refused: None,
            posting_id: Some(crate::example::id(4)),
            tailoring_id: Some(crate::example::id(5)),
            score: Some(58),
            gaps: Some(3),
        };
        Self {
            id: crate::example::id(8),
            resume_id: crate::example::id(2),
            items: vec![item],
            counts: BatchCounts { succeeded: 1, ..BatchCounts::default() },
            created_at: crate::example::time(),
        }
    }
}

impl From<Summary> for Batch {
    fn from(summary: Summary) -> Self {
        let mut counts = BatchCounts::default();
        for standing in &summary.items {
            let state = standing.operation.as_ref().map(|operation| operation.state);
            let count = match state {
                None if standing.item.refused.is_some() => &mut counts.refused,
                None => continue,
                Some(State::Queued) => &mut counts.queued,
                Some(State::Running) => &mut counts.running,
                Some(State::Succeeded) => &mut counts.succeeded,
                Some(State::Failed) => &mut counts.failed,
                Some(State::Canceled) => &mut counts.canceled,
            };
            *count += 1;
        }
        Self {
            id: summary.batch.id,
            resume_id: summary.batch.resume_id,
            items: summary.items.into_iter().map(BatchItem::from).collect(),
            counts,
            created_at: summary.batch.created_at,
        }
    }
}

impl From<Standing> for BatchItem {
    fn from(standing: Standing) -> Self {
        let tailoring = standing.tailoring;
        let matching = tailoring.as_ref().and_then(|row| row.report.matching.as_ref());
        Self {
            operation_id: standing.item.operation_id,
            state: standing.operation.map(|operation| operation.state.into()),
            refused: standing.item.refused.map(BatchRefusal::from),
            score: matching.map(|matching| matching.score),
            gaps: tailoring.as_ref().map(|row| row.gaps.0.len() as u64),
            posting_id: tailoring.as_ref().map(|row| row.posting_id),
            tailoring_id: tailoring.map(|row| row.id),
        }
    }
}

impl From<Refusal> for BatchRefusal {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::PostingNotFound => Self::PostingNotFound,
            Refusal::QuotaUsedUp => Self::QuotaUsedUp,
            Refusal::SpendingCapReached => Self::SpendingCapReached,
            Refusal::TooManyWaiting => Self::TooManyWaiting,
            Refusal::Refused => Self::Refused,
        }
    }
}

#[derive(ApiResponse)]
pub enum StartedBatch {
    /// The work is queued
    #[oai(status = 202)]
    Accepted(Json<Batch>, #[oai(header = "Location")] String),
}

#[OpenApi(tag = "Tag::Tailorings")]
impl BatchApi {
    /// Tailor a resume to many postings
    ///
    /// One operation for each posting, up to 50; each counts against the quota. A posting that is refused does not
    /// stop the others: its item says why. What all of it would cost says `…/batch/quote`.
    #[oai(path = "/resumes/:id/tailorings/batch", method = "post", operation_id = "start_batch")]
    async fn start(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        body: Body<TailorBatch>,
        /// The same key again gives the same batch, and starts what had not been started
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
    ) -> Result<StartedBatch, Refused<Start>> {
        let key = idempotency(key.0, &("start_batch", id.0, &body.0))?;
        let engine = body.0.engine.into();
        let (postings, options) = body.0.read()?;
        let asked = Asked { account: caller.0, resume_id: id.0, postings, options, engine, key };
        let batch = Batch::from(self.batches.start(&asked, &self.quotes).await?);
        let location = format!("/api/v1/tailoring-batches/{}", batch.id);
        Ok(StartedBatch::Accepted(Json(batch), location))
    }

    /// Show a batch
    #[oai(path = "/tailoring-batches/:id", method = "get", operation_id = "get_batch")]
    async fn get(&self, caller: Caller, id: Path<Uuid>) -> Result<Json<Batch>, Refused<Read>> {
        let batch = self.batches.find(caller.0.id, id.0).await?.ok_or_else(no_such)?;
        Ok(Json(batch.into()))
    }

    /// Cancel what has not begun of a batch
    ///
    /// What runs goes on to its end.
    #[oai(path = "/tailoring-batches/:id/cancel", method = "post", operation_id = "cancel_batch")]
    async fn cancel(&self, caller: Caller, id: Path<Uuid>) -> Result<Json<Batch>, Refused<Read>> {
        let batch = self.batches.cancel(caller.0.id, id.0).await?.ok_or_else(no_such)?;
        Ok(Json(batch.into()))
    }
}

fn no_such() -> Problem {
    Problem::new(Code::BatchNotFound, "There is no such batch.")
}

impl From<BatchError> for Problem {
    fn from(error: BatchError) -> Self {
        match error {
            BatchError::ResumeNotFound(_) => {
                Self::new(Code::ResumeNotFound, "There is no such resume.")
            }
            BatchError::KeyReused => Self::new(
                Code::IdempotencyKeyReused,
                "This Idempotency-Key came with another request before.",
            ),
            BatchError::Database(error) => error.into(),
        }
    }
}
