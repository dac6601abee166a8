//! Everything from the environment, read once, with all its problems at once.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use chrono::TimeDelta;
use lettre::message::Mailbox;
use sea_orm::FromJsonQueryResult;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::account::Tier;
use crate::operation::Kind;
use crate::resume::version::Retention;
use crate::spending::price::Prices;

pub mod entry;
mod read;

use entry::OidcConfig;
use read::Variables;

/// How this installation is set up.
#[derive(Clone, Debug)]
pub struct Config {
    /// `ROLEREADY_ADDR`, or `PORT` on loopback: where the API listens.
    pub address: SocketAddr,
    /// `ROLEREADY_DATA`: the folder of the embedded mode's database and blobs.
    pub data: PathBuf,
    /// `DATABASE_URL` and `REDIS_URL` together, or neither.
    pub mode: Mode,
    /// `ROLEREADY_BLOBS`: a folder or `s3://bucket/prefix`; by default a folder below `data`.
    pub blobs: Blobs,
    /// `DATABASE_CONNECTIONS`: connections of one process.
    pub database_connections: u32,
    /// `PARSE_CONCURRENCY`, `ATS_CONCURRENCY`, `TAILOR_CONCURRENCY`: operations of a kind run at once by one process.
    pub concurrency: Concurrency,
    /// `RETENTION_DAYS`: operations that ended longer ago are forgotten; what they made stays.
    pub retention_days: u32,
    /// `DRAFT_DAYS`: drafts of a resume that nobody has used for so long are forgotten.
    pub draft_days: u32,
    /// `TAILORED_DAYS`: tailored versions that nobody has used for so long are forgotten.
    pub tailored_days: u32,
    /// A model to ask; without one the rules do everything.
    pub model: Option<ModelConfig>,
    /// `STRIPE_WEBHOOK_SECRET` and `STRIPE_PRICES`: who may tell of subscriptions, and what they buy.
    pub payments: Option<Payments>,
    /// `SMTP_URL` and `MAIL_FROM`: how e-mail goes out; unset, none does.
    pub mail: Option<Mail>,
    /// `ROLEREADY_OCR`: how pages that are pictures are read; unset, they are refused.
    pub ocr: Option<Ocr>,
    /// `ROLEREADY_SECRET`: seals and signs; without it an embedded installation makes one, others let nobody sign in.
    pub secret: Option<SecretString>,
    /// `EDITOR_URL`: where links in mails lead.
    pub editor: Option<Url>,
    /// `ROLEREADY_COOKIES`: whether browsers may send cookies over open lines.
    pub cookies: Cookies,
    /// `OIDC_ISSUER` and what belongs to it: whose access tokens are believed beside our own.
    pub oidc: Option<OidcConfig>,
    /// `LOG_FORMAT`: `pretty` or `json`.
    pub log_format: LogFormat,
    /// `RUST_LOG`: which log lines to write.
    pub log_filter: String,
}

/// One process with everything inside, or many that share Postgres and Redis.
#[derive(Clone, Debug)]
pub enum Mode {
    Embedded,
    /// `REDIS_PREFIX` keeps installations apart that share a Redis.
    Distributed {
        database: SecretString,
        redis: SecretString,
        redis_prefix: String,
    },
}

/// Where uploaded files are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Blobs {
    Folder(PathBuf),
    S3(Url),
}

/// How many operations of each kind one process runs at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Concurrency {
    pub parse: usize,
    pub ats: usize,
    pub tailor: usize,
}

impl Concurrency {
    pub fn of(self, kind: Kind) -> usize {
        match kind {
            Kind::Parse => self.parse,
            Kind::Ats => self.ats,
            Kind::Tailor => self.tailor,
        }
    }
}

/// Text recognition by Tesseract, which has to be installed, as has Poppler's `pdftoppm`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ocr {
    /// Tesseract's names of languages, joined by `+`.
    pub languages: String,
}

/// The server that takes e-mail, and whom it comes from.
#[derive(Clone, Debug)]
pub struct Mail {
    pub url: SecretString,
    pub from: Mailbox,
}

