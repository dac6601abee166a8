//! Cursor pages at the edge: `?limit=` and `?cursor=`.

use shared::page::{DEFAULT_LIMIT, MAX_LIMIT, PageRequest};
use uuid::Uuid;

use crate::problem::{Code, Problem};

pub fn request(cursor: Option<String>, limit: Option<u64>) -> Result<PageRequest, Problem> {
    let limit = limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        let detail = format!("`limit` must be from 1 to {MAX_LIMIT}.");
        return Err(Problem::new(Code::InvalidRequest, detail));
    }
    let before = match cursor {
        None => None,
        Some(cursor) => Some(cursor.parse::<Uuid>().map_err(|_| {
            Problem::new(Code::InvalidRequest, "`cursor` must be the `next_cursor` of a page.")
        })?),
    };
    Ok(PageRequest { before, limit })
}
