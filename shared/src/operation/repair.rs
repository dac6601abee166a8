//! What an admin does to single operations. Each change is conditional, writes its
//! audit row with it, and says when there was nothing to change.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{DatabaseTransaction, QueryFilter, QueryOrder, QuerySelect, Set};
use serde_json::json;

use super::control::{Cancel, cancel_where, waiting};
use super::event::{self, append};
use super::{ActiveModel, Column, Entity, Kind, Model, Operations, State, order};
use crate::audit::{self, Action, Deed, Mandate};
use crate::database::begin;
use crate::{tailoring, time};

/// Failed operations that one transaction brings back.
const BATCH: u64 = 100;

/// What came of a change.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// The operation after the change; before it, when it was removed.
    Made(Model),
    /// Its state does not allow the change.
    Refused(Model),
    NotFound,
}

/// Where a waiting operation is moved to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Before all that wait and are not yet handed out.
    First,
    /// After all that wait now.
    Last,
    /// Where its age and tier put it.
    Usual,
}

impl Operations {
    /// Has an operation that failed or was canceled begin anew. It does not count against the quota again.
    pub async fn retry(&self, mandate: &Mandate, id: Uuid) -> Result<Change, DbErr> {
        let transaction = begin(&self.db).await?;
        let over = [State::Failed, State::Canceled];
        let Some(operation) = bring_back(&transaction, id, &over).await? else {
            return self.unchanged(id).await;
        };
        audit::append(&transaction, mandate, deed(Action::RetryOperation, &operation)).await?;
        transaction.commit().await?;
        Ok(Change::Made(operation))
    }

    /// Has failed operations of a kind begin anew, oldest first, at most `limit` of
    /// those that had failed before now. Returns their ids.
    pub async fn retry_failed(
        &self,
        mandate: &Mandate,
        kind: Kind,
        limit: u64,
    ) -> Result<Vec<Uuid>, DbErr> {
        let before = time::now();
        let mut retried = Vec::new();
        loop {
            let left = Ord::min(limit.saturating_sub(retried.len() as u64), BATCH);
            let transaction = begin(&self.db).await?;
            let batch = retry_batch(&transaction, (kind, before), left).await?;
            if batch.is_empty() {
                return Ok(retried);
            }
            let target = format!("queue/{}", kind.as_str());
            let detail = Some(json!({ "operations": batch }));
            let deed = Deed { action: Action::RetryFailed, target, detail };
            audit::append(&transaction, mandate, deed).await?;
            transaction.commit().await?;
            retried.extend(batch);
        }
    }

    /// Cancels anybody's operation, as its owner could.
    pub async fn cancel_for(&self, mandate: &Mandate, id: Uuid) -> Result<Cancel, DbErr> {
        let transaction = begin(&self.db).await?;
        let row = Entity::update_many().filter(Column::Id.eq(id));
        let outcome = cancel_where(&transaction, row).await?;
        let Some(Cancel::Canceled(operation) | Cancel::Requested(operation)) = &outcome else {
            return Ok(self.look_up(id).await?.map_or(Cancel::NotFound, Cancel::Ended));
        };
        audit::append(&transaction, mandate, deed(Action::CancelOperation, operation)).await?;
        transaction.commit().await?;
        Ok(outcome.unwrap_or(Cancel::NotFound))
    }

    /// Moves a waiting operation within the queue of its kind.
    pub async fn reprioritize(
        &self,
        mandate: &Mandate,
        id: Uuid,
        place: Place,
    ) -> Result<Change, DbErr> {
        let transaction = begin(&self.db).await?;
        let Some(before) = Entity::find_by_id(id).one(&transaction).await? else {
            return Ok(Change::NotFound);
        };
        let rank = rank(&transaction, &before, place).await?;
        let moved = Entity::update_many()
            .col_expr(Column::Rank, Expr::val(rank))
            .col_expr(Column::LastEvent, Expr::col(Column::LastEvent).add(1))
            .filter(Column::Id.eq(id))
            .filter(Column::State.eq(State::Queued))
            .exec_with_returning(&transaction)
            .await?;
        let Some(operation) = moved.into_iter().next() else {
            return Ok(Change::Refused(before));
        };
        append(&transaction, &operation, event::Kind::Queued).await?;
        let detail = Some(json!({ "rank": { "before": before.rank, "after": rank } }));
        let deed = Deed { detail, ..deed(Action::ReprioritizeOperation, &operation) };
        audit::append(&transaction, mandate, deed).await?;
        transaction.commit().await?;
        Ok(Change::Made(operation))
    }

