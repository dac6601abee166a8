//! Operations: long work that answers `202` and is followed from there.

use poem_openapi::param::{Path, Query};
use poem_openapi::payload::{EventStream, Json};
use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Object, OpenApi};
use shared::dispatch::Dispatch;
use shared::finish::OperationResult as DomainResult;
use shared::operation::control::Cancel;
use shared::operation::estimate::{Estimate, Reason, Waiting};
use shared::operation::input::Engine as DomainEngine;
use shared::operation::{
    Filter, Kind as DomainKind, Model, Operations, Stage as DomainStage, State as DomainState,
};
use uuid::Uuid;

use crate::Tag;
use crate::caller::Caller;
use crate::mirror::mirror;
use crate::page;
use crate::problem::answer::{Read, Refused};
use crate::problem::{Code, Problem};

pub mod result;
pub mod start;
pub mod stream;

use result::OperationResult;
use stream::Followed;

pub struct OperationApi {
    pub operations: Operations,
    pub dispatch: Dispatch,
    pub follow: stream::Follow,
}

mirror! {
    /// What kind of work it is
    OperationKind of DomainKind { Parse, Ats, Tailor }
}

mirror! {
    /// Where it stands: `queued → running → succeeded | failed | canceled`
    OperationState of DomainState { Queued, Running, Succeeded, Failed, Canceled }
}

mirror! {
    /// What a running operation is doing
    OperationStage of DomainStage {
        Validating, Reading, Parsing, Extracting, Matching, Scoring, Planning, Drafting, Verifying,
        Complete,
    }
}

mirror! {
    /// Who does the work: the rules, a model, or a model where one is set up and answers
    #[derive(Default)]
    Engine of DomainEngine { #[default] Auto, Rules, Model }
}

mirror! {
    /// Why an operation has not begun: the queue is paused; a failed attempt is to be repeated later; the
    /// model it was asked to use does not answer at the moment; no worker is there; your tier's limit is under way; others go first
    WaitingReason of Reason { QueuePaused, RetryAt, BreakerOpen, NoWorker, UserLimit, AheadOfYou }
}

/// One piece of long work
#[derive(Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct Operation {
    pub id: Uuid,
    pub kind: OperationKind,
    pub state: OperationState,
    /// Absent until a worker has begun it
    pub stage: Option<OperationStage>,
    /// Of the stages
    pub percent: i16,
    /// An estimate; absent once it has ended
    pub seconds_left: Option<u64>,
    /// 1 is next; only while it is queued
    pub queue_position: Option<u64>,
    /// How often it was begun
    pub attempt: i32,
    /// When it has succeeded: `engine`, `notices`, and `resume_id`, `report` or `tailoring_id` by its kind
    pub result: Option<OperationResult>,
    /// When it has failed: why, and what to do
    pub problem: Option<Problem>,
    pub created_at: chrono::DateTime<chrono::Utc>,
    pub started_at: Option<chrono::DateTime<chrono::Utc>>,
    pub finished_at: Option<chrono::DateTime<chrono::Utc>>,
}

impl Example for Operation {
    fn example() -> Self {
        Self {
            id: crate::example::id(3),
            kind: OperationKind::Parse,
            state: OperationState::Running,
            stage: Some(OperationStage::Reading),
            percent: 33,
            seconds_left: Some(1),
            queue_position: None,
            attempt: 1,
            result: None,
            problem: None,
            created_at: crate::example::time(),
            started_at: Some(crate::example::time()),
            finished_at: None,
        }
    }
}

impl Operation {
    fn new(row: Model, estimate: Estimate) -> Self {
        Self {
            id: row.id,
            kind: row.kind.into(),
            state: row.state.into(),
            stage: row.stage.map(OperationStage::from),
            percent: row.percent,
            seconds_left: estimate.seconds_left,
            queue_position: estimate.position,
            attempt: row.attempt,
            result: row
                .result
                .and_then(|result| serde_json::from_value(result).ok())
                .map(|result: DomainResult| result.into()),
            problem: row.problem.map(|failure| Problem::from(failure.code)),
            created_at: row.created_at,
            started_at: row.started_at,
            finished_at: row.finished_at,
        }
    }
}

/// Why an operation waits
#[derive(Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct OperationWaiting {
    pub state: OperationState,
    /// Absent when it does not wait
    pub reason: Option<WaitingReason>,
    /// The same in plain words
    pub explanation: String,
    /// 1 is next
    pub position: Option<u64>,
    /// Until it ends, an estimate; absent while nobody can say
    pub seconds_left: Option<u64>,
    /// When the next attempt is due
    pub retry_at: Option<chrono::DateTime<chrono::Utc>>,
}

impl Example for OperationWaiting {
    fn example() -> Self {
        Self {
            state: OperationState::Queued,
            reason: Some(WaitingReason::AheadOfYou),
            explanation: explanation(Some(Reason::AheadOfYou)).into(),
            position: Some(3),
            seconds_left: Some(12),
            retry_at: None,
        }
    }
}

impl OperationWaiting {
    fn new(state: DomainState, waiting: Waiting) -> Self {
        Self {
            state: state.into(),
            reason: waiting.reason.map(WaitingReason::from),
            explanation: explanation(waiting.reason).into(),
            position: waiting.estimate.position,
            seconds_left: waiting.estimate.seconds_left,
            retry_at: waiting.retry_at,
        }
    }
}

