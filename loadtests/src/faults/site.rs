//! Where faults strike: workers, Redis and the database, one blow after the other.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use rand::RngExt;
use rand::rngs::StdRng;
use sea_orm::{FromQueryResult, Statement};
use uuid::Uuid;
use worker::model::fake::FakeModel;
use worker::model::fake::script::{Fault as Trouble, Step};

use crate::fleet::{Fleet, start_worker};
use crate::say;

/// Between two faults.
const PAUSE: std::ops::Range<u64> = 2_000..6_000;

/// How long a frozen worker sleeps: twice its lease.
const FREEZE: Duration = Duration::from_secs(30);

const OUTAGE: Duration = Duration::from_mins(1);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    KillWorker,
    FreezeWorker,
    StopWorker,
    CutRedis,
    StallRedis { seconds: f64 },
    EmptyRedis,
    RestartRedis,
    LoseRedis,
    RestartDatabase,
    RefuseModel { status: u16 },
    SlowModel,
    CutModel,
}

/// What has to be put right again later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Repair {
    StartWorker,
    ThawWorker { pid: u32 },
    ThawRedis,
    StartRedis,
}

/// An operation that a worker had when it was killed.
#[derive(Clone, Debug)]
pub struct Orphan {
    pub operation_id: Uuid,
    pub killed_at: DateTime<Utc>,
}

pub struct Site<'f> {
    fleet: &'f mut Fleet,
    model: &'f FakeModel,
    random: StdRng,
    begun: Instant,
    repairs: Vec<(Instant, Repair)>,
    orphans: Vec<Orphan>,
    outages: usize,
}

impl<'f> Site<'f> {
    pub fn new(fleet: &'f mut Fleet, model: &'f FakeModel, random: StdRng) -> Self {
        let begun = Instant::now();
        Self { fleet, model, random, begun, repairs: Vec::new(), orphans: Vec::new(), outages: 0 }
    }

