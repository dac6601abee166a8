//! What operations of each kind, mode and engine usually take.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, integer, string, timestamp_with_time_zone};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("usual")
            .col(string("kind"))
            .col(string("mode"))
            .col(string("engine"))
            .col(big_integer("median_ms"))
            .col(integer("samples"))
            .col(timestamp_with_time_zone("updated_at"))
            .primary_key(Index::create().col("kind").col("mode").col("engine"))
            .to_owned();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("usual").to_owned()).await
    }
}
