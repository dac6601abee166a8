//! Requests that were sent again: what the first one made answers them all.

use crate::time;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::sqlx::error::DatabaseError;
use sea_orm::{DbBackend, QueryFilter, RuntimeErr, Set};
use thiserror::Error;

/// How long a key is remembered.
const KEPT: TimeDelta = TimeDelta::hours(24);

/// How long a request waits for an earlier one with its key that is still being carried out.
const PATIENCE: &str = "SELECT set_config('lock_timeout', '5s', true)";

/// PostgreSQL's name for a wait that took too long.
const LOCK_NOT_AVAILABLE: &str = "55P03";

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    pub request_hash: String,
    /// What the request has made: an operation, a resume, a document, …
    #[sea_orm(column_name = "operation_id")]
    pub made_id: Uuid,
    pub created_at: DateTime<Utc>,
}

impl ActiveModelBehavior for ActiveModel {}

/// The `Idempotency-Key` of a request and the hash of what it asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    pub key: String,
    pub request_hash: String,
}

/// Why a request with a key makes nothing and has nothing to show.
#[derive(Debug, Error)]
pub enum KeyError {
    #[error("the idempotency key was used for another request")]
    Reused,
    #[error("a request with this idempotency key is still being carried out")]
    InProgress,
    #[error("what the idempotency key has made was deleted since")]
    Deleted,
    #[error("the database did not answer")]
    Database(#[from] DbErr),
}

/// What an earlier request with this key has made.
pub(crate) async fn earlier(
    db: &impl ConnectionTrait,
    account_id: Uuid,
    key: Option<&Key>,
) -> Result<Option<Uuid>, KeyError> {
    let Some(key) = key else { return Ok(None) };
    let row = Entity::find_by_id((account_id, key.key.clone()))
        .filter(Column::CreatedAt.gt(time::now() - KEPT))
        .one(db)
        .await?;
    match row {
        Some(row) if row.request_hash != key.request_hash => Err(KeyError::Reused),
        row => Ok(row.map(|row| row.made_id)),
    }
}

/// Ties the key to what this transaction makes. `Some`: an earlier request has made that already, and the
/// transaction is to be dropped. Two at once: the second waits here for the first, and then finds what it made.
pub(crate) async fn claim(
    transaction: &impl ConnectionTrait,
    account_id: Uuid,
    key: Option<&Key>,
    made_id: Uuid,
) -> Result<Option<Uuid>, KeyError> {
    let Some(wanted) = key else { return Ok(None) };
    if transaction.get_database_backend() == DbBackend::Postgres {
        transaction.execute_unprepared(PATIENCE).await?;
    }
    Entity::delete_many()
        .filter(Column::AccountId.eq(account_id))
        .filter(Column::Key.eq(&wanted.key))
        .filter(Column::CreatedAt.lte(time::now() - KEPT))
        .exec(transaction)
        .await?;
    let row = ActiveModel {
        account_id: Set(account_id),
        key: Set(wanted.key.clone()),
        request_hash: Set(wanted.request_hash.clone()),
        made_id: Set(made_id),
        created_at: Set(time::now()),
    };
    let keep = OnConflict::columns([Column::AccountId, Column::Key]).do_nothing().to_owned();
    let claimed = Entity::insert(row).on_conflict(keep).exec_without_returning(transaction).await;
    match claimed.map_err(in_progress)? {
        0 => Ok(Some(earlier(transaction, account_id, key).await?.ok_or(KeyError::InProgress)?)),
        _ => Ok(None),
    }
}

fn in_progress(error: DbErr) -> KeyError {
    let (DbErr::Exec(RuntimeErr::SqlxError(inner)) | DbErr::Query(RuntimeErr::SqlxError(inner))) =
        &error
    else {
        return error.into();
    };
    let code = inner.as_database_error().and_then(DatabaseError::code);
    if code.as_deref() == Some(LOCK_NOT_AVAILABLE) { KeyError::InProgress } else { error.into() }
}

/// Forgets keys that are of no more use.
pub(crate) async fn forget(db: &impl ConnectionTrait) -> Result<u64, DbErr> {
    let gone = Entity::delete_many().filter(Column::CreatedAt.lte(time::now() - KEPT));
    Ok(gone.exec(db).await?.rows_affected)
}
