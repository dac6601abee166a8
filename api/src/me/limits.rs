//! All limits of a person in one place: requests, daily quotas, operations at once.

use poem::Request;
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{Object, OpenApi};
use shared::limits::Standing;
use shared::quota::{self, Quotas};
use shared::spending::next_day;
use shared::submit::max_waiting;

use crate::Tag;
use crate::admin::operation::AccountTier;
use crate::caller::Caller;
use crate::operation::OperationKind;
use crate::problem::answer::{Read, Refused};
use crate::rate;

pub struct LimitsApi {
    pub quotas: Quotas,
}

/// How much you may ask for, and how much of it is left
#[derive(Debug, Object)]
#[oai(example)]
pub struct Limits {
    pub tier: AccountTier,
    /// Requests; each is counted by all of these. Empty: as many as you like
    pub rates: Vec<RateLimit>,
    /// Operations by kind
    pub operations: Vec<OperationLimit>,
}

/// A limit on requests
#[derive(Debug, Object)]
#[oai(example)]
pub struct RateLimit {
    /// `person` or `address`, as in the header `RateLimit`
    pub policy: String,
    pub per_minute: u32,
    /// How many may follow at once
    pub remaining: u32,
    /// Seconds until all are there again
    pub full_in_seconds: u64,
}

/// A limit on operations of a kind
#[derive(Debug, Object)]
#[oai(example)]
pub struct OperationLimit {
    pub kind: OperationKind,
    /// On a UTC day
    pub per_day: i32,
    pub used_today: i32,
    pub remaining_today: i32,
    pub resets_at: chrono::DateTime<chrono::Utc>,
    /// Run at the same time; more wait
    pub running_at_once: i64,
    /// May wait at the same time; more are refused
    pub waiting_at_once: u64,
}

impl Example for Limits {
    fn example() -> Self {
        Self {
            tier: AccountTier::Free,
            rates: vec![RateLimit::example()],
            operations: vec![OperationLimit::example()],
        }
    }
}

impl Example for RateLimit {
    fn example() -> Self {
        Self { policy: "person".into(), per_minute: 120, remaining: 117, full_in_seconds: 2 }
    }
}

impl Example for OperationLimit {
    fn example() -> Self {
        Self {
            kind: OperationKind::Ats,
            per_day: 10,
            used_today: 4,
            remaining_today: 6,
            resets_at: crate::example::time(),
            running_at_once: 1,
            waiting_at_once: 20,
        }
    }
}

impl From<Standing> for RateLimit {
    fn from(standing: Standing) -> Self {
        Self {
            policy: standing.policy.as_str().into(),
            per_minute: standing.quota.get(),
            remaining: standing.left,
            full_in_seconds: standing.full_in().as_secs(),
        }
    }
}

#[OpenApi(prefix_path = "/me", tag = "Tag::Me")]
impl LimitsApi {
    /// Show your limits, and how much of each is left
    ///
    /// What may be spent is told by `GET /spending/today`.
    #[oai(path = "/limits", method = "get", operation_id = "get_limits")]
    async fn get(&self, request: &Request, caller: Caller) -> Result<Json<Limits>, Refused<Read>> {
        let account = caller.0;
        let resets_at = next_day(shared::time::now());
        let used = self.quotas.used_today(account.id).await?;
        let operations = used.into_iter().map(|(kind, used_today)| {
            let per_day = quota::per_day(account.tier, kind);
            OperationLimit {
                kind: kind.into(),
                per_day,
                used_today,
                remaining_today: (per_day - used_today).max(0),
                resets_at,
                running_at_once: account.tier.in_flight(),
                waiting_at_once: max_waiting(kind),
            }
        });
        Ok(Json(Limits {
            tier: account.tier.into(),
            rates: rate::standings(request).into_iter().map(RateLimit::from).collect(),
            operations: operations.collect(),
        }))
    }
}
