//! Requests that were sent again: the first one's operation answers them all.

use crate::time;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::{QueryFilter, Set};

/// How long a key is remembered.
const KEPT: TimeDelta = TimeDelta::hours(24);

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    pub request_hash: String,
    pub operation_id: Uuid,
    pub created_at: DateTime<Utc>,
}

impl ActiveModelBehavior for ActiveModel {}

/// The `Idempotency-Key` of a request and the hash of what it asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    pub key: String,
    pub request_hash: String,
}

/// The row an earlier request with this key has left.
pub(crate) async fn find(
    db: &impl ConnectionTrait,
    account_id: Uuid,
    key: &str,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id((account_id, key.to_owned()))
        .filter(Column::CreatedAt.gt(time::now() - KEPT))
        .one(db)
        .await
}

/// Remembers the key in the operation's own transaction. Two requests at once:
/// the second waits here and then fails with a unique violation.
pub(crate) async fn remember(
    transaction: &impl ConnectionTrait,
    account_id: Uuid,
    key: &Key,
    operation_id: Uuid,
) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::AccountId.eq(account_id))
        .filter(Column::Key.eq(&key.key))
        .filter(Column::CreatedAt.lte(time::now() - KEPT))
        .exec(transaction)
        .await?;
    let row = ActiveModel {
        account_id: Set(account_id),
        key: Set(key.key.clone()),
        request_hash: Set(key.request_hash.clone()),
        operation_id: Set(operation_id),
        created_at: Set(time::now()),
    };
    Entity::insert(row).exec_without_returning(transaction).await?;
    Ok(())
}
