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

/// After the first line, Redis may grow by this part of it: what is in flight differs from round to round.
const SLACK: u64 = 5;

#[derive(clap::Args)]
pub struct Arguments {
    /// Rounds of 2,000 operations, at most 50
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u8).range(5..=50))]
    rounds: u8,
}

pub async fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let mut fleet = Fleet::distributed(Durability::Process).await?;
    fleet.idle = true;
    let people = people(&fleet, PEOPLE).await;
    fleet.start_workers(2).await?;
    say("operations  redis KiB  given up");
    let (mut first, mut last, mut dead) = (None, 0, 0);
    for round in 1..=usize::from(arguments.rounds) {
        submit_all(&fleet, &people).await?;
        let done = round * PEOPLE * EACH;
        ended(&fleet.db, done).await?;
        if round % LINE_EVERY != 0 {
            continue;
        }
        let servers = fleet.servers.as_ref().context("servers of its own")?;
        last = servers.redis.used_memory().await;
        dead = 0;
        for kind in Kind::ALL {
            dead += fleet.deps.queue.dead(kind).await?;
        }
        say(format_args!("{done:>10}  {:>9}  {dead:>8}", last / 1024));
        first.get_or_insert(last);
    }
    fleet.deps.stop.cancel();
    let flat = first.is_some_and(|first| last <= first + first / SLACK);
    say(if flat && dead == 0 { "flat" } else { "IT GROWS" });
    Ok(if flat && dead == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
