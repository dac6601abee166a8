//! One resume tailored to many postings: what was asked for together.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    integer, pk_uuid, string_null, timestamp_with_time_zone, uuid, uuid_null,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let batch = Table::create()
            .table("batch")
            .col(pk_uuid("id"))
            .col(uuid("account_id"))
            .col(uuid("resume_id"))
            .col(string_null("key"))
            .col(string_null("request_hash"))
            .col(timestamp_with_time_zone("created_at"))
            .foreign_key(
                ForeignKey::create()
                    .from("batch", "account_id")
                    .to("account", "id")
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .foreign_key(
                ForeignKey::create()
                    .from("batch", "resume_id")
                    .to("resume", "id")
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .to_owned();
        manager.create_table(batch).await?;
        let once = Index::create()
            .name("batch_of_key")
            .table("batch")
            .col("account_id")
            .col("key")
            .unique()
            .to_owned();
        manager.create_index(once).await?;
        let item = Table::create()
            .table("batch_item")
            .col(uuid("batch_id"))
            .col(integer("position"))
            .col(uuid_null("operation_id"))
            .col(string_null("refused"))
            .primary_key(Index::create().col("batch_id").col("position"))
            .foreign_key(
                ForeignKey::create()
                    .from("batch_item", "batch_id")
                    .to("batch", "id")
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .to_owned();
        manager.create_table(item).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("batch_item").to_owned()).await?;
        manager.drop_table(Table::drop().table("batch").to_owned()).await
    }
}
