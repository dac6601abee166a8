//! Booking what an attempt has cost, together with the answer it brought: both or neither.

use std::cmp::min;

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{CommonTableExpression, Expr, ExprTrait, Query, WithClause};
use sea_orm::{DbBackend, QueryFilter, QuerySelect, QueryTrait, Set};

use super::cost::{Booking, Cost};
use super::hold::{self, State};
use super::ledger::{self, What, append, entry};
use super::{Column, Entity, Spending};
use crate::call::{self, Answer, Question};
use crate::database::begin;
use crate::embedding::{self, NewEmbedding};
use crate::money::NanoUsd;
use crate::{operation, time};

/// Holds that a sweep reads at once.
const BATCH: u64 = 100;

/// What is kept of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Keep {
    Nothing,
    Answer(Question, Box<Answer>),
    Vectors(Vec<NewEmbedding>),
}

impl Spending {
    /// Ends a hold: books the cost, keeps the answer. Safe to repeat.
    pub async fn settle(&self, hold: &hold::Model, cost: Cost, keep: Keep) -> Result<(), DbErr> {
        let transaction = begin(&self.db).await?;
        ledger::announce(&transaction).await?;
        if !end(&transaction, hold, cost).await? {
            correct(&transaction, hold, cost).await?;
        }
        match keep {
            Keep::Nothing => {}
            Keep::Answer(question, answer) => {
                call::record(&transaction, &question, *answer).await?;
            }
            Keep::Vectors(vectors) => embedding::record(&transaction, vectors).await?,
        }
        transaction.commit().await
    }

    /// Books the holds whose claim is over: nobody will tell what they came to. A hold whose
    /// claim still stands is never touched, however old it is.
    pub async fn sweep_holds(&self) -> Result<u64, DbErr> {
        let mut settled = 0;
        loop {
            let orphans = self.orphans().await?;
            for hold in &orphans {
                self.settle(hold, Cost::Unknown, Keep::Nothing).await?;
            }
            settled += orphans.len() as u64;
            if (orphans.len() as u64) < BATCH {
                return Ok(settled);
            }
        }
    }

    /// Removes holds that ended before this time. What they came to stands in the ledger.
    pub async fn forget_holds(&self, before: DateTime<Utc>) -> Result<u64, DbErr> {
        let gone = hold::Entity::delete_many()
            .filter(hold::Column::State.ne(State::Open))
            .filter(hold::Column::EndedAt.lt(before))
            .exec(&self.db)
            .await?;
        Ok(gone.rows_affected)
    }

    async fn orphans(&self) -> Result<Vec<hold::Model>, DbErr> {
        let claim = Query::select()
            .expr(Expr::val(1))
            .from(operation::Entity)
            .and_where(
                Expr::col((operation::Entity, operation::Column::Id))
                    .equals((hold::Entity, hold::Column::OperationId)),
            )
            .and_where(
                Expr::col((operation::Entity, operation::Column::Fence))
                    .equals((hold::Entity, hold::Column::Fence)),
            )
            .and_where(operation::Column::State.eq(operation::State::Running))
            .take();
        hold::Entity::find()
            .filter(hold::Column::State.eq(State::Open))
            .filter(Expr::exists(claim).not())
            .limit(BATCH)
            .all(&self.db)
            .await
    }
}

/// Books what is out when its operation ends, in the transaction that ends it: what was sent may cost.
pub(crate) async fn settle_open(
    transaction: &impl ConnectionTrait,
    operation_id: Uuid,
) -> Result<(), DbErr> {
    let open = hold::Entity::find()
        .filter(hold::Column::OperationId.eq(operation_id))
        .filter(hold::Column::State.eq(State::Open))
        .all(transaction)
        .await?;
    if open.is_empty() {
        return Ok(());
    }
    ledger::announce(transaction).await?;
    for hold in &open {
        end(transaction, hold, Cost::Unknown).await?;
    }
    Ok(())
}

