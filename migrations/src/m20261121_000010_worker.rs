//! Processes that run operations, by their last beat.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{integer, json_binary, string, timestamp_with_time_zone};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("worker")
            .col(string("id").primary_key())
            .col(string("host"))
            .col(integer("pid"))
            .col(string("version"))
            .col(json_binary("concurrency"))
            .col(timestamp_with_time_zone("started_at"))
            .col(timestamp_with_time_zone("seen_at"))
            .to_owned();
        manager.create_table(table).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("worker").to_owned()).await?;
        Ok(())
    }
}
