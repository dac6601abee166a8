//! What is sent by mail to prove that somebody reads it: signed, for one use, for a while.
//!
//! The database knows only that a token was sent. Its signature is a code of the installation's secret, so
//! who reads the database cannot make one.

use chrono::{DateTime, TimeDelta, Utc};
use hmac::Mac;
use sea_orm::entity::prelude::*;
use sea_orm::{QueryFilter, Set};
use serde::{Deserialize, Serialize};

use super::secret::Secret;
use crate::time;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mail_token")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub purpose: Purpose,
    pub expires_at: DateTime<Utc>,
    pub used_at: Option<DateTime<Utc>>,
}

impl ActiveModelBehavior for ActiveModel {}

#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    ResetPassword,
    VerifyEmail,
}

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Self::ResetPassword => "reset password",
            Self::VerifyEmail => "verify e-mail",
        }
    }

    pub fn life(self) -> TimeDelta {
        match self {
            Self::ResetPassword => TimeDelta::hours(1),
            Self::VerifyEmail => TimeDelta::days(3),
        }
    }
}

/// A token, and the note that it was made.
pub(super) async fn create(
    db: &impl ConnectionTrait,
    secret: &Secret,
    account_id: Uuid,
    purpose: Purpose,
) -> Result<String, DbErr> {
    let id = Uuid::new_v4();
    let row = ActiveModel {
        id: Set(id),
        account_id: Set(account_id),
        purpose: Set(purpose),
        expires_at: Set(time::now() + purpose.life()),
        used_at: Set(None),
    };
    Entity::insert(row).exec_without_returning(db).await?;
    let code = secret.code(purpose.name(), &[id.as_bytes()]);
    Ok(hex::encode([id.as_bytes().as_slice(), &code].concat()))
}

/// Whether the token is one of ours at all. It costs next to nothing, unlike what follows.
pub(super) fn is_signed(secret: &Secret, token: &str, purpose: Purpose) -> bool {
    signed_id(secret, token, purpose).is_some()
}

/// Uses the token up; whose it is. None: it is wrong, old, used, or for something else.
pub(super) async fn spend(
    db: &impl ConnectionTrait,
    secret: &Secret,
    token: &str,
    purpose: Purpose,
) -> Result<Option<Uuid>, DbErr> {
    let Some(id) = signed_id(secret, token, purpose) else { return Ok(None) };
    let now = time::now();
    let spent = Entity::update_many()
        .set(ActiveModel { used_at: Set(Some(now)), ..Default::default() })
        .filter(Column::Id.eq(id))
        .filter(Column::Purpose.eq(purpose))
        .filter(Column::UsedAt.is_null())
        .filter(Column::ExpiresAt.gt(now))
        .exec_with_returning(db)
        .await?;
    Ok(spent.into_iter().next().map(|row| row.account_id))
}

/// Makes all that were sent to the account for this purpose worthless.
pub(super) async fn void(
    db: &impl ConnectionTrait,
    account_id: Uuid,
    purpose: Purpose,
) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::AccountId.eq(account_id))
        .filter(Column::Purpose.eq(purpose))
        .exec(db)
        .await?;
    Ok(())
}

/// Drops those that are over.
pub(super) async fn forget(db: &DatabaseConnection) -> Result<u64, DbErr> {
    let old = Entity::delete_many().filter(Column::ExpiresAt.lt(time::now()));
    Ok(old.exec(db).await?.rows_affected)
}

fn signed_id(secret: &Secret, token: &str, purpose: Purpose) -> Option<Uuid> {
    let bytes = hex::decode(token).ok()?;
    let (id, code) = bytes.split_at_checked(16)?;
    secret.mac(purpose.name(), &[id]).verify_slice(code).ok()?;
    Uuid::from_slice(id).ok()
}
