//! What the queue survives: faults drawn from a seed while operations run, and a verdict at the end.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use shared::account::Tier;
use shared::operation::Kind;
use shared::operation::input::Engine;
use shared::submit::SubmitError;
use shared::testing::person::Person;
use shared::testing::postgres::Durability;
use uuid::Uuid;
use worker::model::fake::FakeModel;

use crate::fleet::Fleet;
use crate::say;
use site::Site;
use verdict::Verdict;

mod site;
mod verdict;

/// Operations of one person and kind; fewer than may wait at once.
const EACH: usize = 5;

/// Operations that one database outage may keep from being accepted are tried again.
const TRIES: u32 = 100;

#[derive(clap::Args)]
pub struct Arguments {
    /// Draws the faults; the same seed draws the same ones in the same order
    #[arg(long)]
    seed: Option<u64>,
    #[arg(long, default_value_t = 2000)]
    operations: usize,
    #[arg(long, default_value_t = 3)]
    workers: usize,
    /// Seconds over which requests and faults are spread
    #[arg(long, default_value_t = 180)]
    seconds: u64,
    /// Seconds that everything may take to end after that
    #[arg(long, default_value_t = 120)]
    patience: u64,
}

pub async fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let seed = arguments.seed.unwrap_or_else(|| rand::rng().random());
    say(format_args!("seed {seed}"));
    let model = FakeModel::start().await?;
    let mut fleet = Fleet::with_model(Durability::Disk, &model).await?;
    fleet.start_workers(arguments.workers).await?;
    let people = people(&fleet, arguments.operations.div_ceil(EACH * Kind::ALL.len())).await;

    let until = Instant::now() + Duration::from_secs(arguments.seconds);
    let requests = tokio::spawn(submit_all(
        fleet.deps.clone(),
        people,
        (arguments.operations, Duration::from_secs(arguments.seconds)),
    ));
    let mut site = Site::new(&mut fleet, &model, StdRng::seed_from_u64(seed));
    site.run(until).await?;
    let kills = site.calm().await?;
    let accepted = requests.await??;

    let patience = Duration::from_secs(arguments.patience);
    let mut verdict = Verdict::reach(&fleet, &accepted, &kills, patience).await?;
    verdict.billed = model.billed().billed_calls;
    say(format_args!("{verdict}"));
    say(format_args!("seed {seed}"));
    Ok(if verdict.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn people(fleet: &Fleet, count: usize) -> Vec<Person> {
    let mut people = Vec::with_capacity(count);
    for _ in 0..count {
        people.push(Person::new(&fleet.deps, Tier::Premium).await);
    }
    people
}

/// What was answered with an acceptance, and what with a refusal to try again.
pub struct Accepted {
    pub ids: Vec<Uuid>,
    /// Requests that the database did not answer; they were made again.
    pub refused: usize,
    pub slowest: Duration,
}

/// Spreads the requests over the time.
async fn submit_all(
    deps: shared::deps::Deps,
    people: Vec<Person>,
    (count, time): (usize, Duration),
) -> anyhow::Result<Accepted> {
    let mut accepted = Accepted { ids: Vec::new(), refused: 0, slowest: Duration::ZERO };
    let gap = time / u32::try_from(count)?.max(1);
    let begun = Instant::now();
    let mut turns = Vec::new();
    for _ in 0..EACH {
        for kind in Kind::ALL {
            turns.extend(people.iter().map(|person| (person, kind)));
        }
    }
    for (turn, (person, kind)) in (0_u32..).zip(turns.into_iter().take(count)) {
        tokio::time::sleep((gap * turn).saturating_sub(begun.elapsed())).await;
        let request = person.asks(kind, Engine::Auto);
        for _ in 0..TRIES {
            let asked = Instant::now();
            match deps.dispatch.submit(&request).await {
                Ok(operation) => {
                    accepted.ids.push(operation.id);
                    accepted.slowest = accepted.slowest.max(asked.elapsed());
                    break;
                }
                Err(SubmitError::Database(_) | SubmitError::TooManyWaiting { .. }) => {
                    accepted.refused += 1;
                    tokio::time::sleep(Duration::from_millis(500)).await;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(accepted)
}
