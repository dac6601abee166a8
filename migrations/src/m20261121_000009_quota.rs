//! How often a person has used each kind of operation on a UTC day.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{date, integer, string, uuid};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("quota_day")
            .col(uuid("account_id"))
            .col(date("day"))
            .col(string("kind"))
            .col(integer("used"))
            .primary_key(Index::create().col("account_id").col("day").col("kind"))
            .foreign_key(
                ForeignKey::create()
                    .from("quota_day", "account_id")
                    .to("account", "id")
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .to_owned();
        manager.create_table(table).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("quota_day").to_owned()).await?;
        Ok(())
    }
}
