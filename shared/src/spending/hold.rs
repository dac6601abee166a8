//! Money set aside for one attempt of a call: all of what it can cost, or the call does not leave.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{DatabaseTransaction, DbBackend, FromQueryResult, QueryFilter, Set, Value};

use super::{CAP, Spending, Standing, standing, statement};
use crate::account::Tier;
use crate::database::begin;
use crate::money::NanoUsd;
use crate::operation::claim::Claim;
use crate::operation::{self, Kind};
use crate::time;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "spend_hold")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    /// The day whose cap it counts against, also when it is settled after midnight.
    pub day: NaiveDate,
    pub operation_id: Uuid,
    pub kind: Kind,
    pub tier: Tier,
    pub step: String,
    pub input_hash: String,
    pub attempt: i32,
    /// Of the claim under which the call was made: when that is over, so is the hold.
    pub fence: i64,
    pub model: String,
    pub price_version: String,
    pub amount: NanoUsd,
    /// What was booked in the end.
    pub booked: NanoUsd,
    pub saved_tokens: i64,
    pub state: State,
    pub created_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
}

impl ActiveModelBehavior for ActiveModel {}

/// `open → settled | released | unknown`; `unknown → settled` when the answer is known after all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum State {
    Open,
    Settled,
    /// The attempt cost nothing.
    Released,
    /// Booked in full, because nobody knows what the attempt has cost.
    Unknown,
}

impl Spending {
    /// How many calls are out with money set aside for them.
    pub async fn open_holds(&self) -> Result<u64, DbErr> {
        Entity::find().filter(Column::State.eq(State::Open)).count(&self.db).await
    }
}

/// An attempt that is about to leave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    pub claim: Claim,
    pub account_id: Uuid,
    pub tier: Tier,
    pub kind: Kind,
    pub step: String,
    pub input_hash: String,
    /// Unique for the question under the claim.
    pub number: i32,
    pub model: String,
    pub price_version: String,
    /// The most it can cost.
    pub worst: NanoUsd,
    /// What the prompt would have been longer without compression.
    pub saved_tokens: u64,
}

/// What came of the wish to set money aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    Held(Model),
    /// The day's cap leaves no room.
    CapReached(Standing),
    /// The operation's own limit leaves no room.
    LimitReached,
    /// The claim is over.
    Lost,
}

impl Spending {
    /// Sets aside the most that the attempt can cost, or nothing at all.
    pub async fn hold(&self, attempt: Attempt) -> Result<Held, DbErr> {
        let day = time::now().date_naive();
        if let Some(hold) = self.hold_at_once(&attempt, day).await? {
            return Ok(Held::Held(hold));
        }
        let transaction = begin(&self.db).await?;
        if !set_aside(&transaction, &attempt, day).await? {
            open_day(&transaction, attempt.account_id, day).await?;
            if !set_aside(&transaction, &attempt, day).await? {
                return refused(&transaction, &attempt).await;
            }
        }
        let hold = row(attempt, day).insert(&transaction).await?;
        transaction.commit().await?;
        Ok(Held::Held(hold))
    }
}

impl Spending {
    /// Postgres does both in one statement, so that a hold costs one round trip. `None`: it did not fit, or the
    /// day is not there yet, or another database has to do it in steps.
    async fn hold_at_once(
        &self,
        attempt: &Attempt,
        day: NaiveDate,
    ) -> Result<Option<Model>, DbErr> {
        if self.db.get_database_backend() != DbBackend::Postgres {
            return Ok(None);
        }
        let sql = format!(
            "WITH day AS ({} RETURNING 1) INSERT INTO spend_hold (id, account_id, day, operation_id, kind, tier, \
             step, input_hash, attempt, fence, model, price_version, amount, booked, saved_tokens, state, created_at) \
             SELECT $7, $1, $4, $5, $8, $9, $10, $11, $12, $6, $13, $14, $3, 0, $15, 'open', $2 FROM day RETURNING *",
            set_aside_sql()
        );
        let [account, now, worst, day, operation, fence] = set_aside_values(attempt, day);
        let values = [
            account,
            now,
            worst,
            day,
            operation,
            fence,
            Uuid::now_v7().into(),
            attempt.kind.as_str().into(),
            attempt.tier.as_str().into(),
            attempt.step.as_str().into(),
            attempt.input_hash.as_str().into(),
            attempt.number.into(),
            attempt.model.as_str().into(),
            attempt.price_version.as_str().into(),
            i64::try_from(attempt.saved_tokens).unwrap_or(i64::MAX).into(),
        ];
        Model::find_by_statement(statement(&self.db, &sql, values)).one(&self.db).await
    }
}

