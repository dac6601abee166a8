//! Anybody's operations: where they stand and what became of them, never what they are about.

use chrono::{DateTime, TimeDelta, Utc};
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Object, OpenApi};
use serde::Deserialize;
use shared::account::Tier as DomainTier;
use shared::operation::Operations;
use shared::operation::control::Cancel;
use shared::operation::failure::FailureCode;
use shared::operation::repair::Place as DomainPlace;
use shared::operation::watch::{Watch, Watched};
use shared::page::{Page, PageRequest};
use shared::steering::Steering;
use uuid::Uuid;

use super::{Because, made, mandate, no_such_operation};
use crate::caller::Admin;
use crate::json::Body;
use crate::mirror::mirror;
use crate::operation::{OperationKind, OperationStage, OperationState};
use crate::problem::answer::{AdminRead, AdminSteer, Refused};
use crate::problem::{Code, Problem};
use crate::{Tag, page};

pub mod detail;

use detail::AdminOperationDetail;

pub struct AdminOperationApi {
    pub operations: Operations,
    pub steering: Steering,
}

mirror! {
    /// What the person pays for
    AccountTier of DomainTier { Free, Pro, Premium }
}

mirror! {
    /// Where a waiting operation is moved: before or after all that wait, or where its age and tier put it
    QueuePlace of DomainPlace { First, Last, Usual }
}

/// An operation without what it is about
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct AdminOperation {
    pub id: Uuid,
    /// Whose it is
    pub account_id: Uuid,
    pub kind: OperationKind,
    pub tier: AccountTier,
    pub state: OperationState,
    /// The code of the problem it failed with
    pub problem: Option<String>,
    pub stage: Option<OperationStage>,
    pub percent: i16,
    /// How often it was begun since it was submitted or retried by an admin
    pub attempt: i32,
    /// The worker that runs it, or ran it last
    pub worker_id: Option<String>,
    /// When another worker may take it, unless this one says otherwise
    pub lease_until: Option<DateTime<Utc>>,
    /// It does not begin before
    pub run_at: DateTime<Utc>,
    /// While it waits: since when workers may take it
    pub handed_out_at: Option<DateTime<Utc>>,
    pub cancel_requested: bool,
    /// Its place in the queue; the smallest goes first
    pub rank: i64,
    /// Whether its owner got the use of their quota back
    pub refunded: bool,
    pub created_at: DateTime<Utc>,
    pub started_at: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
}

/// A page of operations, newest first
#[derive(Debug, Object)]
#[oai(example)]
pub struct AdminOperationPage {
    pub items: Vec<AdminOperation>,
    /// Give this as `cursor` for the next page; absent on the last
    #[oai(skip_serializing_if_is_none)]
    pub next_cursor: Option<String>,
}

/// Where to move a waiting operation, and why
#[derive(Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct MoveOperation {
    pub place: QueuePlace,
    /// 1 to 500 characters; it is written down with who and when
    pub reason: String,
}

#[derive(ApiResponse)]
pub enum Removed {
    /// It is gone, and its events and calls with it
    #[oai(status = 204)]
    Gone,
}

impl Example for AdminOperation {
    fn example() -> Self {
        Self {
            id: crate::example::id(3),
            account_id: crate::example::id(9),
            kind: OperationKind::Tailor,
            tier: AccountTier::Pro,
            state: OperationState::Failed,
            problem: Some("worker-lost".into()),
            stage: Some(OperationStage::Drafting),
            percent: 66,
            attempt: 3,
            worker_id: Some("node-4-1871-0198f3c2b1d77d0e9a4c5b6a79881234".into()),
            lease_until: None,
            run_at: crate::example::time(),
            handed_out_at: None,
            cancel_requested: false,
            rank: 1_795_252_680_000,
            refunded: true,
            created_at: crate::example::time(),
            started_at: Some(crate::example::time()),
            finished_at: Some(crate::example::time()),
        }
    }
}

impl Example for AdminOperationPage {
    fn example() -> Self {
        Self { items: vec![AdminOperation::example()], next_cursor: None }
    }
}

impl Example for MoveOperation {
    fn example() -> Self {
        Self { place: QueuePlace::First, reason: "Promised to the person on the phone.".into() }
    }
}

impl From<Watched> for AdminOperation {
    fn from(row: Watched) -> Self {
        Self {
            id: row.id,
            account_id: row.account_id,
            kind: row.kind.into(),
            tier: row.tier.into(),
            state: row.state.into(),
            problem: row.problem.map(|failure| failure.code.as_str().into()),
            stage: row.stage.map(OperationStage::from),
            percent: row.percent,
            attempt: row.attempt,
            worker_id: row.worker_id,
            lease_until: row.lease_until,
            run_at: row.run_at,
            handed_out_at: row.pushed_at,
            cancel_requested: row.cancel_requested,
            rank: row.rank,
            refunded: row.refunded,
            created_at: row.created_at,
            started_at: row.started_at,
            finished_at: row.finished_at,
        }
    }
}

impl From<Page<Watched>> for AdminOperationPage {
    fn from(page: Page<Watched>) -> Self {
        let page = page.map(AdminOperation::from);
        Self { items: page.items, next_cursor: page.next.map(|id| id.to_string()) }
    }
}

