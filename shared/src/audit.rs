//! Who steered what, or did what with their account, when and why. Rows are added, never changed or removed.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::{QueryFilter, Set};
use serde::{Deserialize, Serialize};

use crate::page::{Page, PageRequest, newest};
use crate::time;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "audit")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The account that did it.
    pub actor_id: Uuid,
    pub action: Action,
    /// `queue/ats`, `operation/0198…`.
    pub target: String,
    pub reason: String,
    pub request_id: Option<String>,
    /// What else is worth knowing, by the action.
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub detail: Option<Json>,
    pub at: DateTime<Utc>,
}

impl ActiveModelBehavior for ActiveModel {}

#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Action {
    PauseQueue,
    ResumeQueue,
    DrainQueue,
    RetryFailed,
    RetryOperation,
    CancelOperation,
    ReprioritizeOperation,
    RemoveOperation,
    SetSpendingCap,
    SetTier,
    SetRole,
    Register,
    LogIn,
    LogOutEverywhere,
    EndStolenSession,
    ChangePassword,
    ResetPassword,
    VerifyEmail,
    CreateKey,
    RevokeKey,
}

/// In whose name something is done, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mandate {
    pub actor_id: Uuid,
    pub reason: String,
    pub request_id: Option<String>,
}

/// What was done to what.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Deed {
    pub action: Action,
    pub target: String,
    pub detail: Option<Json>,
}

/// Writes the row in the action's own transaction: neither is there without the other.
pub(crate) async fn append(
    transaction: &impl ConnectionTrait,
    mandate: &Mandate,
    deed: Deed,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        id: Set(Uuid::now_v7()),
        actor_id: Set(mandate.actor_id),
        action: Set(deed.action),
        target: Set(deed.target),
        reason: Set(mandate.reason.clone()),
        request_id: Set(mandate.request_id.clone()),
        detail: Set(deed.detail),
        at: Set(time::now()),
    };
    Entity::insert(row).exec_without_returning(transaction).await?;
    Ok(())
}

/// Which rows to list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub actor_id: Option<Uuid>,
    pub action: Option<Action>,
    pub target: Option<String>,
}

/// What admins have done.
#[derive(Clone, Debug)]
pub struct Audits {
    db: DatabaseConnection,
}

impl Audits {
    pub fn new(db: DatabaseConnection) -> Self {
        Self { db }
    }

    /// Newest first.
    pub async fn list(&self, filter: Filter, page: PageRequest) -> Result<Page<Model>, DbErr> {
        let mut rows = Entity::find();
        if let Some(actor_id) = filter.actor_id {
            rows = rows.filter(Column::ActorId.eq(actor_id));
        }
        if let Some(action) = filter.action {
            rows = rows.filter(Column::Action.eq(action));
        }
        if let Some(target) = filter.target {
            rows = rows.filter(Column::Target.eq(target));
        }
        newest(&self.db, rows, (Column::Id, |row| row.id), page).await
    }
}
