//! What admins have done, and what people have done with their accounts.

use chrono::{DateTime, Utc};
use poem_openapi::param::Query;
use poem_openapi::payload::Json;
use poem_openapi::types::{Any, Example};
use poem_openapi::{Object, OpenApi};
use shared::audit::{Action as DomainAction, Audits, Filter, Model};
use uuid::Uuid;

use crate::caller::Admin;
use crate::mirror::mirror;
use crate::problem::answer::{AdminRead, Refused};
use crate::{Tag, page};

pub struct AuditApi {
    pub audits: Audits,
}

mirror! {
    /// What was done
    AuditAction of DomainAction {
        PauseQueue, ResumeQueue, DrainQueue, RetryFailed, RetryOperation, CancelOperation,
        ReprioritizeOperation, RemoveOperation, SetSpendingCap, SetTier, SetRole, Register, LogIn, LogOutEverywhere,
        EndStolenSession, ChangePassword, ResetPassword, VerifyEmail, CreateKey, RevokeKey,
    }
}

/// Something that was done by an admin, or by a person with their own account; it is never changed or removed
#[derive(Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct AuditEntry {
    pub id: Uuid,
    /// The account that did it
    pub actor_id: Uuid,
    pub action: AuditAction,
    /// `queue/` and a kind, or `operation/`, `account/` or `key/` and an id
    pub target: String,
    pub reason: String,
    pub request_id: Option<String>,
    /// What else is worth knowing, by the action
    pub detail: Option<Any<serde_json::Value>>,
    pub at: DateTime<Utc>,
}

/// A page of what was done, newest first
#[derive(Debug, Object)]
#[oai(example)]
pub struct AuditPage {
    pub items: Vec<AuditEntry>,
    /// Give this as `cursor` for the next page; absent on the last
    #[oai(skip_serializing_if_is_none)]
    pub next_cursor: Option<String>,
}

impl Example for AuditEntry {
    fn example() -> Self {
        Self {
            id: crate::example::id(12),
            actor_id: crate::example::id(1),
            action: AuditAction::PauseQueue,
            target: "queue/tailor".into(),
            reason: "The provider is down until 14:00.".into(),
            request_id: Some("0198f3c2b1d77d0e9a4c5b6a79881234".into()),
            detail: None,
            at: crate::example::time(),
        }
    }
}

impl Example for AuditPage {
    fn example() -> Self {
        Self { items: vec![AuditEntry::example()], next_cursor: None }
    }
}

impl From<Model> for AuditEntry {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            actor_id: row.actor_id,
            action: row.action.into(),
            target: row.target,
            reason: row.reason,
            request_id: row.request_id,
            detail: row.detail.map(Any),
            at: row.at,
        }
    }
}

#[OpenApi(prefix_path = "/admin/audit", tag = "Tag::Admin")]
impl AuditApi {
    /// List what admins have done, and people with their accounts
    #[oai(path = "/", method = "get", operation_id = "list_audit")]
    async fn list(
        &self,
        _admin: Admin,
        actor_id: Query<Option<Uuid>>,
        action: Query<Option<AuditAction>>,
        /// `queue/` and a kind, or `operation/` and an id
        target: Query<Option<String>>,
        cursor: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Result<Json<AuditPage>, Refused<AdminRead>> {
        let page = page::request(cursor.0, limit.0)?;
        let action = action.0.map(Into::into);
        let filter = Filter { actor_id: actor_id.0, action, target: target.0 };
        let page = self.audits.list(filter, page).await?.map(AuditEntry::from);
        let next_cursor = page.next.map(|id| id.to_string());
        Ok(Json(AuditPage { items: page.items, next_cursor }))
    }
}
