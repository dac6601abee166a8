//! The journal of answered model calls, so that no step of an operation asks twice.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, json_binary, pk_uuid, string, timestamp_with_time_zone, uuid,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("call")
            .col(pk_uuid("id"))
            .col(uuid("operation_id"))
            .col(string("step"))
            .col(string("input_hash"))
            .col(string("model"))
            .col(json_binary("reply"))
            .col(big_integer("input_tokens"))
            .col(big_integer("cached_tokens"))
            .col(big_integer("output_tokens"))
            .col(timestamp_with_time_zone("created_at"))
            .foreign_key(
                ForeignKey::create()
                    .from("call", "operation_id")
                    .to("operation", "id")
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .to_owned();
        manager.create_table(table).await?;
        let index = Index::create()
            .name("call_once_per_step")
            .table("call")
            .col("operation_id")
            .col("step")
            .col("input_hash")
            .unique()
            .to_owned();
        manager.create_index(index).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("call").to_owned()).await?;
        Ok(())
    }
}
