//! The ledger added up by day, person, kind, model and tier, kept in the ledger's own transactions:
//! what asks for sums reads a few rows, however long the ledger is.

use chrono::NaiveDate;
use sea_orm::Set;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};

use super::ledger::{self, What};
use crate::account::Tier;
use crate::money::NanoUsd;
use crate::operation::Kind;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "spend_sum")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: NaiveDate,
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: Kind,
    #[sea_orm(primary_key, auto_increment = false)]
    pub model: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub tier: Tier,
    pub calls: i64,
    pub amount: NanoUsd,
    /// Of the amount, what was booked without knowing.
    pub unknown: NanoUsd,
    pub input_tokens: i64,
    pub cached_tokens: i64,
    pub output_tokens: i64,
    pub saved_tokens: i64,
    pub cache_saved: NanoUsd,
    pub compression_saved: NanoUsd,
    pub repeat_saved: NanoUsd,
}

impl ActiveModelBehavior for ActiveModel {}

const COUNTED: [Column; 10] = [
    Column::Calls,
    Column::Amount,
    Column::Unknown,
    Column::InputTokens,
    Column::CachedTokens,
    Column::OutputTokens,
    Column::SavedTokens,
    Column::CacheSaved,
    Column::CompressionSaved,
    Column::RepeatSaved,
];

/// Adds a row of the ledger to its sums.
pub(crate) async fn add(
    transaction: &impl ConnectionTrait,
    entry: &ledger::Model,
    unknown: NanoUsd,
) -> Result<(), DbErr> {
    let calls = match entry.what {
        What::Settled | What::Unknown => 1,
        What::Correction | What::Repeat => 0,
    };
    let row = ActiveModel {
        day: Set(entry.day),
        account_id: Set(entry.account_id),
        kind: Set(entry.kind),
        model: Set(entry.model.clone()),
        tier: Set(entry.tier),
        calls: Set(calls),
        amount: Set(entry.amount),
        unknown: Set(unknown),
        input_tokens: Set(entry.input_tokens),
        cached_tokens: Set(entry.cached_tokens),
        output_tokens: Set(entry.output_tokens),
        saved_tokens: Set(entry.saved_tokens),
        cache_saved: Set(entry.cache_saved),
        compression_saved: Set(entry.compression_saved),
        repeat_saved: Set(entry.repeat_saved),
    };
    let mut add = OnConflict::columns([
        Column::Day,
        Column::AccountId,
        Column::Kind,
        Column::Model,
        Column::Tier,
    ]);
    for column in COUNTED {
        let sum = Expr::col((Entity, column)).add(Expr::col(("excluded", column)));
        add.value(column, sum);
    }
    Entity::insert(row).on_conflict(add).exec_without_returning(transaction).await?;
    Ok(())
}
