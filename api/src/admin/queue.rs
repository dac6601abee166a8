//! The queues: how they are doing, and whether they hand operations out.

use chrono::{DateTime, Utc};
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{Object, OpenApi};
use serde::Deserialize;
use shared::operation::load::{Ended, Load, Times};
use shared::operation::steer::Mode as DomainMode;
use shared::operation::{Kind as DomainKind, Operations};
use shared::steering::Steering;

use super::{Because, mandate};
use crate::Tag;
use crate::caller::Admin;
use crate::json::Body;
use crate::mirror::mirror;
use crate::operation::OperationKind;
use crate::problem::answer::{AdminRead, AdminSteer, Refused};
use crate::problem::{Code, Problem};

/// Most failed operations that one request brings back.
const MOST_RETRIED: u64 = 1_000;

pub struct QueueApi {
    pub operations: Operations,
    pub steering: Steering,
}

mirror! {
    /// Whether operations are handed out: `running`; `paused`, nothing begins; `draining`, only what
    /// workers were given already begins. New ones are accepted in every mode and wait
    QueueMode of DomainMode { Running, Paused, Draining }
}

/// How the queue of a kind is doing
#[derive(Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct AdminQueue {
    pub kind: OperationKind,
    pub mode: QueueMode,
    pub depth: QueueDepth,
    /// When the operation was created that waits longest
    pub oldest_waiting: Option<DateTime<Utc>>,
    pub last_minute: QueueThroughput,
    pub last_hour: QueueThroughput,
    /// From creation to the beginning of the last attempt, of the last hour's operations, at most 1,000
    pub wait: Option<QueueTimes>,
    /// From there to the end
    pub run: Option<QueueTimes>,
}

/// Operations by state; of those that have ended, as many as are still kept
#[derive(Debug, Object)]
pub struct QueueDepth {
    pub queued: u64,
    /// Of the queued ones, those that workers may take at any moment
    pub handed_out: u64,
    pub running: u64,
    pub succeeded: u64,
    pub failed: u64,
    pub canceled: u64,
}

/// How many operations ended within a time
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct QueueThroughput {
    pub ended: u64,
    pub succeeded: u64,
    pub failed: u64,
    pub canceled: u64,
    /// From 0 to 1, of those that succeeded or failed; absent when there were none
    pub failure_rate: Option<f64>,
}

/// Percentiles in milliseconds
#[derive(Debug, Object)]
pub struct QueueTimes {
    pub p50_ms: u64,
    pub p95_ms: u64,
    pub p99_ms: u64,
}

/// All queues
#[derive(Debug, Object)]
#[oai(example)]
pub struct AdminQueues {
    pub items: Vec<AdminQueue>,
}

/// Which failed operations to bring back, and why
#[derive(Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct RetryFailed {
    /// 1 to 500 characters; it is written down with who and when
    pub reason: String,
    /// Bring back at most this many, the oldest first; 1 to 1,000
    #[oai(default = "most_retried")]
    #[serde(default = "most_retried")]
    pub limit: u64,
}

fn most_retried() -> u64 {
    MOST_RETRIED
}

/// What was brought back
#[derive(Debug, Object)]
#[oai(example)]
pub struct Retried {
    /// As many as `limit`: ask again, there may be more
    pub retried: u64,
}

impl Example for AdminQueue {
    fn example() -> Self {
        let ended = Ended { succeeded: 118, failed: 2, canceled: 1 };
        Self {
            kind: OperationKind::Tailor,
            mode: QueueMode::Running,
            depth: QueueDepth {
                queued: 14,
                handed_out: 9,
                running: 4,
                succeeded: 1210,
                failed: 7,
                canceled: 31,
            },
            oldest_waiting: Some(crate::example::time()),
            last_minute: Ended { succeeded: 3, ..Ended::default() }.into(),
            last_hour: ended.into(),
            wait: Some(QueueTimes { p50_ms: 40, p95_ms: 900, p99_ms: 2_100 }),
            run: Some(QueueTimes { p50_ms: 3_800, p95_ms: 9_000, p99_ms: 14_000 }),
        }
    }
}

impl Example for AdminQueues {
    fn example() -> Self {
        Self { items: vec![AdminQueue::example()] }
    }
}

impl Example for RetryFailed {
    fn example() -> Self {
        Self { reason: "The file store is back.".into(), limit: 200 }
    }
}

impl Example for Retried {
    fn example() -> Self {
        Self { retried: 17 }
    }
}

impl From<Ended> for QueueThroughput {
    fn from(ended: Ended) -> Self {
        Self {
            ended: ended.all(),
            succeeded: ended.succeeded,
            failed: ended.failed,
            canceled: ended.canceled,
            failure_rate: ended.failure_rate(),
        }
    }
}