/// How cookies are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookies {
    Secure,
    /// For a browser that takes none from `http://localhost` otherwise.
    Insecure,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    Pretty,
    Json,
}

/// Which model to ask, and where.
#[derive(Clone, Debug)]
pub struct ModelConfig {
    pub provider: Provider,
    /// `ROLEREADY_MODEL`: the chat model, on Azure the deployment.
    pub chat: String,
    /// `ROLEREADY_EMBEDDING_MODEL`: the embedding model; `none` turns embeddings off.
    pub embedding: Option<String>,
    /// `ROLEREADY_FALLBACK_MODELS`: chat models to ask when the first does not answer, in order.
    pub fallbacks: Vec<String>,
    /// `ROLEREADY_PRICES`: a file with prices beside or in place of the built-in ones.
    pub prices: Prices,
}

/// How the payment provider is believed, and what its prices mean.
#[derive(Clone, Debug)]
pub struct Payments {
    pub webhook_secret: SecretString,
    /// The provider's price ids and the tiers they buy.
    pub tiers: BTreeMap<String, Tier>,
}

#[derive(Clone, Debug)]
pub enum Provider {
    /// `OPENAI_API_KEY` and `OPENAI_BASE_URL`: OpenAI or anything that speaks its protocol.
    OpenAi { base_url: Url, key: Option<SecretString> },
    /// `AZURE_OPENAI_ENDPOINT`, `AZURE_OPENAI_API_KEY`, `AZURE_OPENAI_API_VERSION`.
    Azure { endpoint: Url, key: SecretString, api_version: String },
}

/// How long things may take: the lease is three renewals, so that one lost
/// renewal does not lose the operation.
pub const LEASE: Duration = Duration::from_secs(15);
pub const LEASE_RENEWAL: Duration = Duration::from_secs(5);

/// Every setting that is wrong or missing, one sentence each.
#[derive(Debug, PartialEq, Eq)]
pub struct ConfigError(pub Vec<String>);

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the configuration has {} problem(s):", self.0.len())?;
        for problem in &self.0 {
            writeln!(f, "  - {problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

impl Config {
    /// Reads the process's environment.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::from_variables(std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        }))
    }

    /// Reads the given variables instead of the environment.
    pub fn from_variables(
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let variables = variables.into_iter().filter(|(_, value)| !value.trim().is_empty());
        let mut read = Variables::new(variables.collect::<BTreeMap<_, _>>());
        let data = PathBuf::from(read.text("ROLEREADY_DATA").unwrap_or_else(|| "data".into()));
        let address = read.address();
        let config = Self {
            address,
            mode: read.mode(),
            blobs: read.blobs(&data),
            data,
            database_connections: read.number("DATABASE_CONNECTIONS", 10, 2..=500),
            concurrency: Concurrency {
                parse: read.number("PARSE_CONCURRENCY", 5, 1..=256),
                ats: read.number("ATS_CONCURRENCY", 3, 1..=256),
                tailor: read.number("TAILOR_CONCURRENCY", 2, 1..=256),
            },
            retention_days: read.number("RETENTION_DAYS", 30, 1..=3_650),
            draft_days: read.number("DRAFT_DAYS", 30, 8..=3_650),
            tailored_days: read.number("TAILORED_DAYS", 90, 8..=3_650),
            model: read.model(),
            payments: read.payments(),
            mail: read.mail(),
            ocr: read.ocr(),
            secret: read.installation_secret(),
            editor: read.editor(),
            cookies: read.cookies(address.ip().is_loopback()),
            oidc: read.oidc(),
            log_format: read.log_format(),
            log_filter: read.text("RUST_LOG").unwrap_or_else(|| "info".into()),
        };
        if read.problems.is_empty() { Ok(config) } else { Err(ConfigError(read.problems)) }
    }

    /// How long versions of resumes are kept.
    pub fn version_retention(&self) -> Retention {
        let days = |days: u32| TimeDelta::days(i64::from(days));
        Retention { draft: days(self.draft_days), tailored: days(self.tailored_days) }
    }
}
