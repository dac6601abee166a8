//! `roleready`: the server, and the same engines on the command line.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod command;
mod console;

use command::{admin, ats, check, fake_model, migrate, openapi, parse, serve, tailor};

/// Reads resumes into data, says honestly how they match a posting, and proposes edits, each
/// proved by the resume itself. Without a subcommand it serves the API.
#[derive(Parser)]
#[command(name = "roleready", version)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

/// The one list of commands.
#[derive(Subcommand)]
enum Command {
    /// Serve the API; with nothing configured, everything in one process
    Serve,
    /// Bring the database's schema up to date, or say whether it is
    Migrate(migrate::Arguments),
    /// Print the OpenAPI document
    Openapi,
    /// Read a resume, or a folder of them, into JSON Resume
    Parse(parse::Arguments),
    /// Say how a resume matches a posting
    Ats(ats::Arguments),
    /// Propose edits that make a resume fit a posting
    Tailor(tailor::Arguments),
    /// Judge edits: does each say only what its resume says?
    Check(check::Arguments),
    /// What only the operator may do
    Admin(admin::Arguments),
    /// A pretended model provider for trials and tests
    #[command(hide = true)]
    FakeModel(fake_model::Arguments),
}

fn main() -> ExitCode {
    if let Some(code) = worker::extract::child::answer_if_asked() {
        return code;
    }
    shared::telemetry::install_tls();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            console::complain(format!("cannot start: {error}"));
            return ExitCode::FAILURE;
        }
    };
    let code = runtime.block_on(run());
    // An engine that still computes for an operation that was given back is not waited for.
    runtime.shutdown_background();
    code
}

async fn run() -> ExitCode {
    let outcome = match Cli::parse().command.unwrap_or(Command::Serve) {
        Command::Serve => serve::run().await,
        Command::Migrate(arguments) => migrate::run(&arguments).await,
        Command::Openapi => {
            openapi::run();
            Ok(())
        }
        Command::Parse(arguments) => parse::run(&arguments).await,
        Command::Ats(arguments) => ats::run(&arguments).await,
        Command::Tailor(arguments) => tailor::run(&arguments).await,
        Command::Check(arguments) => check::run(&arguments),
        Command::Admin(arguments) => admin::run(&arguments).await,
        Command::FakeModel(arguments) => fake_model::run(&arguments).await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(stopped) => {
            console::complain(&stopped.message);
            ExitCode::from(stopped.code)
        }
    }
}