    /// Strikes again and again until the time has come.
    pub async fn run(&mut self, until: Instant) -> anyhow::Result<()> {
        while Instant::now() < until {
            let next = Instant::now() + Duration::from_millis(self.random.random_range(PAUSE));
            while Instant::now() < next {
                self.repair(Instant::now()).await?;
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            let fault = self.draw();
            say(format_args!("{:>6.1} s  {fault:?}", self.begun.elapsed().as_secs_f64()));
            self.strike(fault).await?;
        }
        Ok(())
    }

    /// Lets every fault last as long as it should. Returns what killed workers left behind.
    pub async fn calm(mut self) -> anyhow::Result<Vec<Orphan>> {
        while !self.repairs.is_empty() {
            self.repair(Instant::now()).await?;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        say(format_args!("{:>6.1} s  calm", self.begun.elapsed().as_secs_f64()));
        Ok(self.orphans)
    }

    fn draw(&mut self) -> Fault {
        match self.random.random_range(0..24) {
            0..=5 => Fault::KillWorker,
            6..=7 => Fault::FreezeWorker,
            8 => Fault::StopWorker,
            9..=10 => Fault::CutRedis,
            11 => Fault::StallRedis { seconds: 0.7 },
            12 => Fault::StallRedis { seconds: 3.0 },
            13 => Fault::StallRedis { seconds: 20.0 },
            14 => Fault::EmptyRedis,
            15 => Fault::RestartRedis,
            16..=17 => Fault::LoseRedis,
            18..=19 => Fault::RestartDatabase,
            20 => Fault::RefuseModel { status: 429 },
            21 => Fault::RefuseModel { status: 500 },
            22 => Fault::SlowModel,
            _ => Fault::CutModel,
        }
    }

    async fn strike(&mut self, fault: Fault) -> anyhow::Result<()> {
        match fault {
            Fault::KillWorker => return self.kill_worker().await,
            Fault::FreezeWorker => self.freeze_worker(),
            Fault::StopWorker => {
                if let Some(worker) = self.fleet.processes.last() {
                    worker.signal("TERM");
                    self.later(Duration::from_secs(1), Repair::StartWorker);
                }
            }
            Fault::RestartDatabase => {
                if let Some(servers) = &mut self.fleet.servers {
                    servers.postgres.restart().await;
                }
            }
            Fault::RefuseModel { status } => self.model.script([Step::status(status).times(5)]),
            Fault::SlowModel => {
                self.model.script([Step { latency_ms: 3_000, ..Step::default() }.times(5)]);
            }
            Fault::CutModel => self.model.script([Step::fault(Trouble::Cut).times(3)]),
            Fault::CutRedis
            | Fault::StallRedis { .. }
            | Fault::EmptyRedis
            | Fault::RestartRedis
            | Fault::LoseRedis => self.strike_redis(fault).await,
        }
        Ok(())
    }

    async fn strike_redis(&mut self, fault: Fault) {
        let Some(servers) = &mut self.fleet.servers else { return };
        let redis = &mut servers.redis;
        let in_trouble = self
            .repairs
            .iter()
            .any(|(_, repair)| matches!(repair, Repair::ThawRedis | Repair::StartRedis));
        if in_trouble {
            return;
        }
        match fault {
            Fault::CutRedis => redis.disconnect_all().await,
            Fault::EmptyRedis => redis.flush().await,
            Fault::RestartRedis => redis.restart().await,
            Fault::StallRedis { seconds } => {
                redis.freeze();
                self.later(Duration::from_secs_f64(seconds), Repair::ThawRedis);
            }
            Fault::LoseRedis if self.outages == 0 => {
                redis.stop().await;
                self.outages += 1;
                self.later(OUTAGE, Repair::StartRedis);
            }
            _ => {}
        }
    }

    async fn kill_worker(&mut self) -> anyhow::Result<()> {
        if self.fleet.processes.is_empty() {
            return Ok(());
        }
        let chosen = self.random.random_range(0..self.fleet.processes.len());
        let mut worker = self.fleet.processes.remove(chosen);
        let pid = worker.pid();
        self.repairs.retain(|(_, repair)| *repair != Repair::ThawWorker { pid });
        worker.kill().await;
        let killed_at = Utc::now();
        let left = left_behind(self.fleet, pid).await.unwrap_or_default();
        self.orphans
            .extend(left.into_iter().map(|operation_id| Orphan { operation_id, killed_at }));
        self.later(Duration::from_secs(2), Repair::StartWorker);
        Ok(())
    }

    fn freeze_worker(&mut self) {
        let Some(worker) = self.fleet.processes.first() else { return };
        let pid = worker.pid();
        worker.freeze();
        self.later(FREEZE, Repair::ThawWorker { pid });
    }

    fn later(&mut self, wait: Duration, repair: Repair) {
        self.repairs.push((Instant::now() + wait, repair));
    }

    async fn repair(&mut self, now: Instant) -> anyhow::Result<()> {
        let due = self.repairs.extract_if(.., |(at, _)| *at <= now);
        for (_, repair) in due.collect::<Vec<_>>() {
            match repair {
                Repair::StartWorker => {
                    let worker = start_worker(&self.fleet.installation)?;
                    self.fleet.processes.push(worker);
                }
                Repair::ThawWorker { pid } => {
                    let worker = self.fleet.processes.iter().find(|worker| worker.pid() == pid);
                    if let Some(worker) = worker {
                        worker.thaw();
                    }
                }
                Repair::ThawRedis => {
                    self.fleet.servers.iter().for_each(|servers| servers.redis.thaw());
                }
                Repair::StartRedis => {
                    if let Some(servers) = &mut self.fleet.servers {
                        servers.redis.restart().await;
                    }
                }
            }
        }
        Ok(())
    }
}

#[derive(FromQueryResult)]
struct Left {
    id: Uuid,
}

/// What a dead worker has not ended.
async fn left_behind(fleet: &Fleet, pid: u32) -> Result<Vec<Uuid>, sea_orm::DbErr> {
    let statement = Statement::from_sql_and_values(
        sea_orm::DbBackend::Postgres,
        "SELECT id FROM operation WHERE state = 'running' AND worker_id LIKE $1",
        [format!("%-{pid}-%").into()],
    );
    let left = Left::find_by_statement(statement).all(&fleet.db).await?;
    Ok(left.into_iter().map(|left| left.id).collect())
}
