//! Sessions, and the refresh tokens that keep them going.
//!
//! A refresh token is used once and names its successor: the successor is a code of the token and the
//! installation's secret, so nothing but hashes is stored, and yet the same token gives the same successor when it
//! is sent again at once: by two tabs at the same moment, or by a client whose answer got lost. For half a minute
//! that is allowed, as long as the successor was not used. Any other second use means that two hold the token, of
//! whom one has stolen it: the whole session ends.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::{DatabaseTransaction, QueryFilter, Set};
use serde::Serialize;

use super::secret::Secret;
use crate::account::api_key::hash;
use crate::time;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
}

impl ActiveModelBehavior for ActiveModel {}

/// Refresh tokens, used and unused.
pub mod refresh_token {
    use chrono::{DateTime, Utc};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "refresh_token")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub hash: String,
        pub session_id: Uuid,
        pub issued_at: DateTime<Utc>,
        pub used_at: Option<DateTime<Utc>>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// How long a session lasts, however often it is refreshed.
pub const LIFE: TimeDelta = TimeDelta::days(30);

/// How long a used token may be sent again.
const AGAIN: TimeDelta = TimeDelta::seconds(30);

impl Model {
    pub fn is_open(&self) -> bool {
        self.ended_at.is_none() && self.expires_at > time::now()
    }
}

/// What came of a refresh token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Rotation {
    /// The session goes on with this token.
    Next(Model, String),
    /// There is no such token, or its session is over.
    Unknown,
    /// It was used before: the session has ended now.
    Reused(Model),
}

/// A session of its own, and its first refresh token.
pub(super) async fn open(
    transaction: &DatabaseTransaction,
    account_id: Uuid,
) -> Result<(Model, String), DbErr> {
    let now = time::now();
    let session = ActiveModel {
        id: Set(Uuid::now_v7()),
        account_id: Set(account_id),
        created_at: Set(now),
        expires_at: Set(now + LIFE),
        ended_at: Set(None),
    };
    let session = session.insert(transaction).await?;
    let token = text(rand::random());
    remember(transaction, session.id, &token).await?;
    Ok((session, token))
}

pub(super) async fn rotate(
    transaction: &DatabaseTransaction,
    secret: &Secret,
    token: &str,
) -> Result<Rotation, DbErr> {
    let hashed = hash(token);
    // Whoever comes second waits here for the first.
    let used = refresh_token::Entity::update_many()
        .set(refresh_token::ActiveModel { used_at: Set(Some(time::now())), ..Default::default() })
        .filter(refresh_token::Column::Hash.eq(&hashed))
        .filter(refresh_token::Column::UsedAt.is_null())
        .exec(transaction)
        .await?;
    let row = refresh_token::Entity::find_by_id(&hashed).one(transaction).await?;
    let Some(row) = row else { return Ok(Rotation::Unknown) };
    let session = Entity::find_by_id(row.session_id).one(transaction).await?;
    let Some(session) = session.filter(Model::is_open) else { return Ok(Rotation::Unknown) };
    let next = text(secret.code("refresh token", &[token.as_bytes()]));
    if used.rows_affected == 1 {
        remember(transaction, session.id, &next).await?;
        return Ok(Rotation::Next(session, next));
    }
    let at_once = row.used_at.is_some_and(|used| used > time::now() - AGAIN);
    let successor = refresh_token::Entity::find_by_id(hash(&next)).one(transaction).await?;
    if at_once && successor.is_some_and(|next| next.used_at.is_none()) {
        return Ok(Rotation::Next(session, next));
    }
    end(transaction, Column::Id.eq(session.id)).await?;
    Ok(Rotation::Reused(session))
}

/// Ends the open sessions among these; how many.
pub(super) async fn end(
    db: &impl ConnectionTrait,
    which: sea_orm::sea_query::SimpleExpr,
) -> Result<u64, DbErr> {
    let ended = Entity::update_many()
        .set(ActiveModel { ended_at: Set(Some(time::now())), ..Default::default() })
        .filter(which)
        .filter(Column::EndedAt.is_null())
        .exec(db)
        .await?;
    Ok(ended.rows_affected)
}

/// The session that a refresh token belongs to, used or not.
pub(super) async fn of_token(
    db: &impl ConnectionTrait,
    token: &str,
) -> Result<Option<Model>, DbErr> {
    let row = refresh_token::Entity::find_by_id(hash(token)).one(db).await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Entity::find_by_id(row.session_id).one(db).await?.filter(Model::is_open))
}

/// Drops sessions that can be over for good, with their tokens.
pub(super) async fn forget(db: &DatabaseConnection) -> Result<u64, DbErr> {
    let old = Entity::delete_many().filter(Column::ExpiresAt.lt(time::now()));
    Ok(old.exec(db).await?.rows_affected)
}

fn text(bytes: [u8; 32]) -> String {
    format!("rt_{}", hex::encode(bytes))
}

async fn remember(
    transaction: &DatabaseTransaction,
    session_id: Uuid,
    token: &str,
) -> Result<(), DbErr> {
    let row = refresh_token::ActiveModel {
        hash: Set(hash(token)),
        session_id: Set(session_id),
        issued_at: Set(time::now()),
        used_at: Set(None),
    };
    refresh_token::Entity::insert(row).exec_without_returning(transaction).await?;
    Ok(())
}
