//! The commands, one file each, and how they end.

use std::fmt::Display;

use sea_orm::DbErr;
use shared::config::Config;

pub mod admin;
pub mod ats;
pub mod backup;
pub mod check;
pub mod fake_model;
pub mod files;
pub mod help;
pub mod migrate;
pub mod openapi;
pub mod parse;
pub mod serve;
pub mod tailor;

/// Why a command stopped: what to tell, and the exit code (sysexits.h).
#[derive(Debug)]
pub struct Stopped {
    pub code: u8,
    pub message: String,
}

impl Stopped {
    /// The input cannot be used.
    pub fn bad_input(message: impl Display) -> Self {
        Self { code: 65, message: message.to_string() }
    }

    /// Something the command needs cannot be had.
    pub fn unavailable(message: impl Display) -> Self {
        Self { code: 69, message: message.to_string() }
    }

    /// The database answers with an error, or not at all; the latter may pass.
    pub fn database(error: &DbErr) -> Self {
        let code = match error {
            DbErr::Conn(_) | DbErr::ConnectionAcquire(_) => 75,
            _ => 69,
        };
        Self { code, message: causes(error) }
    }

    fn bad_configuration(message: impl Display) -> Self {
        Self { code: 78, message: message.to_string() }
    }
}

/// The error and what caused it, in one line.
pub fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

fn config() -> Result<Config, Stopped> {
    Config::from_env().map_err(Stopped::bad_configuration)
}
