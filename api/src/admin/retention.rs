//! What is kept for how long, and what was forgotten.

use chrono::{DateTime, Utc};
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{Object, OpenApi};
use shared::retention::{Kept as DomainKept, Model, Retentions};

use crate::Tag;
use crate::caller::Admin;
use crate::mirror::mirror;
use crate::problem::answer::{AdminRead, Refused};

pub struct RetentionApi {
    pub retentions: Retentions,
}

mirror! {
    /// What is forgotten one day
    Kept of DomainKept { Operations, Drafts, Tailored, Analytics, Exports, Accounts }
}

/// How long something is kept, and what was forgotten of it
#[derive(Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct RetentionRule {
    pub what: Kept,
    /// Counted from its end, its last use, or its person's wish
    pub days: u32,
    /// The variable that sets the days
    pub setting: Option<String>,
    /// When it was last looked for
    pub ran_at: Option<DateTime<Utc>>,
    pub removed_last: i64,
    pub removed_in_all: i64,
}

/// All rules; what is not named is kept until its person deletes it
#[derive(Debug, Object)]
#[oai(example)]
pub struct Retention {
    pub rules: Vec<RetentionRule>,
}

impl Example for RetentionRule {
    fn example() -> Self {
        Self {
            what: Kept::Drafts,
            days: 30,
            setting: Some("DRAFT_DAYS".into()),
            ran_at: Some(crate::example::time()),
            removed_last: 3,
            removed_in_all: 128,
        }
    }
}

impl Example for Retention {
    fn example() -> Self {
        Self { rules: vec![RetentionRule::example()] }
    }
}

fn setting(kept: DomainKept) -> Option<String> {
    let name = match kept {
        DomainKept::Operations => "RETENTION_DAYS",
        DomainKept::Drafts => "DRAFT_DAYS",
        DomainKept::Tailored => "TAILORED_DAYS",
        DomainKept::Analytics => "ANALYTICS_DAYS",
        DomainKept::Accounts => "ERASURE_DAYS",
        DomainKept::Exports => return None,
    };
    Some(name.into())
}

#[OpenApi(prefix_path = "/admin/retention", tag = "Tag::Admin")]
impl RetentionApi {
    /// Show what is kept for how long, and what was forgotten
    #[oai(path = "/", method = "get", operation_id = "get_retention")]
    async fn get(&self, _admin: Admin) -> Result<Json<Retention>, Refused<AdminRead>> {
        let runs = self.retentions.runs().await?;
        let rules = DomainKept::ALL.into_iter().map(|kept| {
            let run = runs.iter().find(|run| run.what == kept);
            RetentionRule {
                what: kept.into(),
                days: self.retentions.days.of(kept),
                setting: setting(kept),
                ran_at: run.map(|run| run.ran_at),
                removed_last: run.map_or(0, |run: &Model| run.removed_last),
                removed_in_all: run.map_or(0, |run| run.removed_in_all),
            }
        });
        Ok(Json(Retention { rules: rules.collect() }))
    }
}
