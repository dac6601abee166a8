//! `roleready admin`: what only the operator of an installation may do.

use clap::{Args, Subcommand, ValueEnum};
use shared::account::{Accounts, Role, Tier};
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
    /// Make an account and an API key for it; the key is shown once
    CreateKey {
        /// What the holder may do
        #[arg(long, value_enum)]
        role: RoleName,
        /// What the holder pays for
        #[arg(long, value_enum, default_value = "free")]
        tier: TierName,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum RoleName {
    Candidate,
    Recruiter,
    Company,
    Billing,
    Admin,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Candidate => Self::Candidate,
            RoleName::Recruiter => Self::Recruiter,
            RoleName::Company => Self::Company,
            RoleName::Billing => Self::Billing,
            RoleName::Admin => Self::Admin,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum TierName {
    Free,
    Pro,
    Premium,
}

impl From<TierName> for Tier {
    fn from(name: TierName) -> Self {
        match name {
            TierName::Free => Self::Free,
            TierName::Pro => Self::Pro,
            TierName::Premium => Self::Premium,
        }
    }
}

pub async fn run(arguments: &Arguments) -> Result<(), Stopped> {
    let config = config()?;
    let failed = |error| Stopped::database(&error);
    let db = database::connect(&config).await.map_err(failed)?;
    let accounts = Accounts::new(db);
    let Action::CreateKey { role, tier } = &arguments.action;
    let account = accounts.create((*role).into(), (*tier).into()).await.map_err(failed)?;
    let key = accounts.create_key(account.id).await.map_err(failed)?;
    say(format!("account {}", account.id));
    say(format!("key     {key}"));
    Ok(())
}
