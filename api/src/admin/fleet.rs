//! The processes that run operations, and the operations that none of them could.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use poem_openapi::param::Query;
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{Object, OpenApi};
use shared::fleet::{Fleet, Model};
use shared::operation::failure::FailureCode;
use shared::operation::watch::{Watch, Watched};
use shared::operation::{Kind as DomainKind, Operations, State};
use shared::queue::Queue;
use uuid::Uuid;

use super::operation::{AdminOperation, AdminOperationPage};
use crate::caller::Admin;
use crate::operation::OperationKind;
use crate::problem::answer::{AdminRead, Refused};
use crate::{Tag, page};

pub struct FleetApi {
    pub operations: Operations,
    pub fleet: Fleet,
    pub queue: Queue,
}

/// A process that runs operations
#[derive(Debug, Object)]
#[oai(example)]
pub struct AdminWorker {
    pub id: String,
    pub host: String,
    pub pid: i32,
    pub version: String,
    /// Operations of each kind that it runs at once
    pub concurrency: WorkerConcurrency,
    pub started_at: DateTime<Utc>,
    /// Its last sign of life; it gives one every 5 seconds and is forgotten after 30
    pub seen_at: DateTime<Utc>,
    pub running: Vec<RunningOperation>,
}

#[derive(Debug, Object)]
pub struct WorkerConcurrency {
    pub parse: u64,
    pub ats: u64,
    pub tailor: u64,
}

/// What a worker runs
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct RunningOperation {
    pub id: Uuid,
    pub kind: OperationKind,
    pub attempt: i32,
    pub started_at: Option<DateTime<Utc>>,
}

/// All workers that are alive
#[derive(Debug, Object)]
#[oai(example)]
pub struct AdminWorkers {
    pub items: Vec<AdminWorker>,
}

/// Operations that failed through no fault of their owners, newest first
#[derive(Debug, Object)]
#[oai(example)]
pub struct DeadLetters {
    pub items: Vec<AdminOperation>,
    /// Give this as `cursor` for the next page; absent on the last
    #[oai(skip_serializing_if_is_none)]
    pub next_cursor: Option<String>,
    /// Deliveries that the queue itself has given up; anything but 0 is a defect
    pub deliveries: Vec<DeadDeliveries>,
}

#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct DeadDeliveries {
    pub kind: OperationKind,
    /// Absent when the queue does not answer
    pub count: Option<u64>,
}

impl Example for AdminWorker {
    fn example() -> Self {
        Self {
            id: "node-4-1871-0198f3c2b1d77d0e9a4c5b6a79881234".into(),
            host: "node-4".into(),
            pid: 1871,
            version: env!("CARGO_PKG_VERSION").into(),
            concurrency: WorkerConcurrency { parse: 5, ats: 3, tailor: 2 },
            started_at: crate::example::time(),
            seen_at: crate::example::time(),
            running: vec![RunningOperation {
                id: crate::example::id(3),
                kind: OperationKind::Tailor,
                attempt: 1,
                started_at: Some(crate::example::time()),
            }],
        }
    }
}

impl Example for AdminWorkers {
    fn example() -> Self {
        Self { items: vec![AdminWorker::example()] }
    }
}

impl Example for DeadLetters {
    fn example() -> Self {
        let deliveries = vec![DeadDeliveries { kind: OperationKind::Tailor, count: Some(0) }];
        Self { items: vec![AdminOperation::example()], next_cursor: None, deliveries }
    }
}

impl From<Watched> for RunningOperation {
    fn from(row: Watched) -> Self {
        Self { id: row.id, kind: row.kind.into(), attempt: row.attempt, started_at: row.started_at }
    }
}

impl AdminWorker {
    fn new(row: Model, running: Vec<RunningOperation>) -> Self {
        let of = |kind| row.concurrency.of(kind) as u64;
        Self {
            concurrency: WorkerConcurrency {
                parse: of(DomainKind::Parse),
                ats: of(DomainKind::Ats),
                tailor: of(DomainKind::Tailor),
            },
            id: row.id,
            host: row.host,
            pid: row.pid,
            version: row.version,
            started_at: row.started_at,
            seen_at: row.seen_at,
            running,
        }
    }
}

#[OpenApi(prefix_path = "/admin", tag = "Tag::Admin")]
impl FleetApi {
    /// List the workers
    #[oai(path = "/workers", method = "get", operation_id = "list_workers")]
    async fn workers(&self, _admin: Admin) -> Result<Json<AdminWorkers>, Refused<AdminRead>> {
        let mut running: HashMap<String, Vec<RunningOperation>> = HashMap::new();
        for mut row in self.operations.running().await? {
            let worker = row.worker_id.take().unwrap_or_default();
            running.entry(worker).or_default().push(row.into());
        }
        let workers = self.fleet.list().await?.into_iter();
        let items = workers.map(|row| {
            let running = running.remove(&row.id).unwrap_or_default();
            AdminWorker::new(row, running)
        });
        Ok(Json(AdminWorkers { items: items.collect() }))
    }

    /// List the dead letters
    ///
    /// Operations that failed on our side: their workers kept dying, or the software failed. Retry
    /// them when the cause is mended.
    #[oai(path = "/dead-letters", method = "get", operation_id = "list_dead_letters")]
    async fn dead_letters(
        &self,
        _admin: Admin,
        cursor: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Result<Json<DeadLetters>, Refused<AdminRead>> {
        let page = page::request(cursor.0, limit.0)?;
        let ours = FailureCode::ALL.into_iter().filter(|code| code.is_ours());
        let watch =
            Watch { states: vec![State::Failed], problems: ours.collect(), ..Watch::default() };
        let page = AdminOperationPage::from(self.operations.watch(&watch, page).await?);
        let deliveries = self.dead_deliveries().await;
        Ok(Json(DeadLetters { items: page.items, next_cursor: page.next_cursor, deliveries }))
    }
}

impl FleetApi {
    async fn dead_deliveries(&self) -> Vec<DeadDeliveries> {
        let mut deliveries = Vec::new();
        for kind in DomainKind::ALL {
            let count = self.queue.dead(kind).await.ok();
            deliveries.push(DeadDeliveries { kind: kind.into(), count });
        }
        deliveries
    }
}
