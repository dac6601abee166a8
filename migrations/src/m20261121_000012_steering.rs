//! What admins need to see and steer the queue: draining, single refunds, and indexes.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::boolean;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let draining = Table::alter()
            .table("queue_control")
            .add_column(boolean("draining").default(false))
            .to_owned();
        manager.alter_table(draining).await?;
        let refunded = Table::alter()
            .table("operation")
            .add_column(boolean("refunded").default(false))
            .to_owned();
        manager.alter_table(refunded).await?;
        let index = Index::create()
            .name("operation_by_state")
            .table("operation")
            .col("state")
            .col("id")
            .to_owned();
        manager.create_index(index).await?;
        let index = Index::create()
            .name("operation_by_end")
            .table("operation")
            .col("kind")
            .col("finished_at")
            .col("state")
            .to_owned();
        manager.create_index(index).await?;
        manager.get_connection().execute_unprepared(BY_PROBLEM).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for index in ["operation_by_problem", "operation_by_end", "operation_by_state"] {
            manager.drop_index(Index::drop().name(index).table("operation").to_owned()).await?;
        }
        let refunded = Table::alter().table("operation").drop_column("refunded").to_owned();
        manager.alter_table(refunded).await?;
        let draining = Table::alter().table("queue_control").drop_column("draining").to_owned();
        manager.alter_table(draining).await
    }
}

/// Few operations have a problem, so the index stays small.
const BY_PROBLEM: &str = "CREATE INDEX operation_by_problem ON operation \
    ((problem->>'code'), id) WHERE problem IS NOT NULL";
