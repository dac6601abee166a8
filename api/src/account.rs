//! Who somebody is, for themselves.

use chrono::{DateTime, Utc};
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{Object, OpenApi};
use shared::account::{Model, Role as DomainRole};
use uuid::Uuid;

use crate::Tag;
use crate::admin::operation::AccountTier;
use crate::caller::Caller;
use crate::mirror::mirror;
use crate::problem::answer::{Read, Refused};

pub mod key;

pub struct AccountApi;

mirror! {
    /// What somebody may do
    AccountRole of DomainRole { Candidate, Recruiter, Company, Billing, Admin }
}

/// An account, as its owner sees it
#[derive(Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct Account {
    pub id: Uuid,
    /// Absent for accounts that only have API keys, or come from an outside issuer
    pub email: Option<String>,
    /// Whether somebody has shown that they read that address
    pub email_verified: bool,
    pub role: AccountRole,
    pub tier: AccountTier,
    pub created_at: DateTime<Utc>,
}

impl From<Model> for Account {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            email: row.email,
            email_verified: row.email_verified_at.is_some(),
            role: row.role.into(),
            tier: row.tier.into(),
            created_at: row.created_at,
        }
    }
}

impl Example for Account {
    fn example() -> Self {
        Self {
            id: crate::example::id(1),
            email: Some("dana@example.org".into()),
            email_verified: true,
            role: AccountRole::Candidate,
            tier: AccountTier::Free,
            created_at: crate::example::time(),
        }
    }
}

#[OpenApi(prefix_path = "/me", tag = "Tag::Accounts")]
impl AccountApi {
    /// Say who I am
    #[oai(path = "/", method = "get", operation_id = "get_me")]
    async fn me(&self, caller: Caller) -> Result<Json<Account>, Refused<Read>> {
        Ok(Json(caller.0.into()))
    }
}