fn explanation(reason: Option<Reason>) -> &'static str {
    match reason {
        None => "It does not wait.",
        Some(Reason::QueuePaused) => {
            "Work of this kind is paused at the moment; it keeps its place and goes on by itself."
        }
        Some(Reason::RetryAt) => "An attempt did not succeed; the next one begins by itself.",
        Some(Reason::BreakerOpen) => {
            "The AI service does not answer at the moment; it begins by itself when that is back, or after ten minutes without it."
        }
        Some(Reason::NoWorker) => {
            "Nothing that could do the work is running; it begins when that is back."
        }
        Some(Reason::UserLimit) => {
            "As many of your operations of this kind are under way as your tier allows at once."
        }
        Some(Reason::AheadOfYou) => "It begins when those before it have begun.",
    }
}

/// A page of operations, newest first
#[derive(Debug, Object)]
#[oai(example)]
pub struct OperationPage {
    pub items: Vec<Operation>,
    /// Give this as `cursor` for the next page; absent on the last
    #[oai(skip_serializing_if_is_none)]
    pub next_cursor: Option<String>,
}

impl Example for OperationPage {
    fn example() -> Self {
        Self { items: vec![Operation::example()], next_cursor: None }
    }
}

/// Follow `Location` for the result; both headers name the same address
#[derive(ApiResponse)]
pub enum Accepted {
    /// The work is recorded and will end: done, failed with a reason, or canceled
    #[oai(status = 202)]
    Accepted(
        Json<Operation>,
        #[oai(header = "Location")] String,
        #[oai(header = "Operation-Location")] String,
    ),
}

impl From<Model> for Accepted {
    fn from(row: Model) -> Self {
        let location = format!("/api/v1/operations/{}", row.id);
        let operation = Operation::new(row, Estimate::default());
        Self::Accepted(Json(operation), location.clone(), location)
    }
}

#[derive(ApiResponse)]
pub enum Following {
    /// What has happened since, then what happens
    #[oai(status = 200)]
    Events(EventStream<Followed>),
    /// The operation has ended and everything was told; browsers stop asking
    #[oai(status = 204)]
    NothingMore,
}

#[OpenApi(prefix_path = "/operations", tag = "Tag::Operations")]
impl OperationApi {
    /// List your operations
    #[oai(path = "/", method = "get", operation_id = "list_operations")]
    async fn list(
        &self,
        caller: Caller,
        kind: Query<Option<OperationKind>>,
        state: Query<Option<OperationState>>,
        cursor: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Result<Json<OperationPage>, Refused<Read>> {
        let page = page::request(cursor.0, limit.0)?;
        let filter = Filter { kind: kind.0.map(Into::into), state: state.0.map(Into::into) };
        let page = self.operations.list(caller.0.id, filter, page).await?;
        let page = page.map(|row| Operation::new(row, Estimate::default()));
        let next_cursor = page.next.map(|id| id.to_string());
        Ok(Json(OperationPage { items: page.items, next_cursor }))
    }

    /// Show an operation
    ///
    /// Its state, how far it is, and in the end its result or its problem.
    #[oai(path = "/:id", method = "get", operation_id = "get_operation")]
    async fn get(&self, caller: Caller, id: Path<Uuid>) -> Result<Json<Operation>, Refused<Read>> {
        let row = self.find(&caller, id.0).await?;
        let estimate = self.operations.estimate(&row).await?;
        Ok(Json(Operation::new(row, estimate)))
    }

    /// Say why an operation waits
    ///
    /// The reason, its place in the queue, and how long it may take.
    #[oai(path = "/:id/waiting", method = "get", operation_id = "explain_waiting")]
    async fn waiting(
        &self,
        caller: Caller,
        id: Path<Uuid>,
    ) -> Result<Json<OperationWaiting>, Refused<Read>> {
        let row = self.find(&caller, id.0).await?;
        let waiting = self.operations.waiting(&row).await?;
        Ok(Json(OperationWaiting::new(row.state, waiting)))
    }

    /// Follow an operation
    ///
    /// Server-sent events with ids. After a break, send the last id as `Last-Event-ID`
    /// (browsers do) or `?after=`; everything since is told again. The stream ends with
    /// the event `succeeded`, `failed` or `canceled`.
    #[oai(path = "/:id/events", method = "get", operation_id = "follow_operation")]
    async fn follow(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        after: Query<Option<i64>>,
        #[oai(name = "Last-Event-ID")] last: poem_openapi::param::Header<Option<i64>>,
    ) -> Result<Following, Refused<Read>> {
        let row = self.find(&caller, id.0).await?;
        let after = last.0.or(after.0).unwrap_or(0);
        if row.state.is_terminal() && after >= row.last_event {
            return Ok(Following::NothingMore);
        }
        Ok(Following::Events(self.follow.stream(row.id, after)))
    }

    /// Cancel an operation
    ///
    /// A waiting one ends at once. A running one is asked to stop and ends within a
    /// second or so; follow it. One that has ended stays as it is.
    #[oai(path = "/:id/cancel", method = "post", operation_id = "cancel_operation")]
    async fn cancel(&self, caller: Caller, id: Path<Uuid>) -> Result<Accepted, Refused<Read>> {
        match self.dispatch.cancel(caller.0.id, id.0).await? {
            Cancel::Canceled(row) | Cancel::Requested(row) | Cancel::Ended(row) => {
                Ok(Accepted::from(row))
            }
            Cancel::NotFound => Err(no_such().into()),
        }
    }
}

impl OperationApi {
    async fn find(&self, caller: &Caller, id: Uuid) -> Result<Model, Problem> {
        self.operations.find(caller.0.id, id).await?.ok_or_else(no_such)
    }
}

fn no_such() -> Problem {
    Problem::new(Code::OperationNotFound, "There is no such operation.")
}
