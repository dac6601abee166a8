//! The stores against real databases, the queue against a real Redis.
#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

mod config;
mod matching;
mod model;
mod monitor;
mod operation;
mod schedule;
mod schema;
mod spending;
mod steering;
mod tidy;
