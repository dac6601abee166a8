//! Forgetting a person: after some days in which they may change their mind, and then wholly.
//!
//! What stays is money and what admins did: both hold the account's id, which is a random number and by then
//! nobody's; no row that is left says whose it was.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{QueryFilter, QuerySelect, Set};

use super::doomed::{self, DoomedError};
use super::export;
use crate::account;
use crate::audit::{self, Action, Deed, Mandate};
use crate::blobs::Blobs;
use crate::database::begin;
use crate::document;
use crate::spending::cap;
use crate::time;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "erasure")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: Uuid,
    pub asked_at: DateTime<Utc>,
    pub due_at: DateTime<Utc>,
}

impl ActiveModelBehavior for ActiveModel {}

/// Who wants to be forgotten.
#[derive(Clone, Debug)]
pub struct Erasures {
    db: DatabaseConnection,
    /// How long they may change their mind.
    pub grace: TimeDelta,
}

impl Erasures {
    pub fn new(db: DatabaseConnection, grace: TimeDelta) -> Self {
        Self { db, grace }
    }

    /// Asks that the caller be forgotten. Asked again, the first time counts.
    pub async fn ask(&self, caller: &Mandate) -> Result<Model, DbErr> {
        let account_id = caller.actor_id;
        let now = time::now();
        let row = ActiveModel {
            account_id: Set(account_id),
            asked_at: Set(now),
            due_at: Set(now + self.grace),
        };
        let once = OnConflict::column(Column::AccountId).do_nothing().to_owned();
        let transaction = begin(&self.db).await?;
        let asked =
            Entity::insert(row).on_conflict(once).exec_without_returning(&transaction).await?;
        if asked == 1 {
            audit::append(&transaction, caller, deed(Action::AskErasure, account_id)).await?;
        }
        let erasure = Entity::find_by_id(account_id).one(&transaction).await?;
        transaction.commit().await?;
        erasure.ok_or_else(|| DbErr::RecordNotFound("an erasure that was just asked for".into()))
    }

    /// The caller stays after all. `false`: they had not asked to be forgotten.
    pub async fn withdraw(&self, caller: &Mandate) -> Result<bool, DbErr> {
        let transaction = begin(&self.db).await?;
        let withdrawn = Entity::delete_by_id(caller.actor_id).exec(&transaction).await?;
        if withdrawn.rows_affected == 1 {
            let deed = deed(Action::WithdrawErasure, caller.actor_id);
            audit::append(&transaction, caller, deed).await?;
        }
        transaction.commit().await?;
        Ok(withdrawn.rows_affected == 1)
    }

    /// When the person will be forgotten.
    pub async fn find(&self, account_id: Uuid) -> Result<Option<Model>, DbErr> {
        Entity::find_by_id(account_id).one(&self.db).await
    }

    /// Forgets everybody whose time has come, with their files.
    pub async fn carry_out(&self, blobs: &Blobs, now: DateTime<Utc>) -> Result<u64, DoomedError> {
        let due = Entity::find().filter(Column::DueAt.lte(now)).all(&self.db).await?;
        let mut erased = 0;
        for erasure in due {
            erased += u64::from(self.erase(&erasure).await?);
        }
        doomed::delete(&self.db, blobs).await?;
        Ok(erased)
    }

    /// The account's own row takes everything with it that refers to it; its files are on the list of doomed ones
    /// before their rows are gone.
    async fn erase(&self, erasure: &Model) -> Result<bool, DbErr> {
        let id = erasure.account_id;
        let transaction = begin(&self.db).await?;
        let taken = Entity::delete_many()
            .filter(Column::AccountId.eq(id))
            .filter(Column::DueAt.eq(erasure.due_at))
            .exec(&transaction)
            .await?;
        if taken.rows_affected == 0 {
            return Ok(false);
        }
        // Locked: no upload can slip in between looking for files and forgetting whose they are.
        account::Entity::find_by_id(id).lock_exclusive().one(&transaction).await?;
        let files = files(&transaction, id).await?;
        doomed::doom(&transaction, files).await?;
        account::Entity::delete_by_id(id).exec(&transaction).await?;
        cap::Entity::delete_by_id(id).exec(&transaction).await?;
        let by_itself = Mandate {
            actor_id: id,
            reason: "The days to change one's mind are over.".into(),
            request_id: None,
        };
        audit::append(&transaction, &by_itself, deed(Action::Erase, id)).await?;
        transaction.commit().await?;
        Ok(true)
    }
}

fn deed(action: Action, account_id: Uuid) -> Deed {
    Deed { action, target: format!("account/{account_id}"), detail: None }
}

async fn files(db: &impl ConnectionTrait, account_id: Uuid) -> Result<Vec<String>, DbErr> {
    let mut files: Vec<String> = document::Entity::find()
        .select_only()
        .column(document::Column::Blob)
        .filter(document::Column::AccountId.eq(account_id))
        .into_tuple()
        .all(db)
        .await?;
    let export = export::Entity::find_by_id(account_id).one(db).await?;
    files.extend(export.map(|export| export.file()));
    Ok(files)
}
