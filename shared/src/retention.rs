//! What is kept for how long, and what was forgotten of it: the report on retention.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{QueryFilter, Set};

use crate::config::Config;
use crate::time;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "retention")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub what: Kept,
    pub removed_last: i64,
    pub removed_in_all: i64,
    pub ran_at: DateTime<Utc>,
}

impl ActiveModelBehavior for ActiveModel {}

/// The one list of what is forgotten one day. Resumes, documents and postings are not: only their people delete them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum Kept {
    /// Operations that have ended, with their events and calls.
    Operations,
    /// Drafts and tailored versions that nobody has used.
    Drafts,
    Tailored,
    /// Vectors and what the payment provider told.
    Analytics,
    /// Files with all of a person's data.
    Exports,
    /// Accounts whose people wanted to be forgotten.
    Accounts,
}

impl Kept {
    pub const ALL: [Self; 6] = [
        Self::Operations,
        Self::Drafts,
        Self::Tailored,
        Self::Analytics,
        Self::Exports,
        Self::Accounts,
    ];
}

/// For how many days each is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    pub operations: u32,
    pub draft: u32,
    pub tailored: u32,
    pub analytics: u32,
    pub erasure: u32,
}

impl Default for Days {
    fn default() -> Self {
        Self { operations: 365, draft: 30, tailored: 90, analytics: 90, erasure: 7 }
    }
}

impl From<&Config> for Days {
    fn from(config: &Config) -> Self {
        Self {
            operations: config.retention_days,
            draft: config.draft_days,
            tailored: config.tailored_days,
            analytics: config.analytics_days,
            erasure: config.erasure_days,
        }
    }
}

impl Days {
    pub fn of(self, kept: Kept) -> u32 {
        match kept {
            Kept::Operations => self.operations,
            Kept::Drafts => self.draft,
            Kept::Tailored => self.tailored,
            Kept::Analytics => self.analytics,
            Kept::Exports => 1,
            Kept::Accounts => self.erasure,
        }
    }

    /// What is older is forgotten.
    pub fn before(self, kept: Kept, now: DateTime<Utc>) -> DateTime<Utc> {
        now - chrono::TimeDelta::days(i64::from(self.of(kept)))
    }
}

/// What was forgotten.
#[derive(Clone, Debug)]
pub struct Retentions {
    db: DatabaseConnection,
    pub days: Days,
}

impl Retentions {
    pub fn new(db: DatabaseConnection, days: Days) -> Self {
        Self { db, days }
    }

    /// Notes a run, also one that found nothing: it shows that somebody looks.
    pub async fn note(&self, kept: Kept, removed: u64) -> Result<(), DbErr> {
        let removed = i64::try_from(removed).unwrap_or(i64::MAX);
        let first = ActiveModel {
            what: Set(kept),
            removed_last: Set(removed),
            removed_in_all: Set(removed),
            ran_at: Set(time::now()),
        };
        let more = Expr::col((Entity, Column::RemovedInAll)).add(removed);
        let next = OnConflict::column(Column::What)
            .update_columns([Column::RemovedLast, Column::RanAt])
            .value(Column::RemovedInAll, more)
            .to_owned();
        Entity::insert(first).on_conflict(next).exec_without_returning(&self.db).await.map(drop)
    }

    /// The last run of each; what has not been looked at yet is missing.
    pub async fn runs(&self) -> Result<Vec<Model>, DbErr> {
        Entity::find().filter(Column::What.is_in(Kept::ALL)).all(&self.db).await
    }
}
