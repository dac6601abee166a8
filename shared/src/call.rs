//! The journal of model calls: an answered step of an operation is never asked again.

use crate::money::NanoUsd;
use crate::{operation, time};
use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{OnConflict, Query};
use sea_orm::{QueryFilter, QueryOrder, Set};
use serde::Serialize;
use sha2::{Digest, Sha256};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "call")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub operation_id: Uuid,
    pub step: String,
    /// Of everything that was asked: model, prompt, schema.
    pub input_hash: String,
    pub model: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub reply: Json,
    pub input_tokens: i64,
    /// Of the input tokens, those the provider had cached.
    pub cached_tokens: i64,
    pub output_tokens: i64,
    pub created_at: DateTime<Utc>,
    pub price_version: String,
    pub cost: NanoUsd,
    /// What the prompt would have been longer without compression.
    pub saved_tokens: i64,
}

impl ActiveModelBehavior for ActiveModel {}

/// Which question of which operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    pub operation_id: Uuid,
    pub step: &'static str,
    pub input_hash: String,
}

/// An answer as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub model: String,
    pub reply: Json,
    pub input_tokens: i64,
    pub cached_tokens: i64,
    pub output_tokens: i64,
    pub price_version: String,
    pub cost: NanoUsd,
    pub saved_tokens: i64,
}

pub fn hash(input: &[u8]) -> String {
    hex::encode(Sha256::digest(input))
}

/// The journal.
#[derive(Clone, Debug)]
pub struct Calls {
    db: DatabaseConnection,
}

impl Calls {
    pub fn new(db: DatabaseConnection) -> Self {
        Self { db }
    }

    /// The answer that an earlier attempt was given.
    pub async fn answer(&self, question: &Question) -> Result<Option<Model>, DbErr> {
        Entity::find()
            .filter(Column::OperationId.eq(question.operation_id))
            .filter(Column::Step.eq(question.step))
            .filter(Column::InputHash.eq(&question.input_hash))
            .one(&self.db)
            .await
    }

    /// The newest answer to the same question in any operation of the same person.
    pub async fn answer_to_owner(
        &self,
        account_id: Uuid,
        question: &Question,
    ) -> Result<Option<Model>, DbErr> {
        let own = Query::select()
            .column(operation::Column::Id)
            .from(operation::Entity)
            .and_where(operation::Column::AccountId.eq(account_id))
            .take();
        Entity::find()
            .filter(Column::InputHash.eq(&question.input_hash))
            .filter(Column::Step.eq(question.step))
            .filter(Column::OperationId.in_subquery(own))
            .order_by_desc(Column::Id)
            .one(&self.db)
            .await
    }
}

/// Keeps an answer in the caller's transaction. When another attempt was quicker, its answer stays.
pub(crate) async fn record(
    transaction: &impl ConnectionTrait,
    question: &Question,
    answer: Answer,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        id: Set(Uuid::now_v7()),
        operation_id: Set(question.operation_id),
        step: Set(question.step.to_owned()),
        input_hash: Set(question.input_hash.clone()),
        model: Set(answer.model),
        reply: Set(answer.reply),
        input_tokens: Set(answer.input_tokens),
        cached_tokens: Set(answer.cached_tokens),
        output_tokens: Set(answer.output_tokens),
        created_at: Set(time::now()),
        price_version: Set(answer.price_version),
        cost: Set(answer.cost),
        saved_tokens: Set(answer.saved_tokens),
    };
    let keep = OnConflict::columns([Column::OperationId, Column::Step, Column::InputHash])
        .do_nothing()
        .to_owned();
    Entity::insert(row).on_conflict(keep).exec_without_returning(transaction).await?;
    Ok(())
}
