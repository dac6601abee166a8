//! What a tailor operation offers.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, integer, json_binary, pk_uuid, string, text, timestamp_with_time_zone, uuid,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_tailoring(manager).await?;
        create_proposal(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("proposal").to_owned()).await?;
        manager.drop_table(Table::drop().table("tailoring").to_owned()).await?;
        Ok(())
    }
}

/// What a tailor operation worked out.
async fn create_tailoring(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("tailoring")
        .col(pk_uuid("id"))
        .col(uuid("account_id"))
        .col(uuid("operation_id").unique_key())
        .col(uuid("resume_id"))
        .col(uuid("posting_id"))
        .col(big_integer("resume_revision"))
        .col(json_binary("report"))
        .col(json_binary("gaps"))
        .col(json_binary("withheld"))
        .col(timestamp_with_time_zone("created_at"))
        .foreign_key(
            ForeignKey::create()
                .from("tailoring", "account_id")
                .to("account", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .foreign_key(
            ForeignKey::create()
                .from("tailoring", "operation_id")
                .to("operation", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .foreign_key(
            ForeignKey::create()
                .from("tailoring", "resume_id")
                .to("resume", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned();
    manager.create_table(table).await?;
    let index = Index::create()
        .name("tailoring_of_account")
        .table("tailoring")
        .col("account_id")
        .col("id")
        .to_owned();
    manager.create_index(index).await?;
    let index =
        Index::create().name("tailoring_of_resume").table("tailoring").col("resume_id").to_owned();
    manager.create_index(index).await
}

/// The edits it offers.
async fn create_proposal(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("proposal")
        .col(pk_uuid("id"))
        .col(uuid("tailoring_id"))
        .col(integer("position"))
        .col(string("path"))
        .col(text("before"))
        .col(text("after"))
        .col(json_binary("details"))
        .col(string("verdict"))
        .col(string("decision"))
        .col(timestamp_with_time_zone("updated_at"))
        .foreign_key(
            ForeignKey::create()
                .from("proposal", "tailoring_id")
                .to("tailoring", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned();
    manager.create_table(table).await?;
    let index = Index::create()
        .name("proposal_of_tailoring")
        .table("proposal")
        .col("tailoring_id")
        .col("position")
        .unique()
        .to_owned();
    manager.create_index(index).await
}
