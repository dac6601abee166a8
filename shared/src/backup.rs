//! Backups: the database and all files in one folder, each with its checksum, whole or not there.

use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use futures::TryStreamExt;
use sea_orm::DbErr;
use thiserror::Error;

use crate::blobs::{BlobError, Blobs};
use crate::config::{Config, Mode};
use crate::database;

pub mod dump;
pub mod manifest;

use manifest::{Engine, Manifest};

const BLOBS: &str = "blobs";

/// What an embedded installation has sealed its keys with, beside its database: without it they are lost.
const SECRET: &str = "secret";

const BEGINNING: &str = "roleready-";
const UNFINISHED: &str = "unfinished-";

#[derive(Debug, Error)]
pub enum BackupError {
    #[error("cannot read or write {0}")]
    File(PathBuf, #[source] std::io::Error),
    #[error("the database did not answer")]
    Database(#[from] DbErr),
    #[error(transparent)]
    Blobs(#[from] BlobError),
    #[error("{0} could not be started; is it installed?")]
    NoProgram(&'static str, #[source] std::io::Error),
    #[error("{0} failed: {1}")]
    Program(&'static str, String),
    #[error("{0} holds no backup: manifest.json is missing or cannot be read")]
    NoBackup(PathBuf),
    #[error("the backup is damaged: {0}")]
    Damaged(String),
    #[error("the backup is of {0}, and this installation runs on {1}")]
    OtherEngine(Engine, Engine),
    #[error("{0} is not empty: a backup is restored into an empty place only")]
    NotEmpty(String),
}

/// An error about a file or folder, with its name.
fn at(path: &Path) -> impl FnOnce(std::io::Error) -> BackupError {
    let path = path.to_owned();
    move |error| BackupError::File(path, error)
}

fn engine(config: &Config) -> Engine {
    match config.mode {
        Mode::Embedded => Engine::Sqlite,
        Mode::Distributed { .. } => Engine::Postgres,
    }
}

/// Makes a backup in a folder of its own below `to`; its name. Safe while the installation is running.
///
/// The database first, as it was at one moment, and then the files: what is uploaded meanwhile is extra, and nothing
/// that the database names is missing but what its owner has deleted meanwhile.
pub async fn make(config: &Config, to: &Path) -> Result<PathBuf, BackupError> {
    let made_at = Utc::now();
    let name = format!("{BEGINNING}{}", made_at.format("%Y-%m-%dT%H-%M-%S%.3fZ"));
    let unfinished = to.join(format!("{UNFINISHED}{name}"));
    std::fs::create_dir_all(to).map_err(at(to))?;
    database::create_private(&unfinished).map_err(at(&unfinished))?;
    let engine = engine(config);
    dump::write(config, &unfinished.join(engine.file())).await?;
    let blobs = Blobs::open(&config.blobs)?;
    for blob in blobs.names().await? {
        copy(&blobs, &blob, &unfinished.join(BLOBS).join(&blob)).await?;
    }
    let secret = config.data.join(SECRET);
    if engine == Engine::Sqlite && secret.exists() {
        std::fs::copy(&secret, unfinished.join(SECRET)).map_err(at(&secret))?;
    }
    manifest::write(&unfinished, made_at, engine)?;
    let whole = to.join(name);
    std::fs::rename(&unfinished, &whole).map_err(at(&whole))?;
    Ok(whole)
}

async fn copy(blobs: &Blobs, name: &str, to: &Path) -> Result<(), BackupError> {
    let mut pieces = match blobs.stream(name).await {
        Ok(pieces) => std::pin::pin!(pieces),
        // Deleted since the names were read.
        Err(BlobError::NotFound(_)) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    if let Some(folder) = to.parent() {
        std::fs::create_dir_all(folder).map_err(at(folder))?;
    }
    let mut file = tokio::fs::File::create(to).await.map_err(at(to))?;
    while let Some(piece) = pieces.try_next().await.map_err(at(to))? {
        tokio::io::AsyncWriteExt::write_all(&mut file, &piece).await.map_err(at(to))?;
    }
    file.sync_all().await.map_err(at(to))
}

/// Deletes backups below `to` that are older, and what was left unfinished; never the newest.
pub fn forget(to: &Path, older_than: DateTime<Utc>) -> Result<Vec<PathBuf>, BackupError> {
    let mut backups = Vec::new();
    let mut gone = Vec::new();
    for entry in std::fs::read_dir(to).map_err(at(to))?.flatten() {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if name.starts_with(BEGINNING) {
            if let Ok(manifest) = Manifest::read(&path) {
                backups.push((manifest.made_at, path));
            }
        } else if name.starts_with(UNFINISHED) && is_abandoned(&path) {
            gone.push(path);
        }
    }
    backups.sort_unstable();
    backups.pop();
    gone.extend(backups.into_iter().filter(|(made_at, _)| *made_at < older_than).map(|old| old.1));
    for path in &gone {
        std::fs::remove_dir_all(path).map_err(at(path))?;
    }
    Ok(gone)
}

/// Nobody has written to it for a day.
fn is_abandoned(path: &Path) -> bool {
    let written = path.metadata().and_then(|metadata| metadata.modified());
    written.is_ok_and(|written| DateTime::<Utc>::from(written) < Utc::now() - TimeDelta::days(1))
}

/// Whether the backup is whole: every file as it was written, and the database one that opens.
pub async fn verify(from: &Path) -> Result<Manifest, BackupError> {
    let manifest = Manifest::read(from)?;
    manifest.compare(from)?;
    dump::verify(manifest.engine, &from.join(manifest.engine.file())).await?;
    Ok(manifest)
}

/// Puts a backup into an empty installation. Dying half-way leaves no database, and it can be done again.
pub async fn restore(config: &Config, from: &Path) -> Result<Manifest, BackupError> {
    let manifest = verify(from).await?;
    let engine = engine(config);
    if manifest.engine != engine {
        return Err(BackupError::OtherEngine(manifest.engine, engine));
    }
    dump::refuse_unless_empty(config).await?;
    let blobs = Blobs::open(&config.blobs)?;
    for file in &manifest.files {
        if let Some(name) = file.name.strip_prefix("blobs/") {
            blobs.put_file(name, &from.join(&file.name)).await?;
        }
    }
    if manifest.files.iter().any(|file| file.name == SECRET) {
        database::create_private(&config.data).map_err(at(&config.data))?;
        let secret = config.data.join(SECRET);
        std::fs::copy(from.join(SECRET), &secret).map_err(at(&secret))?;
    }
    dump::read(config, &from.join(engine.file())).await?;
    Ok(manifest)
}
