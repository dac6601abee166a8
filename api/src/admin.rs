//! What admins may do: see and steer the queue. Every change says why and is written down.

use poem_openapi::Object;
use poem_openapi::types::Example;
use serde::Deserialize;
use shared::audit::Mandate;
use shared::operation::repair::Change;

use crate::caller::Admin;
use crate::problem::{Code, Problem};
use crate::request_id;

pub mod account;
pub mod analytics;
pub mod audit;
pub mod cost;
pub mod fleet;
pub mod monitoring;
pub mod operation;
pub mod queue;
pub mod retention;

/// Longest reason, in characters.
const LONGEST_REASON: usize = 500;

/// Why something is done; it is written down with who and when
#[derive(Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct Because {
    /// 1 to 500 characters
    pub reason: String,
}

impl Example for Because {
    fn example() -> Self {
        Self { reason: "The provider is down until 14:00.".into() }
    }
}

fn mandate(admin: &Admin, reason: &str) -> Result<Mandate, Problem> {
    let reason = reason.trim();
    let length = reason.chars().count();
    if length == 0 || length > LONGEST_REASON || reason.contains('\0') {
        let detail = format!("`reason` must hold 1 to {LONGEST_REASON} characters.");
        return Err(Problem::new(Code::InvalidRequest, detail));
    }
    let request_id = request_id::current();
    Ok(Mandate { actor_id: admin.0.id, reason: reason.to_owned(), request_id })
}

/// The problem of a change that did not happen.
fn made(change: Change, refusal: &str) -> Result<shared::operation::Model, Problem> {
    match change {
        Change::Made(row) => Ok(row),
        Change::Refused(_) => Err(Problem::new(Code::StateConflict, refusal)),
        Change::NotFound => Err(no_such_operation()),
    }
}

fn no_such_operation() -> Problem {
    Problem::new(Code::OperationNotFound, "There is no such operation.")
}
