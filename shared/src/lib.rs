//! What both sides of RoleReady know: the domain, its tables and the pure engines.
//!
//! Later modules of this list may use earlier ones, never the other way round,
//! and nothing here knows of HTTP, of PDFs or of model providers.

pub mod config;
pub mod database;
pub mod mail;
pub mod money;
pub mod page;
pub mod plain;
pub mod revision;
pub mod telemetry;
pub mod time;

pub mod blobs;

pub mod audit;
pub mod idempotency;

pub mod account;
pub mod sign_in;

pub mod document;
pub mod posting;
pub mod resume;

pub mod export;

pub mod taxonomy;

pub mod ats;
pub mod truth;

pub mod ranking;
pub mod tailoring;

pub mod breaker;
pub mod call;
pub mod embedding;
pub mod fleet;
pub mod limits;
pub mod operation;
pub mod quota;
pub mod spending;
pub mod subscription;

pub mod measure;
pub mod personal;

pub mod finish;
pub mod quote;
pub mod submit;

pub mod events;
pub mod queue;

pub mod dispatch;

pub mod batch;

pub mod analytics;
pub mod monitor;
pub mod retention;

pub mod schedule;
pub mod steering;
pub mod vitals;

pub mod backup;
pub mod deps;
#[cfg(feature = "testing")]
pub mod testing;
