//! What a backup holds: every file with its size and checksum.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{BackupError, at};

const NAME: &str = "manifest.json";
const CHUNK: usize = 1 << 20;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Of the program that made it.
    pub version: String,
    pub made_at: DateTime<Utc>,
    pub engine: Engine,
    pub files: Vec<Entry>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    /// The database's file in the backup.
    pub fn file(self) -> &'static str {
        match self {
            Self::Sqlite => "database.sqlite",
            Self::Postgres => "database.dump",
        }
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        })
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Relative to the backup.
    pub name: String,
    pub size: u64,
    pub sha256: String,
}

impl Manifest {
    pub fn read(folder: &Path) -> Result<Self, BackupError> {
        let text = std::fs::read(folder.join(NAME)).ok();
        let manifest = text.and_then(|text| serde_json::from_slice(&text).ok());
        manifest.ok_or_else(|| BackupError::NoBackup(folder.to_owned()))
    }

    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.size).sum()
    }

    /// Says the first file that is not as it was written.
    pub(super) fn compare(&self, folder: &Path) -> Result<(), BackupError> {
        if !self.files.iter().any(|file| file.name == self.engine.file()) {
            return Err(BackupError::Damaged("it holds no database".into()));
        }
        for file in &self.files {
            // A manifest that was tampered with must not lead out of the backup.
            if file.name.split('/').any(|part| part.is_empty() || part == "..") {
                return Err(BackupError::Damaged(format!("{} is no name of a file", file.name)));
            }
            let found = entry(folder, &file.name)
                .map_err(|_| BackupError::Damaged(format!("{} is missing", file.name)))?;
            if found != *file {
                return Err(BackupError::Damaged(format!("{} has changed", file.name)));
            }
        }
        Ok(())
    }
}

/// Lists what is in the folder. The last file to be written: without it, the folder is no backup.
pub(super) fn write(
    folder: &Path,
    made_at: DateTime<Utc>,
    engine: Engine,
) -> Result<(), BackupError> {
    let mut files = Vec::new();
    list(folder, "", &mut files)?;
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let manifest = Manifest { version, made_at, engine, files };
    let path = folder.join(NAME);
    let text = serde_json::to_vec_pretty(&manifest).map_err(std::io::Error::other);
    let text = text.map_err(at(&path))?;
    std::fs::write(&path, text).map_err(at(&path))?;
    File::open(&path).and_then(|file| file.sync_all()).map_err(at(&path))
}

fn list(folder: &Path, below: &str, files: &mut Vec<Entry>) -> Result<(), BackupError> {
    let path = folder.join(below);
    let mut names: Vec<(String, bool)> = std::fs::read_dir(&path)
        .map_err(at(&path))?
        .flatten()
        .map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path().is_dir()))
        .collect();
    names.sort_unstable();
    for (name, is_folder) in names {
        let name = if below.is_empty() { name } else { format!("{below}/{name}") };
        if is_folder {
            list(folder, &name, files)?;
        } else {
            files.push(entry(folder, &name)?);
        }
    }
    Ok(())
}

fn entry(folder: &Path, name: &str) -> Result<Entry, BackupError> {
    let path = folder.join(name);
    let mut file = File::open(&path).map_err(at(&path))?;
    let mut hash = Sha256::new();
    let (mut chunk, mut size) = (vec![0; CHUNK], 0);
    loop {
        let read = file.read(&mut chunk).map_err(at(&path))?;
        if read == 0 {
            break;
        }
        hash.update(&chunk[..read]);
        size += read as u64;
    }
    Ok(Entry { name: name.to_owned(), size, sha256: hex::encode(hash.finalize()) })
}
