//! Accepting an operation: one transaction, and its commit is the promise.

use chrono::{DateTime, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter,
    QuerySelect, Select, SqlErr,
};
use thiserror::Error;

use crate::database::begin;
use crate::idempotency::{self, Key};
use crate::money::NanoUsd;
use crate::operation::input::{Engine, Input};
use crate::operation::{self, Kind, Operations, control};
use crate::posting::NewPosting;
use crate::spending::{self, Standing, limit, next_day};
use crate::tailoring::Options;
use crate::time;
use crate::{account, document, posting, quota, resume};

/// Operations of one kind that one person may have waiting.
pub const MAX_WAITING: u64 = 20;

/// What is asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Work {
    Parse { document_id: Uuid },
    Ats { resume_id: Uuid, posting: PostingSource },
    Tailor { resume_id: Uuid, posting: PostingSource, options: Options },
}

impl Work {
    pub fn kind(&self) -> Kind {
        match self {
            Self::Parse { .. } => Kind::Parse,
            Self::Ats { .. } => Kind::Ats,
            Self::Tailor { .. } => Kind::Tailor,
        }
    }
}

/// A posting that is stored, or one to be stored with the operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PostingSource {
    Stored(Uuid),
    Text(String),
}

/// A request for an operation.
#[derive(Clone, Debug)]
pub struct Request {
    pub account: account::Model,
    pub work: Work,
    pub engine: Engine,
    pub key: Option<Key>,
    pub budget: Budget,
}

/// What the work may cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// Today's cap must have room for so much.
    pub needed: NanoUsd,
    /// The person's own limit for the operation.
    pub max_cost: Option<NanoUsd>,
}

#[derive(Debug, Error)]
pub enum SubmitError {
    #[error("document {0} does not exist")]
    DocumentNotFound(Uuid),
    #[error("resume {0} does not exist")]
    ResumeNotFound(Uuid),
    #[error("posting {0} does not exist")]
    PostingNotFound(Uuid),
    #[error("the daily quota of {limit} is used up")]
    QuotaUsedUp { kind: Kind, limit: i32, resets_at: DateTime<Utc> },
    #[error("the daily spending cap leaves no room")]
    CapReached { standing: Standing, needed: NanoUsd },
    #[error("{MAX_WAITING} operations wait already")]
    TooManyWaiting { kind: Kind },
    #[error("the idempotency key was used for another request")]
    KeyReused,
    #[error("the database did not answer")]
    Database(#[from] DbErr),
}

impl Operations {
    /// Accepts the work. The same key again gives the same operation.
    pub async fn submit(&self, request: &Request) -> Result<operation::Model, SubmitError> {
        if let Some(earlier) = self.earlier(request).await? {
            return Ok(earlier);
        }
        match self.accept(request).await {
            // The same request came twice at once, and the other was quicker.
            Err(SubmitError::Database(error)) if is_duplicate(&error) && request.key.is_some() => {
                self.earlier(request).await?.ok_or(SubmitError::Database(error))
            }
            outcome => outcome,
        }
    }

    async fn earlier(&self, request: &Request) -> Result<Option<operation::Model>, SubmitError> {
        let Some(key) = &request.key else { return Ok(None) };
        let Some(row) = idempotency::find(&self.db, request.account.id, &key.key).await? else {
            return Ok(None);
        };
        if row.request_hash != key.request_hash {
            return Err(SubmitError::KeyReused);
        }
        Ok(self.find(request.account.id, row.operation_id).await?)
    }

