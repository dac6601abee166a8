//! A person's resume: row and store.

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

pub mod diff;
pub mod edge;
pub mod json;
pub mod patch;
pub mod pointer;
pub mod sidecar;
pub mod version;

use json::JsonResume;

/// The largest resume that is taken, in bytes of JSON.
pub const MAX_BYTES: usize = 1024 * 1024;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "resume")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub document_id: Option<Uuid>,
    #[sea_orm(column_type = "JsonBinary")]
    pub data: JsonResume,
    #[sea_orm(column_type = "JsonBinary")]
    pub sidecar: sidecar::Sidecar,
    /// Counts the changes, from 1; the `ETag`.
    pub revision: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl ActiveModelBehavior for ActiveModel {}

/// The resumes. Finders take the caller: another person's row is not found.
#[derive(Clone, Debug)]
pub struct Resumes {
    db: DatabaseConnection,
}

impl Resumes {
    pub fn new(db: DatabaseConnection) -> Self {
        Self { db }
    }

    /// Stores a new one. The same key again gives the same resume, as it is by then.
    pub async fn create(
        &self,
        account_id: Uuid,
        data: JsonResume,
        key: Option<&Key>,
    ) -> Result<Model, KeyError> {
        let transaction = begin(&self.db).await?;
        let new = NewResume { data, ..NewResume::default() };
        let resume = insert(&transaction, account_id, new).await?;
        if let Some(earlier) = idempotency::claim(&transaction, account_id, key, resume.id).await? {
            drop(transaction);
            return self.find(account_id, earlier).await?.ok_or(KeyError::Deleted);
        }
        transaction.commit().await?;
        Ok(resume)
    }

    pub async fn find(&self, account_id: Uuid, id: Uuid) -> Result<Option<Model>, DbErr> {
        Entity::find_by_id(id).filter(Column::AccountId.eq(account_id)).one(&self.db).await
    }

    pub async fn list(&self, account_id: Uuid, page: PageRequest) -> Result<Page<Model>, DbErr> {
        let own = Entity::find().filter(Column::AccountId.eq(account_id));
        newest(&self.db, own, (Column::Id, |row| row.id), page).await
    }

    /// Replaces the data if the row is still at the revision the caller has seen; what it was is kept as a draft.
    /// The person's words are theirs: what rules or a model had read gives way.
    pub async fn replace(
        &self,
        account_id: Uuid,
        id: Uuid,
        revision: i64,
        data: JsonResume,
    ) -> Result<Change<Model>, DbErr> {
        let transaction = begin(&self.db).await?;
        let Some(current) = own(&transaction, account_id, id).await? else {
            return Ok(Change::NotFound);
        };
        if current.revision != revision {
            return Ok(Change::Stale);
        }
        if current.data != data {
            version::keep_before_change(&transaction, &current).await?;
        }
        let changed = write(&transaction, &current, data).await?;
        if changed.is_some() {
            transaction.commit().await?;
        }
        Ok(changed.map_or(Change::Stale, Change::Done))
    }

    /// Deletes the resume, and with it everything that was offered for it.
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

/// A resume to be stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewResume {
    pub document_id: Option<Uuid>,
    pub data: JsonResume,
    pub sidecar: sidecar::Sidecar,
}

/// Stores it with its base version. In a transaction: both or neither.
pub(crate) async fn insert(
    db: &impl ConnectionTrait,
    account_id: Uuid,
    new: NewResume,
) -> Result<Model, DbErr> {
    let now = time::now();
    let resume = ActiveModel {
        id: Set(Uuid::now_v7()),
        account_id: Set(account_id),
        document_id: Set(new.document_id),
        data: Set(new.data),
        sidecar: Set(new.sidecar),
        revision: Set(1),
        created_at: Set(now),
        updated_at: Set(now),
    };
    let resume = resume.insert(db).await?;
    let base = version::NewVersion {
        kind: version::Kind::Base,
        ..version::NewVersion::draft(resume.data.clone())
    };
    version::insert(db, account_id, resume.id, base).await?;
    Ok(resume)
}

pub(crate) async fn own(
    db: &impl ConnectionTrait,
    account_id: Uuid,
    id: Uuid,
) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).filter(Column::AccountId.eq(account_id)).one(db).await
}

/// Writes new data over the resume as it was read. `None`: somebody was quicker.
async fn write(
    transaction: &impl ConnectionTrait,
    current: &Model,
    data: JsonResume,
) -> Result<Option<Model>, DbErr> {
    let sidecar = sidecar::after_edit(&current.sidecar, &current.data, &data);
    let changed = Entity::update_many()
        .set(ActiveModel {
            data: Set(data),
            sidecar: Set(sidecar),
            updated_at: Set(time::now()),
            ..Default::default()
        })
        .col_expr(Column::Revision, Expr::col(Column::Revision).add(1))
        .filter(Column::Id.eq(current.id))
        .filter(Column::Revision.eq(current.revision))
        .exec_with_returning(transaction)
        .await?;
    Ok(changed.into_iter().next())
}
