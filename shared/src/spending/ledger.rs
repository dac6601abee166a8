//! The ledger: one row for everything that was booked. Rows are added, never changed or removed.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::{
    DbBackend, FromQueryResult, IntoActiveModel, NotSet, QueryFilter, QueryOrder, QuerySelect,
};
use serde::Serialize;

use super::cost::Booking;
use super::hold;
use super::{Spending, statement, sum};
use crate::account::Tier;
use crate::database::begin;
use crate::money::NanoUsd;
use crate::operation::Kind;
use crate::time;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "spend_entry")]
pub struct Model {
    /// Grows with every row; [`Spending::feed`] hands it out only when no smaller one can come any more.
    #[sea_orm(primary_key)]
    pub seq: i64,
    pub id: Uuid,
    pub account_id: Uuid,
    pub tier: Tier,
    /// The day whose cap it counts against.
    pub day: NaiveDate,
    pub at: DateTime<Utc>,
    pub what: What,
    pub kind: Kind,
    pub operation_id: Uuid,
    pub step: String,
    pub model: String,
    pub price_version: String,
    pub amount: NanoUsd,
    /// What the provider billed beyond the hold; nobody is charged for it.
    pub absorbed: NanoUsd,
    pub input_tokens: i64,
    pub cached_tokens: i64,
    pub output_tokens: i64,
    pub saved_tokens: i64,
    pub cache_saved: NanoUsd,
    pub compression_saved: NanoUsd,
    pub repeat_saved: NanoUsd,
}

impl ActiveModelBehavior for ActiveModel {}

/// Why a row was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum What {
    /// A call that cost what the provider said.
    Settled,
    /// A call whose cost nobody knows: booked at its hold.
    Unknown,
    /// The difference once the cost of such a call was known.
    Correction,
    /// A question that was answered before, so that it cost nothing.
    Repeat,
}

/// An answer that was there already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repeat {
    pub operation_id: Uuid,
    pub account_id: Uuid,
    pub tier: Tier,
    pub kind: Kind,
    pub step: String,
    pub model: String,
    pub price_version: String,
    /// What it would have cost.
    pub saved: NanoUsd,
}

/// Held in common by all who add rows and alone by who reads the feed.
const LOCK: i64 = 7_269_849;

/// Everybody who adds rows says so first: the feed waits for them.
pub(crate) async fn announce(transaction: &impl ConnectionTrait) -> Result<(), DbErr> {
    if transaction.get_database_backend() == DbBackend::Postgres {
        let lock = statement(transaction, "SELECT pg_advisory_xact_lock_shared($1)", [LOCK.into()]);
        transaction.execute_raw(lock).await?;
    }
    Ok(())
}

/// A row for a call, with nothing booked yet.
pub(crate) fn entry(hold: &hold::Model, what: What) -> Model {
    Model {
        seq: 0,
        id: Uuid::now_v7(),
        account_id: hold.account_id,
        tier: hold.tier,
        day: hold.day,
        at: time::now(),
        what,
        kind: hold.kind,
        operation_id: hold.operation_id,
        step: hold.step.clone(),
        model: hold.model.clone(),
        price_version: hold.price_version.clone(),
        amount: NanoUsd::ZERO,
        absorbed: NanoUsd::ZERO,
        input_tokens: 0,
        cached_tokens: 0,
        output_tokens: 0,
        saved_tokens: 0,
        cache_saved: NanoUsd::ZERO,
        compression_saved: NanoUsd::ZERO,
        repeat_saved: NanoUsd::ZERO,
    }
}

impl Model {
    /// With what is known of the call beside its amount.
    pub(crate) fn with(self, booking: &Booking) -> Self {
        Self {
            input_tokens: whole(booking.tokens.input),
            cached_tokens: whole(booking.tokens.cached),
            output_tokens: whole(booking.tokens.output),
            saved_tokens: whole(booking.saved_tokens),
            cache_saved: booking.cache_saved,
            compression_saved: booking.compression_saved,
            ..self
        }
    }
}

/// Adds a row and its share of the sums; `unknown` is by how much the amount nobody is sure of grows.
pub(crate) async fn append(
    transaction: &impl ConnectionTrait,
    entry: Model,
    unknown: NanoUsd,
) -> Result<(), DbErr> {
    sum::add(transaction, &entry, unknown).await?;
    let row = ActiveModel { seq: NotSet, ..entry.into_active_model().reset_all() };
    Entity::insert(row).exec_without_returning(transaction).await?;
    Ok(())
}

pub(crate) fn whole(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

impl Spending {
    /// Notes that something was not paid for a second time.
    pub async fn repeat(&self, repeat: Repeat) -> Result<(), DbErr> {
        let now = time::now();
        let entry = Model {
            seq: 0,
            id: Uuid::now_v7(),
            account_id: repeat.account_id,
            tier: repeat.tier,
            day: now.date_naive(),
            at: now,
            what: What::Repeat,
            kind: repeat.kind,
            operation_id: repeat.operation_id,
            step: repeat.step,
            model: repeat.model,
            price_version: repeat.price_version,
            amount: NanoUsd::ZERO,
            absorbed: NanoUsd::ZERO,
            input_tokens: 0,
            cached_tokens: 0,
            output_tokens: 0,
            saved_tokens: 0,
            cache_saved: NanoUsd::ZERO,
            compression_saved: NanoUsd::ZERO,
            repeat_saved: repeat.saved,
        };
        let transaction = begin(&self.db).await?;
        announce(&transaction).await?;
        append(&transaction, entry, NanoUsd::ZERO).await?;
        transaction.commit().await
    }

    /// A person's rows, newest first, older than `before`.
    pub async fn entries(
        &self,
        account_id: Uuid,
        before: Option<i64>,
        limit: u64,
    ) -> Result<Vec<Model>, DbErr> {
        let mut rows = Entity::find().filter(Column::AccountId.eq(account_id));
        if let Some(before) = before {
            rows = rows.filter(Column::Seq.lt(before));
        }
        rows.order_by_desc(Column::Seq).limit(limit).all(&self.db).await
    }

    /// The rows of an operation, oldest first.
    pub async fn entries_of(&self, operation_id: Uuid) -> Result<Vec<Model>, DbErr> {
        Entity::find()
            .filter(Column::OperationId.eq(operation_id))
            .order_by_asc(Column::Seq)
            .all(&self.db)
            .await
    }

    /// Everybody's rows after `after`, oldest first. A row that was not there yet
    /// when the feed passed its place never comes later: whoever is about to add one is waited for.
    pub async fn feed(&self, after: i64, limit: u64) -> Result<Vec<Model>, DbErr> {
        let newest = self.newest().await?;
        Entity::find()
            .filter(Column::Seq.gt(after))
            .filter(Column::Seq.lte(newest))
            .order_by_asc(Column::Seq)
            .limit(limit)
            .all(&self.db)
            .await
    }

    async fn newest(&self) -> Result<i64, DbErr> {
        #[derive(FromQueryResult)]
        struct Newest {
            seq: i64,
        }
        let transaction = begin(&self.db).await?;
        if transaction.get_database_backend() == DbBackend::Postgres {
            let lock = statement(&transaction, "SELECT pg_advisory_xact_lock($1)", [LOCK.into()]);
            transaction.execute_raw(lock).await?;
        }
        let newest =
            statement(&transaction, "SELECT COALESCE(MAX(seq), 0) AS seq FROM spend_entry", []);
        let newest = Newest::find_by_statement(newest).one(&transaction).await?;
        transaction.commit().await?;
        Ok(newest.map_or(0, |row| row.seq))
    }
}
