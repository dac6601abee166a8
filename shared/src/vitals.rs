//! Whether what a process needs is there, and how it stands: for health checks and metrics.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr};
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;

use crate::breaker::{self, Breakers};
use crate::fleet::Fleet;
use crate::operation::{Kind, Operations};
use crate::queue::Queue;
use crate::spending::Spending;
use crate::{database, measure, time};

/// How long each part has to answer. An orchestrator asks every few seconds and waits about one.
const DEADLINE: Duration = Duration::from_millis(800);

/// How often the numbers that stand are taken anew.
const SAMPLE_EVERY: Duration = Duration::from_secs(15);

/// What a process looks at to say how it is.
#[derive(Clone)]
pub struct Vitals {
    db: DatabaseConnection,
    queue: Queue,
    operations: Operations,
    fleet: Fleet,
    breakers: Breakers,
    spending: Spending,
    /// The folder whose disk fills.
    pub(crate) data: PathBuf,
    /// Once current, the schema stays so: nobody takes a migration back under a running process.
    migrated: Arc<AtomicBool>,
}

/// How one part answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub trouble: Option<Trouble>,
    pub took: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It said nothing in time.
    Silent,
    /// It answers with an error.
    Failing,
    /// The database lacks migrations.
    Behind,
    /// No worker has beaten lately.
    Nobody,
}

/// Everything that work needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readiness {
    pub database: Answer,
    pub migrations: Answer,
    /// `None`: the queue is in memory.
    pub redis: Option<Answer>,
    pub workers: Answer,
}

/// What follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Ok,
    /// Everything is accepted and nothing is lost, but it goes slower, or waits.
    Degraded,
    /// Requests cannot be answered.
    Down,
}

impl Readiness {
    pub fn standing(&self) -> Standing {
        let well = |answer: &Answer| answer.trouble.is_none();
        if !well(&self.database) || !well(&self.migrations) {
            return Standing::Down;
        }
        if !well(&self.workers) || !self.redis.as_ref().is_none_or(well) {
            return Standing::Degraded;
        }
        Standing::Ok
    }
}

/// Connections of the process to its database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pool {
    pub open: u32,
    pub idle: u32,
    pub most: u32,
}

/// Bytes of the disk that the data is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disk {
    pub free: u64,
    pub size: u64,
}

impl Vitals {
    pub(crate) fn new(db: DatabaseConnection, queue: Queue) -> Self {
        Self {
            queue,
            operations: Operations::new(db.clone()),
            fleet: Fleet::new(db.clone()),
            breakers: Breakers::new(db.clone()),
            spending: Spending::new(db.clone()),
            db,
            data: PathBuf::from("."),
            migrated: Arc::default(),
        }
    }

    /// Asks all parts at once; the answer is there within the deadline, whatever is not.
    pub async fn readiness(&self) -> Readiness {
        let (database, migrations, redis, workers) = tokio::join!(
            within(self.db.execute_unprepared("SELECT 1")),
            self.migrations(),
            self.redis(),
            self.workers(),
        );
        Readiness { database, migrations, redis, workers }
    }

    async fn migrations(&self) -> Answer {
        if self.migrated.load(Ordering::Relaxed) {
            return Answer { trouble: None, took: Duration::ZERO };
        }
        let begun = Instant::now();
        let pending = timeout(DEADLINE, database::pending_migrations(&self.db)).await;
        let trouble = match pending {
            Ok(Ok(pending)) if pending.is_empty() => {
                self.migrated.store(true, Ordering::Relaxed);
                None
            }
            Ok(Ok(_)) => Some(Trouble::Behind),
            Ok(Err(_)) => Some(Trouble::Failing),
            Err(_) => Some(Trouble::Silent),
        };
        Answer { trouble, took: begun.elapsed() }
    }

    async fn redis(&self) -> Option<Answer> {
        match &self.queue {
            Queue::Memory(_) => None,
            Queue::Redis(_) => Some(within(self.queue.depth(Kind::Parse)).await),
        }
    }

    async fn workers(&self) -> Answer {
        let begun = Instant::now();
        let trouble = match timeout(DEADLINE, self.fleet.alive()).await {
            Ok(Ok(0)) => Some(Trouble::Nobody),
            Ok(Ok(_)) => None,
            Ok(Err(_)) => Some(Trouble::Failing),
            Err(_) => Some(Trouble::Silent),
        };
        Answer { trouble, took: begun.elapsed() }
    }

