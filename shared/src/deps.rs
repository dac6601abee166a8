//! Everything a process works with, opened from its configuration.

use redis::Client;
use redis::aio::ConnectionManager;
use sea_orm::DatabaseConnection;
use secrecy::ExposeSecret;
use thiserror::Error;
use tokio_util::sync::CancellationToken;

use crate::account::Accounts;
use crate::blobs::{BlobError, Blobs};
use crate::call::Calls;
use crate::config::{Config, Mode};
use crate::dispatch::Dispatch;
use crate::document::Documents;
use crate::events::Events;
use crate::fleet::Fleet;
use crate::operation::Operations;
use crate::posting::Postings;
use crate::queue::Queue;
use crate::queue::memory::MemoryQueue;
use crate::queue::redis::{RedisQueue, lazy_connection};
use crate::resume::Resumes;
use crate::tailoring::Tailorings;
use crate::taxonomy::Taxonomy;
use crate::{database, operation};

#[derive(Clone)]
pub struct Deps {
    pub accounts: Accounts,
    pub documents: Documents,
    pub resumes: Resumes,
    pub postings: Postings,
    pub operations: Operations,
    pub tailorings: Tailorings,
    pub calls: Calls,
    pub fleet: Fleet,
    pub blobs: Blobs,
    pub queue: Queue,
    pub events: Events,
    pub dispatch: Dispatch,
    /// Ends the process's background work.
    pub stop: CancellationToken,
}

#[derive(Debug, Error)]
pub enum OpenError {
    #[error("the database cannot be opened")]
    Database(#[from] sea_orm::DbErr),
    #[error("the blob store cannot be opened")]
    Blobs(#[from] BlobError),
    #[error("REDIS_URL cannot be used")]
    Redis(#[from] redis::RedisError),
    #[error("the database lacks {0} migration(s): run `roleready migrate up` first")]
    NotMigrated(usize),
}

impl Deps {
    /// Opens everything. An embedded database is brought up to date on the way;
    /// a shared one must be, because another version may still be running on it.
    pub async fn open(config: &Config) -> Result<Self, OpenError> {
        let db = database::connect(config).await?;
        match &config.mode {
            Mode::Embedded => {
                database::migrate(&db).await?;
                Operations::new(db.clone()).take_over().await?;
            }
            Mode::Distributed { .. } => {
                let pending = database::pending_migrations(&db).await?;
                if !pending.is_empty() {
                    return Err(OpenError::NotMigrated(pending.len()));
                }
            }
        }
        // Reading the word lists takes a while; nobody's request should wait for it.
        tokio::task::spawn_blocking(Taxonomy::builtin);
        let stop = CancellationToken::new();
        let (queue, events) = doorbell(&config.mode, &stop)?;
        let blobs = Blobs::open(&config.blobs)?;
        Ok(Self::assemble(db, blobs, (queue, events), stop))
    }

    /// Parts that are connected to nothing: enough to describe the API.
    pub fn unconnected() -> Self {
        let doorbell = (Queue::Memory(MemoryQueue::default()), Events::local());
        Self::assemble(
            DatabaseConnection::default(),
            Blobs::nowhere(),
            doorbell,
            CancellationToken::new(),
        )
    }

    fn assemble(
        db: DatabaseConnection,
        blobs: Blobs,
        (queue, events): (Queue, Events),
        stop: CancellationToken,
    ) -> Self {
        let operations = operation::Operations::new(db.clone());
        Self {
            accounts: Accounts::new(db.clone()),
            documents: Documents::new(db.clone()),
            resumes: Resumes::new(db.clone()),
            postings: Postings::new(db.clone()),
            tailorings: Tailorings::new(db.clone()),
            calls: Calls::new(db.clone()),
            fleet: Fleet::new(db),
            dispatch: Dispatch::new(operations.clone(), queue.clone(), events.clone()),
            operations,
            blobs,
            queue,
            events,
            stop,
        }
    }
}

fn doorbell(mode: &Mode, stop: &CancellationToken) -> Result<(Queue, Events), redis::RedisError> {
    match mode {
        Mode::Embedded => Ok((Queue::Memory(MemoryQueue::default()), Events::local())),
        Mode::Distributed { redis, redis_prefix, .. } => {
            let client = Client::open(redis.expose_secret())?;
            let connection: ConnectionManager = lazy_connection(&client)?;
            let channel = format!("{redis_prefix}:signals");
            let events = Events::shared(client.clone(), connection.clone(), channel, stop.clone());
            let queue = RedisQueue::new(client, connection, redis_prefix.clone());
            Ok((Queue::Redis(Box::new(queue)), events))
        }
    }
}
