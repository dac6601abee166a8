//! Uploaded files; the bytes are blobs outside the database.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, pk_uuid, string, timestamp_with_time_zone, uuid};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("document")
            .col(pk_uuid("id"))
            .col(uuid("account_id"))
            .col(string("kind"))
            .col(string("name"))
            .col(string("format"))
            .col(big_integer("size"))
            .col(string("sha256"))
            .col(string("blob"))
            .col(big_integer("revision"))
            .col(timestamp_with_time_zone("created_at"))
            .foreign_key(
                ForeignKey::create()
                    .from("document", "account_id")
                    .to("account", "id")
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .to_owned();
        manager.create_table(table).await?;
        let index = Index::create()
            .name("document_of_account")
            .table("document")
            .col("account_id")
            .col("id")
            .to_owned();
        manager.create_index(index).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("document").to_owned()).await?;
        Ok(())
    }
}