    /// The models that are left alone now.
    pub async fn breakers(&self) -> Result<Vec<breaker::Model>, DbErr> {
        let rows = self.breakers.list().await?.into_iter();
        Ok(rows.filter(|row| row.open_until > time::now()).collect())
    }

    /// Operations of a kind that wait, and since when the oldest that may begin has been waiting.
    pub async fn waiting(&self, kind: Kind) -> Result<(u64, Option<DateTime<Utc>>), DbErr> {
        Ok((self.operations.count_waiting(kind).await?, self.operations.oldest_due(kind).await?))
    }

    pub fn pool(&self) -> Pool {
        let (open, idle, most) = if self.db.get_database_backend() == DbBackend::Postgres {
            let pool = self.db.get_postgres_connection_pool();
            (pool.size(), pool.num_idle(), pool.options().get_max_connections())
        } else {
            let pool = self.db.get_sqlite_connection_pool();
            (pool.size(), pool.num_idle(), pool.options().get_max_connections())
        };
        Pool { open, idle: u32::try_from(idle).unwrap_or(u32::MAX), most }
    }

    /// `None`: the system does not tell.
    pub fn disk(&self) -> Option<Disk> {
        let told = rustix::fs::statvfs(&self.data).ok()?;
        Some(Disk { free: told.f_bavail * told.f_frsize, size: told.f_blocks * told.f_frsize })
    }

    /// Takes the numbers that stand, again and again, until told to stop.
    pub async fn keep_sampling(self, stop: CancellationToken) {
        let mut ticks = interval(SAMPLE_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            measure::keep_up();
            if let Err(error) = self.sample().await {
                tracing::debug!(%error, "the numbers for metrics cannot be read");
            }
        }
    }

    /// Takes the numbers that stand.
    pub async fn sample(&self) -> Result<(), DbErr> {
        let pool = self.pool();
        measure::stands("roleready_database_connections", pool.open.into());
        measure::stands("roleready_database_connections_idle", pool.idle.into());
        measure::stands("roleready_database_connections_max", pool.most.into());
        if let Some(answer) = self.redis().await {
            measure::stands("roleready_redis_up", answer.trouble.is_none().into());
        }
        for kind in Kind::ALL {
            let (waiting, oldest) = self.waiting(kind).await?;
            let age = oldest.map_or(TimeDelta::zero(), |oldest| time::now() - oldest);
            let age = u64::try_from(age.num_seconds()).unwrap_or(0);
            measure::stands_of("roleready_queue_waiting", kind, waiting);
            measure::stands_of("roleready_queue_oldest_seconds", kind, age);
        }
        measure::stands("roleready_workers", self.fleet.alive().await?);
        measure::stands("roleready_breakers_open", self.breakers().await?.len() as u64);
        measure::stands("roleready_holds_open", self.spending.open_holds().await?);
        Ok(())
    }
}

async fn within<T, E>(question: impl Future<Output = Result<T, E>>) -> Answer {
    let begun = Instant::now();
    let trouble = match timeout(DEADLINE, question).await {
        Ok(Ok(_)) => None,
        Ok(Err(_)) => Some(Trouble::Failing),
        Err(_) => Some(Trouble::Silent),
    };
    Answer { trouble, took: begun.elapsed() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(trouble: Option<Trouble>) -> Answer {
        Answer { trouble, took: Duration::ZERO }
    }

    #[test]
    fn without_redis_or_workers_it_is_degraded_and_without_the_database_it_is_down() {
        let well = Readiness {
            database: answer(None),
            migrations: answer(None),
            redis: Some(answer(None)),
            workers: answer(None),
        };
        let no_redis = Readiness { redis: Some(answer(Some(Trouble::Silent))), ..well.clone() };
        let nobody = Readiness { workers: answer(Some(Trouble::Nobody)), ..well.clone() };
        let behind = Readiness { migrations: answer(Some(Trouble::Behind)), ..well.clone() };
        let no_database = Readiness { database: answer(Some(Trouble::Failing)), ..nobody.clone() };

        let all = [well, no_redis, nobody, behind, no_database];
        let standings = all.map(|readiness| readiness.standing());

        let (ok, degraded, down) = (Standing::Ok, Standing::Degraded, Standing::Down);
        assert_eq!(standings, [ok, degraded, degraded, down, down]);
    }
}