/// Ends an open hold. `false`: somebody else has.
async fn end(
    transaction: &impl ConnectionTrait,
    hold: &hold::Model,
    cost: Cost,
) -> Result<bool, DbErr> {
    let (state, booked) = match cost {
        Cost::Nothing => (State::Released, NanoUsd::ZERO),
        Cost::Known(booking) => (State::Settled, min(booking.amount, hold.amount)),
        Cost::Unknown => (State::Unknown, hold.amount),
    };
    let change = Change { from: State::Open, to: state, booked };
    if !book(transaction, hold, change, (booked, hold.amount)).await? {
        return Ok(false);
    }
    match cost {
        Cost::Nothing => {}
        Cost::Known(booking) => {
            let entry = ledger::Model {
                amount: booked,
                absorbed: absorbed(hold, &booking),
                ..entry(hold, What::Settled).with(&booking)
            };
            append(transaction, entry, NanoUsd::ZERO).await?;
        }
        Cost::Unknown => {
            let entry = ledger::Model { amount: booked, ..entry(hold, What::Unknown) };
            append(transaction, entry, booked).await?;
        }
    }
    Ok(true)
}

/// The cost of an attempt that was booked in full is known after all: its person gets the rest back.
async fn correct(
    transaction: &impl ConnectionTrait,
    hold: &hold::Model,
    cost: Cost,
) -> Result<(), DbErr> {
    let booking = match cost {
        Cost::Unknown => return Ok(()),
        Cost::Nothing => Booking::default(),
        Cost::Known(booking) => booking,
    };
    let booked = min(booking.amount, hold.amount);
    let back = NanoUsd(booked.0 - hold.amount.0);
    let change = Change { from: State::Unknown, to: State::Settled, booked };
    if !book(transaction, hold, change, (back, NanoUsd::ZERO)).await? {
        return Ok(());
    }
    let entry = ledger::Model {
        amount: back,
        absorbed: absorbed(hold, &booking),
        ..entry(hold, What::Correction).with(&booking)
    };
    append(transaction, entry, NanoUsd(-hold.amount.0)).await
}

/// Nobody pays more than was set aside: that would be over a cap that they rely on.
fn absorbed(hold: &hold::Model, booking: &Booking) -> NanoUsd {
    let over = booking.amount.less(hold.amount);
    if over > NanoUsd::ZERO {
        tracing::error!(hold.id = %hold.id, call.model = hold.model, over_nano_usd = over.0, "a call has cost more than its worst case");
    }
    over
}

/// What becomes of a hold.
struct Change {
    from: State,
    to: State,
    booked: NanoUsd,
}

/// Changes the hold and moves money of its day from set aside to spent. `false`: it was not as expected.
async fn book(
    transaction: &impl ConnectionTrait,
    hold: &hold::Model,
    change: Change,
    (spent, set_aside): (NanoUsd, NanoUsd),
) -> Result<bool, DbErr> {
    let mut holds = hold::Entity::update_many()
        .set(hold::ActiveModel {
            state: Set(change.to),
            booked: Set(change.booked),
            ended_at: Set(Some(time::now())),
            ..Default::default()
        })
        .filter(hold::Column::Id.eq(hold.id))
        .filter(hold::Column::State.eq(change.from));
    let mut days = Entity::update_many()
        .col_expr(Column::Settled, Expr::col(Column::Settled).add(spent.0))
        .col_expr(Column::Held, Expr::col(Column::Held).sub(set_aside.0))
        .filter(Column::AccountId.eq(hold.account_id))
        .filter(Column::Day.eq(hold.day));
    if transaction.get_database_backend() != DbBackend::Postgres {
        let changed = holds.exec(transaction).await?.rows_affected == 1;
        return Ok(changed && days.exec(transaction).await?.rows_affected == 1);
    }
    // Both in one round trip: the day changes only with the hold.
    let ended = CommonTableExpression::new()
        .query(QueryTrait::query(&mut holds).returning_col(hold::Column::Id).to_owned())
        .table_name("ended")
        .to_owned();
    let ends = Query::select().expr(Expr::val(1)).from("ended").take();
    let days = QueryTrait::query(&mut days).and_where(Expr::exists(ends)).to_owned();
    let both = days.with(WithClause::new().cte(ended).to_owned());
    Ok(transaction.execute(&both).await?.rows_affected() == 1)
}