impl From<Times> for QueueTimes {
    fn from(times: Times) -> Self {
        Self { p50_ms: times.p50, p95_ms: times.p95, p99_ms: times.p99 }
    }
}

impl From<Load> for AdminQueue {
    fn from(load: Load) -> Self {
        Self {
            kind: load.kind.into(),
            mode: load.mode.into(),
            depth: QueueDepth {
                queued: load.depth.queued,
                handed_out: load.depth.handed_out,
                running: load.depth.running,
                succeeded: load.depth.succeeded,
                failed: load.depth.failed,
                canceled: load.depth.canceled,
            },
            oldest_waiting: load.oldest_waiting,
            last_minute: load.last_minute.into(),
            last_hour: load.last_hour.into(),
            wait: load.wait.map(QueueTimes::from),
            run: load.run.map(QueueTimes::from),
        }
    }
}

#[OpenApi(prefix_path = "/admin/queues", tag = "Tag::Admin")]
impl QueueApi {
    /// List the queues
    ///
    /// One for each kind of operation.
    #[oai(path = "/", method = "get", operation_id = "list_queues")]
    async fn list(&self, _admin: Admin) -> Result<Json<AdminQueues>, Refused<AdminRead>> {
        let mut items = Vec::new();
        for kind in DomainKind::ALL {
            items.push(self.operations.load(kind).await?.into());
        }
        Ok(Json(AdminQueues { items }))
    }

    /// Show a queue
    #[oai(path = "/:kind", method = "get", operation_id = "get_queue")]
    async fn get(
        &self,
        _admin: Admin,
        kind: Path<OperationKind>,
    ) -> Result<Json<AdminQueue>, Refused<AdminRead>> {
        Ok(Json(self.operations.load(kind.0.into()).await?.into()))
    }

    /// Pause a queue
    ///
    /// From now on no operation of the kind begins, in any process, until it is resumed. Those that
    /// run go on. New ones are accepted and wait.
    #[oai(path = "/:kind/pause", method = "post", operation_id = "pause_queue")]
    async fn pause(
        &self,
        admin: Admin,
        kind: Path<OperationKind>,
        body: Body<Because>,
    ) -> Result<Json<AdminQueue>, Refused<AdminSteer>> {
        self.steer(&admin, (kind.0, QueueMode::Paused), &body.0).await
    }

    /// Resume a queue
    ///
    /// Also ends a drain.
    #[oai(path = "/:kind/resume", method = "post", operation_id = "resume_queue")]
    async fn resume(
        &self,
        admin: Admin,
        kind: Path<OperationKind>,
        body: Body<Because>,
    ) -> Result<Json<AdminQueue>, Refused<AdminSteer>> {
        self.steer(&admin, (kind.0, QueueMode::Running), &body.0).await
    }

    /// Drain a queue
    ///
    /// Operations that run or were handed out to workers end; nothing else begins until it is
    /// resumed, retries included. New ones are accepted and wait. It is drained when `running` and
    /// `handed_out` are both 0.
    #[oai(path = "/:kind/drain", method = "post", operation_id = "drain_queue")]
    async fn drain(
        &self,
        admin: Admin,
        kind: Path<OperationKind>,
        body: Body<Because>,
    ) -> Result<Json<AdminQueue>, Refused<AdminSteer>> {
        self.steer(&admin, (kind.0, QueueMode::Draining), &body.0).await
    }

    /// Retry failed operations
    ///
    /// They begin anew, oldest first, without counting against anybody's quota again. Operations
    /// that fail meanwhile are left alone.
    #[oai(path = "/:kind/retry-failed", method = "post", operation_id = "retry_failed_operations")]
    async fn retry_failed(
        &self,
        admin: Admin,
        kind: Path<OperationKind>,
        body: Body<RetryFailed>,
    ) -> Result<Json<Retried>, Refused<AdminSteer>> {
        if !(1..=MOST_RETRIED).contains(&body.0.limit) {
            let detail = format!("`limit` must be from 1 to {MOST_RETRIED}.");
            return Err(Problem::new(Code::InvalidRequest, detail).into());
        }
        let mandate = mandate(&admin, &body.0.reason)?;
        let retried = self.steering.retry_failed(&mandate, kind.0.into(), body.0.limit).await?;
        Ok(Json(Retried { retried }))
    }
}

impl QueueApi {
    async fn steer(
        &self,
        admin: &Admin,
        (kind, mode): (OperationKind, QueueMode),
        because: &Because,
    ) -> Result<Json<AdminQueue>, Refused<AdminSteer>> {
        let mandate = mandate(admin, &because.reason)?;
        self.steering.steer(&mandate, kind.into(), mode.into()).await?;
        Ok(Json(self.operations.load(kind.into()).await?.into()))
    }
}
