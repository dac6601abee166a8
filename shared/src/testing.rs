//! For tests: a private Postgres and Redis, and installations of both modes.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use uuid::Uuid;

use crate::config::Config;
use crate::deps::Deps;

pub mod person;
pub mod postgres;
pub mod process;
pub mod promise;
pub mod redis;
pub mod services;

use services::Services;

/// Longer than anything that is waited for takes, on a busy machine too.
const PATIENCE: Duration = Duration::from_mins(1);

/// Waits for something that another process does, and gives up when it does not.
pub async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(seen) = look().await {
            return seen;
        }
        assert!(begun.elapsed() < PATIENCE, "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A set-up of RoleReady of its own: no other test sees its rows, ids or files.
pub struct Installation {
    pub folder: TempDir,
    variables: BTreeMap<String, String>,
}

impl Installation {
    /// One process, SQLite, nothing else.
    pub fn embedded() -> Self {
        let folder = TempDir::with_prefix("roleready-").expect("a temporary folder");
        let data = folder.path().join("data").display().to_string();
        Self { folder, variables: BTreeMap::from([("ROLEREADY_DATA".into(), data)]) }
    }

    /// Postgres and Redis, the database a fresh copy of a migrated one.
    pub async fn distributed() -> Self {
        let services = Services::shared().await;
        Self::on(services, &services.create_database(services::MIGRATED).await)
    }

    /// The same with a database that nobody has set up yet.
    pub async fn unmigrated() -> Self {
        let services = Services::shared().await;
        Self::on(services, &services.create_database(services::EMPTY).await)
    }

    fn on(services: &Services, database: &str) -> Self {
        Self::embedded()
            .with("DATABASE_URL", database)
            .with("REDIS_URL", &services.redis)
            .with("ROLEREADY_SECRET", &hex::encode(rand::random::<[u8; 32]>()))
            .with("REDIS_PREFIX", &format!("test-{}", Uuid::now_v7().simple()))
    }

    /// Both modes, for what must hold in each.
    pub async fn each() -> [Self; 2] {
        [Self::embedded(), Self::distributed().await]
    }

    #[must_use]
    pub fn with(mut self, variable: &str, value: &str) -> Self {
        self.variables.insert(variable.into(), value.into());
        self
    }

    pub fn variables(&self) -> &BTreeMap<String, String> {
        &self.variables
    }

    pub fn config(&self) -> Config {
        Config::from_variables(self.variables.clone()).expect("a valid configuration")
    }

    /// Opens it, as a process of it does.
    pub async fn open(&self) -> Deps {
        Deps::open(&self.config()).await.expect("an installation that opens")
    }
}
