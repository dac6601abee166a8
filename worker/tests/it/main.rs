//! Whole worker processes against a real Postgres and a real Redis.
#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

mod faults;
mod money;
mod recovery;
mod redis;
mod scene;
