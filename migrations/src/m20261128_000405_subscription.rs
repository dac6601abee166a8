//! What the payment provider has told: which events were heard, and whose subscription is whose.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, string, timestamp_with_time_zone, uuid};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let heard = Table::create()
            .table("payment_event")
            .col(string("id").primary_key())
            .col(timestamp_with_time_zone("received_at"))
            .to_owned();
        manager.create_table(heard).await?;
        let subscription = Table::create()
            .table("subscription")
            .col(string("id").primary_key())
            .col(uuid("account_id"))
            .col(big_integer("told_at"))
            .foreign_key(
                ForeignKey::create()
                    .from("subscription", "account_id")
                    .to("account", "id")
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .to_owned();
        manager.create_table(subscription).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["subscription", "payment_event"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
