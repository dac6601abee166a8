//! What is kept of resumes and postings to rank many pairs at once; it can be made anew at any time.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, pk_uuid, string, text, uuid};

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: [(&str, &str, &str); 2] =
    [("resume_feature", "resume_id", "resume"), ("posting_feature", "posting_id", "posting")];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, id, of) in TABLES {
            let create = Table::create()
                .table(table)
                .col(pk_uuid(id))
                .col(uuid("account_id"))
                .col(big_integer("revision"))
                .col(string("version"))
                .col(text("body"))
                .foreign_key(
                    ForeignKey::create()
                        .from(table, id)
                        .to(of, "id")
                        .on_delete(ForeignKeyAction::Cascade),
                )
                .to_owned();
            manager.create_table(create).await?;
            let index = Index::create()
                .name(format!("{table}_of_account"))
                .table(table)
                .col("account_id")
                .to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, ..) in TABLES {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
