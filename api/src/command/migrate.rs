//! `roleready migrate up|status`.

use clap::{Args, Subcommand};
use shared::database;

use super::{Stopped, config};
use crate::console::say;

#[derive(Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Run the migrations that have not run yet
    Up,
    /// List the migrations that have not run yet
    Status,
}

pub async fn run(arguments: &Arguments) -> Result<(), Stopped> {
    let config = config()?;
    let failed = |error| Stopped::database(&error);
    let db = database::connect(&config).await.map_err(failed)?;
    if let Action::Up = arguments.action {
        database::migrate(&db).await.map_err(failed)?;
    }
    let pending = database::pending_migrations(&db).await.map_err(failed)?;
    if pending.is_empty() {
        say("The database is up to date.");
        return Ok(());
    }
    say(format!("{} migration(s) have not run yet:", pending.len()));
    for name in pending {
        say(format!("  {name}"));
    }
    Ok(())
}
