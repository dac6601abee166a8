//! All of a person's data as one file: asked for, written by a worker, kept for a day.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{QueryFilter, QueryOrder, Set};

use super::doomed::{self, DoomedError};
use crate::blobs::Blobs;
use crate::database::begin;
use crate::time;

/// How long a file is kept, and answered to whoever asks again.
pub const KEPT: TimeDelta = TimeDelta::hours(24);

/// A file that could not be written so often is given up.
pub const MAX_ATTEMPTS: i32 = 5;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "data_export")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: Uuid,
    pub state: State,
    pub asked_at: DateTime<Utc>,
    pub attempts: i32,
    pub ended_at: Option<DateTime<Utc>>,
}

impl Model {
    /// The blob's name, the same for every attempt: one that died leaves nothing behind that nobody knows of.
    pub fn file(&self) -> String {
        format!("exports/{}/{}.zip", self.account_id, self.asked_at.timestamp_micros())
    }
}

impl ActiveModelBehavior for ActiveModel {}

#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum State {
    Waiting,
    Ready,
    Failed,
}

/// The files people have asked for.
#[derive(Clone, Debug)]
pub struct DataExports {
    pub(super) db: DatabaseConnection,
}

impl DataExports {
    pub fn new(db: DatabaseConnection) -> Self {
        Self { db }
    }

    /// Asks for the person's file. While one is waiting or ready, that is the answer; one that failed is tried anew.
    pub async fn ask(&self, account_id: Uuid) -> Result<Model, DbErr> {
        let anew = || Expr::col((Entity, Column::State)).eq(State::Failed);
        let row = ActiveModel {
            account_id: Set(account_id),
            state: Set(State::Waiting),
            asked_at: Set(time::now()),
            attempts: Set(0),
            ended_at: Set(None),
        };
        let again = OnConflict::column(Column::AccountId)
            .update_columns([Column::State, Column::Attempts, Column::EndedAt])
            .action_and_where(anew())
            .to_owned();
        Entity::insert(row).on_conflict(again).exec_without_returning(&self.db).await?;
        self.find(account_id)
            .await?
            .ok_or_else(|| DbErr::RecordNotFound("an export that was just asked for".into()))
    }

    /// The files to write, oldest first.
    pub async fn waiting(&self) -> Result<Vec<Model>, DbErr> {
        Entity::find()
            .filter(Column::State.eq(State::Waiting))
            .order_by_asc(Column::AskedAt)
            .all(&self.db)
            .await
    }

    /// Notes that the file is written. Whoever is not there any more has no file either.
    pub async fn finish(&self, export: &Model, blobs: &Blobs) -> Result<(), DoomedError> {
        let ready = change(export).col_expr(Column::State, Expr::val(State::Ready));
        let ready = ready.exec(&self.db).await?;
        // Another worker may have been quicker with the same file.
        if ready.rows_affected == 0 && self.find(export.account_id).await?.is_none() {
            blobs.delete(&export.file()).await?;
        }
        Ok(())
    }

    async fn find(&self, account_id: Uuid) -> Result<Option<Model>, DbErr> {
        Entity::find_by_id(account_id).one(&self.db).await
    }

    /// Notes a failed attempt; the last one ends it.
    pub async fn fail(&self, export: &Model) -> Result<(), DbErr> {
        let last = export.attempts + 1 >= MAX_ATTEMPTS;
        let state = if last { State::Failed } else { State::Waiting };
        change(export)
            .col_expr(Column::State, Expr::val(state))
            .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
            .exec(&self.db)
            .await
            .map(drop)
    }

    /// Forgets files that were kept long enough, and deletes them.
    pub async fn sweep(&self, blobs: &Blobs, now: DateTime<Utc>) -> Result<u64, DoomedError> {
        let transaction = begin(&self.db).await?;
        let old = Entity::delete_many()
            .filter(Column::State.ne(State::Waiting))
            .filter(Column::EndedAt.lt(now - KEPT))
            .exec_with_returning(&transaction)
            .await?;
        let gone = old.len() as u64;
        doomed::doom(&transaction, old.iter().map(Model::file)).await?;
        transaction.commit().await?;
        doomed::delete(&self.db, blobs).await?;
        Ok(gone)
    }
}

/// An ending of this very wish, while it is waited for.
fn change(export: &Model) -> sea_orm::UpdateMany<Entity> {
    Entity::update_many()
        .col_expr(Column::EndedAt, Expr::val(time::now()))
        .filter(Column::AccountId.eq(export.account_id))
        .filter(Column::AskedAt.eq(export.asked_at))
        .filter(Column::State.eq(State::Waiting))
}
