//! Cursor pages: newest first, by id. Ids are UUID v7, so their order is the order of creation.

use sea_orm::{
    ColumnTrait, DatabaseConnection, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    Select,
};
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

/// The column of a row's id, and how to read it.
pub type Key<E> = (<E as EntityTrait>::Column, fn(&<E as EntityTrait>::Model) -> Uuid);

/// The newest of the rows, one page of them.
pub async fn newest<E: EntityTrait>(
    db: &DatabaseConnection,
    rows: Select<E>,
    (column, id): Key<E>,
    page: PageRequest,
) -> Result<Page<E::Model>, DbErr> {
    let rows = match page.before {
        Some(before) => rows.filter(column.lt(before)),
        None => rows,
    };
    let rows = rows.order_by_desc(column).limit(page.limit + 1).all(db).await?;
    Ok(Page::cut(rows, page.limit, id))
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
