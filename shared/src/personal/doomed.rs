//! Blobs that are to be deleted. Written in the transaction that forgets their rows, so that none is left behind.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{QueryOrder, QuerySelect, Set};

use crate::blobs::{BlobError, Blobs};
use crate::time;

/// Blobs that one run deletes at most; the next goes on.
const BATCH: u64 = 1_000;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "doomed_blob")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub blob: String,
    pub since: DateTime<Utc>,
}

impl ActiveModelBehavior for ActiveModel {}

pub(super) async fn doom(
    transaction: &impl ConnectionTrait,
    blobs: impl IntoIterator<Item = String>,
) -> Result<(), DbErr> {
    for blob in blobs {
        let row = ActiveModel { blob: Set(blob), since: Set(time::now()) };
        let once = OnConflict::column(Column::Blob).do_nothing().to_owned();
        Entity::insert(row).on_conflict(once).exec_without_returning(transaction).await?;
    }
    Ok(())
}

/// Why doomed blobs are still there.
#[derive(Debug, thiserror::Error)]
pub enum DoomedError {
    #[error("the database did not answer")]
    Database(#[from] DbErr),
    #[error(transparent)]
    Blobs(#[from] BlobError),
}

/// Deletes what is doomed; a blob that cannot be deleted now stays on the list.
pub(super) async fn delete(db: &DatabaseConnection, blobs: &Blobs) -> Result<u64, DoomedError> {
    let doomed = Entity::find().order_by_asc(Column::Since).limit(BATCH).all(db).await?;
    let mut deleted = 0;
    for row in doomed {
        blobs.delete(&row.blob).await?;
        Entity::delete_by_id(row.blob).exec(db).await?;
        deleted += 1;
    }
    Ok(deleted)
}
