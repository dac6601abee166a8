//! What admins may change of a person: role, tier and spending cap.

use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{Object, OpenApi};
use serde::Deserialize;
use shared::account::{Accounts, Model};
use shared::money::NanoUsd;
use shared::spending::Spending;
use shared::spending::cap::NewCap;
use shared::subscription::Subscriptions;
use uuid::Uuid;

use super::mandate;
use super::operation::AccountTier;
use crate::Tag;
use crate::account::AccountRole;
use crate::billing::no_such_account;
use crate::caller::Admin;
use crate::json::Body;
use crate::problem::answer::{AdminSteer, Refused};
use crate::problem::{Code, Problem};
use crate::spending::SpendingToday;

/// Longest time for which a cap of one's own holds.
const MOST_DAYS: u32 = 366;
/// Highest cap, in nano-dollars: ten thousand dollars a day.
const HIGHEST_CAP: i64 = 10_000 * 1_000_000_000;

pub struct AdminAccountApi {
    pub accounts: Accounts,
    pub spending: Spending,
    pub subscriptions: Subscriptions,
}

/// A cap for one person, for a time, and why
#[derive(Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct SetSpendingCap {
    /// What may be spent on a UTC day, in billionths of a US dollar; up to ten thousand dollars
    pub cap_nano_usd: i64,
    /// For how many days from now, up to 366; 0 takes it away
    pub days: u32,
    /// 1 to 500 characters; it is written down with who and when
    pub reason: String,
}

impl Example for SetSpendingCap {
    fn example() -> Self {
        Self { cap_nano_usd: 5_000_000_000, days: 7, reason: "A beta tester.".into() }
    }
}

/// Another tier for a person, and why
#[derive(Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct SetTier {
    pub tier: AccountTier,
    /// 1 to 500 characters; it is written down with who and when
    pub reason: String,
}

impl Example for SetTier {
    fn example() -> Self {
        Self { tier: AccountTier::Pro, reason: "Paid by invoice.".into() }
    }
}

/// Another role for a person, and why
#[derive(Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct SetRole {
    pub role: AccountRole,
    /// 1 to 500 characters; it is written down with who and when
    pub reason: String,
}

impl Example for SetRole {
    fn example() -> Self {
        Self { role: AccountRole::Recruiter, reason: "Works for an agency.".into() }
    }
}

/// A person's account
#[derive(Debug, Object)]
#[oai(example)]
pub struct AdminAccount {
    pub id: Uuid,
    pub role: AccountRole,
    pub tier: AccountTier,
    pub created_at: chrono::DateTime<chrono::Utc>,
}

impl From<Model> for AdminAccount {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            role: row.role.into(),
            tier: row.tier.into(),
            created_at: row.created_at,
        }
    }
}

impl Example for AdminAccount {
    fn example() -> Self {
        Self {
            id: crate::example::id(1),
            role: AccountRole::Candidate,
            tier: AccountTier::Pro,
            created_at: crate::example::time(),
        }
    }
}

#[OpenApi(prefix_path = "/admin/users", tag = "Tag::Admin")]
impl AdminAccountApi {
    /// Give a person a cap of their own
    ///
    /// In place of their tier's, for some days; calls that are out are not touched.
    #[oai(path = "/:id/spending-cap", method = "put", operation_id = "set_spending_cap")]
    async fn set_spending_cap(
        &self,
        admin: Admin,
        id: Path<Uuid>,
        body: Body<SetSpendingCap>,
    ) -> Result<Json<SpendingToday>, Refused<AdminSteer>> {
        let SetSpendingCap { cap_nano_usd, days, reason } = body.0;
        if !(0..=HIGHEST_CAP).contains(&cap_nano_usd) || days > MOST_DAYS {
            let detail = format!(
                "`cap_nano_usd` must be from 0 to {HIGHEST_CAP} and `days` from 0 to {MOST_DAYS}."
            );
            return Err(Problem::new(Code::InvalidRequest, detail).into());
        }
        let mandate = mandate(&admin, &reason)?;
        let new = NewCap { cap: NanoUsd(cap_nano_usd), days };
        let standing = self.spending.set_cap(&mandate, id.0, new).await?;
        Ok(Json(standing.ok_or_else(no_such_account)?.into()))
    }

    /// Give a person another tier
    ///
    /// It holds until it is changed again, by an admin or by a payment.
    #[oai(path = "/:id/tier", method = "put", operation_id = "set_tier")]
    async fn set_tier(
        &self,
        admin: Admin,
        id: Path<Uuid>,
        body: Body<SetTier>,
    ) -> Result<Json<AdminAccount>, Refused<AdminSteer>> {
        let mandate = mandate(&admin, &body.0.reason)?;
        let changed = self.subscriptions.set_tier(&mandate, id.0, body.0.tier.into()).await?;
        Ok(Json(changed.ok_or_else(no_such_account)?.into()))
    }

    /// Give a person another role
    ///
    /// It holds until it is changed again, and at once for all their sessions and keys.
    #[oai(path = "/:id/role", method = "put", operation_id = "set_role")]
    async fn set_role(
        &self,
        admin: Admin,
        id: Path<Uuid>,
        body: Body<SetRole>,
    ) -> Result<Json<AdminAccount>, Refused<AdminSteer>> {
        let mandate = mandate(&admin, &body.0.reason)?;
        let changed = self.accounts.set_role(&mandate, id.0, body.0.role.into()).await?;
        Ok(Json(changed.ok_or_else(no_such_account)?.into()))
    }
}
