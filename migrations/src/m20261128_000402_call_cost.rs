//! The journal says what an answer cost, and is found by what was asked.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, string};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [
            string("price_version").default("").take(),
            big_integer("cost").default(0).take(),
            big_integer("saved_tokens").default(0).take(),
        ] {
            let alter = Table::alter().table("call").add_column(column).to_owned();
            manager.alter_table(alter).await?;
        }
        let index = Index::create()
            .name("call_by_input")
            .table("call")
            .col("input_hash")
            .col("step")
            .to_owned();
        manager.create_index(index).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name("call_by_input").table("call").to_owned()).await?;
        for column in ["saved_tokens", "cost", "price_version"] {
            let alter = Table::alter().table("call").drop_column(column).to_owned();
            manager.alter_table(alter).await?;
        }
        Ok(())
    }
}
