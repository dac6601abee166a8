//! Operations, their events, and what steers their queues.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, boolean, integer, json_binary, json_binary_null, pk_uuid, small_integer, string,
    string_null, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_operation(manager).await?;
        index_operation(manager).await?;
        create_events(manager).await?;
        create_control(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("queue_control").to_owned()).await?;
        manager.drop_table(Table::drop().table("operation_event").to_owned()).await?;
        manager.drop_table(Table::drop().table("operation").to_owned()).await?;
        Ok(())
    }
}

/// The record of all long work.
async fn create_operation(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("operation")
        .col(pk_uuid("id"))
        .col(uuid("account_id"))
        .col(string("kind"))
        .col(string("tier"))
        .col(string("state"))
        .col(json_binary("input"))
        .col(json_binary_null("result"))
        .col(json_binary_null("problem"))
        .col(string_null("stage"))
        .col(small_integer("percent"))
        .col(integer("attempt"))
        .col(big_integer("fence"))
        .col(string_null("worker_id"))
        .col(timestamp_with_time_zone_null("lease_until"))
        .col(timestamp_with_time_zone("run_at"))
        .col(timestamp_with_time_zone_null("pushed_at"))
        .col(boolean("cancel_requested"))
        .col(big_integer("rank"))
        .col(big_integer("last_event"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("started_at"))
        .col(timestamp_with_time_zone_null("finished_at"))
        .foreign_key(
            ForeignKey::create()
                .from("operation", "account_id")
                .to("account", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned();
    manager.create_table(table).await
}

/// One for each question that is asked often.
async fn index_operation(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let index = Index::create()
        .name("operation_in_queue_order")
        .table("operation")
        .col("kind")
        .col("state")
        .col("rank")
        .to_owned();
    manager.create_index(index).await?;
    let index = Index::create()
        .name("operation_of_account")
        .table("operation")
        .col("account_id")
        .col("id")
        .to_owned();
    manager.create_index(index).await?;
    let index = Index::create()
        .name("operation_in_flight")
        .table("operation")
        .col("account_id")
        .col("kind")
        .col("state")
        .to_owned();
    manager.create_index(index).await?;
    let index = Index::create()
        .name("operation_lease")
        .table("operation")
        .col("state")
        .col("lease_until")
        .to_owned();
    manager.create_index(index).await
}

/// What happened to each, in order.
async fn create_events(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("operation_event")
        .col(uuid("operation_id"))
        .col(big_integer("seq"))
        .col(string("kind"))
        .col(json_binary("data"))
        .col(timestamp_with_time_zone("at"))
        .primary_key(Index::create().col("operation_id").col("seq"))
        .foreign_key(
            ForeignKey::create()
                .from("operation_event", "operation_id")
                .to("operation", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned();
    manager.create_table(table).await
}

/// Queues that an admin steers.
async fn create_control(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let table = Table::create()
        .table("queue_control")
        .col(string("kind").primary_key())
        .col(boolean("paused"))
        .col(timestamp_with_time_zone("updated_at"))
        .to_owned();
    manager.create_table(table).await
}
