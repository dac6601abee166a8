//! One resume tailored to many postings: an operation for each, started and summed up together.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Expr;
use sea_orm::{QueryFilter, QueryOrder, Set, SqlErr};
use serde::Serialize;
use thiserror::Error;

use crate::account;
use crate::database::begin;
use crate::dispatch::Dispatch;
use crate::idempotency::Key;
use crate::operation::input::Engine;
use crate::operation::{self, State};
use crate::quote::Quotes;
use crate::submit::{PostingSource, Request, SubmitError, Work};
use crate::tailoring::{self, Options};
use crate::{resume, time};

pub mod item;

use item::Refusal;

/// Postings of one batch.
pub const MOST: usize = 50;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "batch")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub resume_id: Uuid,
    /// The request's `Idempotency-Key`.
    pub key: Option<String>,
    pub request_hash: Option<String>,
    pub created_at: DateTime<Utc>,
}

impl ActiveModelBehavior for ActiveModel {}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Asked {
    pub account: account::Model,
    pub resume_id: Uuid,
    pub postings: Vec<PostingSource>,
    pub options: Options,
    pub engine: Engine,
    pub key: Option<Key>,
}

#[derive(Debug, Error)]
pub enum BatchError {
    #[error("resume {0} does not exist")]
    ResumeNotFound(Uuid),
    #[error("the idempotency key was used for another request")]
    KeyReused,
    #[error("the database did not answer")]
    Database(#[from] DbErr),
}

/// A batch as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    pub batch: Model,
    pub items: Vec<Standing>,
}

/// Where one posting of a batch stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    pub item: item::Model,
    /// Absent when it was refused, or forgotten long after its end.
    pub operation: Option<operation::Model>,
    pub tailoring: Option<tailoring::Model>,
}

/// The batches. Finders take the caller: another person's row is not found.
#[derive(Clone)]
pub struct Batches {
    db: DatabaseConnection,
    dispatch: Dispatch,
}

impl Batches {
    pub fn new(db: DatabaseConnection, dispatch: Dispatch) -> Self {
        Self { db, dispatch }
    }

    /// Starts an operation for each posting; one that is refused does not stop the others.
    ///
    /// Dying half-way leaves some started: the same key again starts the rest, and none twice.
    pub async fn start(&self, asked: &Asked, quotes: &Quotes) -> Result<Summary, BatchError> {
        let batch = self.open(asked).await?;
        for item in items(&self.db, batch.id).await? {
            if item.operation_id.is_none() && item.refused.is_none() {
                self.submit(asked, &item, quotes).await?;
            }
        }
        Ok(self.sum_up(batch).await?)
    }

    async fn submit(
        &self,
        asked: &Asked,
        item: &item::Model,
        quotes: &Quotes,
    ) -> Result<(), BatchError> {
        let place = usize::try_from(item.position).ok();
        let Some(posting) = place.and_then(|at| asked.postings.get(at)) else { return Ok(()) };
        let key = format!("batch {} {}", item.batch_id, item.position);
        let key = Some(Key { request_hash: crate::call::hash(key.as_bytes()), key });
        let (account, engine) = (asked.account.clone(), asked.engine);
        let work = Work::Tailor {
            resume_id: asked.resume_id,
            posting: posting.clone(),
            options: asked.options.clone(),
        };
        let accepted = match quotes.budget(&account, (&work, engine), None).await {
            Ok(budget) => {
                self.dispatch.submit(&Request { account, work, engine, key, budget }).await
            }
            Err(error) => Err(error),
        };
        let refused = match accepted {
            Ok(operation) => return self.record(item, Some(operation.id), None).await,
            Err(SubmitError::Database(error)) => return Err(error.into()),
            Err(SubmitError::ResumeNotFound(id)) => return Err(BatchError::ResumeNotFound(id)),
            Err(SubmitError::PostingNotFound(_)) => Refusal::PostingNotFound,
            Err(SubmitError::QuotaUsedUp { .. }) => Refusal::QuotaUsedUp,
            Err(SubmitError::CapReached { .. }) => Refusal::SpendingCapReached,
            Err(SubmitError::TooManyWaiting { .. }) => Refusal::TooManyWaiting,
            Err(
                SubmitError::DocumentNotFound(_)
                | SubmitError::TailoringNotFound(_)
                | SubmitError::Key(_),
            ) => Refusal::Refused,
        };
        self.record(item, None, Some(refused)).await
    }

