//! What happened to an operation, in order; read again by whoever lost the stream.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::{Insert, QueryFilter, QueryOrder, QuerySelect, Set};
use serde::{Deserialize, Serialize};

use super::Operations;
use crate::time;

/// Most events that one read returns; the reader asks again from the last.
const BATCH: u64 = 200;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "operation_event")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub operation_id: Uuid,
    /// From 1, without gaps.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    pub kind: Kind,
    #[sea_orm(column_type = "JsonBinary")]
    pub data: Json,
    pub at: DateTime<Utc>,
}

impl ActiveModelBehavior for ActiveModel {}

#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Accepted, waiting again after a failed attempt, or moved in the queue.
    Queued,
    /// A worker has begun it.
    Started,
    /// It has reached a stage.
    Progress,
    /// An edit has passed the gate while the work goes on; a later one of the same place takes its place.
    Proposal,
    Succeeded,
    Failed,
    Canceled,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Started => "started",
            Self::Progress => "progress",
            Self::Proposal => "proposal",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
        }
    }

    pub fn is_terminal(self) -> bool {
        match self {
            Self::Queued | Self::Started | Self::Progress | Self::Proposal => false,
            Self::Succeeded | Self::Failed | Self::Canceled => true,
        }
    }
}

/// Writes the event that belongs to a change of `operation`, in the change's own
/// transaction. The change has counted `last_event` up, so two events cannot share a number.
pub(crate) async fn append(
    transaction: &impl ConnectionTrait,
    operation: &super::Model,
    kind: Kind,
) -> Result<(), DbErr> {
    row(operation, kind).exec_without_returning(transaction).await?;
    Ok(())
}

/// The insert that tells of `operation` as it is.
pub(super) fn row(operation: &super::Model, kind: Kind) -> Insert<ActiveModel> {
    Entity::insert(told(operation, operation.last_event, kind, standing(operation)))
}

/// Writes one event for each edit; the change has counted `last_event` up by as many.
pub(crate) async fn append_proposals(
    transaction: &impl ConnectionTrait,
    operation: &super::Model,
    proposals: Vec<Json>,
) -> Result<(), DbErr> {
    let count = i64::try_from(proposals.len()).unwrap_or(i64::MAX);
    let first = operation.last_event - count + 1;
    let events = (first..).zip(proposals).map(|(seq, proposal)| {
        let mut data = standing(operation);
        data["proposal"] = proposal;
        told(operation, seq, Kind::Proposal, data)
    });
    Entity::insert_many(events).exec_without_returning(transaction).await?;
    Ok(())
}

fn standing(operation: &super::Model) -> Json {
    serde_json::json!({
        "state": operation.state,
        "stage": operation.stage,
        "percent": operation.percent,
        "attempt": operation.attempt,
    })
}

fn told(operation: &super::Model, seq: i64, kind: Kind, data: Json) -> ActiveModel {
    ActiveModel {
        operation_id: Set(operation.id),
        seq: Set(seq),
        kind: Set(kind),
        data: Set(data),
        at: Set(time::now()),
    }
}

impl Operations {
    /// The events after `seq`, oldest first, at most a few hundred at a time.
    pub async fn events_after(&self, id: Uuid, seq: i64) -> Result<Vec<Model>, DbErr> {
        Entity::find()
            .filter(Column::OperationId.eq(id))
            .filter(Column::Seq.gt(seq))
            .order_by_asc(Column::Seq)
            .limit(BATCH)
            .all(&self.db)
            .await
    }
}
