//! Periodic work: each task runs once in the whole fleet, however many processes there are.
//!
//! A process takes the task that is due with a conditional update, for as long as a
//! lease. One that dies leaves it to the next; one that was away too long has an old
//! fence and cannot say that the task is done. What fell due while no process lived
//! runs at once when one starts, and is told since when it has not run.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{Condition, QueryFilter, QuerySelect, Set};

use crate::database::{now, seconds_from_now};

/// How long a turn may take before another process may take the task.
const LEASE_SECONDS: f64 = 300.0;

/// A task that failed is tried again after this.
const RETRY_SECONDS: f64 = 30.0;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "task")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: Task,
    pub due_at: DateTime<Utc>,
    pub lease_until: Option<DateTime<Utc>>,
    /// The process that took it last.
    pub holder: Option<String>,
    pub fence: i64,
    /// When it last succeeded.
    pub done_at: Option<DateTime<Utc>>,
    /// Failures since then.
    pub failures: i32,
}

impl ActiveModelBehavior for ActiveModel {}

/// The one list of periodic tasks. Renaming one is a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum Task {
    /// Forget operations that ended long ago.
    SweepOperations,
    /// Work out anew what operations usually take.
    RefreshEstimates,
    /// Look for what the queue has given up, and forget consumers that are gone.
    TidyQueues,
    /// Forget versions of resumes that nobody has used for long.
    SweepVersions,
    /// Book holds that nobody will settle any more.
    SettleHolds,
    /// Compare the days' totals with the ledger.
    CheckLedger,
    /// Forget vectors, payment events and ended holds that are old, and sessions and tokens that are over.
    SweepCaches,
    /// Write the files with all their data that people have asked for.
    WriteExports,
    /// Forget people who wanted to be, and files with data that were kept long enough.
    EraseAccounts,
    /// Compare how operations go with what is aimed at.
    CheckRates,
    /// Look for what must not be, and tell of it.
    CheckConditions,
}

impl Task {
    pub const ALL: [Self; 11] = [
        Self::SweepOperations,
        Self::RefreshEstimates,
        Self::TidyQueues,
        Self::SweepVersions,
        Self::SettleHolds,
        Self::CheckLedger,
        Self::SweepCaches,
        Self::WriteExports,
        Self::EraseAccounts,
        Self::CheckRates,
        Self::CheckConditions,
    ];

    pub fn every(self) -> Duration {
        match self {
            Self::SweepOperations | Self::SweepVersions | Self::SweepCaches => {
                Duration::from_hours(1)
            }
            Self::RefreshEstimates => Duration::from_secs(30),
            Self::TidyQueues | Self::CheckConditions => Duration::from_mins(1),
            Self::CheckRates => Duration::from_mins(5),
            Self::SettleHolds => Duration::from_secs(10),
            Self::CheckLedger | Self::EraseAccounts => Duration::from_mins(10),
            Self::WriteExports => Duration::from_secs(5),
        }
    }
}

/// A process's turn at a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    pub task: Task,
    /// When it last succeeded: the work since then is this turn's.
    pub since: Option<DateTime<Utc>>,
    fence: i64,
}

/// How a turn ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TurnEnd {
    Done,
    Failed,
}

#[derive(Clone, Debug)]
pub struct Schedule {
    db: DatabaseConnection,
}

impl Schedule {
    pub fn new(db: DatabaseConnection) -> Self {
        Self { db }
    }

    /// Makes the tasks known; one that is new is due at once.
    pub async fn prepare(&self) -> Result<(), DbErr> {
        for task in Task::ALL {
            let row = ActiveModel {
                name: Set(task),
                due_at: Set(DateTime::UNIX_EPOCH),
                lease_until: Set(None),
                holder: Set(None),
                fence: Set(0),
                done_at: Set(None),
                failures: Set(0),
            };
            let keep = OnConflict::column(Column::Name).do_nothing().to_owned();
            Entity::insert(row).on_conflict(keep).exec_without_returning(&self.db).await?;
        }
        Ok(())
    }

    /// The tasks that are due and that nobody has. A read: most looks find none.
    pub async fn due(&self) -> Result<Vec<Task>, DbErr> {
        Entity::find()
            .select_only()
            .column(Column::Name)
            .filter(Column::Name.is_in(Task::ALL))
            .filter(self.free())
            .into_tuple()
            .all(&self.db)
            .await
    }

    /// Takes a task. `None`: it is not due, or another process has it.
    pub async fn take(&self, task: Task, holder: &str) -> Result<Option<Turn>, DbErr> {
        let taken = Entity::update_many()
            .col_expr(Column::Holder, Expr::val(holder))
            .col_expr(Column::Fence, Expr::col(Column::Fence).add(1))
            .col_expr(Column::LeaseUntil, seconds_from_now(&self.db, LEASE_SECONDS))
            .filter(Column::Name.eq(task))
            .filter(self.free())
            .exec_with_returning(&self.db)
            .await?;
        Ok(taken.first().map(|row| Turn { task, since: row.done_at, fence: row.fence }))
    }

    /// Ends a turn. `false`: it took too long, and the task is somebody else's by now.
    pub async fn end(&self, turn: Turn, end: TurnEnd) -> Result<bool, DbErr> {
        let turns = Entity::update_many()
            .col_expr(Column::LeaseUntil, Expr::val(None::<DateTime<Utc>>))
            .filter(Column::Name.eq(turn.task))
            .filter(Column::Fence.eq(turn.fence));
        let ended = match end {
            TurnEnd::Done => turns
                .col_expr(
                    Column::DueAt,
                    seconds_from_now(&self.db, turn.task.every().as_secs_f64()),
                )
                .col_expr(Column::DoneAt, now(&self.db))
                .col_expr(Column::Failures, Expr::val(0)),
            TurnEnd::Failed => turns
                .col_expr(Column::DueAt, seconds_from_now(&self.db, RETRY_SECONDS))
                .col_expr(Column::Failures, Expr::col(Column::Failures).add(1)),
        };
        Ok(ended.exec(&self.db).await?.rows_affected == 1)
    }

    fn free(&self) -> Condition {
        let lease = || Expr::col(Column::LeaseUntil);
        Condition::all()
            .add(Expr::col(Column::DueAt).lte(now(&self.db)))
            .add(Condition::any().add(lease().is_null()).add(lease().lt(now(&self.db))))
    }
}
