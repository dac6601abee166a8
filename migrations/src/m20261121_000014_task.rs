//! Periodic work, leased so that it runs once in the whole fleet.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, integer, string, string_null, timestamp_with_time_zone,
    timestamp_with_time_zone_null,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("task")
            .col(string("name").primary_key())
            .col(timestamp_with_time_zone("due_at"))
            .col(timestamp_with_time_zone_null("lease_until"))
            .col(string_null("holder"))
            .col(big_integer("fence"))
            .col(timestamp_with_time_zone_null("done_at"))
            .col(integer("failures"))
            .to_owned();
        manager.create_table(table).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("task").to_owned()).await
    }
}
