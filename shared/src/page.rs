//! Cursor pages: newest first, by id. Ids are UUID v7, so their order is the order of creation.

use uuid::Uuid;

/// How many rows a page holds when the caller does not say, and at most.
pub const DEFAULT_LIMIT: u64 = 20;
pub const MAX_LIMIT: u64 = 100;

/// Which page: the rows older than `before`.
#[derive(Clone, Copy, Debug)]
pub struct PageRequest {
    pub before: Option<Uuid>,
    pub limit: u64,
}

/// One page; `next` is there when older rows exist.
#[derive(Clone, Debug)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next: Option<Uuid>,
}

impl<T> Page<T> {
    /// Cuts the page out of rows that were read with one more than the limit.
    pub fn cut(mut items: Vec<T>, limit: u64, id: impl Fn(&T) -> Uuid) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        let next = if more { items.last().map(id) } else { None };
        Self { items, next }
    }

    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(change).collect(), next: self.next }
    }
}
