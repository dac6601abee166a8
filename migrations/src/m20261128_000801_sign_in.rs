//! Signing in: passwords, sessions, what is sent by mail, keys that sign, and keys of programs that say more.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, blob, json_binary_null, pk_uuid, string, string_null, text_null,
    timestamp_with_time_zone, timestamp_with_time_zone_null, uuid,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in added() {
            let change = Table::alter().table(table).add_column(column).to_owned();
            manager.alter_table(change).await?;
        }
        for table in
            [session(), refresh_token(), mail_token(), signing_key(), attempt(), identity()]
        {
            manager.create_table(table).await?;
        }
        for (table, column) in INDEXES {
            let index = Index::create()
                .name(format!("{table}_by_{column}"))
                .table(table)
                .col(column)
                .to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index = Index::drop().name("api_key_by_account_id").table("api_key").to_owned();
        manager.drop_index(index).await?;
        for table in TABLES {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        for (table, column) in added() {
            let name = column.get_column_name();
            let change = Table::alter().table(table).drop_column(name).to_owned();
            manager.alter_table(change).await?;
        }
        Ok(())
    }
}

/// In the order in which they may go.
const TABLES: [&str; 6] = [
    "outside_identity",
    "sign_in_attempt",
    "signing_key",
    "mail_token",
    "refresh_token",
    "session",
];

const INDEXES: [(&str, &str); 6] = [
    ("api_key", "account_id"),
    ("session", "account_id"),
    ("refresh_token", "session_id"),
    ("mail_token", "account_id"),
    ("outside_identity", "account_id"),
    ("sign_in_attempt", "last_at"),
];

fn added() -> [(&'static str, ColumnDef); 6] {
    [
        ("account", text_null("password_hash")),
        ("account", timestamp_with_time_zone_null("email_verified_at")),
        ("api_key", string_null("name")),
        ("api_key", json_binary_null("scopes")),
        ("api_key", timestamp_with_time_zone_null("expires_at")),
        ("api_key", timestamp_with_time_zone_null("last_used_at")),
    ]
}

fn session() -> TableCreateStatement {
    Table::create()
        .table("session")
        .col(pk_uuid("id"))
        .col(uuid("account_id"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("expires_at"))
        .col(timestamp_with_time_zone_null("ended_at"))
        .foreign_key(&mut of_account("session"))
        .to_owned()
}

fn refresh_token() -> TableCreateStatement {
    Table::create()
        .table("refresh_token")
        .col(string("hash").primary_key())
        .col(uuid("session_id"))
        .col(timestamp_with_time_zone("issued_at"))
        .col(timestamp_with_time_zone_null("used_at"))
        .foreign_key(
            ForeignKey::create()
                .from("refresh_token", "session_id")
                .to("session", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .to_owned()
}

fn mail_token() -> TableCreateStatement {
    Table::create()
        .table("mail_token")
        .col(pk_uuid("id"))
        .col(uuid("account_id"))
        .col(string("purpose"))
        .col(timestamp_with_time_zone("expires_at"))
        .col(timestamp_with_time_zone_null("used_at"))
        .foreign_key(&mut of_account("mail_token"))
        .to_owned()
}

fn signing_key() -> TableCreateStatement {
    Table::create()
        .table("signing_key")
        .col(pk_uuid("id"))
        .col(blob("public"))
        .col(blob("sealed"))
        .col(timestamp_with_time_zone("created_at"))
        .to_owned()
}

fn attempt() -> TableCreateStatement {
    Table::create()
        .table("sign_in_attempt")
        .col(string("subject").primary_key())
        .col(big_integer("failures"))
        .col(timestamp_with_time_zone("last_at"))
        .to_owned()
}

fn identity() -> TableCreateStatement {
    Table::create()
        .table("outside_identity")
        .col(string("issuer"))
        .col(string("subject"))
        .col(uuid("account_id"))
        .primary_key(Index::create().col("issuer").col("subject"))
        .foreign_key(&mut of_account("outside_identity"))
        .to_owned()
}

fn of_account(table: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .from(table, "account_id")
        .to("account", "id")
        .on_delete(ForeignKeyAction::Cascade)
        .to_owned()
}
