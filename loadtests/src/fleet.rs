//! An installation of either mode with workers, on servers of its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use sea_orm::DatabaseConnection;
use shared::database;
use shared::deps::Deps;
use shared::document::door::Door;
use shared::testing::postgres::{Durability, PostgresServer};
use shared::testing::process::Process;
use shared::testing::redis::RedisServer;
use shared::testing::{Installation, eventually};
use worker::model::fake::FakeModel;
use worker::worker::Worker;

use crate::idle;

/// Operations of a kind that one worker runs at once here: enough for the database to be what limits.
const CONCURRENCY: &str = "16";

pub struct Fleet {
    pub deps: Deps,
    /// Beside the stores, for preparing and for checking.
    pub db: DatabaseConnection,
    pub installation: Arc<Installation>,
    pub servers: Option<Servers>,
    pub processes: Vec<Process>,
    /// Whether its workers do nothing with what they claim.
    pub idle: bool,
}

pub struct Servers {
    pub postgres: PostgresServer,
    pub redis: RedisServer,
}

impl Fleet {
    /// Everything in this process.
    pub async fn embedded() -> anyhow::Result<Self> {
        Self::open(Installation::embedded(), None).await
    }

    /// With a provider of models, whose words the workers take.
    pub async fn with_model(durability: Durability, model: &FakeModel) -> anyhow::Result<Self> {
        let (installation, servers) = shared_servers(durability).await;
        let installation =
            installation.with("OPENAI_BASE_URL", &model.base_url()).with("ROLEREADY_MODEL", "fake");
        Self::open(installation, Some(servers)).await
    }

    pub async fn distributed(durability: Durability) -> anyhow::Result<Self> {
        let (installation, servers) = shared_servers(durability).await;
        Self::open(installation, Some(servers)).await
    }

    async fn open(installation: Installation, servers: Option<Servers>) -> anyhow::Result<Self> {
        let mut installation = installation.with("DATABASE_CONNECTIONS", "20");
        for kind in ["PARSE", "ATS", "TAILOR"] {
            installation = installation.with(&format!("{kind}_CONCURRENCY"), CONCURRENCY);
        }
        Self::over(installation.with("RUST_LOG", "warn"), servers).await
    }

    async fn over(installation: Installation, servers: Option<Servers>) -> anyhow::Result<Self> {
        let mut deps = installation.open().await;
        deps.door = Door::to(program()?);
        let db = database::connect(&installation.config()).await?;
        tokio::spawn(deps.dispatch.clone().run(deps.stop.clone()));
        let installation = Arc::new(installation);
        Ok(Self { deps, db, installation, servers, processes: Vec::new(), idle: false })
    }

    /// Workers: processes, or tasks of this one when it is all there is.
    pub async fn start_workers(&mut self, count: usize) -> anyhow::Result<()> {
        if self.servers.is_none() {
            let concurrency = self.installation.config().concurrency;
            let worker = Worker::new(self.deps.clone(), None, concurrency);
            let worker = if self.idle { idle::idle(worker) } else { worker };
            tokio::spawn(worker.run());
            return Ok(());
        }
        for _ in 0..count {
            let worker = if self.idle { start_idle_worker } else { start_worker };
            self.processes.push(worker(&self.installation)?);
        }
        eventually("the workers report", async || {
            let fleet = self.deps.fleet.list().await.ok()?;
            (fleet.len() >= count).then_some(())
        })
        .await;
        Ok(())
    }
}

async fn shared_servers(durability: Durability) -> (Installation, Servers) {
    let postgres = PostgresServer::start(durability).await;
    let redis = RedisServer::start().await;
    let installation = Installation::embedded()
        .with("DATABASE_URL", &postgres.url())
        .with("REDIS_URL", &redis.url());
    (installation, Servers { postgres, redis })
}

pub fn start_worker(installation: &Installation) -> anyhow::Result<Process> {
    let log = installation.folder.path().join("worker.log");
    Ok(Process::start(program()?, &[], installation.variables(), &log))
}

/// This program again, as a worker that has nothing to do.
fn start_idle_worker(installation: &Installation) -> anyhow::Result<Process> {
    let log = installation.folder.path().join("worker.log");
    let own = std::env::current_exe().context("cannot find this program")?;
    Ok(Process::start(own, &["idle-worker"], installation.variables(), &log))
}

/// The worker that was built with this program.
fn program() -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe().context("cannot find this program")?;
    let program = own.parent().unwrap_or(Path::new(".")).join("roleready-worker");
    if !program.exists() {
        bail!("{} is not there: build roleready-worker with the same profile", program.display());
    }
    Ok(program)
}
