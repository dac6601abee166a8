//! The doorbell: ids of operations that a worker should try to claim.
//!
//! It may lose ids or ring twice. The database is the record: a lost id is put in
//! again by the reconciler, a second one finds nothing to claim.

use std::time::Duration;

use thiserror::Error;
use uuid::Uuid;

use crate::operation::Kind;

pub mod memory;
pub mod redis;

use memory::MemoryQueue;
use redis::RedisQueue;

/// Most ids of one kind that are in the queue at a time. Few, because the fair
/// order is decided when an id goes in; enough to keep all workers busy.
pub const WINDOW: u64 = 200;

/// A consumer that has been silent for this long never comes back: each start has a new name.
const CONSUMER_KEPT: Duration = Duration::from_hours(1);

#[derive(Clone)]
pub enum Queue {
    Redis(Box<RedisQueue>),
    Memory(MemoryQueue),
}

#[derive(Debug, Error)]
pub enum QueueError {
    #[error("redis did not answer")]
    Redis(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("redis did not answer in time")]
    Slow,
    #[error("the queue is full")]
    Full,
}

impl Queue {
    pub async fn push(&self, kind: Kind, ids: &[Uuid]) -> Result<(), QueueError> {
        match self {
            Self::Redis(queue) => queue.push(kind, ids).await,
            Self::Memory(queue) => queue.push(kind, ids),
        }
    }

    /// How many ids wait in it.
    pub async fn depth(&self, kind: Kind) -> Result<u64, QueueError> {
        match self {
            Self::Redis(queue) => queue.depth(kind).await,
            Self::Memory(queue) => Ok(queue.depth(kind)),
        }
    }

    /// Removes deliveries that it has given up, and traces of consumers that are gone.
    /// Returns how many deliveries there were.
    pub async fn tidy(&self, kind: Kind) -> Result<u64, QueueError> {
        match self {
            Self::Redis(queue) => queue
                .tidy(kind, CONSUMER_KEPT)
                .await
                .map_err(|error| QueueError::Redis(error.into())),
            Self::Memory(_) => Ok(0),
        }
    }

    /// How many deliveries it has given up. Handlers never fail, so it stays 0.
    pub async fn dead(&self, kind: Kind) -> Result<u64, QueueError> {
        match self {
            Self::Redis(queue) => queue.dead(kind).await,
            Self::Memory(_) => Ok(0),
        }
    }
}
