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
use crate::analytics::Analytics;
use crate::audit::Audits;
use crate::batch::Batches;
use crate::blobs::{BlobError, Blobs};
use crate::breaker::Breakers;
use crate::call::Calls;
use crate::config::entry::OidcConfig;
use crate::config::http::Http;
use crate::config::{Config, Cookies, Mode, Ocr, Payments};
use crate::dispatch::Dispatch;
use crate::document::Documents;
use crate::document::door::Door;
use crate::document::scan::Scanner;
use crate::embedding::EmbeddingStore;
use crate::events::Events;
use crate::export::Exporter;
use crate::fleet::Fleet;
use crate::limits::Limiter;
use crate::mail::Mailer;
use crate::monitor::Monitor;
use crate::operation::Operations;
use crate::personal::erasure::Erasures;
use crate::personal::export::DataExports;
use crate::posting::Postings;
use crate::queue::Queue;
use crate::queue::memory::MemoryQueue;
use crate::queue::redis::{RedisQueue, lazy_connection};
use crate::quota::Quotas;
use crate::quote::Quotes;
use crate::ranking::Rankings;
use crate::resume::Resumes;
use crate::resume::version::{Retention, Versions};
use crate::retention::{Days, Retentions};
use crate::schedule::Schedule;
use crate::sign_in::SignIns;
use crate::sign_in::identity::Identities;
use crate::sign_in::secret::Secret;
use crate::spending::Spending;
use crate::steering::Steering;
use crate::subscription::Subscriptions;
use crate::tailoring::Tailorings;
use crate::taxonomy::Taxonomy;
use crate::vitals::Vitals;
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
    /// Checks uploads for viruses; absent, nobody does.
    pub scanner: Option<Scanner>,
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
    pub quotas: Quotas,
    pub quotes: Quotes,
    pub breakers: Breakers,
    pub data_exports: DataExports,
    pub erasures: Erasures,
    pub subscriptions: Subscriptions,
    pub payments: Option<Payments>,
    pub fleet: Fleet,
    pub blobs: Blobs,
    pub queue: Queue,
    pub events: Events,
    pub dispatch: Dispatch,
    /// How the API meets the world, and how many requests it takes.
    pub http: Http,
    pub limiter: Limiter,
    pub steering: Steering,
    pub schedule: Schedule,
    /// What people use.
    pub analytics: Analytics,
    /// Watches over it.
    pub monitor: Monitor,
    /// How it all stands.
    pub vitals: Vitals,
    /// Whether metrics have an address of their own.
    pub metrics_elsewhere: bool,
    /// Set by a process that can write documents.
    pub exporter: Exporter,
    pub retentions: Retentions,
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
        let (queue, events, limiter) = doorbell(config, &stop)?;
        let blobs = Blobs::open(&config.blobs)?;
        let retentions = Retentions::new(db.clone(), Days::from(config));
        let ocr = config.ocr.clone();
        let versions = Versions::new(db.clone(), config.version_retention());
        let grace = TimeDelta::days(i64::from(config.erasure_days));
        let erasures = Erasures::new(db.clone(), grace);
        let payments = config.payments.clone();
        let sign_ins = SignIns::new(db.clone(), secret(config)?);
        let mut assembled = Self::assemble(db, blobs, (queue, events), stop);
        assembled.vitals.data.clone_from(&config.data);
        assembled.monitor.tell(config);
        Ok(Self {
            metrics_elsewhere: config.metrics_address.is_some(),
            sign_ins,
            mailer: Mailer::from_config(config.mail.as_ref()),
            mail_to_log: matches!(config.mode, Mode::Embedded),
            editor: config.editor.clone(),
            cookies: config.cookies,
            oidc: config.oidc.clone(),
            ocr,
            scanner: config.scanner.clone(),
            versions,
            erasures,
            payments,
            retentions,
            http: config.http.clone(),
            limiter,
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
            scanner: None,
            data_exports: DataExports::new(db.clone()),
            erasures: Erasures::new(db.clone(), TimeDelta::days(7)),
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
            quotas: Quotas::new(db.clone()),
            retentions: Retentions::new(db.clone(), Days::default()),
            http: Http::PLAIN,
            limiter: Limiter::local(Http::PLAIN.rates),
            schedule: Schedule::new(db.clone()),
            analytics: Analytics::new(db.clone()),
            monitor: Monitor::new(db.clone()),
            metrics_elsewhere: false,
            vitals: Vitals::new(db, queue.clone()),
            exporter: Exporter::default(),
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

/// What processes share, or one has for itself.
fn doorbell(
    config: &Config,
    stop: &CancellationToken,
) -> Result<(Queue, Events, Limiter), redis::RedisError> {
    let rates = config.http.rates;
    match &config.mode {
        Mode::Embedded => {
            let queue = Queue::Memory(MemoryQueue::default());
            Ok((queue, Events::local(), Limiter::local(rates)))
        }
        Mode::Distributed { redis, redis_prefix, .. } => {
            let client = Client::open(redis.expose_secret())?;
            let connection: ConnectionManager = lazy_connection(&client)?;
            let channel = format!("{redis_prefix}:signals");
            let events = Events::shared(client.clone(), connection.clone(), channel, stop.clone());
            let limiter = Limiter::shared(rates, connection.clone(), redis_prefix);
            let queue = RedisQueue::new(client, connection, redis_prefix.clone());
            Ok((Queue::Redis(Box::new(queue)), events, limiter))
        }
    }
}
