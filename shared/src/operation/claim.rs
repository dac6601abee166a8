//! What a worker does to an operation: take it, keep it, move it on, give it back.
//!
//! Taking it raises the fence; every later write carries it. A worker that was
//! away for longer than its lease finds that its writes change nothing.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait};
use sea_orm::{ActiveValue, QueryFilter, QuerySelect, Set, UpdateMany};

use super::event;
use super::failure::{Failure, FailureCode};
use super::{
    ActiveModel, Column, Entity, Kind, Model, Operations, Stage, State, change, steer, window,
};
use crate::config::LEASE;
use crate::database::{begin, now, seconds_from_now};

/// A worker's hold on an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    pub operation_id: Uuid,
    pub fence: i64,
}

/// What a renewal of the lease found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lease {
    Kept,
    CancelRequested,
    /// Another worker has it, or it has ended.
    Lost,
}

impl Operations {
    /// Takes a queued operation for this worker. `None`: somebody else has it, it
    /// has ended, it waits for a later time, or its queue is paused or drained.
    pub async fn claim(&self, id: Uuid, worker_id: &str) -> Result<Option<Model>, DbErr> {
        let claim = claiming(&self.db, worker_id).filter(Column::Id.eq(id));
        change::tell(&self.db, claim, event::Kind::Started).await
    }

    /// Takes the next operation of a kind for a worker that cannot reach the queue.
    /// Workers take turns, so that together they respect everybody's limit.
    pub async fn claim_next(&self, kind: Kind, worker_id: &str) -> Result<Option<Model>, DbErr> {
        let transaction = begin(&self.db).await?;
        window::one_at_a_time(&transaction, kind).await?;
        // Compared and not `IN`: Postgres may look for the next one again for every row of an `IN`.
        let next = Expr::SubQuery(None, Box::new(window::next_due(&transaction, kind).into()));
        let claim = claiming(&transaction, worker_id).filter(Expr::col(Column::Id).eq(next));
        let claimed = change::tell_within(&transaction, claim, event::Kind::Started).await?;
        transaction.commit().await?;
        Ok(claimed)
    }

    /// Extends the lease by its full length.
    pub async fn renew(&self, claim: Claim) -> Result<Lease, DbErr> {
        let renewed = held(claim)
            .col_expr(Column::LeaseUntil, seconds_from_now(&self.db, LEASE.as_secs_f64()))
            .exec_with_returning(&self.db)
            .await?;
        Ok(match renewed.first() {
            None => Lease::Lost,
            Some(operation) if operation.cancel_requested => Lease::CancelRequested,
            Some(_) => Lease::Kept,
        })
    }

    /// Notes that a stage begins. `false`: the lease is lost.
    pub async fn enter(&self, claim: Claim, stage: Stage) -> Result<bool, DbErr> {
        let change = ActiveModel { stage: Set(Some(stage)), ..Default::default() };
        let enter = held(claim).set(change).col_expr(Column::Percent, percent(stage));
        Ok(change::tell(&self.db, enter, event::Kind::Progress).await?.is_some())
    }

    /// Tells of edits that have passed the gate, while the work goes on. `false`: the lease is lost.
    pub async fn tell_proposals(
        &self,
        claim: Claim,
        proposals: Vec<serde_json::Value>,
    ) -> Result<bool, DbErr> {
        if proposals.is_empty() {
            return Ok(true);
        }
        let count = i64::try_from(proposals.len()).unwrap_or(i64::MAX);
        let transaction = begin(&self.db).await?;
        let counted = held(claim)
            .col_expr(Column::LastEvent, Expr::col(Column::LastEvent).add(count))
            .exec_with_returning(&transaction)
            .await?;
        let Some(operation) = counted.into_iter().next() else { return Ok(false) };
        event::append_proposals(&transaction, &operation, proposals).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Gives the operation back to the queue, to be begun again after `seconds`.
    /// Stopping a worker is not the operation's fault, so it may not cost an attempt.
    /// One that its person wants no more ends here instead: nobody would claim it again.
    pub async fn give_back(&self, claim: Claim, back: GiveBack) -> Result<bool, DbErr> {
        let transaction = begin(&self.db).await?;
        let attempts_back = match back {
            GiveBack::Stopping | GiveBack::AwaitModel { .. } => 1,
            GiveBack::RetryAfter { .. } => 0,
        };
        let seconds = match back {
            GiveBack::Stopping => 0.0,
            GiveBack::RetryAfter { seconds } | GiveBack::AwaitModel { seconds } => seconds,
        };
        let given = held(claim)
            .set(ActiveModel {
                state: Set(State::Queued),
                worker_id: Set(None),
                lease_until: Set(None),
                pushed_at: Set(None),
                stage: Set(None),
                percent: Set(0),
                ..Default::default()
            })
            .col_expr(Column::Attempt, Expr::col(Column::Attempt).sub(attempts_back))
            .col_expr(Column::RunAt, seconds_from_now(&self.db, seconds))
            .filter(Column::CancelRequested.eq(false));
        let mut ended = change::tell_within(&transaction, given, event::Kind::Queued).await?;
        if ended.is_none() {
            ended = end(&transaction, claim, End::Canceled).await?;
        }
        transaction.commit().await?;
        Ok(ended.is_some())
    }
}

/// Why an operation goes back to the queue.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum GiveBack {
    Stopping,
    RetryAfter {
        seconds: f64,
    },
    /// The model it insists on is left alone for a while: that is not an attempt.
    AwaitModel {
        seconds: f64,
    },
}

