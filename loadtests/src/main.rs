//! `roleready-loadtests`: what the queue carries and what it survives, measured on servers of its own.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod backlog;
mod faults;
mod fleet;
mod idle;
mod memory;
mod queue;
mod spread;

/// Starts a Postgres, a Redis and workers on loopback, and needs nothing else. Build the worker first, with the same
/// profile: `cargo build --release -p roleready-worker -p roleready-loadtests`.
#[derive(Parser)]
#[command(name = "roleready-loadtests")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// How quickly operations are accepted, picked up and done, in both modes, also behind a long queue
    Queue(queue::Arguments),
    /// Kills, freezes and cuts off whatever there is while operations run; fails if one is lost or done twice
    Faults(faults::Arguments),
    /// Whether Redis keeps anything of a hundred thousand operations that are over
    Memory(memory::Arguments),
    /// A worker whose operations have nothing to do; settings from the environment, as for `roleready-worker`
    #[command(hide = true)]
    IdleWorker,
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    match Arguments::parse().command {
        Command::Queue(arguments) => Box::pin(queue::run(&arguments)).await,
        Command::Faults(arguments) => Box::pin(faults::run(&arguments)).await,
        Command::Memory(arguments) => Box::pin(memory::run(&arguments)).await,
        Command::IdleWorker => idle::run().await,
    }
}

/// A line of the report.
fn say(line: impl std::fmt::Display) {
    use std::io::Write;
    // Nobody reads on when standard output is gone.
    let _ = writeln!(std::io::stdout(), "{line}");
}
