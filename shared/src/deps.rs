//! Everything a process works with, opened from its configuration.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use chrono::TimeDelta;
use redis::Client;
use redis::aio::ConnectionManager;
use sea_orm::DatabaseConnection;
use secrecy::ExposeSecret;
use thiserror::Error;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::account::Accounts;
use crate::audit::Audits;
use crate::batch::Batches;
use crate::blobs::{BlobError, Blobs};
use crate::breaker::Breakers;
use crate::call::Calls;
use crate::config::entry::OidcConfig;
use crate::config::{Config, Cookies, Mode, Ocr, Payments};
use crate::dispatch::Dispatch;
use crate::document::Documents;
use crate::document::door::Door;
use crate::embedding::EmbeddingStore;
use crate::events::Events;
use crate::export::Exporter;
use crate::fleet::Fleet;
use crate::mail::Mailer;
use crate::operation::Operations;
use crate::posting::Postings;
use crate::queue::Queue;
use crate::queue::memory::MemoryQueue;
use crate::queue::redis::{RedisQueue, lazy_connection};
use crate::quote::Quotes;
use crate::ranking::Rankings;
use crate::resume::Resumes;
use crate::resume::version::{Retention, Versions};
use crate::schedule::Schedule;
use crate::sign_in::SignIns;
use crate::sign_in::identity::Identities;
use crate::sign_in::secret::Secret;
use crate::spending::Spending;
use crate::steering::Steering;
use crate::subscription::Subscriptions;
use crate::tailoring::Tailorings;
use crate::taxonomy::Taxonomy;
use crate::{database, operation};

#[derive(Clone)]
pub struct Deps {
    pub accounts: Accounts,
    pub sign_ins: SignIns,
    pub identities: Identities,
    /// Absent: no mail goes out.
    pub mailer: Option<Mailer>,
    /// Whether mail that cannot go out is for the log: where who runs this is who uses it.
    pub mail_to_log: bool,
    /// Where links in mails lead.
    pub editor: Option<Url>,
    pub cookies: Cookies,
    /// Whose access tokens are believed beside our own.
    pub oidc: Option<OidcConfig>,
    pub audits: Audits,
    pub documents: Documents,
    /// Where files are opened.
    pub door: Door,
    /// Reads pages that are pictures; absent, they are refused.
    pub ocr: Option<Ocr>,
    pub resumes: Resumes,
    pub versions: Versions,
    pub postings: Postings,
    pub rankings: Rankings,
    pub operations: Operations,
    pub tailorings: Tailorings,
    pub batches: Batches,
    pub calls: Calls,
    pub embeddings: EmbeddingStore,
    pub spending: Spending,
    pub quotes: Quotes,
    pub breakers: Breakers,
    pub subscriptions: Subscriptions,
    pub payments: Option<Payments>,
    pub fleet: Fleet,
    pub blobs: Blobs,
    pub queue: Queue,
    pub events: Events,
    pub dispatch: Dispatch,
    pub steering: Steering,
    pub schedule: Schedule,
    /// Set by a process that can write documents.
    pub exporter: Exporter,
    /// Operations that ended longer ago are forgotten.
    pub retention: TimeDelta,
    /// Ends the process's background work.
    pub stop: CancellationToken,
    /// Keeps other processes out of the embedded mode's folder.
    #[expect(dead_code, reason = "held, never read")]
    lock: Option<Arc<File>>,
}

#[derive(Debug, Error)]
pub enum OpenError {
    #[error("the database cannot be opened")]
    Database(#[from] sea_orm::DbErr),
    #[error("the blob store cannot be opened")]
    Blobs(#[from] BlobError),
    #[error("REDIS_URL cannot be used")]
    Redis(#[from] redis::RedisError),
    #[error("the installation's secret in {0} cannot be read")]
    Secret(String, #[source] std::io::Error),
    #[error("{0} is in use by another roleready process: stop that one, or set ROLEREADY_DATA")]
    InUse(String),
    #[error("the database lacks {0} migration(s): run `roleready migrate up` first")]
    NotMigrated(usize),
}

impl Deps {
    /// Opens everything. An embedded database is brought up to date on the way;
    /// a shared one must be, because another version may still be running on it.
    pub async fn open(config: &Config) -> Result<Self, OpenError> {
        let db = database::connect(config).await?;
        let mut lock = None;
        match &config.mode {
            Mode::Embedded => {
                lock = Some(Arc::new(lock_folder(&config.data)?));
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
        let retention = TimeDelta::days(i64::from(config.retention_days));
        let ocr = config.ocr.clone();
        let versions = Versions::new(db.clone(), config.version_retention());
        let payments = config.payments.clone();
        let sign_ins = SignIns::new(db.clone(), secret(config)?);
        let assembled = Self::assemble(db, blobs, (queue, events), stop);
        Ok(Self {
            sign_ins,
            mailer: Mailer::from_config(config.mail.as_ref()),
            mail_to_log: matches!(config.mode, Mode::Embedded),
            editor: config.editor.clone(),
            cookies: config.cookies,
            oidc: config.oidc.clone(),
            ocr,
            versions,
            payments,
            retention,
            lock,
            ..assembled
        })
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
        let dispatch = Dispatch::new(operations.clone(), queue.clone(), events.clone());
        Self {
            accounts: Accounts::new(db.clone()),
            sign_ins: SignIns::new(db.clone(), None),
            identities: Identities::new(db.clone()),
            mailer: None,
            mail_to_log: false,
            editor: None,
            cookies: Cookies::Secure,
            oidc: None,
            audits: Audits::new(db.clone()),
            documents: Documents::new(db.clone()),
            door: Door::to_this_program(),
            ocr: None,
            resumes: Resumes::new(db.clone()),
            versions: Versions::new(db.clone(), Retention::default()),
            postings: Postings::new(db.clone()),
            rankings: Rankings::new(db.clone()),
            tailorings: Tailorings::new(db.clone()),
            batches: Batches::new(db.clone(), dispatch.clone()),
            calls: Calls::new(db.clone()),
            embeddings: EmbeddingStore::new(db.clone()),
            quotes: Quotes::new(Spending::new(db.clone())),
            spending: Spending::new(db.clone()),
            breakers: Breakers::new(db.clone()),
            subscriptions: Subscriptions::new(db.clone()),
            payments: None,
            fleet: Fleet::new(db.clone()),
            schedule: Schedule::new(db),
            exporter: Exporter::default(),
            retention: TimeDelta::days(30),
            steering: Steering::new(operations.clone(), dispatch.clone(), events.clone()),
            dispatch,
            operations,
            blobs,
            queue,
            events,
            stop,
            lock: None,
        }
    }
}

/// Told, or kept beside an embedded database. Many processes cannot make one that all of them know.
fn secret(config: &Config) -> Result<Option<Secret>, OpenError> {
    if let Some(secret) = &config.secret {
        return Ok(Some(Secret::new(secret.clone())));
    }
    match config.mode {
        Mode::Embedded => Secret::of_folder(&config.data)
            .map(Some)
            .map_err(|error| OpenError::Secret(config.data.display().to_string(), error)),
        Mode::Distributed { .. } => Ok(None),
    }
}

/// Two embedded processes on one folder would take each other's operations away.
fn lock_folder(folder: &Path) -> Result<File, OpenError> {
    let in_use = || OpenError::InUse(folder.display().to_string());
    let lock = File::create(folder.join("roleready.lock")).map_err(|_| in_use())?;
    lock.try_lock().map_err(|_| in_use())?;
    Ok(lock)
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
