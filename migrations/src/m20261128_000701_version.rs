//! Versions: what a resume was at some time, and what tailorings made of it.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    json_binary, pk_uuid, string, text_null, timestamp_with_time_zone, uuid, uuid_null,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("version")
            .col(pk_uuid("id"))
            .col(uuid("account_id"))
            .col(uuid("resume_id"))
            .col(string("kind"))
            .col(json_binary("data"))
            .col(text_null("label"))
            .col(text_null("sent_to"))
            .col(uuid_null("parent_id"))
            .col(uuid_null("tailoring_id"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone("used_at"))
            .foreign_key(
                ForeignKey::create()
                    .from("version", "account_id")
                    .to("account", "id")
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .foreign_key(
                ForeignKey::create()
                    .from("version", "resume_id")
                    .to("resume", "id")
                    .on_delete(ForeignKeyAction::Cascade),
            )
            .to_owned();
        manager.create_table(table).await?;
        let index = Index::create()
            .name("version_of_resume")
            .table("version")
            .col("resume_id")
            .col("id")
            .to_owned();
        manager.create_index(index).await?;
        let index =
            Index::create().name("version_by_use").table("version").col("used_at").to_owned();
        manager.create_index(index).await?;
        manager.get_connection().execute_unprepared(BASES).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("version").to_owned()).await
    }
}

/// The resumes that are there already get their base; it has its resume's id.
const BASES: &str = "INSERT INTO version \
    (id, account_id, resume_id, kind, data, created_at, used_at) \
    SELECT id, account_id, id, 'base', data, created_at, updated_at FROM resume";
