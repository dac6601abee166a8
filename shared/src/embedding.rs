//! Vectors that are paid for, by the text they stand for.
//!
//! Kept for each account apart: a store for all would tell one person, by what a
//! repeat costs, which texts others have, and would outlive the deletion of an account.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{QueryFilter, Set};

use crate::{call, time};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "embedding")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub model: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub text_hash: String,
    /// The numbers in four bytes each, the low one first.
    #[sea_orm(column_type = "Blob")]
    pub vector: Vec<u8>,
    /// About what the text was billed as.
    pub tokens: i64,
    pub created_at: DateTime<Utc>,
}

impl ActiveModelBehavior for ActiveModel {}

/// A vector that is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    pub vector: Vec<f32>,
    pub tokens: i64,
}

/// A vector to keep.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEmbedding {
    pub account_id: Uuid,
    pub model: String,
    pub text: String,
    pub vector: Vec<f32>,
    pub tokens: i64,
}

#[derive(Clone, Debug)]
pub struct EmbeddingStore {
    db: DatabaseConnection,
}

impl EmbeddingStore {
    pub fn new(db: DatabaseConnection) -> Self {
        Self { db }
    }

    /// Those of the texts' vectors that the person has paid for before.
    pub async fn find(
        &self,
        account_id: Uuid,
        model: &str,
        texts: &[String],
    ) -> Result<HashMap<String, Known>, DbErr> {
        let mut by_hash: HashMap<String, &String> =
            texts.iter().map(|text| (call::hash(text.as_bytes()), text)).collect();
        let rows = Entity::find()
            .filter(Column::AccountId.eq(account_id))
            .filter(Column::Model.eq(model))
            .filter(Column::TextHash.is_in(by_hash.keys()))
            .all(&self.db)
            .await?;
        let known = rows.into_iter().filter_map(|row| {
            let text = by_hash.remove(&row.text_hash)?;
            Some((text.clone(), Known { vector: numbers(&row.vector), tokens: row.tokens }))
        });
        Ok(known.collect())
    }

    /// Forgets vectors that were made before this time.
    pub async fn forget(&self, before: DateTime<Utc>) -> Result<u64, DbErr> {
        let gone =
            Entity::delete_many().filter(Column::CreatedAt.lt(before)).exec(&self.db).await?;
        Ok(gone.rows_affected)
    }
}

/// Keeps vectors in the caller's transaction; those that are kept already stay.
pub(crate) async fn record(
    transaction: &impl ConnectionTrait,
    embeddings: Vec<NewEmbedding>,
) -> Result<(), DbErr> {
    if embeddings.is_empty() {
        return Ok(());
    }
    let now = time::now();
    let rows = embeddings.into_iter().map(|one| ActiveModel {
        account_id: Set(one.account_id),
        model: Set(one.model),
        text_hash: Set(call::hash(one.text.as_bytes())),
        vector: Set(one.vector.iter().flat_map(|number| number.to_le_bytes()).collect()),
        tokens: Set(one.tokens),
        created_at: Set(now),
    });
    let keep = OnConflict::columns([Column::AccountId, Column::Model, Column::TextHash])
        .do_nothing()
        .to_owned();
    Entity::insert_many(rows).on_conflict(keep).exec_without_returning(transaction).await?;
    Ok(())
}

fn numbers(bytes: &[u8]) -> Vec<f32> {
    let (numbers, _) = bytes.as_chunks::<4>();
    numbers.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
}
