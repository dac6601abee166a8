//! Whether the process lives, can work, and how it stands.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use poem_openapi::payload::{Json, PlainText};
use poem_openapi::types::Example;
use poem_openapi::{Object, OpenApi};
use shared::fleet::Fleet;
use shared::operation::Kind as DomainKind;
use shared::vitals::{Answer, Disk, Readiness, Standing, Trouble, Vitals};
use shared::{measure, telemetry, time};

use crate::Tag;
use crate::caller::Admin;
use crate::mirror::mirror;
use crate::operation::OperationKind;
use crate::problem::answer::{AdminRead, Probe, Refused, Show};
use crate::problem::{Code, Problem};

pub struct HealthApi {
    pub vitals: Vitals,
    pub fleet: Fleet,
    /// Whether metrics have an address of their own.
    pub metrics_elsewhere: bool,
}

mirror! {
    /// `degraded`: everything is accepted and nothing is lost, but work is slower, or waits
    HealthStatus of Standing { Ok, Degraded, Down }
}

mirror! {
    /// Why a part is not well
    HealthTrouble of Trouble { Silent, Failing, Behind, Nobody }
}

/// The process answers
#[derive(Debug, Object)]
#[oai(example)]
pub struct Health {
    pub status: HealthStatus,
    pub version: String,
}

/// What work needs, part by part
#[derive(Debug, Object)]
#[oai(example)]
pub struct Ready {
    pub status: HealthStatus,
    pub parts: Vec<HealthPart>,
}

/// One part that work needs
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct HealthPart {
    /// `database`, `migrations`, `redis` (where there is one) or `workers`
    pub name: String,
    pub ok: bool,
    pub trouble: Option<HealthTrouble>,
    pub took_ms: u64,
}

/// How the process and what it works with stand
#[derive(Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct DetailedHealth {
    pub status: HealthStatus,
    pub version: String,
    pub parts: Vec<HealthPart>,
    pub pool: PoolHealth,
    pub queues: Vec<QueueHealth>,
    /// Models that all workers leave alone for now; none when all is well
    pub breakers: Vec<BreakerHealth>,
    /// How many workers run which version
    pub workers: Vec<WorkerVersion>,
    /// Of the data folder; absent when the system does not tell
    pub disk: Option<DiskHealth>,
    pub at: DateTime<Utc>,
}

/// Connections of this process to the database
#[derive(Debug, Object)]
pub struct PoolHealth {
    pub open: u32,
    pub idle: u32,
    pub max: u32,
}

#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct QueueHealth {
    pub kind: OperationKind,
    pub waiting: u64,
    /// Since when the oldest could have begun
    pub oldest_since: Option<DateTime<Utc>>,
}

#[derive(Debug, Object)]
pub struct BreakerHealth {
    pub model: String,
    pub open_until: DateTime<Utc>,
}

#[derive(Debug, Object)]
pub struct WorkerVersion {
    pub version: String,
    pub workers: u64,
}

#[derive(Debug, Object)]
pub struct DiskHealth {
    pub free_bytes: u64,
    pub size_bytes: u64,
}

impl Example for Health {
    fn example() -> Self {
        Self { status: HealthStatus::Ok, version: "0.1.0".into() }
    }
}

impl Example for Ready {
    fn example() -> Self {
        let part = |name: &str, trouble: Option<HealthTrouble>| HealthPart {
            name: name.into(),
            ok: trouble.is_none(),
            trouble,
            took_ms: 1,
        };
        let parts = vec![
            part("database", None),
            part("migrations", None),
            part("redis", Some(HealthTrouble::Silent)),
            part("workers", None),
        ];
        Self { status: HealthStatus::Degraded, parts }
    }
}

impl Example for DetailedHealth {
    fn example() -> Self {
        let Ready { status, parts } = Ready::example();
        let at = crate::example::time();
        Self {
            status,
            version: "0.1.0".into(),
            parts,
            pool: PoolHealth { open: 4, idle: 3, max: 10 },
            queues: vec![QueueHealth {
                kind: OperationKind::Tailor,
                waiting: 2,
                oldest_since: Some(at),
            }],
            breakers: vec![BreakerHealth {
                model: "api.openai.com/gpt-4o-mini".into(),
                open_until: at,
            }],
            workers: vec![WorkerVersion { version: "0.1.0".into(), workers: 2 }],
            disk: Some(DiskHealth { free_bytes: 60_000_000_000, size_bytes: 100_000_000_000 }),
            at,
        }
    }
}

