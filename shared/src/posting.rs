//! A job posting: row and store.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{QueryFilter, Set};
use serde::Serialize;

use crate::database::begin;
use crate::idempotency::{self, Key, KeyError};
use crate::page::{Page, PageRequest, newest};
use crate::revision::Change;
use crate::time;

pub mod boilerplate;
pub mod choice;
pub mod clause;
pub mod conditions;
pub mod facts;
pub mod header;
pub mod heading;
pub mod markup;
pub mod phrase;
pub mod requirement;
pub mod salary;
pub mod section;
pub mod sentence;

/// The longest posting that is taken, in characters.
pub const MAX_CHARACTERS: usize = 50_000;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "posting")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    /// As the person named it; what the text itself says is read from the text.
    pub title: Option<String>,
    pub company: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub text: String,
    /// Counts the changes, from 1; the `ETag`.
    pub revision: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl ActiveModelBehavior for ActiveModel {}

/// What a person says about a posting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPosting {
    pub title: Option<String>,
    pub company: Option<String>,
    pub text: String,
}

/// The postings. Finders take the caller: another person's row is not found.
#[derive(Clone, Debug)]
pub struct Postings {
    db: DatabaseConnection,
}

impl Postings {
    pub fn new(db: DatabaseConnection) -> Self {
        Self { db }
    }

    /// Stores a new one. The same key again gives the same posting, as it is by then.
    pub async fn create(
        &self,
        account_id: Uuid,
        new: NewPosting,
        key: Option<&Key>,
    ) -> Result<Model, KeyError> {
        let transaction = begin(&self.db).await?;
        let posting = insert(&transaction, account_id, new).await?;
        if let Some(earlier) = idempotency::claim(&transaction, account_id, key, posting.id).await?
        {
            drop(transaction);
            return self.find(account_id, earlier).await?.ok_or(KeyError::Deleted);
        }
        transaction.commit().await?;
        Ok(posting)
    }

    pub async fn find(&self, account_id: Uuid, id: Uuid) -> Result<Option<Model>, DbErr> {
        Entity::find_by_id(id).filter(Column::AccountId.eq(account_id)).one(&self.db).await
    }

    pub async fn list(&self, account_id: Uuid, page: PageRequest) -> Result<Page<Model>, DbErr> {
        let own = Entity::find().filter(Column::AccountId.eq(account_id));
        newest(&self.db, own, (Column::Id, |row| row.id), page).await
    }

    /// Replaces the posting if it is still at the revision the caller has seen.
    pub async fn replace(
        &self,
        account_id: Uuid,
        id: Uuid,
        revision: i64,
        new: NewPosting,
    ) -> Result<Change<Model>, DbErr> {
        let changed = Entity::update_many()
            .set(ActiveModel {
                title: Set(new.title),
                company: Set(new.company),
                text: Set(new.text),
                updated_at: Set(time::now()),
                ..Default::default()
            })
            .col_expr(Column::Revision, Expr::col(Column::Revision).add(1))
            .filter(Column::Id.eq(id))
            .filter(Column::AccountId.eq(account_id))
            .filter(Column::Revision.eq(revision))
            .exec_with_returning(&self.db)
            .await?;
        match changed.into_iter().next() {
            Some(posting) => Ok(Change::Done(posting)),
            None => Ok(Change::refused(self.find(account_id, id).await?.as_ref())),
        }
    }

    pub async fn delete(
        &self,
        account_id: Uuid,
        id: Uuid,
        revision: Option<i64>,
    ) -> Result<Change<()>, DbErr> {
        let mut delete = Entity::delete_many()
            .filter(Column::Id.eq(id))
            .filter(Column::AccountId.eq(account_id));
        if let Some(revision) = revision {
            delete = delete.filter(Column::Revision.eq(revision));
        }
        if delete.exec(&self.db).await?.rows_affected == 1 {
            return Ok(Change::Done(()));
        }
        Ok(Change::refused(self.find(account_id, id).await?.as_ref()))
    }
}

pub(crate) async fn insert(
    db: &impl ConnectionTrait,
    account_id: Uuid,
    new: NewPosting,
) -> Result<Model, DbErr> {
    let now = time::now();
    let posting = ActiveModel {
        id: Set(Uuid::now_v7()),
        account_id: Set(account_id),
        title: Set(new.title),
        company: Set(new.company),
        text: Set(new.text),
        revision: Set(1),
        created_at: Set(now),
        updated_at: Set(now),
    };
    posting.insert(db).await
}
