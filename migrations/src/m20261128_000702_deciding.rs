//! What a person decides about the edits of a tailoring.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, json_binary, json_binary_null, string_null, text_null, uuid_null,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds one column at a time.
        let changes = big_integer("changes").default(0).to_owned();
        add(manager, "tailoring", changes).await?;
        add(manager, "tailoring", json_binary("statements").default("[]").to_owned()).await?;
        add(manager, "tailoring", uuid_null("version_id").to_owned()).await?;
        add(manager, "proposal", text_null("own").to_owned()).await?;
        add(manager, "proposal", json_binary_null("own_judgement").to_owned()).await?;
        add(manager, "proposal", string_null("lost").to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in [
            ("proposal", "lost"),
            ("proposal", "own_judgement"),
            ("proposal", "own"),
            ("tailoring", "version_id"),
            ("tailoring", "statements"),
            ("tailoring", "changes"),
        ] {
            let drop = Table::alter().table(table).drop_column(column).to_owned();
            manager.alter_table(drop).await?;
        }
        Ok(())
    }
}

async fn add(
    manager: &SchemaManager<'_>,
    table: &'static str,
    column: ColumnDef,
) -> Result<(), DbErr> {
    manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await
}
