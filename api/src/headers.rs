//! `ETag`, `If-Match` and `Idempotency-Key`.

use poem::{Endpoint, Middleware, Request};
use serde::Serialize;
use shared::idempotency::Key;
use shared::revision::Change;

use crate::problem::{Code, Problem};

/// Headers that decide what a request does. One that cannot be read must not count as absent.
const DECISIVE: [&str; 3] = ["if-match", "idempotency-key", "last-event-id"];

/// Refuses requests whose decisive headers are not plain ASCII, or come twice.
pub struct PlainHeaders;

impl<E: Endpoint> Middleware<E> for PlainHeaders {
    type Output = WithPlainHeaders<E>;

    fn transform(&self, inner: E) -> Self::Output {
        WithPlainHeaders { inner }
    }
}

pub struct WithPlainHeaders<E> {
    inner: E,
}

impl<E: Endpoint> Endpoint for WithPlainHeaders<E> {
    type Output = E::Output;

    async fn call(&self, request: Request) -> poem::Result<Self::Output> {
        for name in DECISIVE {
            let mut values = request.headers().get_all(name).iter();
            let readable = values.next().is_none_or(|value| value.to_str().is_ok());
            if !readable || values.next().is_some() {
                let detail = format!("The header `{name}` must come once, in printable ASCII.");
                return Err(Problem::new(Code::InvalidRequest, detail).into());
            }
        }
        self.inner.call(request).await
    }
}

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
