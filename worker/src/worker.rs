//! A process that runs operations: what it has, what it does, how it stops.

use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use shared::config::Concurrency;
use shared::deps::Deps;
use shared::fleet::Introduction;
use shared::operation::Kind;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::ask::ModelClient;
use crate::job::Work;
use crate::{consume, run, scheduler};

/// How long running operations may take to end when the process stops.
const GRACE: Duration = Duration::from_secs(25);

/// How long giving operations back may take after that.
const LAST_WORDS: Duration = Duration::from_secs(3);

/// How often the process says that it is alive. Others who miss a few beats take its operations over.
const BEAT_EVERY: Duration = Duration::from_secs(1);

#[derive(Clone)]
pub struct Worker {
    pub deps: Deps,
    /// Absent: the rules do everything.
    pub model: Option<Arc<ModelClient>>,
    /// Unique for every start of every process.
    pub id: String,
    pub concurrency: Concurrency,
    /// What it does with an operation that it has claimed.
    pub work: Work,
    /// No new claims from here on.
    pub stop: CancellationToken,
    /// Running work is given back from here on.
    pub abandon: CancellationToken,
    permits: Arc<[(Kind, Arc<Semaphore>)]>,
}

impl Worker {
    pub fn new(deps: Deps, model: Option<Arc<ModelClient>>, concurrency: Concurrency) -> Self {
        let permits = Kind::ALL.map(|kind| (kind, Arc::new(Semaphore::new(concurrency.of(kind)))));
        Self {
            deps,
            model,
            id: format!("{}-{}-{}", host(), std::process::id(), Uuid::now_v7().simple()),
            concurrency,
            work: run::carry_out,
            stop: CancellationToken::new(),
            abandon: CancellationToken::new(),
            permits: Arc::new(permits),
        }
    }

    /// What bounds the operations of a kind in this process. Apalis' own limit does
    /// not: handlers that outlive a rebuilt consumer no longer count there.
    pub fn permits(&self, kind: Kind) -> Arc<Semaphore> {
        let found = self.permits.iter().find(|(of, _)| *of == kind);
        found.map(|(_, permits)| permits.clone()).expect("there are permits for every kind")
    }

    /// Runs operations until told to stop, then lets the running ones end.
    pub async fn run(self) {
        let beat = tokio::spawn(self.clone().beat());
        let periodic = tokio::spawn(scheduler::run(self.clone()));
        let consumers = Kind::ALL.map(|kind| tokio::spawn(consume::run(self.clone(), kind)));
        self.stop.cancelled().await;
        if timeout(GRACE, self.idle()).await.is_err() {
            tracing::warn!("giving operations back that did not end in time");
            self.abandon.cancel();
            let _ = timeout(LAST_WORDS, self.idle()).await;
        }
        for consumer in consumers {
            consumer.abort();
        }
        beat.abort();
        periodic.abort();
        if let Err(error) = self.deps.fleet.leave(&self.id).await {
            tracing::warn!(%error, "cannot take leave of the fleet");
        }
    }

    /// Returns when nothing runs.
    async fn idle(&self) {
        for kind in Kind::ALL {
            let all = u32::try_from(self.concurrency.of(kind)).unwrap_or(u32::MAX);
            let permits = self.permits(kind);
            let _ = permits.acquire_many(all).await;
        }
    }

    async fn beat(self) {
        let who = Introduction {
            id: self.id.clone(),
            host: host(),
            concurrency: self.concurrency,
            started_at: Utc::now(),
        };
        let mut ticks = tokio::time::interval(BEAT_EVERY);
        loop {
            ticks.tick().await;
            if let Err(error) = self.deps.fleet.beat(&who).await {
                tracing::warn!(%error, "cannot say that this worker is alive");
            }
        }
    }
}

fn host() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name = name.trim();
    if name.is_empty() { "localhost".to_owned() } else { name.to_owned() }
}