    async fn accept(&self, request: &Request) -> Result<operation::Model, SubmitError> {
        let (account, kind) = (&request.account, request.work.kind());
        let transaction = begin(&self.db).await?;
        let input = input(&transaction, request).await?;
        if !quota::take(&transaction, account.id, account.tier, kind).await? {
            let limit = quota::per_day(account.tier, kind);
            return Err(SubmitError::QuotaUsedUp { kind, limit, resets_at: next_day(time::now()) });
        }
        let waiting = control::count_waiting(&transaction, account.id, kind).await?;
        if waiting >= MAX_WAITING {
            return Err(SubmitError::TooManyWaiting { kind });
        }
        self.check_cap(&transaction, request).await?;
        let operation = control::insert(&transaction, account, input, waiting).await?;
        if let Some(max_cost) = request.budget.max_cost {
            limit::remember(&transaction, operation.id, max_cost).await?;
        }
        if let Some(key) = &request.key {
            idempotency::remember(&transaction, account.id, key, operation.id).await?;
        }
        transaction.commit().await?;
        Ok(operation)
    }
}

impl Operations {
    /// Turns work away that could not even begin; what begins is bounded by its holds.
    async fn check_cap(
        &self,
        transaction: &DatabaseTransaction,
        request: &Request,
    ) -> Result<(), SubmitError> {
        let needed = request.budget.needed;
        if needed == NanoUsd::ZERO {
            return Ok(());
        }
        let standing = spending::standing(transaction, request.account.id).await?;
        if standing.fits(needed) {
            return Ok(());
        }
        Err(SubmitError::CapReached { standing, needed })
    }
}

fn is_duplicate(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}

/// The work in ids, each of them the caller's own.
async fn input(db: &DatabaseTransaction, request: &Request) -> Result<Input, SubmitError> {
    let account_id = request.account.id;
    let engine = request.engine;
    match &request.work {
        Work::Parse { document_id } => {
            own_document(db, account_id, *document_id).await?;
            Ok(Input::Parse { document_id: *document_id, engine })
        }
        Work::Ats { resume_id, posting } => {
            own_resume(db, account_id, *resume_id).await?;
            let posting_id = own_posting(db, account_id, posting).await?;
            Ok(Input::Ats { resume_id: *resume_id, posting_id, engine })
        }
        Work::Tailor { resume_id, posting, options } => {
            own_resume(db, account_id, *resume_id).await?;
            let posting_id = own_posting(db, account_id, posting).await?;
            let options = options.clone();
            Ok(Input::Tailor { resume_id: *resume_id, posting_id, engine, options })
        }
    }
}

async fn own_document(
    db: &impl ConnectionTrait,
    account_id: Uuid,
    id: Uuid,
) -> Result<(), SubmitError> {
    let own = document::Entity::find_by_id(id).filter(document::Column::AccountId.eq(account_id));
    if exists(db, own, document::Column::Id).await? {
        return Ok(());
    }
    Err(SubmitError::DocumentNotFound(id))
}

async fn own_resume(
    db: &impl ConnectionTrait,
    account_id: Uuid,
    id: Uuid,
) -> Result<(), SubmitError> {
    let own = resume::Entity::find_by_id(id).filter(resume::Column::AccountId.eq(account_id));
    if exists(db, own, resume::Column::Id).await? {
        return Ok(());
    }
    Err(SubmitError::ResumeNotFound(id))
}

async fn own_posting(
    db: &impl ConnectionTrait,
    account_id: Uuid,
    posting: &PostingSource,
) -> Result<Uuid, SubmitError> {
    let id = match posting {
        PostingSource::Stored(id) => *id,
        PostingSource::Text(text) => {
            let new = NewPosting { title: None, company: None, text: text.clone() };
            return Ok(posting::insert(db, account_id, new).await?.id);
        }
    };
    let own = posting::Entity::find_by_id(id).filter(posting::Column::AccountId.eq(account_id));
    if exists(db, own, posting::Column::Id).await? {
        return Ok(id);
    }
    Err(SubmitError::PostingNotFound(id))
}

/// Reads the id and not the row, which may hold a whole resume.
async fn exists<E: EntityTrait>(
    db: &impl ConnectionTrait,
    row: Select<E>,
    id: E::Column,
) -> Result<bool, DbErr> {
    let found: Option<Uuid> = row.select_only().column(id).into_tuple().one(db).await?;
    Ok(found.is_some())
}
