//! What people use: events, sums of them by day, what each person did on each day, and who wants none of it kept.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, date, json_binary_null, pk_uuid, string, timestamp_with_time_zone, uuid,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_event(manager).await?;
        let total = Table::create()
            .table("analytics_total")
            .col(date("day"))
            .col(string("name"))
            .col(big_integer("events"))
            .primary_key(Index::create().col("day").col("name"))
            .to_owned();
        manager.create_table(total).await?;
        let active = Table::create()
            .table("analytics_active")
            .col(uuid("account_id"))
            .col(date("day"))
            .col(big_integer("did"))
            .primary_key(Index::create().col("account_id").col("day"))
            .foreign_key(&mut of_account("analytics_active"))
            .to_owned();
        manager.create_table(active).await?;
        index(manager, "analytics_active", "day").await?;
        index(manager, "account", "created_at").await?;
        let opt_out = Table::create()
            .table("analytics_opt_out")
            .col(uuid("account_id").primary_key())
            .col(timestamp_with_time_zone("at"))
            .foreign_key(&mut of_account("analytics_opt_out"))
            .to_owned();
        manager.create_table(opt_out).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index = Index::drop().name("account_by_created_at").table("account").to_owned();
        manager.drop_index(index).await?;
        for table in ["analytics_opt_out", "analytics_active", "analytics_total", "analytics_event"]
        {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

async fn create_event(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("analytics_event")
        .col(pk_uuid("id"))
        .col(uuid("account_id"))
        .col(string("name"))
        .col(json_binary_null("fields"))
        .col(timestamp_with_time_zone("at"))
        .foreign_key(&mut of_account("analytics_event"))
        .to_owned();
    manager.create_table(table).await?;
    index(manager, "analytics_event", "at").await?;
    index(manager, "analytics_event", "account_id").await
}

/// Whoever goes takes it along.
fn of_account(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .from(table, "account_id")
        .to("account", "id")
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned()
}

async fn index(
    manager: &SchemaManager<'_>,
    table: &'static str,
    column: &'static str,
) -> Result<(), DbErr> {
    let name = format!("{table}_by_{column}");
    manager.create_index(Index::create().name(name).table(table).col(column).to_owned()).await
}
