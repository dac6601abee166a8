//! What waits outside the queue, for the look that every process takes each time something changes.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(WAITING).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .drop_index(Index::drop().name("operation_waiting").table("operation").to_owned())
            .await
    }
}

const WAITING: &str = "CREATE INDEX operation_waiting ON operation (kind, run_at) \
    WHERE state = 'queued' AND pushed_at IS NULL";
