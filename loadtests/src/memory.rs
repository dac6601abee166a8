//! What Redis keeps of operations that are over: nothing, however many there were.

use std::process::ExitCode;

use anyhow::Context;
use shared::operation::Kind;
use shared::testing::postgres::Durability;

use crate::fleet::Fleet;
use crate::queue::{EACH, ended, people, submit_all};
use crate::say;

/// Of how many people one round is; the daily quota lets each take part in 50 rounds.
const PEOPLE: usize = 200;

/// Rounds between two lines of the report.
const LINE_EVERY: usize = 5;

/// The lowest line of the second half may lie above that of the first by this part of it. The lowest,
/// because workers sweep every ten seconds and a line in between shows what has gathered since.
const SLACK: u64 = 5;

#[derive(clap::Args)]
pub struct Arguments {
    /// Rounds of 2,000 operations, 20 to 50
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u8).range(20..=50))]
    rounds: u8,
}

pub async fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let mut fleet = Fleet::distributed(Durability::Process).await?;
    fleet.idle = true;
    let people = people(&fleet, PEOPLE).await;
    fleet.start_workers(2).await?;
    say("operations  redis KiB  given up");
    let (mut lines, mut dead) = (Vec::new(), 0);
    for round in 1..=usize::from(arguments.rounds) {
        submit_all(&fleet, &people).await?;
        let done = round * PEOPLE * EACH;
        ended(&fleet.db, done).await?;
        if round % LINE_EVERY != 0 {
            continue;
        }
        let servers = fleet.servers.as_ref().context("servers of its own")?;
        let used = servers.redis.used_memory().await;
        dead = 0;
        for kind in Kind::ALL {
            dead += fleet.deps.queue.dead(kind).await?;
        }
        say(format_args!("{done:>10}  {:>9}  {dead:>8}", used / 1024));
        lines.push(used);
    }
    fleet.deps.stop.cancel();
    let good = is_flat(&lines) && dead == 0;
    say(if good { "flat" } else { "IT GROWS" });
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn is_flat(lines: &[u64]) -> bool {
    let (before, after) = lines.split_at(lines.len() / 2);
    match (before.iter().min(), after.iter().min()) {
        (Some(before), Some(after)) => *after <= before + before / SLACK,
        _ => false,
    }
}
