//! Taking ids out of the queue: apalis consumers, and what happens when they die.

use std::time::Duration;

use apalis::layers::WorkerBuilderExt;
use apalis_core::backend::ext::BackendExt;
use apalis_core::backend::ext::poll_strategy::Strategy;
use apalis_core::error::BoxDynError;
use apalis_core::task::data::Data;
use apalis_core::worker::builder::WorkerBuilder;
use apalis_core::worker::context::WorkerContext;
use apalis_core::worker::ext::parallelize::ParallelizeExt;
use apalis_redis::RedisStorage;
use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt, TryFutureExt};
use rand::RngExt;
use serde_json::Value;
use shared::events::Signal;
use shared::operation::Kind;
use shared::queue::Queue;
use shared::queue::memory::MemoryQueue;
use shared::queue::redis::RedisQueue;
use tokio_stream::wrappers::BroadcastStream;
use uuid::Uuid;

use crate::run;
use crate::worker::Worker;

/// What a handler needs to know.
#[derive(Clone)]
struct Desk {
    worker: Worker,
    kind: Kind,
}

/// Pauses before a consumer that died is built anew. Any Redis error kills one.
const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// A consumer looks for work this often even if no signal came.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How often work is looked for in the database while Redis is away.
const LOOK_IN_DATABASE_EVERY: Duration = Duration::from_millis(250);

/// How often finished ids are swept out of Redis.
const CLEAN_EVERY: Duration = Duration::from_secs(10);

type Consumer = BoxFuture<'static, Result<(), BoxDynError>>;

/// Consumes the queue of a kind until the process stops. Never gives up.
pub async fn run(worker: Worker, kind: Kind) {
    match worker.deps.queue.clone() {
        Queue::Memory(queue) => from_memory(worker, queue, kind).await,
        Queue::Redis(queue) => {
            tokio::join!(
                supervise(worker.clone(), *queue.clone(), kind),
                from_database(worker.clone(), *queue.clone(), kind),
                clean(worker, *queue, kind),
            );
        }
    }
}

async fn from_memory(worker: Worker, queue: MemoryQueue, kind: Kind) {
    let stop = worker.stop.clone();
    let consumer = memory_consumer(worker, &queue, kind);
    if let Some(Err(error)) = stop.run_until_cancelled(consumer).await {
        tracing::error!(%error, queue = kind.as_str(), "the queue in memory has ended");
    }
}

/// Boxed here and not in an async function: the compiler cannot prove there that
/// apalis' layers are `Send`.
fn memory_consumer(worker: Worker, queue: &MemoryQueue, kind: Kind) -> Consumer {
    let consumer = WorkerBuilder::new(kind.as_str())
        .backend(queue.storage(kind))
        .concurrency(worker.concurrency.of(kind))
        .data(Desk { worker, kind })
        .parallelize(tokio::spawn)
        .build(deliver_id);
    consumer.run().map_err(BoxDynError::from).boxed()
}

/// Builds the consumer again and again, each time under a new name: Redis refuses
/// an old one until its last heartbeat is forgotten.
async fn supervise(worker: Worker, queue: RedisQueue, kind: Kind) {
    let mut pause = FIRST_PAUSE;
    while !worker.stop.is_cancelled() {
        let begun = tokio::time::Instant::now();
        let consumer = from_redis(worker.clone(), queue.clone(), kind);
        match worker.stop.run_until_cancelled(consumer).await {
            None => return,
            Some(Ok(())) => tracing::warn!(queue = kind.as_str(), "a consumer has ended"),
            Some(Err(error)) => {
                tracing::warn!(%error, queue = kind.as_str(), "a consumer has died");
            }
        }
        if begun.elapsed() > LONGEST_PAUSE * 2 {
            pause = FIRST_PAUSE;
        }
        let jittered = pause.mul_f64(rand::rng().random_range(0.5..1.0));
        worker.stop.run_until_cancelled(tokio::time::sleep(jittered)).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

async fn from_redis(worker: Worker, queue: RedisQueue, kind: Kind) -> Result<(), BoxDynError> {
    let storage = queue.storage(kind).await?;
    redis_consumer(worker, storage, kind).await
}

fn redis_consumer(worker: Worker, storage: RedisStorage<Value>, kind: Kind) -> Consumer {
    let signals = BroadcastStream::new(worker.deps.events.subscribe());
    // A signal that was missed may have been ours.
    let ours = signals.filter(move |signal| {
        let ours = signal.as_ref().map_or(true, |signal| *signal == Signal::Work(kind));
        futures::future::ready(ours)
    });
    let strategy = Strategy::new().stream(ours).interval(LOOK_EVERY);
    let name = format!("{}-{}", worker.id, Uuid::now_v7().simple());
    let consumer = WorkerBuilder::new(WorkerContext::new(&name))
        .backend(storage.poll_with_strategy(strategy))
        .concurrency(worker.concurrency.of(kind))
        .data(Desk { worker, kind })
        .parallelize(tokio::spawn)
        .build(deliver);
    consumer.run().map_err(BoxDynError::from).boxed()
}

/// Always `Ok`: what becomes of an operation is decided in the database. An error
/// would make apalis retry on a schedule of its own.
async fn deliver(id: Value, desk: Data<Desk>) -> Result<(), BoxDynError> {
    if let Some(id) = id.as_str().and_then(|id| id.parse().ok()) {
        run::run(&desk.worker, desk.kind, id).await;
    } else {
        tracing::error!("the queue holds something that is no id");
    }
    Ok(())
}

async fn deliver_id(id: Uuid, desk: Data<Desk>) -> Result<(), BoxDynError> {
    run::run(&desk.worker, desk.kind, id).await;
    Ok(())
}

/// Claims straight from the database for as long as Redis does not answer.
async fn from_database(worker: Worker, queue: RedisQueue, kind: Kind) {
    loop {
        let wait = tokio::time::sleep(LOOK_IN_DATABASE_EVERY);
        if worker.stop.run_until_cancelled(wait).await.is_none() {
            return;
        }
        if queue.is_given_up() {
            while run::run_next(&worker, kind).await {}
        }
    }
}

async fn clean(worker: Worker, queue: RedisQueue, kind: Kind) {
    loop {
        let wait = tokio::time::sleep(CLEAN_EVERY);
        if worker.stop.run_until_cancelled(wait).await.is_none() {
            return;
        }
        if let Err(error) = queue.clean(kind).await {
            tracing::debug!(%error, queue = kind.as_str(), "cannot sweep finished ids");
        }
    }
}
