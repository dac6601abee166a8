//! Which waiting operations go into the queue next.

use std::collections::HashMap;

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{
    Asterisk, Expr, ExprTrait, LockBehavior, LockType, Order, Query, SelectStatement,
};
use sea_orm::{
    Condition, DatabaseTransaction, DbBackend, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
};

use super::steer::{self, Mode};
use super::{Column, Entity, Kind, Operations, State};
use crate::account::Tier;
use crate::database::{begin, now};

impl Operations {
    /// Marks the next operations of a kind as put into the queue, so that at most
    /// `window` are in it, and returns their ids in order. Two processes that do
    /// this at once take turns: together they respect the window and everybody's limit.
    pub async fn mark_pushed(&self, kind: Kind, window: u64) -> Result<Vec<Uuid>, DbErr> {
        let transaction = begin(&self.db).await?;
        one_at_a_time(&transaction, kind).await?;
        let pushed = Entity::find()
            .filter(Column::Kind.eq(kind))
            .filter(Column::State.eq(State::Queued))
            .filter(Column::PushedAt.is_not_null())
            .count(&transaction)
            .await?;
        let room = window.saturating_sub(pushed);
        if room == 0 || steer::mode(&transaction, kind).await? != Mode::Running {
            return Ok(Vec::new());
        }
        let ids = next(&transaction, kind, room).await?;
        if !ids.is_empty() {
            Entity::update_many()
                .col_expr(Column::PushedAt, now(&transaction))
                .filter(Column::Id.is_in(ids.iter().copied()))
                .exec(&transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(ids)
    }

    /// The kinds of which operations wait that are not in the queue.
    pub async fn kinds_with_unpushed(&self) -> Result<Vec<Kind>, DbErr> {
        let waits = |kind: Kind| {
            // The order and the state written out leave no other way than the small index of what waits: a plan
            // for any state would read the whole table, whenever nothing waits.
            let first = Query::select()
                .column(Column::RunAt)
                .from(Entity)
                .cond_where(due(&self.db, kind))
                .and_where(Expr::cust("state = 'queued' AND pushed_at IS NULL"))
                .order_by(Column::RunAt, Order::Asc)
                .limit(1)
                .to_owned();
            subquery(first).is_not_null()
        };
        let looks = Kind::ALL.into_iter().fold(Query::select(), |mut looks, kind| {
            looks.expr_as(waits(kind), kind.as_str()).to_owned()
        });
        let Some(row) = self.db.query_one(&looks).await? else { return Ok(Vec::new()) };
        let mut kinds = Vec::new();
        for kind in Kind::ALL {
            if row.try_get("", kind.as_str())? {
                kinds.push(kind);
            }
        }
        Ok(kinds)
    }

    /// Takes back what could not be put into the queue after all.
    pub async fn unmark_pushed(&self, ids: &[Uuid]) -> Result<(), DbErr> {
        unpush().filter(Column::Id.is_in(ids.iter().copied())).exec(&self.db).await?;
        Ok(())
    }

    /// How many are in the queue by our count.
    pub async fn count_pushed(&self, kind: Kind) -> Result<u64, DbErr> {
        Entity::find()
            .filter(Column::Kind.eq(kind))
            .filter(Column::State.eq(State::Queued))
            .filter(Column::PushedAt.is_not_null())
            .count(&self.db)
            .await
    }

    /// Takes back what was put into the queue more than `seconds` ago and not claimed.
    pub async fn unmark_stale(&self, kind: Kind, seconds: f64) -> Result<u64, DbErr> {
        let before = crate::database::seconds_from_now(&self.db, -seconds);
        let unmarked = unpush()
            .filter(Column::Kind.eq(kind))
            .filter(Expr::col(Column::PushedAt).lt(before))
            .exec(&self.db)
            .await?;
        Ok(unmarked.rows_affected)
    }
}

fn unpush() -> sea_orm::UpdateMany<Entity> {
    Entity::update_many()
        .col_expr(Column::PushedAt, Expr::val(None::<DateTimeUtc>))
        .filter(Column::State.eq(State::Queued))
}

/// SQLite has one writer anyway; on Postgres a lock per kind, held until the transaction ends.
pub(super) async fn one_at_a_time(
    transaction: &DatabaseTransaction,
    kind: Kind,
) -> Result<(), DbErr> {
    if transaction.get_database_backend() == DbBackend::Postgres {
        let lock = format!("SELECT pg_advisory_xact_lock(7269849, {})", kind as i32);
        transaction.execute_unprepared(&lock).await?;
    }
    Ok(())
}

/// In rank order, as many as there is room for, nobody over their limit.
async fn next(db: &DatabaseTransaction, kind: Kind, room: u64) -> Result<Vec<Uuid>, DbErr> {
    let wanted = usize::try_from(room).unwrap_or(usize::MAX);
    let mut chosen = Vec::new();
    let mut free: HashMap<Uuid, i64> = HashMap::new();
    let mut after = (i64::MIN, Uuid::nil());
    loop {
        let batch = candidates(db, kind, after, room).await?;
        for candidate in &batch {
            after = (candidate.rank, candidate.id);
            let limit = candidate.tier.in_flight();
            let left = free.entry(candidate.account_id).or_insert(limit - candidate.in_flight);
            if *left > 0 && chosen.len() < wanted {
                *left -= 1;
                chosen.push(candidate.id);
            }
        }
        if chosen.len() == wanted || batch.len() < wanted {
            return Ok(chosen);
        }
    }
}

/// A waiting operation and how many others of its owner are under way.
#[derive(FromQueryResult)]
struct Candidate {
    id: Uuid,
    account_id: Uuid,
    tier: Tier,
    rank: i64,
    in_flight: i64,
}

async fn candidates(
    db: &DatabaseTransaction,
    kind: Kind,
    (rank, id): (i64, Uuid),
    limit: u64,
) -> Result<Vec<Candidate>, DbErr> {
    let later = Condition::any()
        .add(Column::Rank.gt(rank))
        .add(Condition::all().add(Column::Rank.eq(rank)).add(Column::Id.gt(id)));
    Entity::find()
        .select_only()
        .columns([Column::Id, Column::AccountId, Column::Tier, Column::Rank])
        .expr_as(subquery(running_or_pushed()), "in_flight")
        .filter(due(db, kind))
        .filter(Column::PushedAt.is_null())
        .filter(has_room(running_or_pushed()))
        .filter(later)
        .order_by_asc(Column::Rank)
        .order_by_asc(Column::Id)
        .limit(limit)
        .into_model()
        .all(db)
        .await
}

/// The operation of a kind that is next, for a worker that cannot reach the queue. Not one that
/// somebody else changes right now: who asks would wait for them and find it gone.
pub(super) fn next_due(db: &impl ConnectionTrait, kind: Kind) -> SelectStatement {
    Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(due(db, kind))
        .filter(Expr::exists(steer::held_back()).not())
        .filter(has_room(running()))
        .order_by_asc(Column::Rank)
        .limit(1)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .into_query()
}

fn due(db: &impl ConnectionTrait, kind: Kind) -> Condition {
    Condition::all()
        .add(Column::Kind.eq(kind))
        .add(Column::State.eq(State::Queued))
        .add(Column::CancelRequested.eq(false))
        .add(Expr::col((Entity, Column::RunAt)).lte(now(db)))
}

const OTHER: &str = "other";

fn other(column: Column) -> Expr {
    Expr::col((OTHER, column))
}

/// How many operations of the same person and kind run.
fn running() -> SelectStatement {
    Query::select()
        .expr(Expr::col(Asterisk).count())
        .from_as(Entity, OTHER)
        .and_where(other(Column::AccountId).equals((Entity, Column::AccountId)))
        .and_where(other(Column::Kind).equals((Entity, Column::Kind)))
        .and_where(other(Column::State).eq(State::Running))
        .to_owned()
}

/// How many run or are about to.
fn running_or_pushed() -> SelectStatement {
    let pushed = other(Column::State).eq(State::Queued).and(other(Column::PushedAt).is_not_null());
    Query::select()
        .expr(Expr::col(Asterisk).count())
        .from_as(Entity, OTHER)
        .and_where(other(Column::AccountId).equals((Entity, Column::AccountId)))
        .and_where(other(Column::Kind).equals((Entity, Column::Kind)))
        .and_where(other(Column::State).eq(State::Running).or(pushed))
        .to_owned()
}

fn subquery(value: SelectStatement) -> Expr {
    Expr::SubQuery(None, Box::new(value.into()))
}

/// Whether the person has fewer under way than their tier allows.
fn has_room(under_way: SelectStatement) -> Expr {
    let tier = || Expr::col((Entity, Column::Tier));
    let limit = Expr::case(tier().eq(Tier::Premium), Tier::Premium.in_flight())
        .case(tier().eq(Tier::Pro), Tier::Pro.in_flight())
        .finally(Tier::Free.in_flight());
    subquery(under_way).lt(limit)
}
