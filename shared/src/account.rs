//! A person who uses RoleReady: row, role, tier.

use crate::time;
use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::{QueryFilter, QueryOrder, Set};
use serde::{Deserialize, Serialize};

pub mod api_key;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "account")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub email: Option<String>,
    pub role: Role,
    pub tier: Tier,
    pub created_at: DateTime<Utc>,
}

impl ActiveModelBehavior for ActiveModel {}

/// What a person may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Candidate,
    Billing,
    Admin,
}

/// What a person pays for: it sets quotas, concurrency and order in the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    Free,
    Pro,
    Premium,
}

impl Tier {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Pro => "pro",
            Self::Premium => "premium",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "free" => Some(Self::Free),
            "pro" => Some(Self::Pro),
            "premium" => Some(Self::Premium),
            _ => None,
        }
    }

    /// Operations of one kind that one person may have running at once; more wait.
    pub fn in_flight(self) -> i64 {
        match self {
            Self::Free => 1,
            Self::Pro => 3,
            Self::Premium => 10,
        }
    }

    /// How far ahead in the queue an operation starts, in milliseconds of age.
    /// A waiting operation of a lower tier overtakes fresh ones once it is that
    /// much older, so nobody starves.
    pub fn head_start(self) -> i64 {
        match self {
            Self::Free => 0,
            Self::Pro => 2 * 60_000,
            Self::Premium => 5 * 60_000,
        }
    }
}

/// The accounts.
#[derive(Clone, Debug)]
pub struct Accounts {
    pub(crate) db: DatabaseConnection,
}

impl Accounts {
    pub fn new(db: DatabaseConnection) -> Self {
        Self { db }
    }

    pub async fn create(&self, role: Role, tier: Tier) -> Result<Model, DbErr> {
        let account = ActiveModel {
            id: Set(Uuid::now_v7()),
            email: Set(None),
            role: Set(role),
            tier: Set(tier),
            created_at: Set(time::now()),
        };
        account.insert(&self.db).await
    }

    /// The oldest account: in the embedded mode, the person at the machine.
    pub async fn first(&self) -> Result<Option<Model>, DbErr> {
        Entity::find().order_by_asc(Column::Id).one(&self.db).await
    }

    /// Who calls with this key. A revoked or unknown key is nobody's.
    pub async fn find_by_key(&self, key: &str) -> Result<Option<Model>, DbErr> {
        let found = api_key::Entity::find()
            .filter(api_key::Column::Hash.eq(api_key::hash(key)))
            .filter(api_key::Column::RevokedAt.is_null())
            .one(&self.db)
            .await?;
        match found {
            Some(key) => Entity::find_by_id(key.account_id).one(&self.db).await,
            None => Ok(None),
        }
    }

    /// Makes a key for the account. The key itself is returned once and never stored.
    pub async fn create_key(&self, account_id: Uuid) -> Result<String, DbErr> {
        let key = api_key::generate();
        let row = api_key::ActiveModel {
            id: Set(Uuid::now_v7()),
            account_id: Set(account_id),
            prefix: Set(key.chars().take(api_key::PREFIX_LENGTH).collect()),
            hash: Set(api_key::hash(&key)),
            created_at: Set(time::now()),
            revoked_at: Set(None),
        };
        row.insert(&self.db).await?;
        Ok(key)
    }
}
