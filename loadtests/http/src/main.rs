//! `roleready-loadtests-http`: what a server carries over HTTP, with limits that decide whether it passes.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

mod journey;
mod memory;
mod plan;
mod report;
mod server;
mod session;
mod stream;

use plan::Scenario;

/// Sends people's requests to a server and judges how it answers. Exit codes: 0 passed, 1 a limit was
/// broken, 2 usage, 69 the server cannot be started or asked.
#[derive(Parser)]
#[command(name = "roleready-loadtests-http")]
pub struct Arguments {
    /// What to do to it
    #[arg(value_enum)]
    scenario: Scenario,
    /// The program `roleready`: one is started with a folder of its own, and ended afterwards
    #[arg(long, required_unless_present = "host", conflicts_with = "host")]
    server: Option<PathBuf>,
    /// A setting for the server that is started, such as `RUST_LOG=warn`; may be given often
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = setting, requires = "server")]
    settings: Vec<(String, String)>,
    /// Or the address of one that runs, such as `http://127.0.0.1:8080`
    #[arg(long, requires = "keys")]
    host: Option<String>,
    /// API keys for it, one a line: an admin's first, then those of premium candidates
    #[arg(long)]
    keys: Option<PathBuf>,
    /// The process whose memory is watched there
    #[arg(long, requires = "host")]
    pid: Option<u32>,
    /// Take this much less time: 4 makes a minute a quarter of one
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=60))]
    hurry: u32,
    /// Allow times this much longer, for debug builds and busy machines
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100))]
    lenient: u32,
    /// Streams that `sse` opens
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    streams: u32,
    /// Events a second that `sse` causes on them
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    events: u32,
    /// Append the table to this file, such as loadtests/RESULTS.md
    #[arg(long)]
    append: Option<PathBuf>,
    /// What a reader of the table has to know: the build, the machine, what else was running
    #[arg(long)]
    note: Option<String>,
}

/// `EX_UNAVAILABLE` of sysexits.h.
const UNAVAILABLE: u8 = 69;

fn setting(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("a setting looks like NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match Box::pin(run(&arguments)).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            say(format_args!("{error:#}"));
            ExitCode::from(UNAVAILABLE)
        }
    }
}

/// Whether it passed.
async fn run(arguments: &Arguments) -> anyhow::Result<bool> {
    server::allow_many_connections()?;
    let plan = plan::Plan::new(arguments);
    let server = server::open(arguments, plan.people).await?;
    let watch = memory::Watch::start(server.pid());
    let outcome = match arguments.scenario {
        Scenario::Sse => stream::attack(&server, &plan).await?,
        _ => journey::attack(&server, &plan).await?,
    };
    let memory = watch.stop(plan.settled).await;
    server.answers().await?;
    let report = report::Report { arguments, outcome: &outcome, memory: memory.as_ref() };
    say(&report);
    if let Some(file) = &arguments.append {
        report.append(file)?;
    }
    Ok(outcome.passed() && memory.is_none_or(|memory| !plan.flat || memory.is_flat()))
}

/// A line of the report.
fn say(line: impl std::fmt::Display) {
    use std::io::Write;
    // Nobody reads on when standard output is gone.
    let _ = writeln!(std::io::stdout(), "{line}");
}
