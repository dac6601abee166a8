//! What a person may ask about their data: all of it in one file, and that it be gone.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    integer, string, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let export = of_account("data_export")
            .col(string("state"))
            .col(timestamp_with_time_zone("asked_at"))
            .col(integer("attempts"))
            .col(timestamp_with_time_zone_null("ended_at"))
            .to_owned();
        let erasure = of_account("erasure")
            .col(timestamp_with_time_zone("asked_at"))
            .col(timestamp_with_time_zone("due_at"))
            .to_owned();
        let doomed = Table::create()
            .table("doomed_blob")
            .col(string("blob").primary_key())
            .col(timestamp_with_time_zone("since"))
            .to_owned();
        for table in [export, erasure, doomed] {
            manager.create_table(table).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["doomed_blob", "erasure", "data_export"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

/// At most one row for each account, gone with it.
fn of_account(table: &'static str) -> TableCreateStatement {
    Table::create()
        .table(table)
        .col(uuid("account_id").primary_key())
        .foreign_key(
            ForeignKey::create()
                .from(table, "account_id")
                .to("account", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}
