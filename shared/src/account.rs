//! A person who uses RoleReady: row, role, tier.

use chrono::{DateTime, Utc};
use lettre::Address;
use sea_orm::entity::prelude::*;
use sea_orm::{QueryFilter, QueryOrder, Set};
use serde::{Deserialize, Serialize};

use crate::audit::{self, Action, Deed, Mandate};
use crate::database::begin;
use crate::time;

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
    /// Absent where nobody can sign in with a password: there are API keys only, or an outside issuer.
    pub password_hash: Option<String>,
    pub email_verified_at: Option<DateTime<Utc>>,
}

impl ActiveModelBehavior for ActiveModel {}

/// What a person may do. Of several that an outside issuer names, the last counts.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    EnumIter,
    DeriveActiveEnum,
    Serialize,
    Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Candidate,
    Recruiter,
    Company,
    Billing,
    Admin,
}

impl Role {
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "candidate" => Some(Self::Candidate),
            "recruiter" => Some(Self::Recruiter),
            "company" => Some(Self::Company),
            "billing" => Some(Self::Billing),
            "admin" => Some(Self::Admin),
            _ => None,
        }
    }
}

/// What a person pays for: it sets quotas, concurrency and order in the queue.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    EnumIter,
    DeriveActiveEnum,
    Serialize,
    Deserialize,
)]
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
        new(role, tier).insert(&self.db).await
    }

    /// The oldest account: in the embedded mode, the person at the machine.
    pub async fn first(&self) -> Result<Option<Model>, DbErr> {
        Entity::find().order_by_asc(Column::Id).one(&self.db).await
    }

    /// Gives a person another role by an admin's word. None: there is no such person.
    pub async fn set_role(
        &self,
        mandate: &Mandate,
        id: Uuid,
        role: Role,
    ) -> Result<Option<Model>, DbErr> {
        let transaction = begin(&self.db).await?;
        let change = ActiveModel { role: Set(role), ..Default::default() };
        let changed = Entity::update_many()
            .set(change)
            .filter(Column::Id.eq(id))
            .exec_with_returning(&transaction)
            .await?;
        let Some(account) = changed.into_iter().next() else { return Ok(None) };
        let deed = Deed {
            action: Action::SetRole,
            target: format!("account/{id}"),
            detail: Some(serde_json::json!({ "role": role })),
        };
        audit::append(&transaction, mandate, deed).await?;
        transaction.commit().await?;
        Ok(Some(account))
    }
}

/// Longest e-mail address (RFC 5321).
const LONGEST_EMAIL: usize = 254;

/// An e-mail address in the one form that is stored: without spaces around it, in small letters.
pub fn email(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase();
    (text.len() <= LONGEST_EMAIL && text.parse::<Address>().is_ok()).then_some(text)
}

/// An account that nobody can sign in to yet.
pub(crate) fn new(role: Role, tier: Tier) -> ActiveModel {
    ActiveModel {
        id: Set(Uuid::now_v7()),
        email: Set(None),
        role: Set(role),
        tier: Set(tier),
        created_at: Set(time::now()),
        password_hash: Set(None),
        email_verified_at: Set(None),
    }
}

#[cfg(test)]
mod tests {
    use super::email;

    #[test]
    fn an_email_address_has_one_form() {
        assert_eq!(email(" Dana@Example.ORG ").as_deref(), Some("dana@example.org"));
        for wrong in ["", "dana", "dana@", "@example.org", "a b@example.org", "a@b\n.org"] {
            assert_eq!(email(wrong), None, "{wrong:?}");
        }
        assert_eq!(email(&format!("{}@example.org", "a".repeat(260))), None);
    }
}
