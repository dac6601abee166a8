//! One posting of a batch: the operation that tailors to it, or why there is none.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "batch_item")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub batch_id: Uuid,
    /// Place in the request, from 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i32,
    pub operation_id: Option<Uuid>,
    pub refused: Option<Refusal>,
}

impl ActiveModelBehavior for ActiveModel {}

/// Why a posting of a batch has no operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum Refusal {
    PostingNotFound,
    QuotaUsedUp,
    /// The day's spending cap has no room for it.
    SpendingCapReached,
    TooManyWaiting,
    /// Something else that holds for the whole account.
    Refused,
}
