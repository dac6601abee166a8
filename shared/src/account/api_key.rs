//! Keys that programs call with: `rr_` and 40 random characters, stored hashed.

use chrono::{DateTime, TimeDelta, Utc};
use rand::RngExt;
use rand::distr::Alphanumeric;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{Condition, FromJsonQueryResult, PaginatorTrait, QueryFilter, QueryOrder, Set};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Accounts;
use crate::audit::{self, Action, Deed, Mandate};
use crate::database::begin;
use crate::time;

/// What every key begins with.
pub const PREFIX: &str = "rr_";

/// Characters of a key that are shown so that its owner can tell it from others.
pub const PREFIX_LENGTH: usize = 9;

/// Keys that one account may have at a time.
pub const MOST: u64 = 50;

/// The last use of a key is known to the minute: a write for each request would cost more than it says.
const USED: TimeDelta = TimeDelta::minutes(1);

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_key")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub prefix: String,
    pub hash: String,
    pub created_at: DateTime<Utc>,
    pub revoked_at: Option<DateTime<Utc>>,
    pub name: Option<String>,
    /// Absent: everything the account may do.
    pub scopes: Option<Scopes>,
    pub expires_at: Option<DateTime<Utc>>,
    pub last_used_at: Option<DateTime<Utc>>,
}

impl ActiveModelBehavior for ActiveModel {}

/// What a key may be used for, of what its account may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Look at what is the account's.
    Read,
    /// Change it, and start work.
    Write,
    /// Manage the account itself: keys, password, sessions.
    Account,
    /// Everybody's costs, for billing.
    Billing,
    /// See and steer everything, for admins.
    Admin,
}

impl Scope {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Account => "account",
            Self::Billing => "billing",
            Self::Admin => "admin",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Scopes(pub Vec<Scope>);

/// A key as its owner wants it.
#[derive(Clone, Debug, Default)]
pub struct NewKey {
    pub name: Option<String>,
    pub scopes: Option<Vec<Scope>>,
    pub expires_at: Option<DateTime<Utc>>,
}

/// Who calls with a key.
#[derive(Clone, Debug)]
pub struct Known {
    pub account: super::Model,
    pub key: Model,
}

/// A plain hash is enough: a key holds 238 bits of chance, so there is nothing to guess.
pub fn hash(key: &str) -> String {
    hex::encode(Sha256::digest(key.as_bytes()))
}

fn generate() -> String {
    let secret = rand::rng().sample_iter(Alphanumeric).take(40).map(char::from);
    PREFIX.chars().chain(secret).collect()
}

impl Accounts {
    /// Who calls with this key. A revoked, expired or unknown key is nobody's.
    pub async fn find_by_key(&self, key: &str) -> Result<Option<super::Model>, DbErr> {
        Ok(self.know_key(key).await?.map(|known| known.account))
    }

    /// The same, with the key.
    pub async fn know_key(&self, key: &str) -> Result<Option<Known>, DbErr> {
        let found = Entity::find().filter(Column::Hash.eq(hash(key))).filter(usable());
        let Some(key) = found.one(&self.db).await? else { return Ok(None) };
        let account = super::Entity::find_by_id(key.account_id).one(&self.db).await?;
        let Some(account) = account else { return Ok(None) };
        self.note_use(&key);
        Ok(Some(Known { account, key }))
    }

    /// In the background: no request waits for the note, or fails because of it.
    fn note_use(&self, key: &Model) {
        let now = time::now();
        if key.last_used_at.is_some_and(|used| used > now - USED) {
            return;
        }
        let (db, id) = (self.db.clone(), key.id);
        tokio::spawn(async move {
            let used = ActiveModel { last_used_at: Set(Some(now)), ..Default::default() };
            let noted = Entity::update_many().set(used).filter(Column::Id.eq(id)).exec(&db).await;
            if let Err(error) = noted {
                tracing::warn!(%error, "the use of an API key was not noted");
            }
        });
    }

    /// Makes a key for everything the account may do. The key itself is returned once and never stored.
    pub async fn create_key(&self, account_id: Uuid) -> Result<String, DbErr> {
        Ok(insert(&self.db, account_id, NewKey::default()).await?.0)
    }

    /// Makes a key by its owner's wish. None: there are as many as there may be.
    pub async fn add_key(
        &self,
        mandate: &Mandate,
        new: NewKey,
    ) -> Result<Option<(String, Model)>, DbErr> {
        let transaction = begin(&self.db).await?;
        let there = Entity::find()
            .filter(Column::AccountId.eq(mandate.actor_id))
            .filter(usable())
            .count(&transaction)
            .await?;
        if there >= MOST {
            return Ok(None);
        }
        let (key, row) = insert(&transaction, mandate.actor_id, new).await?;
        let detail = serde_json::json!({ "prefix": row.prefix, "scopes": row.scopes });
        let deed = deed(Action::CreateKey, row.id, Some(detail));
        audit::append(&transaction, mandate, deed).await?;
        transaction.commit().await?;
        Ok(Some((key, row)))
    }

    /// The account's keys that can still be used, the newest first.
    pub async fn list_keys(&self, account_id: Uuid) -> Result<Vec<Model>, DbErr> {
        Entity::find()
            .filter(Column::AccountId.eq(account_id))
            .filter(usable())
            .order_by_desc(Column::Id)
            .all(&self.db)
            .await
    }

    /// Makes a key of the account worthless. False: it has no such key.
    pub async fn revoke_key(&self, mandate: &Mandate, id: Uuid) -> Result<bool, DbErr> {
        let transaction = begin(&self.db).await?;
        let revoked = ActiveModel { revoked_at: Set(Some(time::now())), ..Default::default() };
        let changed = Entity::update_many()
            .set(revoked)
            .filter(Column::Id.eq(id))
            .filter(Column::AccountId.eq(mandate.actor_id))
            .filter(Column::RevokedAt.is_null())
            .exec(&transaction)
            .await?;
        if changed.rows_affected == 0 {
            return Ok(false);
        }
        audit::append(&transaction, mandate, deed(Action::RevokeKey, id, None)).await?;
        transaction.commit().await?;
        Ok(true)
    }
}

fn usable() -> Condition {
    let lasts = Expr::col(Column::ExpiresAt).is_null().or(Column::ExpiresAt.gt(time::now()));
    Condition::all().add(Column::RevokedAt.is_null()).add(lasts)
}

fn deed(action: Action, id: Uuid, detail: Option<Json>) -> Deed {
    Deed { action, target: format!("key/{id}"), detail }
}

async fn insert(
    db: &impl ConnectionTrait,
    account_id: Uuid,
    new: NewKey,
) -> Result<(String, Model), DbErr> {
    let key = generate();
    let row = ActiveModel {
        id: Set(Uuid::now_v7()),
        account_id: Set(account_id),
        prefix: Set(key.chars().take(PREFIX_LENGTH).collect()),
        hash: Set(hash(&key)),
        created_at: Set(time::now()),
        revoked_at: Set(None),
        name: Set(new.name),
        scopes: Set(new.scopes.map(Scopes)),
        expires_at: Set(new.expires_at),
        last_used_at: Set(None),
    };
    Ok((key, row.insert(db).await?))
}
