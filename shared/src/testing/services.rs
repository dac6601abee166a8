//! A Postgres and a Redis for all tests of a run, on free ports in a temporary folder.
//!
//! The first test starts them, each test holds a lock while it lives, and a
//! watching shell stops them when no test has held it for a while: also after a
//! failed, aborted or killed run.

use std::fs::File;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait, Database};
use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::database;

const SCRIPT: &str = include_str!("services.sh");

/// Databases that tests get copies of.
pub const MIGRATED: &str = "template_roleready";
pub const EMPTY: &str = "template0";

/// How long the servers may take to answer after their start.
const PATIENCE: Duration = Duration::from_mins(1);

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Services {
    /// Without a database name.
    postgres: String,
    pub redis: String,
}

impl Services {
    /// The servers of this run; starts them when no test has yet.
    pub async fn shared() -> &'static Self {
        static SHARED: OnceCell<Services> = OnceCell::const_new();
        SHARED.get_or_init(Self::find_or_start).await
    }

    async fn find_or_start() -> Self {
        let folder = folder();
        let starting = File::create(folder.with_extension("start")).expect("a lock file");
        starting.lock().expect("a lock on starting the servers");
        if let Some(running) = Self::find(&folder).await {
            return running;
        }
        let services = Self::start(&folder).await;
        let written = serde_json::to_vec(&services).expect("two addresses as JSON");
        std::fs::write(folder.join("services.json"), written).expect("a file for the addresses");
        services
    }

    async fn find(folder: &Path) -> Option<Self> {
        hold(folder)?;
        let services: Self =
            serde_json::from_slice(&std::fs::read(folder.join("services.json")).ok()?).ok()?;
        services.answer().await.then_some(services)
    }

    async fn start(folder: &Path) -> Self {
        let _ = std::fs::remove_dir_all(folder);
        std::fs::create_dir_all(folder.join("postgres")).expect("a folder for the servers");
        for folder in [folder, &folder.join("postgres")] {
            let open = std::fs::Permissions::from_mode(0o755);
            std::fs::set_permissions(folder, open).expect("a folder the servers can enter");
        }
        File::create(folder.join("lock")).expect("a lock file");
        hold(folder).expect("the lock file that was just made");
        let (postgres, redis) = (free_port(), free_port());
        let mut watcher = Command::new("setsid")
            .args(["sh", "-c", SCRIPT, "services"])
            .arg(folder)
            .args([postgres.to_string(), redis.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a shell to watch the servers");
        // It outlives this process on purpose; while this one lives, it is reaped.
        std::thread::spawn(move || watcher.wait());
        let services = Self {
            postgres: format!("postgres://roleready@127.0.0.1:{postgres}"),
            redis: format!("redis://127.0.0.1:{redis}"),
        };
        services.wait().await;
        services.create_template().await;
        services
    }

    async fn wait(&self) {
        let begun = Instant::now();
        while !self.answer().await {
            assert!(
                begun.elapsed() < PATIENCE,
                "postgres and redis-server do not start; are both installed? run ./test"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn answer(&self) -> bool {
        let Ok(client) = redis::Client::open(self.redis.as_str()) else { return false };
        client.get_multiplexed_async_connection().await.is_ok()
            && Database::connect(format!("{}/postgres", self.postgres)).await.is_ok()
    }

    async fn create_template(&self) {
        self.execute(&format!("CREATE DATABASE {MIGRATED}")).await;
        let url = format!("{}/{MIGRATED}", self.postgres);
        let db = database::open_postgres(&url, 2).await.expect("the template database");
        database::migrate(&db).await.expect("a schema");
        db.close().await.expect("a template nobody is connected to");
    }

    /// A copy of a template; its address.
    pub async fn create_database(&self, template: &str) -> String {
        let name = format!("test_{}", Uuid::now_v7().simple());
        self.execute(&format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        format!("{}/{name}", self.postgres)
    }

    async fn execute(&self, sql: &str) {
        let db = Database::connect(format!("{}/postgres", self.postgres)).await;
        let db = db.expect("a running postgres");
        db.execute_unprepared(sql).await.expect("a statement that works");
        db.close().await.expect("a connection that closes");
    }
}

/// One folder per user and checkout, so that two checkouts do not share a schema.
fn folder() -> PathBuf {
    let checkout = crate::call::hash(env!("CARGO_MANIFEST_DIR").as_bytes());
    std::env::temp_dir().join(format!("roleready-services-{}", &checkout[..12]))
}

/// Keeps the servers running for as long as this process lives.
fn hold(folder: &Path) -> Option<()> {
    let lock = File::open(folder.join("lock")).ok()?;
    lock.lock_shared().ok()?;
    // Never closed on purpose: the lock goes when the process goes, however it goes.
    std::mem::forget(lock);
    Some(())
}

pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("the address of a bound socket").port()
}
