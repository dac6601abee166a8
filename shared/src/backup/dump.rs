//! The database as one file: SQLite by `VACUUM INTO`, PostgreSQL by its own programs.

use std::ffi::OsStr;
use std::path::Path;

use percent_encoding::percent_decode_str;
use sea_orm::{ConnectionTrait, Statement};
use secrecy::ExposeSecret;
use tokio::process::Command;
use url::Url;

use super::manifest::Engine;
use super::{BackupError, at};
use crate::config::{Config, Mode};
use crate::database;

/// The database as it is at one moment, while others write.
pub(super) async fn write(config: &Config, file: &Path) -> Result<(), BackupError> {
    match &config.mode {
        Mode::Embedded => {
            let db = database::connect(config).await?;
            let into = file.display().to_string().replace('\'', "''");
            db.execute_unprepared(&format!("VACUUM INTO '{into}'")).await?;
            Ok(db.close().await?)
        }
        Mode::Distributed { database, .. } => {
            let arguments =
                [OsStr::new("--format=custom"), "--no-owner".as_ref(), "--file".as_ref()];
            let mut dump = postgres("pg_dump", database.expose_secret());
            dump.args(arguments).arg(file);
            run("pg_dump", dump).await.map(drop)
        }
    }
}

/// Whether the database in the file opens and is sound.
pub(super) async fn verify(engine: Engine, file: &Path) -> Result<(), BackupError> {
    match engine {
        Engine::Sqlite => {
            let db = database::open_copy(file).await?;
            let check = Statement::from_string(db.get_database_backend(), "PRAGMA integrity_check");
            let answer = db.query_one_raw(check).await?;
            let answer = answer.map(|row| row.try_get_by_index::<String>(0)).transpose()?;
            db.close().await?;
            match answer.as_deref() {
                Some("ok") => Ok(()),
                Some(trouble) => Err(BackupError::Damaged(trouble.to_owned())),
                None => Err(BackupError::Damaged("the database does not open".into())),
            }
        }
        Engine::Postgres => {
            let mut list = Command::new("pg_restore");
            list.arg("--list").arg(file);
            run("pg_restore", list).await.map(drop)
        }
    }
}

pub(super) async fn refuse_unless_empty(config: &Config) -> Result<(), BackupError> {
    match &config.mode {
        Mode::Embedded => {
            let file = config.data.join(database::FILE);
            if file.exists() {
                return Err(BackupError::NotEmpty(file.display().to_string()));
            }
        }
        Mode::Distributed { .. } => {
            let db = database::connect(config).await?;
            let tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'";
            let tables = Statement::from_string(db.get_database_backend(), tables);
            let count = db.query_one_raw(tables).await?;
            let count = count.map(|row| row.try_get_by_index::<i64>(0)).transpose()?;
            db.close().await?;
            if count != Some(0) {
                return Err(BackupError::NotEmpty("the database of DATABASE_URL".into()));
            }
        }
    }
    Ok(())
}

/// Puts the database in its place: all of it at once, or nothing.
pub(super) async fn read(config: &Config, file: &Path) -> Result<(), BackupError> {
    match &config.mode {
        Mode::Embedded => {
            database::create_private(&config.data).map_err(at(&config.data))?;
            let place = config.data.join(database::FILE);
            let copy = config.data.join("restoring.db");
            std::fs::copy(file, &copy).map_err(at(&copy))?;
            std::fs::File::open(&copy).and_then(|copy| copy.sync_all()).map_err(at(&copy))?;
            std::fs::rename(&copy, &place).map_err(at(&place))
        }
        Mode::Distributed { database, .. } => {
            let mut restore = postgres("pg_restore", database.expose_secret());
            let name = Url::parse(database.expose_secret()).ok();
            let name = name.map(|url| url.path().trim_start_matches('/').to_owned());
            restore.args(["--no-owner", "--single-transaction", "--exit-on-error", "--dbname"]);
            restore.arg(name.unwrap_or_default()).arg(file);
            run("pg_restore", restore).await.map(drop)
        }
    }
}

/// A program of PostgreSQL's that finds its server by its environment: others can read arguments.
fn postgres(program: &'static str, url: &str) -> Command {
    let mut command = Command::new(program);
    let Ok(url) = Url::parse(url) else { return command };
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    command.env("PGHOST", url.host_str().unwrap_or("localhost"));
    command.env("PGPORT", url.port().unwrap_or(5432).to_string());
    command.env("PGUSER", decoded(url.username()));
    command.env("PGDATABASE", decoded(url.path().trim_start_matches('/')));
    if let Some(password) = url.password() {
        command.env("PGPASSWORD", decoded(password));
    }
    for (name, value) in url.query_pairs() {
        match name.as_ref() {
            "sslmode" => drop(command.env("PGSSLMODE", value.as_ref())),
            "sslrootcert" => drop(command.env("PGSSLROOTCERT", value.as_ref())),
            _ => {}
        }
    }
    command
}

async fn run(program: &'static str, mut command: Command) -> Result<String, BackupError> {
    let output = command.kill_on_drop(true).output().await;
    let output = output.map_err(|error| BackupError::NoProgram(program, error))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.lines().last().unwrap_or("it did not say why").to_owned();
    Err(BackupError::Program(program, said))
}