/// How far an operation is in this stage: the same stage comes earlier in some kinds than in others.
fn percent(stage: Stage) -> Expr {
    let other = Expr::val(stage.percent(Kind::Parse));
    let percent =
        [Kind::Ats, Kind::Tailor].into_iter().fold(CaseStatement::new(), |percent, kind| {
            percent.case(Expr::col(Column::Kind).eq(kind), stage.percent(kind))
        });
    percent.finally(other).into()
}

/// Takes what may begin: state, lease and fence in one update.
fn claiming(db: &impl ConnectionTrait, worker_id: &str) -> UpdateMany<Entity> {
    Entity::update_many()
        .set(ActiveModel {
            state: Set(State::Running),
            worker_id: Set(Some(worker_id.to_owned())),
            stage: Set(None),
            percent: Set(0),
            ..Default::default()
        })
        .col_expr(Column::Fence, Expr::col(Column::Fence).add(1))
        .col_expr(Column::Attempt, Expr::col(Column::Attempt).add(1))
        .col_expr(Column::LeaseUntil, seconds_from_now(db, LEASE.as_secs_f64()))
        .col_expr(Column::StartedAt, now(db))
        .filter(Column::State.eq(State::Queued))
        .filter(Column::CancelRequested.eq(false))
        .filter(Expr::col(Column::RunAt).lte(now(db)))
        .filter(Expr::exists(steer::held_back()).not())
}

/// The row, as long as this claim holds it.
fn held(claim: Claim) -> UpdateMany<Entity> {
    Entity::update_many()
        .filter(Column::Id.eq(claim.operation_id))
        .filter(Column::State.eq(State::Running))
        .filter(Column::Fence.eq(claim.fence))
}

/// Whose operation it is.
pub(crate) async fn owner(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Uuid>, DbErr> {
    Entity::find_by_id(id).select_only().column(Column::AccountId).into_tuple().one(db).await
}

/// How a held operation ends.
pub(crate) enum End {
    Succeeded(Json),
    Failed(FailureCode),
    Canceled,
}

/// Ends a held operation in the caller's transaction. `None`: the lease is lost.
pub(crate) async fn end(
    transaction: &impl ConnectionTrait,
    claim: Claim,
    end: End,
) -> Result<Option<Model>, DbErr> {
    let (update, kind) = ending(claim, end);
    change::tell_within(transaction, update, kind).await
}

/// The change that ends it, and what is told of it.
pub(crate) fn ending(claim: Claim, end: End) -> (UpdateMany<Entity>, event::Kind) {
    let (state, kind) = match end {
        End::Succeeded(_) => (State::Succeeded, event::Kind::Succeeded),
        End::Failed(_) => (State::Failed, event::Kind::Failed),
        End::Canceled => (State::Canceled, event::Kind::Canceled),
    };
    let mut change = ActiveModel {
        state: Set(state),
        lease_until: Set(None),
        finished_at: Set(Some(crate::time::now())),
        ..Default::default()
    };
    match end {
        End::Succeeded(result) => {
            change.result = Set(Some(result));
            change.stage = Set(Some(Stage::Complete));
            change.percent = Set(100);
        }
        End::Failed(code) => change.problem = Set(Some(Failure { code })),
        End::Canceled => change.problem = ActiveValue::NotSet,
    }
    (held(claim).set(change), kind)
}
