//! An installation with worker processes, a person who asks for work, and ways to hold it up.

use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, Database, DatabaseTransaction, TransactionTrait};
use shared::account::Tier;
use shared::deps::Deps;
use shared::operation::input::Engine;
use shared::operation::{Kind, Model, State, event};
use shared::page::PageRequest;
use shared::testing::person::Person;
use shared::testing::process::Process;
use shared::testing::{Installation, eventually};

pub struct Scene {
    pub deps: Deps,
    pub person: Person,
    installation: Installation,
}

impl Scene {
    pub async fn new() -> Self {
        Self::on(Installation::distributed().await).await
    }

    /// With what the API does in its own process: it accepts work and fills the queue.
    pub async fn on(installation: Installation) -> Self {
        let deps = installation.open().await;
        tokio::spawn(deps.dispatch.clone().run(deps.stop.clone()));
        let person = Person::new(&deps, Tier::Premium).await;
        Self { deps, person, installation }
    }

    /// A worker process that has reported for work.
    pub async fn worker(&self) -> Process {
        let program = env!("CARGO_BIN_EXE_roleready-worker");
        let worker = Process::start(program, &[], self.installation.variables(), &self.log());
        eventually("the worker reports", async || {
            let fleet = self.deps.fleet.list().await.unwrap();
            fleet.into_iter().find(|row| row.pid.unsigned_abs() == worker.pid())
        })
        .await;
        worker
    }

    fn log(&self) -> PathBuf {
        self.installation.folder.path().join("worker.log")
    }

    pub async fn submit(&self, kind: Kind) -> Model {
        let request = self.person.asks(kind, Engine::Rules);
        self.deps.dispatch.submit(&request).await.unwrap()
    }

    pub async fn now(&self, operation: &Model) -> Model {
        self.deps.operations.find(operation.account_id, operation.id).await.unwrap().unwrap()
    }

    /// Waits until the operation is as described.
    pub async fn until(&self, what: &str, operation: &Model, is: impl Fn(&Model) -> bool) -> Model {
        eventually(what, async || Some(self.now(operation).await).filter(&is)).await
    }

    pub async fn ended(&self, operation: &Model) -> Model {
        self.until("the operation ends", operation, |row| row.state.is_terminal()).await
    }

    pub async fn running(&self, operation: &Model) -> Model {
        self.until("the operation runs", operation, |row| row.state == State::Running).await
    }

    /// Until one of them runs, whichever it is.
    pub async fn some_run(&self, operations: &[Model]) {
        eventually("one of the operations runs", async || {
            for operation in operations {
                if self.now(operation).await.state == State::Running {
                    return Some(());
                }
            }
            None
        })
        .await;
    }

    /// Until `worker` has the operation.
    pub async fn held_by(&self, worker: &Process, operation: &Model) -> Model {
        self.until("the worker has it", operation, |row| is_with(worker, row)).await
    }

    /// Nobody can write resumes until the hold is released, so parse operations
    /// stop in the middle of writing their result.
    pub async fn hold_results(&self) -> Hold {
        self.hold("LOCK TABLE resume IN SHARE MODE").await
    }

    /// Parse operations whose documents nobody can read until the hold is released,
    /// so that whoever runs them stops in the middle.
    pub async fn submit_held(&self, count: usize) -> (Vec<Model>, Hold) {
        self.deps.operations.set_paused(Kind::Parse, true).await.unwrap();
        let mut operations = Vec::new();
        for _ in 0..count {
            operations.push(self.submit(Kind::Parse).await);
        }
        let hold = self.hold("LOCK TABLE document IN ACCESS EXCLUSIVE MODE").await;
        self.deps.operations.set_paused(Kind::Parse, false).await.unwrap();
        self.deps.dispatch.wake();
        (operations, hold)
    }

    async fn hold(&self, lock: &str) -> Hold {
        let db = Database::connect(&self.installation.variables()["DATABASE_URL"]).await.unwrap();
        let transaction = db.begin().await.unwrap();
        transaction.execute_unprepared(lock).await.unwrap();
        Hold { transaction }
    }

    /// Until somebody waits for what is held.
    pub async fn somebody_waits(&self, hold: &Hold) {
        const WAITING: &str = "SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = 'relation' \
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
        eventually("somebody waits for the lock", async || {
            let waiting = sea_orm::Statement::from_string(sea_orm::DbBackend::Postgres, WAITING);
            hold.transaction.query_one_raw(waiting).await.unwrap()
        })
        .await;
    }

    /// How many resumes the person has from parsing.
    pub async fn parsed(&self) -> usize {
        let page = PageRequest { before: None, limit: 200 };
        let resumes = self.deps.resumes.list(self.person.account.id, page).await.unwrap();
        resumes.items.into_iter().filter(|resume| resume.document_id.is_some()).count()
    }

    /// What happened to the operation; panics when an event is missing.
    pub async fn story(&self, operation: &Model) -> Vec<event::Kind> {
        let events = self.deps.operations.events_after(operation.id, 0).await.unwrap();
        for (event, seq) in events.iter().zip(1..) {
            assert_eq!(event.seq, seq, "no gap between events");
        }
        let told = events.into_iter().map(|event| event.kind);
        told.filter(|kind| !matches!(kind, event::Kind::Progress | event::Kind::Proposal)).collect()
    }

    /// Until a worker that was told to stop has heard it.
    pub async fn a_worker_stops(&self) {
        eventually("the worker hears that it is to stop", async || {
            std::fs::read_to_string(self.log()).unwrap().contains("stopping").then_some(())
        })
        .await;
    }

    /// When workers began it.
    pub async fn starts(&self, operation: &Model) -> Vec<DateTime<Utc>> {
        let events = self.deps.operations.events_after(operation.id, 0).await.unwrap();
        let starts = events.into_iter().filter(|event| event.kind == event::Kind::Started);
        starts.map(|event| event.at).collect()
    }

    /// As if the leases had run out.
    pub async fn expire_leases(&self) {
        self.deps.operations.take_over().await.unwrap();
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let said = std::fs::read_to_string(self.log()).unwrap_or_default();
            eprintln!("the workers said:\n{said}");
        }
    }
}

/// Something that work needs and does not get until this is released.
pub struct Hold {
    transaction: DatabaseTransaction,
}

impl Hold {
    pub async fn release(self) {
        self.transaction.rollback().await.unwrap();
    }
}

/// Workers are named after their host and process.
pub fn is_with(worker: &Process, operation: &Model) -> bool {
    let pid = format!("-{}-", worker.pid());
    operation.state == State::Running
        && operation.worker_id.as_ref().is_some_and(|id| id.contains(&pid))
}

/// How long something takes that must not take long.
pub async fn within<T>(seconds: u64, what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(seconds), what).await.expect("it takes too long")
}
