//! How long money takes: a hold with its settlement, and sums over a ledger of a million entries.
//!
//! `cargo run --release -p roleready-shared --all-features --example spending` starts a Postgres of its own.

use std::error::Error;
use std::time::{Duration, Instant};

use roleready_shared::account::Tier;
use roleready_shared::database;
use roleready_shared::deps::Deps;
use roleready_shared::money::NanoUsd;
use roleready_shared::operation::Kind;
use roleready_shared::operation::claim::Claim;
use roleready_shared::operation::input::Engine;
use roleready_shared::spending::cost::{Booking, Cost};
use roleready_shared::spending::hold::{Attempt, Held};
use roleready_shared::spending::price::{Prices, Tokens};
use roleready_shared::spending::report::{Group, Order, Period};
use roleready_shared::spending::settle::Keep;
use roleready_shared::testing::Installation;
use roleready_shared::testing::person::Person;
use roleready_shared::time;
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};
use uuid::Uuid;

const HOLDS: usize = 500;
const ROUNDS: usize = 9;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let installation = Installation::distributed().await;
    let deps = installation.open().await;
    holds(&deps).await?;
    let db = database::connect(&installation.config()).await?;
    db.execute_unprepared(LEDGER).await?;
    db.execute_unprepared(SUMS).await?;
    db.execute_unprepared("ANALYZE").await?;
    sums(&deps, &db).await
}

#[expect(clippy::print_stdout, reason = "the figures are what this is for")]
async fn holds(deps: &Deps) -> Result<(), Box<dyn Error>> {
    let person = Person::new(deps, Tier::Premium).await;
    let queued = deps.operations.submit(&person.asks(Kind::Tailor, Engine::Model)).await?;
    let operation = deps.operations.claim(queued.id, "example").await?.ok_or("not claimed")?;
    let price = Prices::builtin().find("gpt-4o-mini").ok_or("no price")?;
    let tokens = Tokens { input: 1_200, cached: 0, output: 300 };
    let mut took = Vec::new();
    for number in 0..HOLDS {
        let attempt = Attempt {
            claim: Claim { operation_id: operation.id, fence: operation.fence },
            account_id: person.account.id,
            tier: Tier::Premium,
            kind: Kind::Tailor,
            step: "tailor".into(),
            input_hash: Uuid::now_v7().to_string(),
            number: i32::try_from(number)?,
            model: "gpt-4o-mini".into(),
            price_version: "example".into(),
            worst: NanoUsd(1_000_000),
            saved_tokens: 800,
        };
        let begun = Instant::now();
        let Held::Held(hold) = deps.spending.hold(attempt).await? else {
            return Err("refused".into());
        };
        let cost = Cost::Known(Booking::new(&price, tokens, 800));
        deps.spending.settle(&hold, cost, Keep::Nothing).await?;
        took.push(begun.elapsed());
    }
    took.sort();
    let at = |percent: usize| took.get(took.len() * percent / 100).copied().unwrap_or_default();
    println!("hold + settle: p50 {:?}, p95 {:?}, p99 {:?}", at(50), at(95), at(99));
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the figures are what this is for")]
async fn sums(deps: &Deps, db: &DatabaseConnection) -> Result<(), Box<dyn Error>> {
    for table in ["spend_entry", "spend_sum"] {
        let count = Statement::from_string(
            db.get_database_backend(),
            format!("SELECT COUNT(*) AS n FROM {table}"),
        );
        let count = db.query_one_raw(count).await?.ok_or("no count")?;
        println!("{table}: {} rows", count.try_get::<i64>("", "n")?);
    }
    let to = time::now().date_naive();
    let period = Period { account_id: None, from: to - chrono::TimeDelta::days(29), to };
    let all = || Order::After(String::new(), 1_000);
    for (what, group, order) in [
        ("by user, a page", Group::User, Order::After(String::new(), 100)),
        ("top users", Group::User, Order::Dearest(20)),
        ("by day", Group::Day, all()),
        ("by kind", Group::Kind, all()),
        ("by model", Group::Model, all()),
        ("by tier", Group::Tier, all()),
    ] {
        let mut took = Vec::new();
        for _ in 0..ROUNDS {
            let begun = Instant::now();
            deps.spending.usage(period, group, order.clone()).await?;
            took.push(begun.elapsed());
        }
        println!("30 days {what}: median {:?}, worst {:?}", median(&mut took), took.last());
    }
    let mut took = Vec::new();
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        deps.spending.total(period).await?;
        took.push(begun.elapsed());
    }
    println!("30 days in all: median {:?}, worst {:?}", median(&mut took), took.last());
    let mut took = Vec::new();
    for round in 0..ROUNDS {
        let begun = Instant::now();
        deps.spending.feed(i64::try_from(round)? * 100_000, 1_000).await?;
        took.push(begun.elapsed());
    }
    println!("1,000 entries of the feed: median {:?}, worst {:?}", median(&mut took), took.last());
    let begun = Instant::now();
    let wrong = deps.spending.mismatches(to - chrono::TimeDelta::days(3)).await?;
    println!("ledger check of 3 days: {:?}, {} days differ", begun.elapsed(), wrong.len());
    let asked = deps.spending.usage_statement(period, Group::Day, &all());
    explain(db, asked).await
}

#[expect(clippy::print_stdout, reason = "the plan is what this is for")]
async fn explain(db: &DatabaseConnection, asked: Statement) -> Result<(), Box<dyn Error>> {
    let explained = Statement { sql: format!("EXPLAIN ANALYZE {}", asked.sql), ..asked };
    for row in db.query_all_raw(explained).await? {
        println!("{}", row.try_get::<String>("", "QUERY PLAN")?);
    }
    Ok(())
}

fn median(took: &mut [Duration]) -> Duration {
    took.sort();
    took.get(took.len() / 2).copied().unwrap_or_default()
}

/// A million entries of two thousand people in thirty days.
const LEDGER: &str = "
    INSERT INTO spend_entry (id, account_id, tier, day, at, what, kind, operation_id, step, model,
        price_version, amount, absorbed, input_tokens, cached_tokens, output_tokens, saved_tokens,
        cache_saved, compression_saved, repeat_saved)
    SELECT gen_random_uuid(), md5((n * 7919 % 2000)::text)::uuid,
        (ARRAY['free', 'free', 'pro', 'premium'])[1 + n * 7919 % 2000 % 4],
        (now() AT TIME ZONE 'utc')::date - (n * 31 / 1000 % 30)::int, now(), 'settled',
        (ARRAY['parse', 'ats', 'tailor'])[1 + n % 3], gen_random_uuid(), 'step',
        (ARRAY['gpt-4o-mini', 'text-embedding-3-small', 'gpt-4o-mini'])[1 + n % 3],
        'example', 100000 + n % 400000, 0, 1200, 0, 300, 800, 0, 120000, 0
    FROM generate_series(1::bigint, 1000000) AS n";

const SUMS: &str = "
    INSERT INTO spend_sum (day, account_id, kind, model, tier, calls, amount, unknown, input_tokens,
        cached_tokens, output_tokens, saved_tokens, cache_saved, compression_saved, repeat_saved)
    SELECT day, account_id, kind, model, tier, COUNT(*), SUM(amount), 0, SUM(input_tokens),
        SUM(cached_tokens), SUM(output_tokens), SUM(saved_tokens), SUM(cache_saved),
        SUM(compression_saved), SUM(repeat_saved)
    FROM spend_entry WHERE step = 'step' GROUP BY day, account_id, kind, model, tier";
