//! Keys for everything that is created, not for operations alone: what a key has made may be of any table.
//!
//! The column keeps its name, so that processes of the version before go on working meanwhile.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{string, timestamp_with_time_zone, uuid};
use sea_orm_migration::sea_orm::TransactionTrait;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace(manager, table(), COPY).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut table = table();
        table.foreign_key(
            ForeignKey::create()
                .from("idempotency_anew", "operation_id")
                .to("operation", "id")
                .on_delete(ForeignKeyAction::Cascade),
        );
        replace(manager, table, COPY_OPERATIONS).await
    }
}

const COPY: &str = "INSERT INTO idempotency_anew SELECT account_id, key, request_hash, operation_id, created_at FROM idempotency";

const COPY_OPERATIONS: &str = "INSERT INTO idempotency_anew SELECT account_id, key, request_hash, operation_id, created_at FROM idempotency WHERE operation_id IN (SELECT id FROM operation)";

/// SQLite cannot drop a foreign key: the table is made anew under another name, filled, and takes the old one's place.
/// In one transaction, since another connection of the pool may still see the old table.
async fn replace(
    manager: &SchemaManager<'_>,
    table: TableCreateStatement,
    copy: &str,
) -> Result<(), DbErr> {
    let transaction = manager.get_connection().begin().await?;
    let manager = SchemaManager::new(&transaction);
    manager.create_table(table).await?;
    manager.get_connection().execute_unprepared(copy).await?;
    manager.drop_table(Table::drop().table("idempotency").to_owned()).await?;
    let rename = Table::rename().table("idempotency_anew", "idempotency").to_owned();
    manager.rename_table(rename).await?;
    let by_age = Index::create()
        .name("idempotency_by_age")
        .table("idempotency")
        .col("created_at")
        .to_owned();
    manager.create_index(by_age).await?;
    transaction.commit().await
}

fn table() -> TableCreateStatement {
    Table::create()
        .table("idempotency_anew")
        .col(uuid("account_id"))
        .col(string("key"))
        .col(string("request_hash"))
        .col(uuid("operation_id"))
        .col(timestamp_with_time_zone("created_at"))
        .primary_key(Index::create().col("account_id").col("key"))
        .foreign_key(
            ForeignKey::create()
                .from("idempotency_anew", "account_id")
                .to("account", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}
