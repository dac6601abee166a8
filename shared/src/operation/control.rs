//! What steers operations from outside a worker: submitting, canceling, pausing, recovering.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    DatabaseTransaction, QueryFilter, QueryOrder, QuerySelect, Select, Set, TryIntoModel,
    UpdateMany,
};

use super::event::{self, append};
use super::failure::{Failure, FailureCode};
use super::input::Input;
use super::steer::{self, Mode};
use super::{
    Column as Operation, Entity as Table, Kind, Model as Row, Operations, State, change, order,
};
use crate::account;
use crate::database::{begin, now};
use crate::fleet::Fleet;
use crate::telemetry::correlation;
use crate::time;

/// How often an operation is begun before it fails for good.
pub const MAX_ATTEMPTS: i32 = 3;

/// Expired leases that one look takes care of.
const EXPIRED_BATCH: u64 = 100;

/// A queue that an admin steers. No row: it runs.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "queue_control")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: Kind,
    pub paused: bool,
    /// Only what was handed out already may begin. See [`super::steer::Mode`].
    pub draining: bool,
    pub updated_at: DateTime<Utc>,
}

impl ActiveModelBehavior for ActiveModel {}

/// What came of a request to cancel.
#[derive(Clone, Debug, PartialEq)]
pub enum Cancel {
    /// It had not begun, and never will.
    Canceled(Row),
    /// It runs; its worker has been asked to stop.
    Requested(Row),
    /// It had ended before.
    Ended(Row),
    NotFound,
}

/// Writes the row and its first event. The caller's transaction is the promise.
/// `waiting` is how many operations of the kind the person has waiting already.
pub(crate) async fn insert(
    transaction: &impl ConnectionTrait,
    account: &account::Model,
    input: Input,
    waiting: u64,
) -> Result<Row, DbErr> {
    let now = time::now();
    let tier = account.tier;
    let correlation = correlation::current();
    let operation = super::ActiveModel {
        id: Set(Uuid::now_v7()),
        account_id: Set(account.id),
        kind: Set(input.kind()),
        tier: Set(tier),
        state: Set(State::Queued),
        input: Set(input),
        result: Set(None),
        problem: Set(None),
        stage: Set(None),
        percent: Set(0),
        attempt: Set(0),
        fence: Set(0),
        worker_id: Set(None),
        lease_until: Set(None),
        // A little in the past: the clock of the database may run behind ours.
        run_at: Set(now - chrono::TimeDelta::minutes(5)),
        pushed_at: Set(None),
        cancel_requested: Set(false),
        rank: Set(order::rank(now, tier, waiting)),
        last_event: Set(1),
        created_at: Set(now),
        started_at: Set(None),
        finished_at: Set(None),
        refunded: Set(false),
        request_id: Set(correlation.as_ref().map(|one| one.request_id.clone())),
        traceparent: Set(correlation.map(|one| one.traceparent)),
    };
    let row = operation.clone().try_into_model()?;
    change::create(transaction, &row, Table::insert(operation)).await?;
    Ok(row)
}

/// A person's waiting operations of a kind.
pub(crate) fn waiting(account_id: Uuid, kind: Kind) -> Select<Table> {
    Table::find()
        .filter(Operation::AccountId.eq(account_id))
        .filter(Operation::Kind.eq(kind))
        .filter(Operation::State.eq(State::Queued))
}

impl Operations {
    /// Cancels a waiting operation at once, and asks the worker of a running one to stop.
    pub async fn cancel(&self, account_id: Uuid, id: Uuid) -> Result<Cancel, DbErr> {
        let transaction = begin(&self.db).await?;
        let own = Table::update_many()
            .filter(Operation::Id.eq(id))
            .filter(Operation::AccountId.eq(account_id));
        let outcome = cancel_where(&transaction, own).await?;
        transaction.commit().await?;
        match outcome {
            Some(outcome) => Ok(outcome),
            None => Ok(self.find(account_id, id).await?.map_or(Cancel::NotFound, Cancel::Ended)),
        }
    }

    /// Pauses or resumes the queue of a kind, for every process and until changed.
    pub async fn set_paused(&self, kind: Kind, paused: bool) -> Result<(), DbErr> {
        let transaction = begin(&self.db).await?;
        let mode = if paused { Mode::Paused } else { Mode::Running };
        steer::set(&transaction, kind, mode).await?;
        transaction.commit().await
    }

