//! Redis keeps nothing of what is over: ids that were delivered, consumers that are gone.

use std::sync::Arc;
use std::time::Duration;

use apalis_core::backend::ext::BackendExt;
use apalis_core::backend::ext::poll_strategy::Strategy;
use apalis_core::error::BoxDynError;
use apalis_core::task::data::Data;
use apalis_core::worker::builder::WorkerBuilder;
use apalis_core::worker::context::WorkerContext;
use redis::AsyncCommands;
use redis::aio::MultiplexedConnection;
use roleready_shared::config::Mode;
use roleready_shared::deps::Deps;
use roleready_shared::operation::Kind;
use roleready_shared::queue::Queue;
use roleready_shared::queue::redis::RedisQueue;
use roleready_shared::testing::Installation;
use secrecy::ExposeSecret;
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use uuid::Uuid;

const ROUNDS: usize = 6;
const IDS: u32 = 500;

/// A queue in Redis, looked at from behind.
struct Behind {
    deps: Deps,
    connection: MultiplexedConnection,
    /// What all its keys begin with.
    name: String,
    _installation: Installation,
}

impl Behind {
    async fn new() -> Self {
        let installation = Installation::distributed().await;
        let Mode::Distributed { redis, redis_prefix, .. } = installation.config().mode else {
            panic!("not distributed")
        };
        let client = redis::Client::open(redis.expose_secret()).unwrap();
        let connection = client.get_multiplexed_async_connection().await.unwrap();
        let name = format!("{{{redis_prefix}:ats}}");
        Self { deps: installation.open().await, connection, name, _installation: installation }
    }

    fn queue(&self) -> RedisQueue {
        match &self.deps.queue {
            Queue::Redis(queue) => (**queue).clone(),
            Queue::Memory(_) => panic!("not distributed"),
        }
    }

    fn key(&self, part: &str) -> String {
        format!("{}:{part}", self.name)
    }

    async fn keys(&mut self) -> Vec<String> {
        self.connection.keys(format!("{}*", self.name)).await.unwrap()
    }

    /// A consumer of that name; each delivered id is a permit.
    async fn consumer(&self, name: &str, delivered: &Arc<Semaphore>) -> JoinHandle<()> {
        let storage = self.queue().storage(Kind::Ats).await.unwrap();
        let strategy = Strategy::new().interval(Duration::from_millis(10));
        let consumer = WorkerBuilder::new(WorkerContext::new(name))
            .backend(storage.poll_with_strategy(strategy))
            .data(delivered.clone())
            .build(deliver);
        tokio::spawn(async move { consumer.run().await.unwrap() })
    }
}

async fn deliver(_id: Value, delivered: Data<Arc<Semaphore>>) -> Result<(), BoxDynError> {
    delivered.add_permits(1);
    Ok(())
}

/// Acknowledgements arrive a little after the deliveries.
async fn cleaned_all(queue: &RedisQueue) {
    let mut left = u64::from(IDS);
    let mut ticks = tokio::time::interval(Duration::from_millis(10));
    while left > 0 {
        ticks.tick().await;
        left -= queue.clean(Kind::Ats).await.unwrap();
    }
}

#[tokio::test]
async fn the_keys_of_a_queue_stay_as_few_however_many_ids_were_delivered() {
    let mut behind = Behind::new().await;
    let delivered = Arc::new(Semaphore::new(0));
    let consumer = behind.consumer("consumer", &delivered).await;
    let mut counts = Vec::new();

    for _ in 0..ROUNDS {
        let ids: Vec<Uuid> = (0..IDS).map(|_| Uuid::now_v7()).collect();
        behind.deps.queue.push(Kind::Ats, &ids).await.unwrap();
        let all = delivered.acquire_many(IDS).await.unwrap();
        all.forget();
        let patience = Duration::from_secs(30);
        tokio::time::timeout(patience, cleaned_all(&behind.queue())).await.unwrap();
        counts.push(behind.keys().await.len());
    }

    consumer.abort();
    assert!(counts.iter().all(|count| *count <= 4), "{counts:?}");
    let data: u64 = behind.connection.hlen(behind.key("data")).await.unwrap();
    assert_eq!((data, behind.deps.queue.dead(Kind::Ats).await.unwrap()), (0, 0));
}

#[tokio::test]
async fn a_consumer_that_has_long_been_silent_is_forgotten_unless_it_holds_ids() {
    let mut behind = Behind::new().await;
    let delivered = Arc::new(Semaphore::new(0));
    for name in ["alive", "gone", "holding"] {
        let consumer = behind.consumer(name, &delivered).await;
        behind.deps.queue.push(Kind::Ats, &[Uuid::now_v7()]).await.unwrap();
        delivered.acquire().await.unwrap().forget();
        consumer.abort();
        let _ = consumer.await;
    }
    let workers = behind.key("workers");
    let two_hours_ago = chrono::Utc::now().timestamp() - 7_200;
    for name in ["gone", "holding"] {
        let _: () = behind.connection.zadd(&workers, name, two_hours_ago).await.unwrap();
    }
    let (gone, holding) = (behind.key("inflight:gone"), behind.key("inflight:holding"));
    let _: () = behind.connection.unlink(gone).await.unwrap();
    let _: () = behind.connection.sadd(holding, "id").await.unwrap();

    behind.deps.queue.tidy(Kind::Ats).await.unwrap();

    let mut left: Vec<String> = behind.connection.zrange(workers, 0, -1).await.unwrap();
    left.sort_unstable();
    assert_eq!(left, ["alive", "holding"]);
    let keys = behind.keys().await;
    assert!(keys.contains(&behind.key("workers:metadata:alive")), "{keys:?}");
    assert!(!keys.contains(&behind.key("workers:metadata:gone")), "{keys:?}");
}

#[tokio::test]
async fn a_delivery_that_the_queue_gave_up_is_counted_until_it_is_tidied_away() {
    let mut behind = Behind::new().await;
    let connection = &mut behind.connection.clone();
    let _: () = connection.sadd(behind.key("dead"), "id").await.unwrap();
    let _: () = connection.hset(behind.key("data"), "id", "\"x\"").await.unwrap();
    let _: () = connection.hset(behind.key("meta:id"), "status", "Running").await.unwrap();

    let before = behind.deps.queue.dead(Kind::Ats).await.unwrap();
    let tidied = behind.deps.queue.tidy(Kind::Ats).await.unwrap();

    assert_eq!((before, tidied), (1, 1));
    assert_eq!(behind.deps.queue.dead(Kind::Ats).await.unwrap(), 0);
    assert!(behind.keys().await.is_empty());
}
