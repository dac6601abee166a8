//! The most that single operations may cost, where their person said so.

use sea_orm::Set;
use sea_orm::entity::prelude::*;

use crate::money::NanoUsd;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "spend_limit")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub operation_id: Uuid,
    pub max_cost: NanoUsd,
}

impl ActiveModelBehavior for ActiveModel {}

/// Remembers it in the transaction that accepts the operation.
pub(crate) async fn remember(
    transaction: &impl ConnectionTrait,
    operation_id: Uuid,
    max_cost: NanoUsd,
) -> Result<(), DbErr> {
    let row = ActiveModel { operation_id: Set(operation_id), max_cost: Set(max_cost) };
    Entity::insert(row).exec_without_returning(transaction).await?;
    Ok(())
}