    /// Takes operations back whose worker has not renewed its lease. Each goes to
    /// the queue again, or fails when it was begun often enough or was to be canceled anyway.
    pub async fn take_back_expired(&self) -> Result<Vec<Row>, DbErr> {
        let expired: Vec<Uuid> = Table::find()
            .select_only()
            .column(Operation::Id)
            .filter(Operation::State.eq(State::Running))
            .filter(Expr::col(Operation::LeaseUntil).lt(now(&self.db)))
            // In the order of the index of leases: a plan for any state would read the whole table.
            .order_by_asc(Operation::LeaseUntil)
            .limit(EXPIRED_BATCH)
            .into_tuple()
            .all(&self.db)
            .await?;
        let mut taken = Vec::new();
        for id in expired {
            taken.extend(self.take_back(id).await?);
        }
        Ok(taken)
    }

    async fn take_back(&self, id: Uuid) -> Result<Option<Row>, DbErr> {
        let transaction = begin(&self.db).await?;
        let Some(operation) = Table::find_by_id(id).lock_exclusive().one(&transaction).await?
        else {
            return Ok(None);
        };
        let (change, kind) = after_loss(&operation);
        let changed = Table::update_many()
            .set(change)
            .col_expr(Operation::Fence, Expr::col(Operation::Fence).add(1))
            .col_expr(Operation::LastEvent, Expr::col(Operation::LastEvent).add(1))
            .filter(Operation::Id.eq(id))
            .filter(Operation::State.eq(State::Running))
            .filter(Expr::col(Operation::LeaseUntil).lt(now(&self.db)))
            .exec_with_returning(&transaction)
            .await?;
        let Some(operation) = changed.into_iter().next() else { return Ok(None) };
        append(&transaction, &operation, kind).await?;
        if operation.state == State::Failed {
            crate::quota::refund(&transaction, &operation).await?;
        }
        transaction.commit().await?;
        Ok(Some(operation))
    }

    /// Does not wait for the leases of workers that are known to be dead.
    pub async fn expire_leases_of(&self, workers: Vec<String>) -> Result<(), DbErr> {
        Table::update_many()
            .col_expr(Operation::LeaseUntil, Expr::val(DateTime::UNIX_EPOCH))
            .filter(Operation::State.eq(State::Running))
            .filter(Operation::WorkerId.is_in(workers))
            .exec(&self.db)
            .await?;
        Ok(())
    }

    /// Those who may hold operations.
    pub(crate) fn fleet(&self) -> Fleet {
        Fleet::new(self.db.clone())
    }

    /// For a process that is alone with its database: what another process left
    /// running or in its queue died with it.
    pub async fn take_over(&self) -> Result<(), DbErr> {
        Table::update_many()
            .col_expr(Operation::PushedAt, Expr::val(None::<DateTime<Utc>>))
            .filter(Operation::State.eq(State::Queued))
            .exec(&self.db)
            .await?;
        Table::update_many()
            .col_expr(Operation::LeaseUntil, Expr::val(DateTime::UNIX_EPOCH))
            .filter(Operation::State.eq(State::Running))
            .exec(&self.db)
            .await?;
        Ok(())
    }
}

/// Cancels the row if it waits, asks its worker if it runs. `None`: it does neither.
pub(super) async fn cancel_where(
    transaction: &DatabaseTransaction,
    row: UpdateMany<Table>,
) -> Result<Option<Cancel>, DbErr> {
    let waiting = row
        .clone()
        .filter(Operation::State.eq(State::Queued))
        .set(super::ActiveModel {
            state: Set(State::Canceled),
            cancel_requested: Set(true),
            finished_at: Set(Some(time::now())),
            ..Default::default()
        })
        .col_expr(Operation::LastEvent, Expr::col(Operation::LastEvent).add(1))
        .exec_with_returning(transaction)
        .await?;
    if let Some(operation) = waiting.into_iter().next() {
        append(transaction, &operation, event::Kind::Canceled).await?;
        return Ok(Some(Cancel::Canceled(operation)));
    }
    let running = row
        .filter(Operation::State.eq(State::Running))
        .col_expr(Operation::CancelRequested, Expr::val(true))
        .exec_with_returning(transaction)
        .await?;
    Ok(running.into_iter().next().map(Cancel::Requested))
}

fn after_loss(operation: &Row) -> (super::ActiveModel, event::Kind) {
    let change = super::ActiveModel { lease_until: Set(None), ..Default::default() };
    let finished_at = Set(Some(time::now()));
    if operation.cancel_requested {
        let change = super::ActiveModel { state: Set(State::Canceled), finished_at, ..change };
        return (change, event::Kind::Canceled);
    }
    if operation.attempt >= MAX_ATTEMPTS {
        let problem = Set(Some(Failure { code: FailureCode::WorkerLost }));
        let change =
            super::ActiveModel { state: Set(State::Failed), problem, finished_at, ..change };
        return (change, event::Kind::Failed);
    }
    let change = super::ActiveModel {
        state: Set(State::Queued),
        worker_id: Set(None),
        pushed_at: Set(None),
        stage: Set(None),
        percent: Set(0),
        ..change
    };
    (change, event::Kind::Queued)
}