impl From<&Readiness> for Ready {
    fn from(readiness: &Readiness) -> Self {
        let part = |name: &str, answer: &Answer| HealthPart {
            name: name.to_owned(),
            ok: answer.trouble.is_none(),
            trouble: answer.trouble.map(HealthTrouble::from),
            took_ms: telemetry::milliseconds(answer.took),
        };
        let mut parts =
            vec![part("database", &readiness.database), part("migrations", &readiness.migrations)];
        parts.extend(readiness.redis.as_ref().map(|answer| part("redis", answer)));
        parts.push(part("workers", &readiness.workers));
        Self { status: readiness.standing().into(), parts }
    }
}

impl From<Disk> for DiskHealth {
    fn from(disk: Disk) -> Self {
        Self { free_bytes: disk.free, size_bytes: disk.size }
    }
}

#[OpenApi(prefix_path = "/health", tag = "Tag::Health")]
impl HealthApi {
    /// Say how the service is
    ///
    /// `degraded` is well enough to send requests to; `503` is not.
    #[oai(path = "/", method = "get", operation_id = "get_health")]
    async fn get(&self) -> Result<Json<Health>, Refused<Probe>> {
        let readiness = self.ready_or_down().await?;
        Ok(Json(Health { status: readiness.standing().into(), version: version() }))
    }

    /// Say whether the process answers
    ///
    /// Asks nothing else: a process is not to be restarted because its database is away.
    #[oai(path = "/live", method = "get", operation_id = "get_liveness")]
    #[expect(clippy::unused_async, reason = "the macro takes async functions only")]
    async fn live(&self) -> Json<Health> {
        Json(Health { status: HealthStatus::Ok, version: version() })
    }

    /// Say whether requests may be sent here
    ///
    /// Asks the database, its migrations, Redis and the workers, each for less than a second. Without
    /// Redis or a worker it is `degraded`: requests are answered and work waits. A model provider is not
    /// asked: without it the rules work.
    #[oai(path = "/ready", method = "get", operation_id = "get_readiness")]
    async fn ready(&self) -> Result<Json<Ready>, Refused<Probe>> {
        Ok(Json(Ready::from(&self.ready_or_down().await?)))
    }

    /// Show how everything stands
    ///
    /// For admins: also answered while a part is down, as long as the database answers.
    #[oai(path = "/detailed", method = "get", operation_id = "get_detailed_health")]
    async fn detailed(&self, _admin: Admin) -> Result<Json<DetailedHealth>, Refused<AdminRead>> {
        let Ready { status, parts } = Ready::from(&self.vitals.readiness().await);
        let mut queues = Vec::new();
        for kind in DomainKind::ALL {
            let (waiting, oldest_since) = self.vitals.waiting(kind).await?;
            queues.push(QueueHealth { kind: kind.into(), waiting, oldest_since });
        }
        let breakers = self.vitals.breakers().await?.into_iter();
        let breakers =
            breakers.map(|row| BreakerHealth { model: row.model, open_until: row.open_until });
        let mut workers: BTreeMap<String, u64> = BTreeMap::new();
        for worker in self.fleet.list().await? {
            *workers.entry(worker.version).or_default() += 1;
        }
        let workers = workers.into_iter();
        let pool = self.vitals.pool();
        Ok(Json(DetailedHealth {
            status,
            version: version(),
            parts,
            pool: PoolHealth { open: pool.open, idle: pool.idle, max: pool.most },
            queues,
            breakers: breakers.collect(),
            workers: workers.map(|(version, workers)| WorkerVersion { version, workers }).collect(),
            disk: self.vitals.disk().map(DiskHealth::from),
            at: time::now(),
        }))
    }

    /// Show the metrics
    ///
    /// In the text format of Prometheus. Where `METRICS_ADDR` is set they are there, and not here.
    #[oai(path = "/metrics", method = "get", operation_id = "get_metrics")]
    #[expect(clippy::unused_async, reason = "the macro takes async functions only")]
    async fn metrics(&self) -> Result<PlainText<String>, Refused<Show>> {
        let shown = if self.metrics_elsewhere { None } else { measure::render() };
        shown.map(PlainText).ok_or_else(|| {
            let detail = "Metrics have an address of their own (`METRICS_ADDR`).";
            Problem::new(Code::NotFound, detail).into()
        })
    }
}

impl HealthApi {
    async fn ready_or_down(&self) -> Result<Readiness, Problem> {
        let readiness = self.vitals.readiness().await;
        if readiness.standing() != Standing::Down {
            return Ok(readiness);
        }
        let detail = match readiness.database.trouble {
            Some(_) => "The database does not answer.",
            None => "The database lacks migrations: run `roleready migrate up`.",
        };
        Err(Problem::new(Code::Unavailable, detail))
    }
}

fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}
