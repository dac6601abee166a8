//! How long the reports of what people use take, over a million events of twenty thousand people in 90 days.
//!
//! `cargo run -p roleready-shared --all-features --example analytics` starts a Postgres of its own.

use std::error::Error;
use std::time::{Duration, Instant};

use roleready_shared::analytics::report::since;
use roleready_shared::analytics::{Analytics, Event};
use roleready_shared::database;
use roleready_shared::testing::Installation;
use sea_orm::{ConnectionTrait, DatabaseConnection, Statement};

const ROUNDS: usize = 9;
const DAYS: u32 = 90;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let installation = Installation::distributed().await;
    let deps = installation.open().await;
    let db = database::connect(&installation.config()).await?;
    let bits = Event::ALL.iter().map(|event| format!("('{}', {})", event.as_str(), event.bit()));
    let bits = bits.collect::<Vec<_>>().join(", ");
    for sql in [PEOPLE, EVENTS, TOTALS, ACTIVE] {
        // A million rows at once take longer than a statement may.
        let sql = format!("SET statement_timeout = 0; {}", sql.replace("{bits}", &bits));
        db.execute_unprepared(&sql).await?;
    }
    db.execute_unprepared("ANALYZE").await?;
    count(&db).await?;
    measure(&deps.analytics).await?;
    explain(&db, &deps.analytics).await
}

#[expect(clippy::print_stdout, reason = "the figures are what this is for")]
async fn count(db: &DatabaseConnection) -> Result<(), Box<dyn Error>> {
    for table in ["analytics_event", "analytics_active", "analytics_total"] {
        let sql = format!("SELECT COUNT(*) AS n FROM {table}");
        let count = Statement::from_string(db.get_database_backend(), sql);
        let count = db.query_one_raw(count).await?.ok_or("no count")?;
        println!("{table}: {} rows", count.try_get::<i64>("", "n")?);
    }
    Ok(())
}

async fn measure(analytics: &Analytics) -> Result<(), Box<dyn Error>> {
    time("features", async || analytics.features(DAYS).await.map(drop)).await?;
    time("funnel", async || analytics.funnel(DAYS).await.map(drop)).await?;
    time("journey", async || analytics.journey(DAYS).await.map(drop)).await?;
    time("retention", async || analytics.retention(DAYS).await.map(drop)).await
}

#[expect(clippy::print_stdout, reason = "the figures are what this is for")]
async fn time(
    what: &str,
    report: impl AsyncFn() -> Result<(), sea_orm::DbErr>,
) -> Result<(), Box<dyn Error>> {
    let mut took: Vec<Duration> = Vec::new();
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        report().await?;
        took.push(begun.elapsed());
    }
    took.sort();
    let median = took.get(ROUNDS / 2).copied().unwrap_or_default();
    println!("{DAYS} days {what}: median {median:?}, worst {:?}", took.last());
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the plans are what this is for")]
async fn explain(db: &DatabaseConnection, analytics: &Analytics) -> Result<(), Box<dyn Error>> {
    let since = since(DAYS);
    for asked in [
        analytics.people_statement(Event::ALL, since),
        analytics.funnel_statement(since),
        analytics.journey_statement(since),
        analytics.retention_statement(since),
    ] {
        let explained = Statement { sql: format!("EXPLAIN ANALYZE {}", asked.sql), ..asked };
        for row in db.query_all_raw(explained).await? {
            println!("{}", row.try_get::<String>("", "QUERY PLAN")?);
        }
    }
    Ok(())
}

const PEOPLE: &str = "
    INSERT INTO account (id, role, tier, created_at)
    SELECT md5(n::text)::uuid, 'candidate', 'free', now() - (n % 88) * interval '1 day'
    FROM generate_series(0, 19999) AS n";

/// Each person does eight things on each of about six days.
const EVENTS: &str = "
    INSERT INTO analytics_event (id, account_id, name, fields, at)
    SELECT gen_random_uuid(), md5((n % 20000)::text)::uuid, e.name, NULL,
        now() - ((n / 160000 * 13 + n % 20000) % 90) * interval '1 day'
    FROM generate_series(0::bigint, 999999) AS n
    JOIN (SELECT name, row_number() OVER () - 1 AS at FROM (VALUES {bits}) AS b (name, bit)) e
        ON e.at = (n * 7919 / 20000) % 30";

const TOTALS: &str = "
    INSERT INTO analytics_total (day, name, events)
    SELECT CAST(at AT TIME ZONE 'UTC' AS DATE), name, COUNT(*) FROM analytics_event GROUP BY 1, 2";

const ACTIVE: &str = "
    INSERT INTO analytics_active (account_id, day, did)
    SELECT e.account_id, CAST(e.at AT TIME ZONE 'UTC' AS DATE), bit_or(CAST(b.bit AS BIGINT))
    FROM analytics_event e JOIN (VALUES {bits}) AS b (name, bit) ON b.name = e.name GROUP BY 1, 2";