    async fn record(
        &self,
        item: &item::Model,
        operation_id: Option<Uuid>,
        refused: Option<Refusal>,
    ) -> Result<(), BatchError> {
        item::Entity::update_many()
            .col_expr(item::Column::OperationId, Expr::val(operation_id))
            .col_expr(item::Column::Refused, Expr::val(refused))
            .filter(item::Column::BatchId.eq(item.batch_id))
            .filter(item::Column::Position.eq(item.position))
            .exec(&self.db)
            .await?;
        Ok(())
    }

    /// The batch with its places, new or as an earlier request with the same key made it.
    async fn open(&self, asked: &Asked) -> Result<Model, BatchError> {
        if let Some(earlier) = self.earlier(asked).await? {
            return Ok(earlier);
        }
        match self.insert(asked).await {
            Err(BatchError::Database(error)) if is_duplicate(&error) => {
                self.earlier(asked).await?.ok_or(BatchError::Database(error))
            }
            outcome => outcome,
        }
    }

    async fn earlier(&self, asked: &Asked) -> Result<Option<Model>, BatchError> {
        let Some(key) = &asked.key else { return Ok(None) };
        let found = Entity::find()
            .filter(Column::AccountId.eq(asked.account.id))
            .filter(Column::Key.eq(&key.key))
            .one(&self.db)
            .await?;
        match found {
            Some(batch) if batch.request_hash.as_ref() != Some(&key.request_hash) => {
                Err(BatchError::KeyReused)
            }
            found => Ok(found),
        }
    }

    async fn insert(&self, asked: &Asked) -> Result<Model, BatchError> {
        let transaction = begin(&self.db).await?;
        let resume = resume::own(&transaction, asked.account.id, asked.resume_id).await?;
        resume.ok_or(BatchError::ResumeNotFound(asked.resume_id))?;
        let batch = ActiveModel {
            id: Set(Uuid::now_v7()),
            account_id: Set(asked.account.id),
            resume_id: Set(asked.resume_id),
            key: Set(asked.key.as_ref().map(|key| key.key.clone())),
            request_hash: Set(asked.key.as_ref().map(|key| key.request_hash.clone())),
            created_at: Set(time::now()),
        };
        let batch = batch.insert(&transaction).await?;
        let places = (0..asked.postings.len()).map(|position| item::ActiveModel {
            batch_id: Set(batch.id),
            position: Set(i32::try_from(position).unwrap_or(i32::MAX)),
            operation_id: Set(None),
            refused: Set(None),
        });
        item::Entity::insert_many(places).exec_without_returning(&transaction).await?;
        transaction.commit().await?;
        Ok(batch)
    }

    pub async fn find(&self, account_id: Uuid, id: Uuid) -> Result<Option<Summary>, DbErr> {
        let batch =
            Entity::find_by_id(id).filter(Column::AccountId.eq(account_id)).one(&self.db).await?;
        match batch {
            Some(batch) => self.sum_up(batch).await.map(Some),
            None => Ok(None),
        }
    }

    /// Stops what has not begun; what runs goes on to its end.
    pub async fn cancel(&self, account_id: Uuid, id: Uuid) -> Result<Option<Summary>, DbErr> {
        let Some(summary) = self.find(account_id, id).await? else { return Ok(None) };
        let operations = summary.items.iter().filter_map(|standing| standing.operation.as_ref());
        for operation in operations.filter(|operation| operation.state == State::Queued) {
            self.dispatch.cancel(account_id, operation.id).await?;
        }
        self.find(account_id, id).await
    }

    async fn sum_up(&self, batch: Model) -> Result<Summary, DbErr> {
        let items = items(&self.db, batch.id).await?;
        let ids: Vec<Uuid> = items.iter().filter_map(|item| item.operation_id).collect();
        let operations = operation::Entity::find()
            .filter(operation::Column::Id.is_in(ids.iter().copied()))
            .filter(operation::Column::AccountId.eq(batch.account_id))
            .all(&self.db)
            .await?;
        let tailorings = tailoring::Entity::find()
            .filter(tailoring::Column::OperationId.is_in(ids))
            .filter(tailoring::Column::AccountId.eq(batch.account_id))
            .all(&self.db)
            .await?;
        let standing = |item: item::Model| {
            let is = |id: Uuid| Some(id) == item.operation_id;
            let operation = operations.iter().find(|row| is(row.id)).cloned();
            let tailoring = tailorings.iter().find(|row| is(row.operation_id)).cloned();
            Standing { item, operation, tailoring }
        };
        Ok(Summary { batch, items: items.into_iter().map(standing).collect() })
    }
}

async fn items(db: &impl ConnectionTrait, batch_id: Uuid) -> Result<Vec<item::Model>, DbErr> {
    item::Entity::find()
        .filter(item::Column::BatchId.eq(batch_id))
        .order_by_asc(item::Column::Position)
        .all(db)
        .await
}

fn is_duplicate(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}
