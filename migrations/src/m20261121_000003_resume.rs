//! Resumes: JSON Resume data, the sidecar, and a revision for `If-Match`.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, json_binary, pk_uuid, timestamp_with_time_zone, uuid, uuid_null,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("resume")
            .col(pk_uuid("id"))
            .col(uuid("account_id"))
            .col(uuid_null("document_id"))
            .col(json_binary("data"))
            .col(json_binary("sidecar"))
            .col(big_integer("revision"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone("updated_at"))
            .foreign_key(
                ForeignKey::create()
                    .from("resume", "account_id")
                    .to("account", "id")
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .foreign_key(
                ForeignKey::create()
                    .from("resume", "document_id")
                    .to("document", "id")
                    .on_delete(ForeignKeyAction::SetNull),
            )
            .to_owned();
        manager.create_table(table).await?;
        let index = Index::create()
            .name("resume_of_account")
            .table("resume")
            .col("account_id")
            .col("id")
            .to_owned();
        manager.create_index(index).await?;
        let index = Index::create()
            .name("resume_of_document")
            .table("resume")
            .col("document_id")
            .to_owned();
        manager.create_index(index).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("resume").to_owned()).await?;
        Ok(())
    }
}
