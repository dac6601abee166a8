//! The queue of the distributed mode: apalis-redis as a doorbell.
//!
//! Its settings are not taste: with the stock ones a worker picks up after 30 s,
//! dies of a stall of half a second, and runs tasks twice.

use std::sync::Arc;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use apalis_core::backend::{TaskSink, TaskSinkError};
use apalis_core::task::Task;
use apalis_core::task::builder::TaskBuilder;
use apalis_core::task::task_id::TaskId;
use apalis_redis::{Config, RedisStorage};
use futures::FutureExt;
use futures::future::BoxFuture;
use redis::AsyncCommands;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use serde_json::Value;
use ulid::Ulid;
use uuid::Uuid;

use super::QueueError;
use crate::operation::Kind;

/// How long a push may take: a submit does not wait for a stalled Redis.
const PUSH_TIMEOUT: Duration = Duration::from_secs(1);

/// Without Redis for this long, workers look for work in the database.
const PATIENCE: Duration = Duration::from_secs(5);

/// Ids that one step of a clean-up forgets, and the most steps of one clean-up.
const BATCH: u64 = 500;
const MOST_BATCHES: u32 = 200;

#[derive(Clone)]
pub struct RedisQueue {
    client: redis::Client,
    connection: ConnectionManager,
    prefix: String,
    /// Since when Redis has not answered.
    down_since: Arc<Mutex<Option<Instant>>>,
}

impl RedisQueue {
    pub fn new(client: redis::Client, connection: ConnectionManager, prefix: String) -> Self {
        Self { client, connection, prefix, down_since: Arc::default() }
    }

    /// The braces keep all keys of a queue on one node of a Redis cluster.
    fn config(&self, kind: Kind) -> Config {
        Config::default()
            .queue(format!("{{{}:{}}}", self.prefix, kind.as_str()))
            .batch_size(1)
            .heartbeat_interval(Duration::from_secs(2))
            .missed_heartbeats(5)
            .persist_results(true)
            .emit_events(false)
    }

    /// The apalis backend that delivers the ids of a kind, on a connection of its own.
    ///
    /// The payload is any JSON: one that cannot be decoded would kill every worker it meets.
    pub async fn storage(&self, kind: Kind) -> Result<RedisStorage<Value>, redis::RedisError> {
        let connection = connect(&self.client).await?;
        Ok(RedisStorage::new(connection).with_config(self.config(kind)))
    }

    pub(super) async fn push(&self, kind: Kind, ids: &[Uuid]) -> Result<(), QueueError> {
        let storage =
            RedisStorage::<Value>::new(self.connection.clone()).with_config(self.config(kind));
        let tasks = ids.iter().copied().map(task).collect();
        let pushed = tokio::time::timeout(PUSH_TIMEOUT, push_all(storage, tasks)).await;
        let result = match pushed {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(QueueError::Redis(error.into())),
            Err(_) => Err(QueueError::Slow),
        };
        self.note(result.is_ok());
        result
    }

    pub(super) async fn depth(&self, kind: Kind) -> Result<u64, QueueError> {
        let config = self.config(kind);
        let mut connection = self.connection.clone();
        let count = async {
            let scheduled: u64 = connection.zcard(config.scheduled_jobs_set()).await?;
            let active: u64 = connection.llen(config.active_jobs_list()).await?;
            Ok::<_, redis::RedisError>(scheduled + active)
        };
        let result = match tokio::time::timeout(PUSH_TIMEOUT, count).await {
            Ok(Ok(depth)) => Ok(depth),
            Ok(Err(error)) => Err(QueueError::Redis(error.into())),
            Err(_) => Err(QueueError::Slow),
        };
        self.note(result.is_ok());
        result
    }

    pub(super) async fn dead(&self, kind: Kind) -> Result<u64, QueueError> {
        let dead = self.config(kind).dead_jobs_set();
        let mut connection = self.connection.clone();
        match tokio::time::timeout(PUSH_TIMEOUT, connection.scard(dead)).await {
            Ok(Ok(count)) => Ok(count),
            Ok(Err(error)) => {
                let error: redis::RedisError = error;
                Err(QueueError::Redis(error.into()))
            }
            Err(_) => Err(QueueError::Slow),
        }
    }

    fn note(&self, answered: bool) {
        let mut down_since =
            self.down_since.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if answered {
            *down_since = None;
        } else {
            down_since.get_or_insert_with(Instant::now);
        }
    }

    /// Whether Redis has been silent for so long that workers should not wait for it.
    pub fn is_given_up(&self) -> bool {
        let down_since = self.down_since.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        down_since.is_some_and(|since| since.elapsed() >= PATIENCE)
    }

    /// Forgets finished ids; apalis keeps three entries of each for ever.
    pub async fn clean(&self, kind: Kind) -> Result<u64, redis::RedisError> {
        self.forget_all(kind, &self.config(kind).done_jobs_set()).await
    }

