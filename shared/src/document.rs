//! An uploaded file: row and store. The bytes are a blob.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::{QueryFilter, QueryOrder, QuerySelect, Set};
use serde::{Deserialize, Serialize};

use crate::page::{Page, PageRequest};
use crate::time;

pub mod format;
pub mod name;
pub mod sniff;

use format::Format;

/// The largest file that is taken, in bytes.
pub const MAX_BYTES: u64 = 10 * 1024 * 1024;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
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

    pub async fn create(&self, account_id: Uuid, new: NewDocument) -> Result<Model, DbErr> {
        let document = ActiveModel {
            id: Set(new.id),
            account_id: Set(account_id),
            kind: Set(new.kind),
            name: Set(new.name),
            format: Set(new.format),
            size: Set(new.size),
            sha256: Set(new.sha256),
            blob: Set(new.blob),
            created_at: Set(time::now()),
        };
        document.insert(&self.db).await
    }

    pub async fn find(&self, account_id: Uuid, id: Uuid) -> Result<Option<Model>, DbErr> {
        Entity::find_by_id(id).filter(Column::AccountId.eq(account_id)).one(&self.db).await
    }

    pub async fn list(&self, account_id: Uuid, page: PageRequest) -> Result<Page<Model>, DbErr> {
        let mut rows = Entity::find().filter(Column::AccountId.eq(account_id));
        if let Some(before) = page.before {
            rows = rows.filter(Column::Id.lt(before));
        }
        let rows = rows.order_by_desc(Column::Id).limit(page.limit + 1).all(&self.db).await?;
        Ok(Page::cut(rows, page.limit, |row| row.id))
    }

    /// Deletes the row and returns it, so that the caller can delete the blob.
    pub async fn delete(&self, account_id: Uuid, id: Uuid) -> Result<Option<Model>, DbErr> {
        let deleted = Entity::delete_many()
            .filter(Column::Id.eq(id))
            .filter(Column::AccountId.eq(account_id))
            .exec_with_returning(&self.db)
            .await?;
        Ok(deleted.into_iter().next())
    }
}
