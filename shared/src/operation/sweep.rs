//! Forgetting operations that ended long ago.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{QueryFilter, QueryOrder, QuerySelect};

use super::repair::without_tailoring;
use super::{Column, Entity, Kind, Operations, State, event};
use crate::idempotency;

/// Small enough that nobody waits for the rows one batch locks.
const BATCH: u64 = 500;

/// Most batches of one sweep; the next goes on.
const MOST_BATCHES: usize = 40;

/// What a sweep has removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    pub operations: u64,
    /// Operations that stay, because their tailoring does, without their history.
    pub histories: u64,
}

impl Operations {
    /// Removes operations that ended before this time, with their events and calls.
    /// Where the tailoring is still there, only the events but the last. And the keys of requests of yesterday.
    pub async fn sweep(&self, before: DateTime<Utc>) -> Result<Swept, DbErr> {
        let mut swept = Swept::default();
        for kind in Kind::ALL {
            for _ in 0..MOST_BATCHES {
                let ids = self.ended(kind, before, without_tailoring()).await?;
                let gone = Entity::delete_many()
                    .filter(Column::Id.is_in(ids.iter().copied()))
                    .filter(Column::State.is_not_in([State::Queued, State::Running]))
                    .exec(&self.db)
                    .await?;
                swept.operations += gone.rows_affected;
                if (ids.len() as u64) < BATCH {
                    break;
                }
            }
            swept.histories += self.sweep_histories(kind, before).await?;
        }
        idempotency::forget(&self.db).await?;
        Ok(swept)
    }

    async fn sweep_histories(&self, kind: Kind, before: DateTime<Utc>) -> Result<u64, DbErr> {
        let mut swept = 0;
        for _ in 0..MOST_BATCHES {
            let ids = self.ended(kind, before, Expr::exists(history())).await?;
            event::Entity::delete_many()
                .filter(event::Column::OperationId.is_in(ids.iter().copied()))
                .filter(Expr::exists(later()))
                .exec(&self.db)
                .await?;
            swept += ids.len() as u64;
            if (ids.len() as u64) < BATCH {
                break;
            }
        }
        Ok(swept)
    }

    async fn ended(
        &self,
        kind: Kind,
        before: DateTime<Utc>,
        and: Expr,
    ) -> Result<Vec<Uuid>, DbErr> {
        Entity::find()
            .select_only()
            .column(Column::Id)
            .filter(Column::Kind.eq(kind))
            .filter(Column::FinishedAt.lt(before))
            .filter(Column::State.is_not_in([State::Queued, State::Running]))
            .filter(and)
            .order_by_asc(Column::FinishedAt)
            .limit(BATCH)
            .into_tuple()
            .all(&self.db)
            .await
    }
}

/// The events of an operation but the last, which ends the streams of whoever asks again.
fn history() -> SelectStatement {
    let own = |column| Expr::col((event::Entity, column));
    Query::select()
        .expr(Expr::val(1))
        .from(event::Entity)
        .and_where(own(event::Column::OperationId).equals((Entity, Column::Id)))
        .and_where(own(event::Column::Seq).lt(Expr::col((Entity, Column::LastEvent))))
        .to_owned()
}

/// For an event: that its operation has a later one.
fn later() -> SelectStatement {
    let own = |column| Expr::col((event::Entity, column));
    Query::select()
        .expr(Expr::val(1))
        .from(Entity)
        .and_where(
            Expr::col((Entity, Column::Id)).equals((event::Entity, event::Column::OperationId)),
        )
        .and_where(own(event::Column::Seq).lt(Expr::col((Entity, Column::LastEvent))))
        .to_owned()
}
