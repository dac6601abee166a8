//! Log lines: where they go and which are written.

use std::io::IsTerminal;
use std::time::Duration;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

use crate::config::{Config, LogFormat};

/// Libraries that put data of people (statements, request bodies) into their log
/// lines, and those that only say that they are there.
const SILENCED: [&str; 6] =
    ["sqlx=warn", "sea_orm=warn", "async_openai=off", "lopdf=off", "poem=warn", "apalis_core=warn"];

/// Writes log lines to standard error from here on. Call once.
pub fn start(config: &Config) {
    let mut filter = EnvFilter::new(&config.log_filter);
    for directive in SILENCED {
        filter = filter.add_directive(directive.parse().expect("the list above holds directives"));
    }
    let terminal = std::io::stderr().is_terminal();
    let lines = fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(terminal);
    let started = match config.log_format {
        LogFormat::Pretty => lines.try_init(),
        LogFormat::Json => lines.json().flatten_event(true).try_init(),
    };
    if started.is_err() {
        tracing::debug!("log lines were started before");
    }
}

/// Whole milliseconds, as log lines give durations.
pub fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Chooses who encrypts connections. Call once, before the first connection.
pub fn install_tls() {
    // An error means that it was chosen before, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