#[OpenApi(prefix_path = "/admin/operations", tag = "Tag::Admin")]
impl AdminOperationApi {
    /// List anybody's operations
    ///
    /// `problem` is the code they failed with; ages are counted from their creation.
    #[oai(path = "/", method = "get", operation_id = "list_all_operations")]
    #[expect(clippy::too_many_arguments, reason = "each query parameter is one")]
    async fn list(
        &self,
        _admin: Admin,
        state: Query<Option<OperationState>>,
        kind: Query<Option<OperationKind>>,
        account_id: Query<Option<Uuid>>,
        problem: Query<Option<String>>,
        older_than_seconds: Query<Option<u32>>,
        younger_than_seconds: Query<Option<u32>>,
        cursor: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Result<Json<AdminOperationPage>, Refused<AdminRead>> {
        let page = page::request(cursor.0, limit.0)?;
        let watch = Watch {
            states: state.0.map(Into::into).into_iter().collect(),
            kind: kind.0.map(Into::into),
            account_id: account_id.0,
            problems: problem.0.map(|code| failure(&code)).transpose()?.into_iter().collect(),
            created_before: older_than_seconds.0.map(ago),
            created_after: younger_than_seconds.0.map(ago),
        };
        Ok(Json(self.page(&watch, page).await?))
    }

    /// Show anybody's operation
    ///
    /// With its events, attempts and model calls; never the text of a resume or posting.
    #[oai(path = "/:id", method = "get", operation_id = "inspect_operation")]
    async fn get(
        &self,
        _admin: Admin,
        id: Path<Uuid>,
    ) -> Result<Json<AdminOperationDetail>, Refused<AdminRead>> {
        let operation = self.find(id.0).await?;
        let events = self.operations.events_after(id.0, 0).await?;
        let calls = self.operations.calls(id.0).await?;
        Ok(Json(AdminOperationDetail::new(operation, events, calls)))
    }

    /// Retry an operation
    ///
    /// One that failed or was canceled begins anew, with all its attempts, without counting against
    /// its owner's quota again.
    #[oai(path = "/:id/retry", method = "post", operation_id = "retry_operation")]
    async fn retry(
        &self,
        admin: Admin,
        id: Path<Uuid>,
        body: Body<Because>,
    ) -> Result<Json<AdminOperation>, Refused<AdminSteer>> {
        let change = self.steering.retry(&mandate(&admin, &body.0.reason)?, id.0).await?;
        made(change, "Only an operation that failed or was canceled can be retried.")?;
        Ok(Json(self.find(id.0).await?))
    }

    /// Cancel anybody's operation
    ///
    /// As its owner could: a waiting one ends at once, a running one within a second or so, one that
    /// has ended stays as it is.
    #[oai(path = "/:id/cancel", method = "post", operation_id = "cancel_any_operation")]
    async fn cancel(
        &self,
        admin: Admin,
        id: Path<Uuid>,
        body: Body<Because>,
    ) -> Result<Json<AdminOperation>, Refused<AdminSteer>> {
        match self.steering.cancel(&mandate(&admin, &body.0.reason)?, id.0).await? {
            Cancel::Canceled(_) | Cancel::Requested(_) | Cancel::Ended(_) => {
                Ok(Json(self.find(id.0).await?))
            }
            Cancel::NotFound => Err(no_such_operation().into()),
        }
    }

    /// Move a waiting operation
    ///
    /// Operations that were handed out to workers already (at most 200 of a kind) still go before it.
    #[oai(path = "/:id/reprioritize", method = "post", operation_id = "reprioritize_operation")]
    async fn reprioritize(
        &self,
        admin: Admin,
        id: Path<Uuid>,
        body: Body<MoveOperation>,
    ) -> Result<Json<AdminOperation>, Refused<AdminSteer>> {
        let mandate = mandate(&admin, &body.0.reason)?;
        let change = self.steering.reprioritize(&mandate, id.0, body.0.place.into()).await?;
        made(change, "Only an operation that waits can be moved.")?;
        Ok(Json(self.find(id.0).await?))
    }

    /// Remove an operation
    ///
    /// One that has ended, with its events and calls. One whose tailoring its owner still has is kept.
    #[oai(path = "/:id", method = "delete", operation_id = "remove_operation")]
    async fn remove(
        &self,
        admin: Admin,
        id: Path<Uuid>,
        /// 1 to 500 characters; it is written down with who and when
        reason: Query<String>,
    ) -> Result<Removed, Refused<AdminSteer>> {
        let change = self.steering.remove(&mandate(&admin, &reason.0)?, id.0).await?;
        made(
            change,
            "Only an operation that has ended and whose tailoring is gone can be removed.",
        )?;
        Ok(Removed::Gone)
    }
}

impl AdminOperationApi {
    async fn find(&self, id: Uuid) -> Result<AdminOperation, Problem> {
        let found = self.operations.watch_one(id).await?;
        found.map(AdminOperation::from).ok_or_else(no_such_operation)
    }

    async fn page(&self, watch: &Watch, page: PageRequest) -> Result<AdminOperationPage, Problem> {
        Ok(self.operations.watch(watch, page).await?.into())
    }
}

fn failure(code: &str) -> Result<FailureCode, Problem> {
    FailureCode::from_name(code).ok_or_else(|| {
        let detail = "`problem` must be the code of a problem that operations fail with.";
        Problem::new(Code::InvalidRequest, detail)
    })
}

fn ago(seconds: u32) -> DateTime<Utc> {
    Utc::now() - TimeDelta::seconds(i64::from(seconds))
}