    /// Forgets deliveries that apalis has given up, and consumers that have been
    /// silent for so long. Returns how many deliveries there were.
    pub async fn tidy(&self, kind: Kind, silence: Duration) -> Result<u64, redis::RedisError> {
        self.forget_silent(kind, silence).await?;
        self.forget_metadata(kind).await?;
        self.forget_all(kind, &self.config(kind).dead_jobs_set()).await
    }

    /// In small batches, each too short to keep anybody else waiting.
    async fn forget_all(&self, kind: Kind, set: &str) -> Result<u64, redis::RedisError> {
        let mut forgotten = 0;
        for _ in 0..MOST_BATCHES {
            let count = self.forget(kind, set).await?;
            forgotten += count;
            if count < BATCH {
                break;
            }
        }
        Ok(forgotten)
    }

    async fn forget(&self, kind: Kind, set: &str) -> Result<u64, redis::RedisError> {
        let config = self.config(kind);
        let mut connection = self.connection.clone();
        let ids: Vec<String> =
            redis::cmd("SPOP").arg(set).arg(BATCH).query_async(&mut connection).await?;
        if ids.is_empty() {
            return Ok(0);
        }
        let meta: Vec<String> =
            ids.iter().map(|id| format!("{}:{id}", config.job_meta_hash())).collect();
        let _: () = connection.hdel(config.job_data_hash(), &ids).await?;
        let _: () = connection.unlink(meta).await?;
        Ok(ids.len() as u64)
    }

    /// One that still holds ids is left to apalis, which gives them to others.
    async fn forget_silent(&self, kind: Kind, silence: Duration) -> Result<(), redis::RedisError> {
        let config = self.config(kind);
        let mut connection = self.connection.clone();
        let before = chrono::Utc::now().timestamp() - silence.as_secs().cast_signed();
        let silent: Vec<String> = connection.zrangebyscore(config.workers_set(), 0, before).await?;
        for name in silent {
            let held: u64 =
                connection.scard(format!("{}:{name}", config.inflight_jobs_set())).await?;
            if held == 0 {
                let _: () = connection.zrem(config.workers_set(), &name).await?;
            }
        }
        Ok(())
    }

    /// Apalis describes each consumer under a key of its own and never removes it.
    async fn forget_metadata(&self, kind: Kind) -> Result<(), redis::RedisError> {
        let config = self.config(kind);
        let mut connection = self.connection.clone();
        let prefix = format!("{}:metadata:", config.workers_set());
        let mut cursor = 0u64;
        loop {
            let (next, keys): (u64, Vec<String>) = redis::cmd("SCAN")
                .arg(cursor)
                .arg("MATCH")
                .arg(format!("{prefix}*"))
                .arg("COUNT")
                .arg(BATCH)
                .query_async(&mut connection)
                .await?;
            for key in keys {
                let name = key.strip_prefix(&prefix).unwrap_or_default();
                let seen: Option<f64> = connection.zscore(config.workers_set(), name).await?;
                if seen.is_none() {
                    let _: () = connection.unlink(key).await?;
                }
            }
            if next == 0 {
                return Ok(());
            }
            cursor = next;
        }
    }
}

/// Redis hands out tasks of the same second in the order of their names, so they are
/// named in the order in which they are made.
fn task(id: Uuid) -> Task<Value> {
    let name = Ulid::from(Uuid::now_v7().as_u128()).to_string();
    let id = Value::String(id.to_string());
    TaskBuilder::new(id).task_id(TaskId::from_string(name)).build()
}

/// Boxed outside of any async function: the compiler cannot prove there that it is `Send`.
fn push_all(
    mut storage: RedisStorage<Value>,
    tasks: Vec<Task<Value>>,
) -> BoxFuture<'static, Result<(), TaskSinkError<apalis_redis::Error>>> {
    async move { storage.push_all(futures::stream::iter(tasks)).await }.boxed()
}

/// A connection that comes back by itself and waits through a stall instead of failing.
pub async fn connect(client: &redis::Client) -> Result<ConnectionManager, redis::RedisError> {
    ConnectionManager::new_with_config(client.clone(), patient()).await
}

/// The same, opened by its first use: a process starts while Redis is away.
pub fn lazy_connection(client: &redis::Client) -> Result<ConnectionManager, redis::RedisError> {
    ConnectionManager::new_lazy_with_config(client.clone(), patient())
}

fn patient() -> ConnectionManagerConfig {
    ConnectionManagerConfig::new()
        .set_response_timeout(Some(Duration::from_secs(10)))
        .set_connection_timeout(Some(Duration::from_secs(5)))
        .set_number_of_retries(20)
        .set_max_delay(Duration::from_secs(2))
}
