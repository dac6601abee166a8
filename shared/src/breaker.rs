//! Models that the whole fleet leaves alone for a while. One process finds out, all know within a second.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{FromQueryResult, QueryFilter, QuerySelect, Set};

use crate::database::{now, seconds_from_now};

/// How old the picture of the table may be.
const FRESH: Duration = Duration::from_secs(1);

/// A row is there while calls are held back; after `open_until` one process may try.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "breaker")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub model: String,
    pub open_until: DateTime<Utc>,
}

impl ActiveModelBehavior for ActiveModel {}

/// Whether a call may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    Closed,
    /// It is this call's turn to find out whether the model is back.
    Try,
    Open {
        retry_after: Duration,
    },
}

#[derive(Clone, Debug)]
pub struct Breakers {
    db: DatabaseConnection,
    seen: Arc<Mutex<Option<Picture>>>,
}

#[derive(Clone, Debug)]
struct Picture {
    taken: Instant,
    /// Seconds for which each model was still left alone when the picture was taken.
    open: HashMap<String, f64>,
}

#[derive(FromQueryResult)]
struct Left {
    model: String,
    seconds: f64,
}

impl Breakers {
    pub fn new(db: DatabaseConnection) -> Self {
        Self { db, seen: Arc::default() }
    }

    /// Whether a call to the model may go now.
    pub async fn gate(&self, model: &str, cool_down: Duration) -> Result<Gate, DbErr> {
        let Some(left) = self.left(model).await? else { return Ok(Gate::Closed) };
        if left > 0.0 {
            return Ok(Gate::Open { retry_after: Duration::from_secs_f64(left) });
        }
        // Of all who want to try, the one whose update comes first.
        let turn = Entity::update_many()
            .col_expr(Column::OpenUntil, seconds_from_now(&self.db, cool_down.as_secs_f64()))
            .filter(Column::Model.eq(model))
            .filter(Expr::col(Column::OpenUntil).lte(now(&self.db)))
            .exec(&self.db)
            .await?;
        self.forget_picture();
        Ok(match turn.rows_affected {
            0 => Gate::Open { retry_after: cool_down },
            _ => Gate::Try,
        })
    }

    /// How long the model is left alone, for who would rather not begin.
    pub async fn open_for(&self, model: &str) -> Result<Option<Duration>, DbErr> {
        let left = self.left(model).await?.filter(|left| *left > 0.0);
        Ok(left.map(Duration::from_secs_f64))
    }

    /// Tells the fleet to leave the model alone.
    pub async fn open(&self, model: &str, cool_down: Duration) -> Result<(), DbErr> {
        let until = seconds_from_now(&self.db, cool_down.as_secs_f64());
        let row = ActiveModel { model: Set(model.to_owned()), open_until: Set(Utc::now()) };
        let update =
            OnConflict::column(Column::Model).value(Column::OpenUntil, until.clone()).to_owned();
        Entity::insert(row).on_conflict(update).exec_without_returning(&self.db).await?;
        // A fresh row has our clock's time; the database's decides.
        Entity::update_many()
            .col_expr(Column::OpenUntil, until)
            .filter(Column::Model.eq(model))
            .exec(&self.db)
            .await?;
        self.forget_picture();
        Ok(())
    }

    /// The model answers again.
    pub async fn close(&self, model: &str) -> Result<(), DbErr> {
        Entity::delete_by_id(model.to_owned()).exec(&self.db).await?;
        self.forget_picture();
        Ok(())
    }

    /// The models that are left alone, or were until nobody has asked them again.
    pub async fn list(&self) -> Result<Vec<Model>, DbErr> {
        Entity::find().all(&self.db).await
    }

    async fn left(&self, model: &str) -> Result<Option<f64>, DbErr> {
        if let Some(picture) = self.picture() {
            return Ok(picture.left(model));
        }
        let rows = left(&self.db).await?;
        let picture = Picture {
            taken: Instant::now(),
            open: rows.into_iter().map(|row| (row.model, row.seconds)).collect(),
        };
        let found = picture.left(model);
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(picture);
        Ok(found)
    }

    fn picture(&self) -> Option<Picture> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.as_ref().filter(|picture| picture.taken.elapsed() < FRESH).cloned()
    }

    fn forget_picture(&self) {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Picture {
    fn left(&self, model: &str) -> Option<f64> {
        self.open.get(model).map(|seconds| seconds - self.taken.elapsed().as_secs_f64())
    }
}

async fn left(db: &DatabaseConnection) -> Result<Vec<Left>, DbErr> {
    let seconds = match db.get_database_backend() {
        sea_orm::DbBackend::Postgres => Expr::cust(
            "CAST(EXTRACT(EPOCH FROM open_until - clock_timestamp()) AS DOUBLE PRECISION)",
        ),
        _ => Expr::cust_with_values(
            "(julianday(open_until) - julianday(?)) * 86400.0",
            [Utc::now().to_rfc3339()],
        ),
    };
    Entity::find()
        .select_only()
        .column(Column::Model)
        .column_as(seconds, "seconds")
        .into_model()
        .all(db)
        .await
}

/// Whether some model is left alone.
pub(crate) async fn is_open(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    let open = Entity::find().filter(Expr::col(Column::OpenUntil).gt(now(db))).count(db).await?;
    Ok(open > 0)
}
