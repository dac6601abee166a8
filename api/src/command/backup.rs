//! `roleready admin backup`, `restore` and `verify`.

use std::path::{Path, PathBuf};

use chrono::{TimeDelta, Utc};
use clap::Args;
use shared::backup::{self, BackupError};

use super::{Stopped, causes, config};
use crate::console::say;

#[derive(Args)]
pub struct Make {
    /// The folder that holds the backups
    #[arg(long)]
    to: PathBuf,
    /// Backups older than so many days are deleted afterwards; the newest never
    #[arg(long, default_value = "30")]
    keep_days: u32,
}

#[derive(Args)]
pub struct Take {
    /// The backup's folder
    #[arg(long)]
    from: PathBuf,
}

pub async fn make(arguments: &Make) -> Result<(), Stopped> {
    let config = config()?;
    let made = backup::make(&config, &arguments.to).await.map_err(|error| stopped(&error))?;
    // Trusted only once it was read back.
    let manifest = backup::verify(&made).await.map_err(|error| stopped(&error))?;
    say(format!("backup {} ({})", made.display(), size(&manifest)));
    let old = Utc::now() - TimeDelta::days(i64::from(arguments.keep_days));
    for gone in backup::forget(&arguments.to, old).map_err(|error| stopped(&error))? {
        say(format!("deleted {}", gone.display()));
    }
    Ok(())
}

pub async fn verify(arguments: &Take) -> Result<(), Stopped> {
    let manifest = backup::verify(&arguments.from).await.map_err(|error| stopped(&error))?;
    say(format!("whole: {} of {} ({})", manifest.engine, manifest.made_at, size(&manifest)));
    Ok(())
}

pub async fn restore(arguments: &Take) -> Result<(), Stopped> {
    let config = config()?;
    let from: &Path = &arguments.from;
    let manifest = backup::restore(&config, from).await.map_err(|error| stopped(&error))?;
    say(format!("restored what was stored at {} ({})", manifest.made_at, size(&manifest)));
    say("Everything since then is missing. Run `roleready migrate status` before you serve.");
    Ok(())
}

fn size(manifest: &backup::manifest::Manifest) -> String {
    format!("{} files, {} bytes", manifest.files.len(), manifest.bytes())
}

fn stopped(error: &BackupError) -> Stopped {
    match error {
        BackupError::NoBackup(_)
        | BackupError::Damaged(_)
        | BackupError::OtherEngine(..)
        | BackupError::NotEmpty(_) => Stopped::bad_input(causes(error)),
        BackupError::File(..)
        | BackupError::Database(_)
        | BackupError::Blobs(_)
        | BackupError::NoProgram(..)
        | BackupError::Program(..) => Stopped::unavailable(causes(error)),
    }
}
