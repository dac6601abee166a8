//! Vectors by the content they stand for, so that no text of a person is paid for twice.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, blob, string, timestamp_with_time_zone, uuid};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("embedding")
            .col(uuid("account_id"))
            .col(string("model"))
            .col(string("text_hash"))
            .col(blob("vector"))
            .col(big_integer("tokens"))
            .col(timestamp_with_time_zone("created_at"))
            .primary_key(Index::create().col("account_id").col("model").col("text_hash"))
            .foreign_key(
                ForeignKey::create()
                    .from("embedding", "account_id")
                    .to("account", "id")
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .to_owned();
        manager.create_table(table).await?;
        let index = Index::create()
            .name("embedding_by_age")
            .table("embedding")
            .col("created_at")
            .to_owned();
        manager.create_index(index).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("embedding").to_owned()).await
    }
}
