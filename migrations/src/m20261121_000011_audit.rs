//! Who steered what and why. The database itself refuses to change or remove a row.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    json_binary_null, pk_uuid, string, string_null, text, timestamp_with_time_zone, uuid,
};
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // No foreign key to the account: what somebody did stays known when they are gone.
        let table = Table::create()
            .table("audit")
            .col(pk_uuid("id"))
            .col(uuid("actor_id"))
            .col(string("action"))
            .col(string("target"))
            .col(text("reason"))
            .col(string_null("request_id"))
            .col(json_binary_null("detail"))
            .col(timestamp_with_time_zone("at"))
            .to_owned();
        manager.create_table(table).await?;
        for column in ["actor_id", "action", "target"] {
            let index = Index::create()
                .name(format!("audit_by_{column}"))
                .table("audit")
                .col(column)
                .col("id")
                .to_owned();
            manager.create_index(index).await?;
        }
        let only_append = match manager.get_database_backend() {
            DbBackend::Postgres => POSTGRES,
            _ => SQLITE,
        };
        manager.get_connection().execute_unprepared(only_append).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("audit").to_owned()).await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            let function = "DROP FUNCTION audit_is_append_only()";
            manager.get_connection().execute_unprepared(function).await?;
        }
        Ok(())
    }
}

const POSTGRES: &str = "
    CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'the audit is append-only'; END $$;
    CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE ON audit
        FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
";

const SQLITE: &str = "
    CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
    CREATE TRIGGER audit_is_not_removed BEFORE DELETE ON audit
        BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
";
