//! The processes that run operations, by their last beat.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{QueryFilter, QueryOrder, Set};

use crate::config::Concurrency;
use crate::database::{now, seconds_from_now};
use crate::operation::Kind;
use crate::time;

/// A worker that has not been heard of for this long is gone.
const GONE_AFTER: f64 = 30.0;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "worker")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub host: String,
    pub pid: i32,
    pub version: String,
    #[sea_orm(column_type = "JsonBinary")]
    pub concurrency: Concurrency,
    pub started_at: DateTime<Utc>,
    pub seen_at: DateTime<Utc>,
}

impl ActiveModelBehavior for ActiveModel {}

/// A process that runs operations, as it introduces itself.
#[derive(Clone, Debug)]
pub struct Introduction {
    pub id: String,
    pub host: String,
    pub concurrency: Concurrency,
    pub started_at: DateTime<Utc>,
}

/// How many operations of a kind the workers that are alive can run at once.
pub(crate) async fn capacity(db: &impl ConnectionTrait, kind: Kind) -> Result<u64, DbErr> {
    let alive = Entity::find()
        .filter(Expr::col(Column::SeenAt).gte(seconds_from_now(db, -GONE_AFTER)))
        .all(db)
        .await?;
    Ok(alive.iter().map(|row| row.concurrency.of(kind) as u64).sum())
}

#[derive(Clone, Debug)]
pub struct Fleet {
    db: DatabaseConnection,
}

impl Fleet {
    pub fn new(db: DatabaseConnection) -> Self {
        Self { db }
    }

    /// Says that the process is alive, and forgets those that are not.
    pub async fn beat(&self, who: &Introduction) -> Result<(), DbErr> {
        let row = ActiveModel {
            id: Set(who.id.clone()),
            host: Set(who.host.clone()),
            pid: Set(i32::try_from(std::process::id()).unwrap_or(i32::MAX)),
            version: Set(env!("CARGO_PKG_VERSION").to_owned()),
            concurrency: Set(who.concurrency),
            started_at: Set(who.started_at),
            seen_at: Set(time::now()),
        };
        let seen = OnConflict::column(Column::Id).value(Column::SeenAt, now(&self.db)).to_owned();
        Entity::insert(row).on_conflict(seen).exec_without_returning(&self.db).await?;
        Entity::delete_many()
            .filter(Expr::col(Column::SeenAt).lt(seconds_from_now(&self.db, -GONE_AFTER)))
            .exec(&self.db)
            .await?;
        Ok(())
    }

    pub async fn leave(&self, id: &str) -> Result<(), DbErr> {
        Entity::delete_by_id(id).exec(&self.db).await?;
        Ok(())
    }

    pub async fn list(&self) -> Result<Vec<Model>, DbErr> {
        Entity::find().order_by_asc(Column::Id).all(&self.db).await
    }
}
