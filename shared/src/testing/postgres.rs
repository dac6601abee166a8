//! A Postgres of a test's own, to be killed and started again; it keeps its data.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use sea_orm::Database;
use tempfile::TempDir;

use super::eventually;
use super::process::Process;
use super::services::free_port;
use crate::database;

/// Whether what is committed must survive the machine, as in production, or only the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    Disk,
    Process,
}

#[derive(Debug)]
pub struct PostgresServer {
    folder: TempDir,
    port: u16,
    settings: &'static [&'static str],
    process: Option<Process>,
}

/// What is committed survives the process, but not the machine.
const NOT_DURABLE: &[&str] = &["fsync=off", "full_page_writes=off", "synchronous_commit=off"];

/// The plan of every statement goes to the log: the one for any values, which a statement that runs often gets.
const TELLS_PLANS: &[&str] = &[
    "fsync=off",
    "plan_cache_mode=force_generic_plan",
    "shared_preload_libraries=auto_explain",
    "auto_explain.log_min_duration=0",
    "jit=off",
];

impl PostgresServer {
    /// Starts one with a database that is brought up to date.
    pub async fn start(durability: Durability) -> Self {
        Self::with_settings(match durability {
            Durability::Disk => &[],
            Durability::Process => NOT_DURABLE,
        })
        .await
    }

    /// One that writes the plans of all statements into its log.
    pub async fn start_telling_plans() -> Self {
        Self::with_settings(TELLS_PLANS).await
    }

    /// What it has written into its log so far.
    pub fn log(&self) -> String {
        let log = std::fs::read(self.folder.path().join("postgres.log")).expect("a log");
        String::from_utf8_lossy(&log).into_owned()
    }

    async fn with_settings(settings: &'static [&'static str]) -> Self {
        let folder = TempDir::with_prefix("roleready-postgres-").expect("a temporary folder");
        let mut server = Self { folder, port: free_port(), settings, process: None };
        server.create();
        server.restart().await;
        let db = database::open_postgres(&server.url(), 2).await.expect("a database");
        database::migrate(&db).await.expect("a schema");
        db.close().await.expect("a connection that closes");
        server
    }

    pub fn url(&self) -> String {
        format!("postgres://roleready@127.0.0.1:{}/postgres", self.port)
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn create(&self) {
        let data = self.data();
        std::fs::create_dir(&data).expect("a folder for the data");
        if let Some(owner) = stand_in() {
            for path in [self.folder.path(), &data] {
                let given = Command::new("chown").arg(&owner).arg(path).status();
                assert!(given.is_ok_and(|status| status.success()), "the folder is given away");
            }
        }
        let data = data.display().to_string();
        let arguments = ["-D", &data, "-U", "roleready", "--auth=trust", "--encoding=UTF8"];
        let (program, before) = as_owner("initdb");
        let created = Command::new(program).args(before).args(arguments).output();
        let created = created.expect("initdb");
        assert!(created.status.success(), "{}", String::from_utf8_lossy(&created.stderr));
    }

    /// Starts it, after a kill from the data on disk.
    pub async fn restart(&mut self) {
        self.stop().await;
        // What a killed server leaves behind keeps the next one from starting.
        let _ = std::fs::remove_file(self.data().join("postmaster.pid"));
        let (program, mut arguments) = as_owner("postgres");
        let (data, port) = (self.data().display().to_string(), self.port.to_string());
        let sockets = self.data().display().to_string();
        arguments.extend(["-D".into(), data, "-p".into(), port, "-h".into(), "127.0.0.1".into()]);
        arguments.extend(["-k".into(), sockets, "-c".into(), "max_connections=400".into()]);
        for setting in self.settings {
            arguments.extend(["-c".into(), (*setting).into()]);
        }
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let log = self.folder.path().join("postgres.log");
        self.process = Some(Process::start(program, &arguments, &BTreeMap::new(), &log));
        let url = self.url();
        eventually("postgres answers", async || Database::connect(&url).await.ok().map(drop)).await;
    }

    /// Ends it at once: open transactions are lost, committed ones are not.
    pub async fn stop(&mut self) {
        let Some(mut process) = self.process.take() else { return };
        // Not a kill: its children would go on for a while and keep the next one from starting.
        process.signal("QUIT");
        process.ended().await;
    }
}

/// Postgres refuses to run as root, so somebody stands in.
fn stand_in() -> Option<String> {
    let user = |arguments: &[&str]| {
        let output = Command::new("id").args(arguments).output().ok()?;
        let name = String::from_utf8(output.stdout).ok()?;
        output.status.success().then(|| name.trim().to_owned())
    };
    if user(&["-u"])? != "0" {
        return None;
    }
    user(&["-un", "postgres"]).or_else(|| Some("nobody".to_owned()))
}

/// A program of Postgres, run by whoever may.
fn as_owner(name: &str) -> (String, Vec<String>) {
    let program = installed(name).display().to_string();
    let Some(owner) = stand_in() else { return (program, Vec::new()) };
    let options = [format!("--reuid={owner}"), "--clear-groups".into(), "--".into(), program];
    // Changing the user takes the promise back that the program dies with us.
    let bound = ["--pdeathsig".to_owned(), "KILL".to_owned()];
    ("setpriv".to_owned(), bound.into_iter().chain(options).collect())
}

fn installed(name: &str) -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut programs: Vec<PathBuf> =
        versions.map(|version| version.path().join("bin").join(name)).collect();
    programs.retain(|program| program.exists());
    programs.sort();
    programs.pop().unwrap_or_else(|| Path::new(name).to_owned())
}
