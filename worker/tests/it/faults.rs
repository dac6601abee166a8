//! Faults in an order drawn from a seed strike workers, Redis, the database and the provider
//! while operations run, and every promise holds. `roleready-loadtests faults` does so for longer.

use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use roleready_worker::model::fake::FakeModel;
use roleready_worker::model::fake::ledger::Call;
use roleready_worker::model::fake::script::{Fault as Trouble, Step};
use sea_orm::DatabaseConnection;
use shared::database;
use shared::operation::input::Engine;
use shared::operation::{Kind, Model};
use shared::spending::price::{Prices, Tokens};
use shared::testing::postgres::{Durability, PostgresServer};
use shared::testing::process::Process;
use shared::testing::redis::RedisServer;
use shared::testing::{Installation, eventually, promise};

use crate::scene::Scene;

#[derive(Clone, Copy, Debug)]
enum Fault {
    KillWorker,
    FreezeWorker,
    CutRedis,
    EmptyRedis,
    RestartRedis,
    LoseRedis,
    RestartDatabase,
    BusyModel,
    BrokenModel,
    CutModel,
}

const ALL: [Fault; 10] = [
    Fault::KillWorker,
    Fault::FreezeWorker,
    Fault::CutRedis,
    Fault::EmptyRedis,
    Fault::RestartRedis,
    Fault::LoseRedis,
    Fault::RestartDatabase,
    Fault::BusyModel,
    Fault::BrokenModel,
    Fault::CutModel,
];

struct Site {
    scene: Scene,
    postgres: PostgresServer,
    redis: RedisServer,
    model: FakeModel,
    workers: Vec<Process>,
    frozen: Vec<Process>,
}

impl Site {
    async fn new() -> Self {
        let postgres = PostgresServer::start(Durability::Disk).await;
        let redis = RedisServer::start().await;
        let model = FakeModel::start().await.unwrap();
        let installation = Installation::embedded()
            .with("DATABASE_URL", &postgres.url())
            .with("REDIS_URL", &redis.url())
            .with("OPENAI_BASE_URL", &model.base_url())
            .with("ROLEREADY_MODEL", "gpt-4o-mini");
        let scene = Scene::on(installation).await;
        let workers = vec![scene.worker().await, scene.worker().await];
        Self { scene, postgres, redis, model, workers, frozen: Vec::new() }
    }

    /// One operation of each kind, asked for until the database answers.
    async fn submit(&self) -> Vec<Model> {
        let mut operations = Vec::new();
        for kind in Kind::ALL {
            let request = self.scene.person.asks(kind, Engine::Auto);
            let operation = eventually("the request is accepted", async || {
                self.scene.deps.dispatch.submit(&request).await.ok()
            });
            operations.push(operation.await);
        }
        operations
    }

    async fn strike(&mut self, fault: Fault) {
        match fault {
            Fault::KillWorker => {
                self.workers.remove(0).kill().await;
                self.workers.push(self.scene.worker().await);
            }
            Fault::FreezeWorker => {
                let worker = self.workers.remove(0);
                worker.freeze();
                self.frozen.push(worker);
                self.scene.expire_leases().await;
                self.workers.push(self.scene.worker().await);
            }
            Fault::CutRedis => self.redis.disconnect_all().await,
            Fault::EmptyRedis => self.redis.flush().await,
            Fault::RestartRedis => self.redis.restart().await,
            Fault::LoseRedis => self.redis.stop().await,
            Fault::RestartDatabase => self.postgres.restart().await,
            Fault::BusyModel => self.model.script([Step::status(429).times(2)]),
            Fault::BrokenModel => self.model.script([Step::status(500).times(2)]),
            Fault::CutModel => self.model.script([Step::fault(Trouble::Cut).times(2)]),
        }
    }

    /// Every call that was billed is booked: at its cost, or, where nobody heard of it, at the most it can have been.
    async fn check_ledger(&self, db: &DatabaseConnection) {
        let prices = Prices::builtin();
        let cost = |call: &Call| {
            let usage = call.billed.unwrap_or_default();
            let cached = usage.cached_input;
            let tokens = Tokens { input: usage.input, cached, output: usage.output };
            prices.find(&call.model).unwrap().of(tokens).0
        };
        let bill: i64 = self.model.calls().iter().map(cost).sum();
        let sum = async |column: &str| {
            let sql = format!(
                "SELECT CAST(COALESCE(SUM({column}), 0) AS BIGINT) AS count FROM spend_sum"
            );
            promise::count(db, &sql).await.unwrap()
        };
        let (amount, unknown) = (sum("amount").await, sum("\"unknown\"").await);
        let open = "SELECT count(*) AS count FROM spend_hold WHERE state = 'open'";

        assert_eq!(promise::count(db, open).await.unwrap(), 0, "something stays set aside");
        assert!(
            bill > 0 && amount - unknown <= bill && bill <= amount,
            "{bill} {amount} {unknown}"
        );
    }

    async fn repair(&mut self, fault: Fault) {
        if matches!(fault, Fault::LoseRedis) {
            self.redis.restart().await;
        }
    }
}

#[tokio::test]
async fn whatever_is_struck_every_operation_ends_once() {
    let seed = 20_261_128;
    let mut faults = ALL;
    faults.shuffle(&mut StdRng::seed_from_u64(seed));
    let mut site = Site::new().await;
    let mut operations = Vec::new();

    for fault in faults {
        operations.extend(site.submit().await);
        site.strike(fault).await;
        let later = site.submit().await;
        site.scene.ended(&later[0]).await;
        operations.extend(later);
        site.repair(fault).await;
    }
    site.frozen.iter().for_each(Process::thaw);
    for operation in &operations {
        site.scene.ended(operation).await;
    }

    let db = database::open_postgres(&site.postgres.url(), 1).await.unwrap();
    let broken = promise::all(&db).await.unwrap();
    assert!(broken.iter().all(|(_, count)| *count == 0), "{faults:?}: {broken:?}");
    let kept = promise::count(&db, "SELECT count(*) AS count FROM call").await.unwrap();
    let billed = i64::try_from(site.model.billed().billed_calls).unwrap();
    assert!(kept > 0 && kept <= billed, "{faults:?}: {kept} answers kept, {billed} billed");
    site.scene.deps.spending.sweep_holds().await.unwrap();
    site.check_ledger(&db).await;
}
