//! The doorbell: ids of operations that a worker should try to claim.
//!
//! It may lose ids or ring twice. The database is the record: a lost id is put in
//! again by the reconciler, a second one finds nothing to claim.

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
}
