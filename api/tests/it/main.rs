//! The API over real HTTP, on real databases and queues.
#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

mod account;
mod admin;
mod app;
mod document;
mod entry;
mod extract;
mod fabrication;
mod forged;
mod isolation;
mod journey;
mod matching;
mod money;
mod openapi;
mod operation;
mod outage;
mod outside;
mod plan;
mod privacy;
mod problem;
mod resume;
mod server;
mod tailoring;