    /// Removes an operation that has ended, with its events and calls. One whose
    /// tailoring the person still has stays, because that would go with it.
    pub async fn remove(&self, mandate: &Mandate, id: Uuid) -> Result<Change, DbErr> {
        let transaction = begin(&self.db).await?;
        let Some(operation) = Entity::find_by_id(id).one(&transaction).await? else {
            return Ok(Change::NotFound);
        };
        let removed = Entity::delete_many()
            .filter(Column::Id.eq(id))
            .filter(Column::State.is_not_in([State::Queued, State::Running]))
            .filter(without_tailoring())
            .exec(&transaction)
            .await?;
        if removed.rows_affected == 0 {
            return Ok(Change::Refused(operation));
        }
        let detail = Some(json!({ "state": operation.state, "account_id": operation.account_id }));
        let deed = Deed { detail, ..deed(Action::RemoveOperation, &operation) };
        audit::append(&transaction, mandate, deed).await?;
        transaction.commit().await?;
        Ok(Change::Made(operation))
    }

    async fn unchanged(&self, id: Uuid) -> Result<Change, DbErr> {
        Ok(self.look_up(id).await?.map_or(Change::NotFound, Change::Refused))
    }

    /// Anybody's operation. For admins; people are served by `find`.
    pub async fn look_up(&self, id: Uuid) -> Result<Option<Model>, DbErr> {
        Entity::find_by_id(id).one(&self.db).await
    }
}

fn deed(action: Action, operation: &Model) -> Deed {
    Deed { action, target: format!("operation/{}", operation.id), detail: None }
}

pub(super) fn without_tailoring() -> Expr {
    let of_it = Query::select()
        .expr(Expr::val(1))
        .from(tailoring::Entity)
        .and_where(
            Expr::col((tailoring::Entity, tailoring::Column::OperationId))
                .equals((Entity, Column::Id)),
        )
        .to_owned();
    Expr::exists(of_it).not()
}

async fn retry_batch(
    transaction: &DatabaseTransaction,
    (kind, before): (Kind, DateTimeUtc),
    limit: u64,
) -> Result<Vec<Uuid>, DbErr> {
    let failed: Vec<Uuid> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::Kind.eq(kind))
        .filter(Column::State.eq(State::Failed))
        .filter(Column::FinishedAt.lte(before))
        .order_by_asc(Column::FinishedAt)
        .limit(limit)
        .into_tuple()
        .all(transaction)
        .await?;
    let mut retried = Vec::new();
    for id in failed {
        let operation = bring_back(transaction, id, &[State::Failed]).await?;
        retried.extend(operation.map(|operation| operation.id));
    }
    Ok(retried)
}

/// Back to the queue as if it had never begun, behind what its owner has waiting.
/// `None`: it is in none of these states.
async fn bring_back(
    transaction: &DatabaseTransaction,
    id: Uuid,
    states: &[State],
) -> Result<Option<Model>, DbErr> {
    let Some(operation) = Entity::find_by_id(id).one(transaction).await? else { return Ok(None) };
    let waiting = waiting(operation.account_id, operation.kind).count(transaction).await?;
    let now = time::now();
    let brought = Entity::update_many()
        .set(ActiveModel {
            state: Set(State::Queued),
            problem: Set(None),
            stage: Set(None),
            percent: Set(0),
            attempt: Set(0),
            worker_id: Set(None),
            lease_until: Set(None),
            // A little in the past: the clock of the database may run behind ours.
            run_at: Set(now - chrono::TimeDelta::minutes(5)),
            pushed_at: Set(None),
            cancel_requested: Set(false),
            rank: Set(order::rank(now, operation.tier, waiting)),
            started_at: Set(None),
            finished_at: Set(None),
            ..Default::default()
        })
        .col_expr(Column::Fence, Expr::col(Column::Fence).add(1))
        .col_expr(Column::LastEvent, Expr::col(Column::LastEvent).add(1))
        .filter(Column::Id.eq(id))
        .filter(Column::State.is_in(states.iter().copied()))
        .exec_with_returning(transaction)
        .await?;
    let Some(operation) = brought.into_iter().next() else { return Ok(None) };
    append(transaction, &operation, event::Kind::Queued).await?;
    Ok(Some(operation))
}

async fn rank(
    transaction: &DatabaseTransaction,
    operation: &Model,
    place: Place,
) -> Result<i64, DbErr> {
    let edge = match place {
        Place::Usual => return Ok(order::rank(operation.created_at, operation.tier, 0)),
        Place::First => Entity::find().order_by_asc(Column::Rank),
        Place::Last => Entity::find().order_by_desc(Column::Rank),
    };
    let edge: Option<i64> = edge
        .select_only()
        .column(Column::Rank)
        .filter(Column::Kind.eq(operation.kind))
        .filter(Column::State.eq(State::Queued))
        .limit(1)
        .into_tuple()
        .one(transaction)
        .await?;
    let edge = edge.unwrap_or(operation.rank);
    Ok(match place {
        Place::First => edge.saturating_sub(1),
        Place::Last | Place::Usual => edge.saturating_add(1),
    })
}
