//! Accepting an operation: one transaction, and its commit is the promise.

use chrono::{DateTime, Utc};
use sea_orm::prelude::Uuid;
use sea_orm::sea_query::{Asterisk, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter,
    QuerySelect, QueryTrait, Select, SqlErr,
};
use thiserror::Error;

use crate::database::begin;
use crate::idempotency::{self, Key};
use crate::money::NanoUsd;
use crate::operation::input::{Engine, Input};
use crate::operation::{self, Kind, Operations, control};
use crate::posting::NewPosting;
use crate::spending::{self, Standing, limit, next_day};
use crate::tailoring::{self, Options};
use crate::time;
use crate::{account, document, posting, quota, resume};

/// Operations of one kind that one person may have waiting.
pub const fn max_waiting(kind: Kind) -> u64 {
    match kind {
        Kind::Parse | Kind::Ats => 20,
        // A batch of tailorings, and what was asked for beside it.
        Kind::Tailor => 70,
    }
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Work {
    Parse { document_id: Uuid },
    Ats { resume_id: Uuid, posting: PostingSource },
    Tailor { resume_id: Uuid, posting: PostingSource, options: Options },
    Redraft { tailoring_id: Uuid, proposal_id: Uuid, instruction: String },
}

impl Work {
    pub fn kind(&self) -> Kind {
        match self {
            Self::Parse { .. } => Kind::Parse,
            Self::Ats { .. } => Kind::Ats,
            Self::Tailor { .. } | Self::Redraft { .. } => Kind::Tailor,
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
    #[error("tailoring {0} does not exist")]
    TailoringNotFound(Uuid),
    #[error("the daily quota of {limit} is used up")]
    QuotaUsedUp { kind: Kind, limit: i32, resets_at: DateTime<Utc> },
    #[error("the daily spending cap leaves no room")]
    CapReached { standing: Standing, needed: NanoUsd },
    #[error("too many operations wait already")]
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

    /// Refuses work that needs something which is not there, or not the person's own.
    pub async fn check_needs(&self, account_id: Uuid, work: &Work) -> Result<(), SubmitError> {
        look(&self.db, account_id, work).await.map(drop)
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
        let waiting = look(&transaction, account.id, &request.work).await?;
        let input = input(&transaction, request).await?;
        if !quota::take(&transaction, account.id, account.tier, kind).await? {
            let limit = quota::per_day(account.tier, kind);
            return Err(SubmitError::QuotaUsedUp { kind, limit, resets_at: next_day(time::now()) });
        }
        if waiting >= max_waiting(kind) {
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

/// Whether all that the work needs exists and is the caller's own; how many of their
/// operations of the kind wait already. One question, since every request asks it.
async fn look(
    db: &impl ConnectionTrait,
    account_id: Uuid,
    work: &Work,
) -> Result<u64, SubmitError> {
    let needs = needs(work);
    let waiting = control::waiting(account_id, work.kind());
    let waiting = waiting.select_only().expr(Expr::col(Asterisk).count()).into_query();
    let mut question = Query::select();
    question.expr_as(Expr::SubQuery(None, Box::new(waiting.into())), "waiting");
    for (name, need) in NAMES.into_iter().zip(&needs) {
        question.expr_as(Expr::exists(need.own(account_id)), name);
    }
    let answer = db.query_one(&question).await?;
    let answer = answer.ok_or_else(|| DbErr::RecordNotFound("an answer".into()))?;
    for (name, need) in NAMES.into_iter().zip(needs) {
        if !answer.try_get::<bool>("", name)? {
            return Err(need.missing());
        }
    }
    Ok(u64::try_from(answer.try_get::<i64>("", "waiting")?).unwrap_or(0))
}

/// What the answers to [`look`]'s questions are called; nothing needs more than two things.
const NAMES: [&str; 2] = ["first", "second"];

/// Something that must exist for the work to make sense.
#[derive(Clone, Copy)]
enum Need {
    Document(Uuid),
    Resume(Uuid),
    Posting(Uuid),
    Tailoring(Uuid),
}

fn needs(work: &Work) -> Vec<Need> {
    match work {
        Work::Parse { document_id } => vec![Need::Document(*document_id)],
        Work::Ats { resume_id, posting } | Work::Tailor { resume_id, posting, .. } => {
            let mut needs = vec![Need::Resume(*resume_id)];
            if let PostingSource::Stored(id) = posting {
                needs.push(Need::Posting(*id));
            }
            needs
        }
        Work::Redraft { tailoring_id, .. } => vec![Need::Tailoring(*tailoring_id)],
    }
}

impl Need {
    /// Finds it if it is this person's.
    fn own(self, account_id: Uuid) -> SelectStatement {
        match self {
            Self::Document(id) => {
                let own = document::Entity::find_by_id(id);
                one(own.filter(document::Column::AccountId.eq(account_id)))
            }
            Self::Resume(id) => {
                let own = resume::Entity::find_by_id(id);
                one(own.filter(resume::Column::AccountId.eq(account_id)))
            }
            Self::Posting(id) => {
                let own = posting::Entity::find_by_id(id);
                one(own.filter(posting::Column::AccountId.eq(account_id)))
            }
            Self::Tailoring(id) => {
                let own = tailoring::Entity::find_by_id(id);
                one(own.filter(tailoring::Column::AccountId.eq(account_id)))
            }
        }
    }

    fn missing(self) -> SubmitError {
        match self {
            Self::Document(id) => SubmitError::DocumentNotFound(id),
            Self::Resume(id) => SubmitError::ResumeNotFound(id),
            Self::Posting(id) => SubmitError::PostingNotFound(id),
            Self::Tailoring(id) => SubmitError::TailoringNotFound(id),
        }
    }
}

fn one<E: EntityTrait>(rows: Select<E>) -> SelectStatement {
    rows.select_only().expr(Expr::val(1)).into_query()
}

/// The work in ids; a posting that came as text is stored with the operation.
async fn input(db: &DatabaseTransaction, request: &Request) -> Result<Input, DbErr> {
    let account_id = request.account.id;
    let engine = request.engine;
    match &request.work {
        Work::Parse { document_id } => Ok(Input::Parse { document_id: *document_id, engine }),
        Work::Ats { resume_id, posting } => {
            let posting_id = stored(db, account_id, posting).await?;
            Ok(Input::Ats { resume_id: *resume_id, posting_id, engine })
        }
        Work::Tailor { resume_id, posting, options } => {
            let posting_id = stored(db, account_id, posting).await?;
            let options = options.clone();
            Ok(Input::Tailor { resume_id: *resume_id, posting_id, engine, options })
        }
        Work::Redraft { tailoring_id, proposal_id, instruction } => Ok(Input::Redraft {
            tailoring_id: *tailoring_id,
            proposal_id: *proposal_id,
            engine,
            instruction: instruction.clone(),
        }),
    }
}

async fn stored(
    db: &DatabaseTransaction,
    account_id: Uuid,
    posting: &PostingSource,
) -> Result<Uuid, DbErr> {
    match posting {
        PostingSource::Stored(id) => Ok(*id),
        PostingSource::Text(text) => {
            let new = NewPosting { title: None, company: None, text: text.clone() };
            Ok(posting::insert(db, account_id, new).await?.id)
        }
    }
}
