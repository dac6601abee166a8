//! Alerts, the notices that tell of them, and samples of how operations have been going.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, integer, pk_uuid, string, text, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid, uuid_null,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_alert(manager).await?;
        create_notice(manager).await?;
        let sample = Table::create()
            .table("success_sample")
            .col(timestamp_with_time_zone("at"))
            .col(string("subject"))
            .col(big_integer("succeeded"))
            .col(big_integer("failed"))
            .col(big_integer("refused"))
            .col(big_integer_null("p50_ms"))
            .col(big_integer_null("p95_ms"))
            .primary_key(Index::create().col("at").col("subject"))
            .to_owned();
        manager.create_table(sample).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["success_sample", "alert_notice", "alert"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

async fn create_alert(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("alert")
        .col(pk_uuid("id"))
        .col(string("rule"))
        .col(string("subject"))
        .col(string("severity"))
        .col(text("summary"))
        .col(timestamp_with_time_zone("opened_at"))
        .col(timestamp_with_time_zone("seen_at"))
        .col(timestamp_with_time_zone_null("resolved_at"))
        .col(timestamp_with_time_zone_null("acknowledged_at"))
        .col(uuid_null("acknowledged_by"))
        .to_owned();
    manager.create_table(table).await?;
    manager.get_connection().execute_unprepared(ONE_OPEN).await?;
    Ok(())
}

/// What is wrong already is not raised again.
const ONE_OPEN: &str =
    "CREATE UNIQUE INDEX alert_open ON alert (rule, subject) WHERE resolved_at IS NULL";

async fn create_notice(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("alert_notice")
        .col(uuid("alert_id"))
        .col(string("event"))
        .col(string("channel"))
        .col(integer("attempts"))
        .col(timestamp_with_time_zone("next_at"))
        .col(timestamp_with_time_zone_null("sent_at"))
        .primary_key(Index::create().col("alert_id").col("event").col("channel"))
        .foreign_key(
            ForeignKey::create()
                .from("alert_notice", "alert_id")
                .to("alert", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned();
    manager.create_table(table).await?;
    manager.get_connection().execute_unprepared(UNSENT).await?;
    Ok(())
}

const UNSENT: &str =
    "CREATE INDEX alert_notice_unsent ON alert_notice (next_at) WHERE sent_at IS NULL";
