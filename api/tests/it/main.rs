//! The API over real HTTP, on real databases and queues.
#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

mod admin;
mod app;
mod document;
mod extract;
mod fabrication;
mod journey;
mod matching;
mod money;
mod openapi;
mod operation;
mod outage;
mod plan;
mod privacy;
mod problem;
mod resume;
mod server;
mod tailoring;
