//! One piece of long work: its row, its states, and the questions people ask about it.
//!
//! `queued → running → succeeded | failed | canceled`; a retry goes back to `queued`.
//! Every change is a conditional update whose row count is the answer, together with an event.

use chrono::{DateTime, Utc};
use sea_orm::QueryFilter;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::account::Tier;
use crate::page::{Page, PageRequest, newest};

pub(crate) mod change;
pub mod claim;
pub mod control;
pub mod estimate;
pub mod event;
pub mod failure;
pub mod input;
pub mod load;
pub mod order;
pub mod repair;
pub mod steer;
pub mod sweep;
pub mod usual;
pub mod watch;
pub mod window;

use failure::Failure;
use input::Input;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "operation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub kind: Kind,
    /// The person's tier at the time of the request.
    pub tier: Tier,
    pub state: State,
    #[sea_orm(column_type = "JsonBinary")]
    pub input: Input,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub result: Option<Json>,
    #[sea_orm(column_type = "JsonBinary", nullable)]
    pub problem: Option<Failure>,
    pub stage: Option<Stage>,
    pub percent: i16,
    /// How often a worker has begun it.
    pub attempt: i32,
    /// Grows with every claim: a worker that lost its lease writes with an old one, and so writes nothing.
    pub fence: i64,
    pub worker_id: Option<String>,
    pub lease_until: Option<DateTime<Utc>>,
    /// Not before this time.
    pub run_at: DateTime<Utc>,
    /// When its id was last put into the queue; empty while only the database knows of it.
    pub pushed_at: Option<DateTime<Utc>>,
    pub cancel_requested: bool,
    /// Its place in the queue; the smallest goes first. See [`order`].
    pub rank: i64,
    /// Number of its newest event.
    pub last_event: i64,
    pub created_at: DateTime<Utc>,
    pub started_at: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
    /// Whether its owner got the use of their quota back; once is enough, however often it is retried.
    pub refunded: bool,
    /// The request that asked for it, and the trace it belongs to.
    pub request_id: Option<String>,
    pub traceparent: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}

/// The one list of operation kinds.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    EnumIter,
    DeriveActiveEnum,
    Serialize,
    Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Parse,
    Ats,
    Tailor,
}

impl Kind {
    pub const ALL: [Self; 3] = [Self::Parse, Self::Ats, Self::Tailor];

    /// The name in queues and messages. Renaming one is a migration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Parse => "parse",
            Self::Ats => "ats",
            Self::Tailor => "tailor",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// What such an operation goes through, in order.
    pub fn stages(self) -> &'static [Stage] {
        match self {
            Self::Parse => &[Stage::Validating, Stage::Reading, Stage::Extracting, Stage::Complete],
            Self::Ats => &[
                Stage::Parsing,
                Stage::Extracting,
                Stage::Matching,
                Stage::Scoring,
                Stage::Complete,
            ],
            Self::Tailor => &[
                Stage::Validating,
                Stage::Reading,
                Stage::Matching,
                Stage::Planning,
                Stage::Drafting,
                Stage::Verifying,
                Stage::Complete,
            ],
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum State {
    Queued,
    Running,
    Succeeded,
    Failed,
    Canceled,
}

impl State {
    /// Whether it stays so for good.
    pub fn is_terminal(self) -> bool {
        match self {
            Self::Queued | Self::Running => false,
            Self::Succeeded | Self::Failed | Self::Canceled => true,
        }
    }
}

/// Where a running operation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    Validating,
    Reading,
    Parsing,
    Extracting,
    Matching,
    Scoring,
    Planning,
    Drafting,
    Verifying,
    Complete,
}

impl Stage {
    /// Percent of the operation that is done when this stage begins.
    pub fn percent(self, kind: Kind) -> i16 {
        let stages = kind.stages();
        let position = stages.iter().position(|stage| *stage == self).unwrap_or(0);
        i16::try_from(position * 100 / (stages.len() - 1)).unwrap_or(100)
    }
}

/// Which of a person's operations to list.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    pub kind: Option<Kind>,
    pub state: Option<State>,
}

/// The operations: the record of all long work.
#[derive(Clone, Debug)]
pub struct Operations {
    pub(crate) db: DatabaseConnection,
}

impl Operations {
    pub fn new(db: DatabaseConnection) -> Self {
        Self { db }
    }

    pub async fn find(&self, account_id: Uuid, id: Uuid) -> Result<Option<Model>, DbErr> {
        Entity::find_by_id(id).filter(Column::AccountId.eq(account_id)).one(&self.db).await
    }

    pub async fn list(
        &self,
        account_id: Uuid,
        filter: Filter,
        page: PageRequest,
    ) -> Result<Page<Model>, DbErr> {
        let mut rows = Entity::find().filter(Column::AccountId.eq(account_id));
        if let Some(kind) = filter.kind {
            rows = rows.filter(Column::Kind.eq(kind));
        }
        if let Some(state) = filter.state {
            rows = rows.filter(Column::State.eq(state));
        }
        newest(&self.db, rows, (Column::Id, |row| row.id), page).await
    }
}
