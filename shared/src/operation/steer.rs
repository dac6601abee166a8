//! Whether the queue of a kind hands operations out: rows that every process obeys.
//!
//! Operations are accepted in every mode. What may not be handed out waits, and
//! keeps its place.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query, SelectStatement};
use sea_orm::{Condition, DatabaseTransaction, QueryFilter, Set};
use serde::{Deserialize, Serialize};

use super::control::{Column, Entity, Model};
use super::{Column as Operation, Entity as Table, Kind, Operations, State, control, window};
use crate::audit::{self, Action, Deed, Mandate};
use crate::database::begin;
use crate::time;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Operations are handed out in their order.
    #[default]
    Running,
    /// No operation begins. Those that run go on.
    Paused,
    /// What was handed out to workers still begins and ends; nothing else does.
    /// Retries wait too.
    Draining,
}

impl Mode {
    fn of(row: &Model) -> Self {
        match (row.paused, row.draining) {
            (true, _) => Self::Paused,
            (false, true) => Self::Draining,
            (false, false) => Self::Running,
        }
    }

    fn action(self) -> Action {
        match self {
            Self::Running => Action::ResumeQueue,
            Self::Paused => Action::PauseQueue,
            Self::Draining => Action::DrainQueue,
        }
    }
}

impl Operations {
    /// Changes the mode for every process, until it is changed again. `false`: it was so already.
    pub async fn steer(&self, mandate: &Mandate, kind: Kind, mode: Mode) -> Result<bool, DbErr> {
        let transaction = begin(&self.db).await?;
        if !set(&transaction, kind, mode).await? {
            return Ok(false);
        }
        let target = format!("queue/{}", kind.as_str());
        let deed = Deed { action: mode.action(), target, detail: None };
        audit::append(&transaction, mandate, deed).await?;
        transaction.commit().await?;
        Ok(true)
    }

    pub async fn mode(&self, kind: Kind) -> Result<Mode, DbErr> {
        mode(&self.db, kind).await
    }
}

pub(super) async fn mode(db: &impl ConnectionTrait, kind: Kind) -> Result<Mode, DbErr> {
    Ok(Entity::find_by_id(kind).one(db).await?.as_ref().map(Mode::of).unwrap_or_default())
}

/// Changes the row, in turn with whoever hands operations out right now.
pub(super) async fn set(
    transaction: &DatabaseTransaction,
    kind: Kind,
    mode: Mode,
) -> Result<bool, DbErr> {
    window::one_at_a_time(transaction, kind).await?;
    let fresh = control::ActiveModel {
        kind: Set(kind),
        paused: Set(false),
        draining: Set(false),
        updated_at: Set(time::now()),
    };
    let keep = OnConflict::column(Column::Kind).do_nothing().to_owned();
    Entity::insert(fresh).on_conflict(keep).exec_without_returning(transaction).await?;
    let (paused, draining) = (mode == Mode::Paused, mode == Mode::Draining);
    let changed = Entity::update_many()
        .col_expr(Column::Paused, Expr::val(paused))
        .col_expr(Column::Draining, Expr::val(draining))
        .col_expr(Column::UpdatedAt, Expr::val(time::now()))
        .filter(Column::Kind.eq(kind))
        .filter(Condition::any().add(Column::Paused.ne(paused)).add(Column::Draining.ne(draining)))
        .exec(transaction)
        .await?;
    if paused {
        recall(transaction, kind).await?;
    }
    Ok(changed.rows_affected == 1)
}

/// Workers drop the ids of a paused queue, so they have to be put in again later.
async fn recall(transaction: &DatabaseTransaction, kind: Kind) -> Result<(), DbErr> {
    Table::update_many()
        .col_expr(Operation::PushedAt, Expr::val(None::<DateTime<Utc>>))
        .filter(Operation::Kind.eq(kind))
        .filter(Operation::State.eq(State::Queued))
        .filter(Operation::PushedAt.is_not_null())
        .exec(transaction)
        .await?;
    Ok(())
}

/// The row that holds an operation back, for use beside the operation table.
pub(super) fn held_back() -> SelectStatement {
    let own = |column| Expr::col((Table, column));
    let control = |column| Expr::col((Entity, column));
    let not_handed_out = control(Column::Draining).eq(true).and(own(Operation::PushedAt).is_null());
    Query::select()
        .expr(Expr::val(1))
        .from(Entity)
        .and_where(control(Column::Kind).equals((Table, Operation::Kind)))
        .and_where(control(Column::Paused).eq(true).or(not_handed_out))
        .to_owned()
}
