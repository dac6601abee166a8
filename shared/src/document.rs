//! An uploaded file: row and store. The bytes are a blob.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{QueryFilter, Set};
use serde::{Deserialize, Serialize};

use crate::database::begin;
use crate::idempotency::{self, Key, KeyError};
use crate::page::{Page, PageRequest, newest};
use crate::revision::Change;
use crate::time;

pub mod door;
pub mod format;
pub mod name;
pub mod scan;
pub mod sniff;

use format::Format;

/// The largest file that is taken, in bytes.
pub const MAX_BYTES: u64 = 10 * 1024 * 1024;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "document")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub kind: Kind,
    pub name: String,
    pub format: Format,
    /// Bytes.
    pub size: i64,
    /// Of the content, in hexadecimal.
    pub sha256: String,
    pub blob: String,
    /// Counts the changes, from 1; the `ETag`.
    pub revision: i64,
    pub created_at: DateTime<Utc>,
}

impl ActiveModelBehavior for ActiveModel {}

/// What the person says the file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Resume,
    CoverLetter,
    Portfolio,
    Certificate,
}

/// A file that passed every check and whose bytes are stored.
#[derive(Clone, Debug)]
pub struct NewDocument {
    pub id: Uuid,
    pub kind: Kind,
    pub name: String,
    pub format: Format,
    pub size: i64,
    pub sha256: String,
    pub blob: String,
}

/// The documents. Finders take the caller: another person's row is not found.
#[derive(Clone, Debug)]
pub struct Documents {
    db: DatabaseConnection,
}

impl Documents {
    pub fn new(db: DatabaseConnection) -> Self {
        Self { db }
    }

    /// Stores a new one. The same key again gives the earlier document, whose id is another than the new one's.
    pub async fn create(
        &self,
        account_id: Uuid,
        new: NewDocument,
        key: Option<&Key>,
    ) -> Result<Model, KeyError> {
        let document = ActiveModel {
            id: Set(new.id),
            account_id: Set(account_id),
            kind: Set(new.kind),
            name: Set(new.name),
            format: Set(new.format),
            size: Set(new.size),
            sha256: Set(new.sha256),
            blob: Set(new.blob),
            revision: Set(1),
            created_at: Set(time::now()),
        };
        let transaction = begin(&self.db).await?;
        let document = document.insert(&transaction).await?;
        if let Some(earlier) =
            idempotency::claim(&transaction, account_id, key, document.id).await?
        {
            drop(transaction);
            return self.find(account_id, earlier).await?.ok_or(KeyError::Deleted);
        }
        transaction.commit().await?;
        Ok(document)
    }

    pub async fn find(&self, account_id: Uuid, id: Uuid) -> Result<Option<Model>, DbErr> {
        Entity::find_by_id(id).filter(Column::AccountId.eq(account_id)).one(&self.db).await
    }

    pub async fn list(&self, account_id: Uuid, page: PageRequest) -> Result<Page<Model>, DbErr> {
        let own = Entity::find().filter(Column::AccountId.eq(account_id));
        newest(&self.db, own, (Column::Id, |row| row.id), page).await
    }

    /// Changes what the file is called and said to be; its content never changes.
    pub async fn rename(
        &self,
        account_id: Uuid,
        id: Uuid,
        revision: i64,
        (name, kind): (String, Kind),
    ) -> Result<Change<Model>, DbErr> {
        let changed = Entity::update_many()
            .set(ActiveModel { name: Set(name), kind: Set(kind), ..Default::default() })
            .col_expr(Column::Revision, Expr::col(Column::Revision).add(1))
            .filter(Column::Id.eq(id))
            .filter(Column::AccountId.eq(account_id))
            .filter(Column::Revision.eq(revision))
            .exec_with_returning(&self.db)
            .await?;
        match changed.into_iter().next() {
            Some(document) => Ok(Change::Done(document)),
            None => Ok(Change::refused(self.find(account_id, id).await?.as_ref())),
        }
    }

    /// Deletes the row and returns it, so that the caller can delete the blob.
    pub async fn delete(
        &self,
        account_id: Uuid,
        id: Uuid,
        revision: Option<i64>,
    ) -> Result<Change<Model>, DbErr> {
        let mut delete = Entity::delete_many()
            .filter(Column::Id.eq(id))
            .filter(Column::AccountId.eq(account_id));
        if let Some(revision) = revision {
            delete = delete.filter(Column::Revision.eq(revision));
        }
        match delete.exec_with_returning(&self.db).await?.into_iter().next() {
            Some(document) => Ok(Change::Done(document)),
            None => Ok(Change::refused(self.find(account_id, id).await?.as_ref())),
        }
    }
}