fn set_aside_values(attempt: &Attempt, day: NaiveDate) -> [Value; 6] {
    [
        attempt.account_id.into(),
        time::now().into(),
        attempt.worst.0.into(),
        day.into(),
        attempt.claim.operation_id.into(),
        attempt.claim.fence.into(),
    ]
}

/// The one statement that no crowd of calls can pass: cap, limit and claim are looked at in the update itself.
async fn set_aside(
    transaction: &DatabaseTransaction,
    attempt: &Attempt,
    day: NaiveDate,
) -> Result<bool, DbErr> {
    let values = set_aside_values(attempt, day);
    let done = transaction.execute_raw(statement(transaction, &set_aside_sql(), values)).await?;
    Ok(done.rows_affected() == 1)
}

fn set_aside_sql() -> String {
    format!(
        "UPDATE spend_day SET held = held + $3 WHERE account_id = $1 AND day = $4 \
         AND settled + held + $3 <= {CAP} \
         AND EXISTS (SELECT 1 FROM operation o \
             WHERE o.id = $5 AND o.fence = $6 AND o.state = 'running') \
         AND NOT EXISTS (SELECT 1 FROM spend_limit l WHERE {})",
        over_limit("$5", "$3")
    )
}

/// The operation has a limit, and what it has spent or set aside so far leaves no room for so much more.
fn over_limit(operation: &str, more: &str) -> String {
    format!(
        "l.operation_id = {operation} AND l.max_cost < {more} + \
         (SELECT COALESCE(SUM(CASE h.state WHEN 'open' THEN h.amount ELSE h.booked END), 0) \
         FROM spend_hold h WHERE h.operation_id = {operation})"
    )
}

async fn open_day(
    transaction: &DatabaseTransaction,
    account_id: Uuid,
    day: NaiveDate,
) -> Result<(), DbErr> {
    let fresh = super::ActiveModel {
        account_id: Set(account_id),
        day: Set(day),
        settled: Set(NanoUsd::ZERO),
        held: Set(NanoUsd::ZERO),
    };
    let keep =
        OnConflict::columns([super::Column::AccountId, super::Column::Day]).do_nothing().to_owned();
    super::Entity::insert(fresh).on_conflict(keep).exec_without_returning(transaction).await?;
    Ok(())
}

async fn refused(transaction: &DatabaseTransaction, attempt: &Attempt) -> Result<Held, DbErr> {
    let claim = attempt.claim;
    let running = operation::Entity::find_by_id(claim.operation_id)
        .filter(operation::Column::Fence.eq(claim.fence))
        .filter(operation::Column::State.eq(operation::State::Running))
        .count(transaction)
        .await?;
    if running == 0 {
        return Ok(Held::Lost);
    }
    if limit_reached(transaction, attempt).await? {
        return Ok(Held::LimitReached);
    }
    // Others may have settled since the update found no room, so the standing may show some again.
    Ok(Held::CapReached(standing(transaction, attempt.account_id).await?))
}

async fn limit_reached(
    transaction: &DatabaseTransaction,
    attempt: &Attempt,
) -> Result<bool, DbErr> {
    let sql = format!("SELECT 1 AS one FROM spend_limit l WHERE {}", over_limit("$1", "$2"));
    let values = [attempt.claim.operation_id.into(), attempt.worst.0.into()];
    let over = transaction.query_one_raw(statement(transaction, &sql, values)).await?;
    Ok(over.is_some())
}

fn row(attempt: Attempt, day: NaiveDate) -> ActiveModel {
    ActiveModel {
        id: Set(Uuid::now_v7()),
        account_id: Set(attempt.account_id),
        day: Set(day),
        operation_id: Set(attempt.claim.operation_id),
        kind: Set(attempt.kind),
        tier: Set(attempt.tier),
        step: Set(attempt.step),
        input_hash: Set(attempt.input_hash),
        attempt: Set(attempt.number),
        fence: Set(attempt.claim.fence),
        model: Set(attempt.model),
        price_version: Set(attempt.price_version),
        amount: Set(attempt.worst),
        booked: Set(NanoUsd::ZERO),
        saved_tokens: Set(i64::try_from(attempt.saved_tokens).unwrap_or(i64::MAX)),
        state: Set(State::Open),
        created_at: Set(time::now()),
        ended_at: Set(None),
    }
}
