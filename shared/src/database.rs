//! One connection pool to either database, and the clock that decides between processes.

use std::collections::HashSet;
use std::path::Path;
use std::time::Duration;

use migrations::Migrator;
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend,
    DbErr, SqliteTransactionMode, TransactionOptions, TransactionTrait, sea_query::Expr,
};
use sea_orm_migration::MigratorTrait;
use secrecy::ExposeSecret;

use crate::config::{Config, Mode};
use crate::time;

/// The embedded database, below the data folder.
pub(crate) const FILE: &str = "roleready.db";

/// How long a query waits for a connection before the caller is told to try later.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// Opens the pool of the configured mode. Embedded: creates the data folder and file.
pub async fn connect(config: &Config) -> Result<DatabaseConnection, DbErr> {
    match &config.mode {
        Mode::Embedded => {
            create_private(&config.data).map_err(|error| {
                DbErr::Custom(format!("cannot create {}: {error}", config.data.display()))
            })?;
            let file = config.data.join(FILE);
            open_sqlite(&format!("sqlite://{}?mode=rwc", file.display())).await
        }
        Mode::Distributed { database, .. } => {
            open_postgres(database.expose_secret(), config.database_connections).await
        }
    }
}

/// Opens a copy of an embedded database, to look and not to write.
pub(crate) async fn open_copy(file: &Path) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(format!("sqlite://{}?mode=ro", file.display()));
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await
}

/// A folder that only its owner can look into: it holds resumes.
pub(crate) fn create_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// `synchronous=FULL`: what was answered `202` survives a power cut.
pub async fn open_sqlite(url: &str) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(4).acquire_timeout(ACQUIRE_TIMEOUT).sqlx_logging(false);
    options.map_sqlx_sqlite_opts(|sqlite| {
        sqlite
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .pragma("journal_mode", "WAL")
            .pragma("synchronous", "FULL")
    });
    Database::connect(options).await
}

pub async fn open_postgres(url: &str, connections: u32) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_timeout(ACQUIRE_TIMEOUT)
        .statement_timeout(Duration::from_secs(30))
        // A ping before every statement would cost as much as the statement.
        .test_before_acquire_if_idle_for(Duration::from_secs(1))
        .sqlx_logging(false);
    Database::connect(options).await
}

/// Brings the schema up to date. Safe to call from several processes at once.
pub async fn migrate(db: &DatabaseConnection) -> Result<(), DbErr> {
    if db.get_database_backend() != DbBackend::Postgres {
        return catch_up(db).await;
    }
    // Two processes that start together must not both create the tables.
    let lock = db.begin().await?;
    lock.execute_unprepared("SELECT pg_advisory_xact_lock(7269848)").await?;
    catch_up(db).await?;
    lock.commit().await
}

async fn catch_up(db: &DatabaseConnection) -> Result<(), DbErr> {
    if pending_migrations(db).await?.is_empty() {
        return Ok(());
    }
    Migrator::up(db, None).await
}

/// The names of the migrations that have not run yet.
///
/// A newer version may have run others: while it is rolled out, and after it was taken back, older processes start
/// on its schema, which has only grown. `get_pending_migrations` (sea-orm-migration 2.0) would refuse that.
pub async fn pending_migrations(db: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    let applied = Migrator::get_migration_models(db).await?;
    let applied: HashSet<String> = applied.into_iter().map(|row| row.version).collect();
    let names = Migrator::migrations().into_iter().map(|migration| migration.name().to_owned());
    Ok(names.filter(|name| !applied.contains(name)).collect())
}

/// Starts a transaction that will write. SQLite takes the write lock at once:
/// a transaction that reads first and writes later would fail when another wrote between.
///
/// In a task of its own: a caller that is dropped while it begins (a cancel, a client that hangs up) would
/// give its connection back inside a transaction that nobody ends (sqlx 0.9), and the next user's writes with it.
pub async fn begin(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let db = db.clone();
    let begun = tokio::spawn(async move {
        db.begin_with_options(TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        })
        .await
    });
    begun.await.map_err(|error| DbErr::Custom(format!("a transaction was not begun: {error}")))?
}

/// The present. On Postgres the database's own clock, so that processes whose
/// clocks differ agree on leases; SQLite has one process and thus one clock.
pub fn now(db: &impl ConnectionTrait) -> Expr {
    if db.get_database_backend() == DbBackend::Postgres {
        return Expr::cust("clock_timestamp()");
    }
    Expr::val(time::now())
}

/// The present plus (or, when negative, minus) some seconds.
pub fn seconds_from_now(db: &impl ConnectionTrait, seconds: f64) -> Expr {
    if db.get_database_backend() == DbBackend::Postgres {
        return Expr::cust_with_values("clock_timestamp() + make_interval(secs => $1)", [seconds]);
    }
    let distance = Duration::from_secs_f64(seconds.abs());
    let then = if seconds < 0.0 { time::now() - distance } else { time::now() + distance };
    Expr::val(then)
}
