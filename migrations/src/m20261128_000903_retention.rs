//! What was forgotten because its time was over: the last time and in all.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, string, timestamp_with_time_zone};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("retention")
            .col(string("what").primary_key())
            .col(big_integer("removed_last"))
            .col(big_integer("removed_in_all"))
            .col(timestamp_with_time_zone("ran_at"))
            .to_owned();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("retention").to_owned()).await
    }
}
