//! What the queue carries: idle pickup, throughput, and what a backlog costs.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context;
use futures::StreamExt;
use sea_orm::{DatabaseConnection, FromQueryResult, Statement};
use shared::account::Tier;
use shared::operation::Kind;
use shared::operation::input::Engine;
use shared::testing::person::Person;
use shared::testing::postgres::Durability;

use crate::backlog;
use crate::fleet::Fleet;
use crate::say;
use crate::spread::Spread;

/// What is carried: a check of a small resume against a small posting by the rules.
const KIND: Kind = Kind::Ats;

/// Operations of one person, within what a premium one may have waiting.
pub const EACH: usize = 10;

/// Requests on their way at once.
const SUBMITTERS: usize = 16;

/// Longest that one measurement may take.
const PATIENCE: Duration = Duration::from_mins(2);

#[derive(clap::Args)]
pub struct Arguments {
    /// Operations for each measurement of throughput
    #[arg(long, default_value_t = 1000)]
    operations: usize,
    /// Operations for each measurement of pickup, one after the other
    #[arg(long, default_value_t = 200)]
    pickups: usize,
    /// Operations that wait already, one measurement for each
    #[arg(long, value_delimiter = ',', default_values_t = [0, 20_000, 200_000])]
    backlog: Vec<usize>,
    /// Have the workers do nothing with what they claim, so that only the queue is measured
    #[arg(long)]
    idle: bool,
    /// Set-ups to measure
    #[arg(long, value_delimiter = ',', value_enum, default_values_t = [Setup::Embedded, Setup::OneWorker, Setup::TwoWorkers])]
    setup: Vec<Setup>,
    /// Have Postgres write every commit to the disk, as in production
    #[arg(long)]
    durable: bool,
}

/// One line of the table.
struct Measured {
    submit: Spread,
    pickup: Spread,
    fill: Spread,
    drained_per_second: f64,
    /// Absent behind a backlog, where it would wait for that.
    whole_per_second: Option<f64>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Setup {
    Embedded,
    OneWorker,
    TwoWorkers,
}

impl Setup {
    fn name(self) -> &'static str {
        match self {
            Self::Embedded => "embedded",
            Self::OneWorker => "1 worker",
            Self::TwoWorkers => "2 workers",
        }
    }

    fn workers(self) -> usize {
        match self {
            Self::Embedded | Self::OneWorker => 1,
            Self::TwoWorkers => 2,
        }
    }
}

