//! `ETag`, `If-Match` and `Idempotency-Key`.

use serde::Serialize;
use shared::idempotency::Key;
use shared::revision::Change;

use crate::problem::{Code, Problem};

/// Longest `Idempotency-Key`, in bytes.
const MAX_KEY: usize = 255;

pub fn etag(revision: i64) -> String {
    format!("\"{revision}\"")
}

/// The revision that `If-Match` names. A tag that is none of ours matches nothing.
pub fn revision(if_match: Option<&str>) -> Result<Option<i64>, Problem> {
    let Some(tag) = if_match else { return Ok(None) };
    let number = tag.trim().trim_start_matches("W/").trim_matches('"').parse();
    number
        .map(Some)
        .map_err(|_| Problem::new(Code::StaleRevision, "`If-Match` holds no ETag of this address."))
}

pub fn required_revision(if_match: Option<&str>) -> Result<i64, Problem> {
    revision(if_match)?
        .ok_or_else(|| Problem::new(Code::RevisionRequired, "The header `If-Match` is missing."))
}

/// What a change came to; `missing` says what was not found.
pub fn done<T>(change: Change<T>, missing: fn() -> Problem) -> Result<T, Problem> {
    match change {
        Change::Done(value) => Ok(value),
        Change::Stale => {
            Err(Problem::new(Code::StaleRevision, "The ETag in `If-Match` is not the present one."))
        }
        Change::NotFound => Err(missing()),
    }
}

/// The key of a request, tied to what the request asks for.
pub fn idempotency(key: Option<String>, asked: &impl Serialize) -> Result<Option<Key>, Problem> {
    let Some(key) = key else { return Ok(None) };
    let printable = key.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    if key.trim().is_empty() || key.len() > MAX_KEY || !printable {
        let detail = "The header `Idempotency-Key` must be 1 to 255 printable ASCII characters.";
        return Err(Problem::new(Code::InvalidRequest, detail));
    }
    let asked = serde_json::to_vec(asked).unwrap_or_default();
    Ok(Some(Key { key, request_hash: shared::call::hash(&asked) }))
}
