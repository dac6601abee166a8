//! The API over real HTTP, on real databases and queues.
#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

mod account;
mod admin;
mod analytics;
mod app;
mod backup;
mod document;
mod entry;
mod extract;
mod fabrication;
mod forged;
mod health;
mod http;
mod idempotency;
mod isolation;
mod journey;
mod matching;
mod money;
mod openapi;
mod operation;
mod outage;
mod outside;
mod personal;
mod plan;
mod privacy;
mod problem;
mod rate;
mod resume;
mod scan;
mod server;
mod tailoring;
mod trace;
mod user;
mod version;
