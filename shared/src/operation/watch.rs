//! What admins see of operations: anybody's, but never what they are about.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Select};

use super::failure::FailureCode;
use super::{Column, Entity, Kind, Operations, Stage, State};
use crate::account::Tier;
use crate::call;
use crate::page::{Page, PageRequest};

/// An operation without its input and result.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Watched {
    pub id: Uuid,
    pub account_id: Uuid,
    pub kind: Kind,
    pub tier: Tier,
    pub state: State,
    pub problem: Option<super::failure::Failure>,
    pub stage: Option<Stage>,
    pub percent: i16,
    pub attempt: i32,
    pub worker_id: Option<String>,
    pub lease_until: Option<DateTime<Utc>>,
    pub run_at: DateTime<Utc>,
    pub pushed_at: Option<DateTime<Utc>>,
    pub cancel_requested: bool,
    pub rank: i64,
    pub created_at: DateTime<Utc>,
    pub started_at: Option<DateTime<Utc>>,
    pub finished_at: Option<DateTime<Utc>>,
    pub refunded: bool,
}

const WATCHED: [Column; 19] = [
    Column::Id,
    Column::AccountId,
    Column::Kind,
    Column::Tier,
    Column::State,
    Column::Problem,
    Column::Stage,
    Column::Percent,
    Column::Attempt,
    Column::WorkerId,
    Column::LeaseUntil,
    Column::RunAt,
    Column::PushedAt,
    Column::CancelRequested,
    Column::Rank,
    Column::CreatedAt,
    Column::StartedAt,
    Column::FinishedAt,
    Column::Refunded,
];

/// Which operations to list. Empty fields let everything through.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    pub states: Vec<State>,
    pub kind: Option<Kind>,
    pub account_id: Option<Uuid>,
    pub problems: Vec<FailureCode>,
    pub created_before: Option<DateTime<Utc>>,
    pub created_after: Option<DateTime<Utc>>,
}

/// A model call of an operation, without what was asked and answered.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct WatchedCall {
    pub step: String,
    pub model: String,
    pub input_tokens: i64,
    pub cached_tokens: i64,
    pub output_tokens: i64,
    pub created_at: DateTime<Utc>,
}

impl Operations {
    /// Newest first.
    pub async fn watch(&self, watch: &Watch, page: PageRequest) -> Result<Page<Watched>, DbErr> {
        let mut rows = chosen(watch);
        if let Some(before) = page.before {
            rows = rows.filter(Column::Id.lt(before));
        }
        let rows = rows
            .select_only()
            .columns(WATCHED)
            .order_by_desc(Column::Id)
            .limit(page.limit + 1)
            .into_model()
            .all(&self.db)
            .await?;
        Ok(Page::cut(rows, page.limit, |row: &Watched| row.id))
    }

    pub async fn watch_one(&self, id: Uuid) -> Result<Option<Watched>, DbErr> {
        Entity::find_by_id(id).select_only().columns(WATCHED).into_model().one(&self.db).await
    }

    /// The model calls of an operation, oldest first.
    pub async fn calls(&self, id: Uuid) -> Result<Vec<WatchedCall>, DbErr> {
        use call::Column as Call;
        call::Entity::find()
            .select_only()
            .columns([Call::Step, Call::Model, Call::InputTokens, Call::CachedTokens])
            .columns([Call::OutputTokens, Call::CreatedAt])
            .filter(Call::OperationId.eq(id))
            .order_by_asc(Call::Id)
            .into_model()
            .all(&self.db)
            .await
    }

    /// What runs now, by the worker that has it.
    pub async fn running(&self) -> Result<Vec<Watched>, DbErr> {
        Entity::find()
            // Written out, because few run: a plan for any state would read the whole table.
            .filter(Expr::cust("state = 'running'"))
            .select_only()
            .columns(WATCHED)
            .order_by_asc(Column::StartedAt)
            .into_model()
            .all(&self.db)
            .await
    }
}

fn chosen(watch: &Watch) -> Select<Entity> {
    let mut rows = Entity::find();
    match watch.states.as_slice() {
        [] => {}
        [state] => rows = rows.filter(Column::State.eq(*state)),
        states => rows = rows.filter(Column::State.is_in(states.iter().copied())),
    }
    if let Some(kind) = watch.kind {
        rows = rows.filter(Column::Kind.eq(kind));
    }
    if let Some(account_id) = watch.account_id {
        rows = rows.filter(Column::AccountId.eq(account_id));
    }
    if !watch.problems.is_empty() {
        let codes = watch.problems.iter().map(|code| code.as_str());
        // In the words of the index, so that it is used.
        let code = Expr::cust("problem->>'code'");
        rows = rows.filter(Column::Problem.is_not_null()).filter(code.is_in(codes));
    }
    if let Some(time) = watch.created_before {
        rows = rows.filter(Column::Id.lt(first_id_of(time)));
    }
    if let Some(time) = watch.created_after {
        rows = rows.filter(Column::Id.gte(first_id_of(time)));
    }
    rows
}

/// Ids begin with the time of their creation, so that the age needs no index of its own.
fn first_id_of(time: DateTime<Utc>) -> Uuid {
    let milliseconds = u128::try_from(time.timestamp_millis()).unwrap_or(0);
    Uuid::from_u128(milliseconds << 80)
}