pub async fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    say(
        "set-up          backlog  submit ms p50/95/99    pickup ms p50/95/99    fill ms p50/95/99      drain/s  whole/s",
    );
    for &setup in &arguments.setup {
        for &waiting in &arguments.backlog {
            let measured = Box::pin(measure(setup, waiting, arguments)).await?;
            let name = setup.name();
            say(format_args!(
                "{name:<14} {waiting:>8}  {:<21}  {:<21}  {:<21}  {:>7.0}  {:>7}",
                measured.submit,
                measured.pickup,
                measured.fill,
                measured.drained_per_second,
                measured.whole_per_second.map_or("–".to_owned(), |rate| format!("{rate:.0}")),
            ));
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn measure(setup: Setup, waiting: usize, arguments: &Arguments) -> anyhow::Result<Measured> {
    let durability = if arguments.durable { Durability::Disk } else { Durability::Process };
    let mut fleet = match setup {
        Setup::Embedded => Fleet::embedded().await?,
        Setup::OneWorker | Setup::TwoWorkers => Fleet::distributed(durability).await?,
    };
    fleet.idle = arguments.idle;
    let people = people(&fleet, arguments.operations.div_ceil(EACH)).await;

    fleet.deps.operations.set_paused(KIND, true).await?;
    let submit = submit_all(&fleet, &people).await?;
    if waiting > 0 {
        backlog::pile_up(&fleet.db, waiting).await?;
    }
    let fill = time_fill(&fleet).await?;
    fleet.start_workers(setup.workers()).await?;
    let drained = drain(&fleet, people.len() * EACH).await?;

    let whole = match waiting {
        0 => Some(end_to_end(&fleet, arguments.operations).await?),
        _ => None,
    };
    let pickup = match waiting {
        0 => pickups(&fleet, arguments.pickups).await?,
        _ => Spread::default(),
    };
    fleet.deps.stop.cancel();
    Ok(Measured { submit, pickup, fill, drained_per_second: drained, whole_per_second: whole })
}

pub async fn people(fleet: &Fleet, count: usize) -> Vec<Person> {
    let mut people = Vec::with_capacity(count);
    for _ in 0..count {
        people.push(Person::new(&fleet.deps, Tier::Premium).await);
    }
    people
}

/// How long each submit took, with several on their way at once.
pub async fn submit_all(fleet: &Fleet, people: &[Person]) -> anyhow::Result<Spread> {
    let requests: Vec<_> = (0..EACH)
        .flat_map(|_| people.iter().map(|person| person.asks(KIND, Engine::Rules)))
        .collect();
    let submits = requests.into_iter().map(|request| async move {
        let begun = Instant::now();
        let submitted = fleet.deps.dispatch.submit(&request).await;
        submitted.map(|_| begun.elapsed())
    });
    let times: Vec<_> = futures::stream::iter(submits).buffer_unordered(SUBMITTERS).collect().await;
    times.into_iter().collect::<Result<Spread, _>>().context("a submit was refused")
}

/// What choosing the next operation costs, with nobody else at work.
async fn time_fill(fleet: &Fleet) -> anyhow::Result<Spread> {
    let operations = &fleet.deps.operations;
    operations.set_paused(KIND, false).await?;
    let (mut times, mut pushed) = (Vec::new(), Vec::new());
    for window in 1..=100 {
        let begun = Instant::now();
        let ids = operations.mark_pushed(KIND, window).await?;
        times.push(begun.elapsed());
        pushed.extend(ids);
    }
    operations.set_paused(KIND, true).await?;
    operations.unmark_pushed(&pushed).await?;
    Ok(times.into_iter().collect())
}

/// Opens the queue on what waits; premium operations that end per second.
async fn drain(fleet: &Fleet, count: usize) -> anyhow::Result<f64> {
    let begun = Instant::now();
    fleet.deps.operations.set_paused(KIND, false).await?;
    fleet.deps.dispatch.wake();
    ended(&fleet.db, count).await?;
    per_second(count, begun.elapsed())
}

/// From the first request to the last end, everything at once.
async fn end_to_end(fleet: &Fleet, count: usize) -> anyhow::Result<f64> {
    let people = people(fleet, count.div_ceil(EACH)).await;
    let before = count_ended(&fleet.db).await?;
    let begun = Instant::now();
    submit_all(fleet, &people).await?;
    ended(&fleet.db, before + people.len() * EACH).await?;
    per_second(people.len() * EACH, begun.elapsed())
}

fn per_second(count: usize, time: Duration) -> anyhow::Result<f64> {
    Ok(f64::from(u32::try_from(count)?) / time.as_secs_f64())
}

/// From the birth of an operation to its start, one at a time.
async fn pickups(fleet: &Fleet, count: usize) -> anyhow::Result<Spread> {
    let people = people(fleet, count.div_ceil(EACH)).await;
    let mut times = Vec::new();
    for (turn, person) in people.iter().cycle().take(count).enumerate() {
        let request = person.asks(KIND, Engine::Rules);
        let before = count_ended(&fleet.db).await?;
        let operation = fleet.deps.dispatch.submit(&request).await.context("a refusal")?;
        ended(&fleet.db, before + 1).await?;
        let row = fleet.deps.operations.find(person.account.id, operation.id).await?;
        let started = row.and_then(|row| row.started_at).context("an operation that has begun")?;
        times.push((started - operation.created_at).to_std().unwrap_or_default());
        // The workers look for work every second; pickups shall not fall into step with that.
        tokio::time::sleep(Duration::from_millis(5 + (turn as u64 * 7) % 40)).await;
    }
    Ok(times.into_iter().collect())
}

#[derive(FromQueryResult)]
struct Count {
    count: i64,
}

async fn count_ended(db: &DatabaseConnection) -> anyhow::Result<usize> {
    let sql = "SELECT count(*) AS count FROM operation WHERE tier = 'premium' \
         AND state IN ('succeeded', 'failed', 'canceled')";
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let count = Count::find_by_statement(statement).one(db).await?.context("a count")?;
    Ok(usize::try_from(count.count)?)
}

/// Waits until that many have ended.
pub async fn ended(db: &DatabaseConnection, count: usize) -> anyhow::Result<()> {
    let begun = Instant::now();
    while count_ended(db).await? < count {
        anyhow::ensure!(begun.elapsed() < PATIENCE, "operations do not end");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(())
}
