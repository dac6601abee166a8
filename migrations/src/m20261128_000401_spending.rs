//! Money: what a person may spend on a day, what is set aside, and the ledger, which the database itself keeps
//! append-only. No foreign keys to accounts: what was spent stays known when somebody is gone.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_pk_auto, date, integer, pk_uuid, string, text, timestamp_with_time_zone,
    timestamp_with_time_zone_null, uuid,
};
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [day(), cap(), limit(), hold(), entry(), sum()] {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        let connection = manager.get_connection();
        connection.execute_unprepared(OPEN_HOLDS).await?;
        let only_append = match manager.get_database_backend() {
            DbBackend::Postgres => POSTGRES,
            _ => SQLITE,
        };
        connection.execute_unprepared(only_append).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables =
            ["spend_sum", "spend_entry", "spend_hold", "spend_limit", "spend_cap", "spend_day"];
        for table in tables {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        if manager.get_database_backend() == DbBackend::Postgres {
            let function = "DROP FUNCTION spend_entry_is_append_only()";
            manager.get_connection().execute_unprepared(function).await?;
        }
        Ok(())
    }
}

fn day() -> TableCreateStatement {
    Table::create()
        .table("spend_day")
        .col(uuid("account_id"))
        .col(date("day"))
        .col(big_integer("settled"))
        .col(big_integer("held"))
        .primary_key(Index::create().col("account_id").col("day"))
        .to_owned()
}

/// A cap of somebody's own, for a time.
fn cap() -> TableCreateStatement {
    Table::create()
        .table("spend_cap")
        .col(uuid("account_id").primary_key())
        .col(big_integer("cap"))
        .col(timestamp_with_time_zone("until"))
        .col(text("reason"))
        .col(uuid("set_by"))
        .col(timestamp_with_time_zone("set_at"))
        .to_owned()
}

/// The most that one operation may cost, where its person said so.
fn limit() -> TableCreateStatement {
    Table::create()
        .table("spend_limit")
        .col(uuid("operation_id").primary_key())
        .col(big_integer("max_cost"))
        .foreign_key(
            ForeignKey::create()
                .from("spend_limit", "operation_id")
                .to("operation", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}

fn hold() -> TableCreateStatement {
    Table::create()
        .table("spend_hold")
        .col(pk_uuid("id"))
        .col(uuid("account_id"))
        .col(date("day"))
        .col(uuid("operation_id"))
        .col(string("kind"))
        .col(string("tier"))
        .col(string("step"))
        .col(string("input_hash"))
        .col(integer("attempt"))
        .col(big_integer("fence"))
        .col(string("model"))
        .col(string("price_version"))
        .col(big_integer("amount"))
        .col(big_integer("booked"))
        .col(big_integer("saved_tokens"))
        .col(string("state"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("ended_at"))
        .to_owned()
}

fn entry() -> TableCreateStatement {
    Table::create()
        .table("spend_entry")
        .col(big_pk_auto("seq"))
        .col(uuid("id").unique_key())
        .col(uuid("account_id"))
        .col(string("tier"))
        .col(date("day"))
        .col(timestamp_with_time_zone("at"))
        .col(string("what"))
        .col(string("kind"))
        .col(uuid("operation_id"))
        .col(string("step"))
        .col(string("model"))
        .col(string("price_version"))
        .col(big_integer("amount"))
        .col(big_integer("absorbed"))
        .col(big_integer("input_tokens"))
        .col(big_integer("cached_tokens"))
        .col(big_integer("output_tokens"))
        .col(big_integer("saved_tokens"))
        .col(big_integer("cache_saved"))
        .col(big_integer("compression_saved"))
        .col(big_integer("repeat_saved"))
        .to_owned()
}

/// The ledger added up by everything it is asked by.
fn sum() -> TableCreateStatement {
    let key = ["day", "account_id", "kind", "model", "tier"];
    let mut primary = Index::create();
    for column in key {
        primary.col(column);
    }
    Table::create()
        .table("spend_sum")
        .col(date("day"))
        .col(uuid("account_id"))
        .col(string("kind"))
        .col(string("model"))
        .col(string("tier"))
        .col(big_integer("calls"))
        .col(big_integer("amount"))
        .col(big_integer("unknown"))
        .col(big_integer("input_tokens"))
        .col(big_integer("cached_tokens"))
        .col(big_integer("output_tokens"))
        .col(big_integer("saved_tokens"))
        .col(big_integer("cache_saved"))
        .col(big_integer("compression_saved"))
        .col(big_integer("repeat_saved"))
        .primary_key(&mut primary)
        .to_owned()
}

fn indexes() -> Vec<IndexCreateStatement> {
    let index = |name: &str, table: &str, columns: &[&str]| {
        let mut index = Index::create().name(name).table(table.to_owned()).to_owned();
        for column in columns {
            index.col((*column).to_owned());
        }
        index
    };
    let mut once = index(
        "spend_hold_once_per_attempt",
        "spend_hold",
        &["operation_id", "step", "input_hash", "fence", "attempt"],
    );
    vec![
        once.unique().to_owned(),
        index("spend_entry_by_account", "spend_entry", &["account_id", "seq"]),
        index("spend_entry_by_day", "spend_entry", &["day", "account_id"]),
        index("spend_entry_by_operation", "spend_entry", &["operation_id"]),
        index("spend_sum_by_account", "spend_sum", &["account_id", "day"]),
        index("spend_day_by_day", "spend_day", &["day"]),
    ]
}

const OPEN_HOLDS: &str =
    "CREATE INDEX spend_hold_open ON spend_hold (operation_id, fence) WHERE state = 'open'";

const POSTGRES: &str = "
    CREATE FUNCTION spend_entry_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$;
    CREATE TRIGGER spend_entry_is_append_only BEFORE UPDATE OR DELETE ON spend_entry
        FOR EACH ROW EXECUTE FUNCTION spend_entry_is_append_only();
";

const SQLITE: &str = "
    CREATE TRIGGER spend_entry_is_not_changed BEFORE UPDATE ON spend_entry
        BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
    CREATE TRIGGER spend_entry_is_not_removed BEFORE DELETE ON spend_entry
        BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
";
