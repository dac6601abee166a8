//! Whether every promise was kept.

use std::fmt;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use sea_orm::{DbBackend, FromQueryResult, Statement};
use shared::testing::promise;

use super::Accepted;
use super::site::Orphan;
use crate::fleet::Fleet;
use crate::spread::Spread;

pub struct Verdict {
    accepted: usize,
    refused: usize,
    slowest_submit: Duration,
    lost: usize,
    broken: Vec<(&'static str, i64)>,
    states: Vec<(String, i64)>,
    retried: i64,
    recovery: Spread,
    orphans: usize,
    settled_after: Duration,
    /// Calls that the provider was paid for.
    pub billed: u64,
    /// Answers that were kept.
    journaled: i64,
}

impl Verdict {
    /// Waits until nothing is left to do, then counts.
    pub async fn reach(
        fleet: &Fleet,
        accepted: &Accepted,
        orphans: &[Orphan],
        patience: Duration,
    ) -> anyhow::Result<Self> {
        let begun = Instant::now();
        while promise::unended(&fleet.db).await? > 0 && begun.elapsed() < patience {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        let settled_after = begun.elapsed();
        let broken = promise::all(&fleet.db).await?;
        let mut recoveries = Vec::new();
        for orphan in orphans {
            recoveries.extend(recovery(fleet, orphan).await?);
        }
        Ok(Self {
            accepted: accepted.ids.len(),
            refused: accepted.refused,
            slowest_submit: accepted.slowest,
            lost: lost(fleet, accepted).await?,
            broken,
            states: states(fleet).await?,
            retried: promise::count(
                &fleet.db,
                "SELECT count(*) AS count FROM operation WHERE attempt > 1",
            )
            .await?,
            recovery: recoveries.into_iter().collect(),
            orphans: orphans.len(),
            settled_after,
            billed: 0,
            journaled: promise::count(&fleet.db, "SELECT count(*) AS count FROM call").await?,
        })
    }

    pub fn is_good(&self) -> bool {
        let kept_unpaid = i64::try_from(self.billed).is_ok_and(|billed| self.journaled > billed);
        self.lost == 0 && !kept_unpaid && self.broken.iter().all(|(_, count)| *count == 0)
    }
}

/// Accepted, and not in the database.
async fn lost(fleet: &Fleet, accepted: &Accepted) -> anyhow::Result<usize> {
    #[derive(FromQueryResult)]
    struct Known {
        id: uuid::Uuid,
    }
    let statement = Statement::from_string(DbBackend::Postgres, "SELECT id FROM operation");
    let known = Known::find_by_statement(statement).all(&fleet.db).await?;
    let known: std::collections::HashSet<_> = known.into_iter().map(|known| known.id).collect();
    Ok(accepted.ids.iter().filter(|id| !known.contains(id)).count())
}

/// From the kill until somebody had begun or ended the operation again.
async fn recovery(fleet: &Fleet, orphan: &Orphan) -> anyhow::Result<Option<Duration>> {
    #[derive(FromQueryResult)]
    struct Again {
        at: Option<DateTime<Utc>>,
    }
    let statement = Statement::from_sql_and_values(
        DbBackend::Postgres,
        "SELECT min(at) AS at FROM operation_event WHERE operation_id = $1 AND at > $2 \
         AND kind IN ('started', 'succeeded', 'failed', 'canceled')",
        [orphan.operation_id.into(), orphan.killed_at.into()],
    );
    let again = Again::find_by_statement(statement).one(&fleet.db).await?;
    Ok(again.and_then(|again| (again.at? - orphan.killed_at).to_std().ok()))
}

async fn states(fleet: &Fleet) -> anyhow::Result<Vec<(String, i64)>> {
    #[derive(FromQueryResult)]
    struct Share {
        state: String,
        count: i64,
    }
    let sql = "SELECT concat_ws(' ', kind, state, problem->>'code') AS state, count(*) AS count \
         FROM operation GROUP BY 1 ORDER BY 1";
    let statement = Statement::from_string(DbBackend::Postgres, sql);
    let shares = Share::find_by_statement(statement).all(&fleet.db).await?;
    Ok(shares.into_iter().map(|share| (share.state, share.count)).collect())
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "accepted                 {}", self.accepted)?;
        writeln!(f, "refused and asked again  {}", self.refused)?;
        writeln!(f, "slowest acceptance       {:.1} s", self.slowest_submit.as_secs_f64())?;
        for (state, count) in &self.states {
            writeln!(f, "  {count:>6} {state}")?;
        }
        writeln!(f, "begun more than once     {}", self.retried)?;
        writeln!(f, "settled after the calm   {:.1} s", self.settled_after.as_secs_f64())?;
        let (known, all) = (self.recovery.count(), self.orphans);
        writeln!(f, "recovery p50/p95/p99     {} ms ({known} of {all} orphans)", self.recovery)?;
        writeln!(f, "calls billed             {}", self.billed)?;
        // Vectors are kept by their text and not by their call.
        writeln!(f, "of them, chat answers    {}", self.journaled)?;
        writeln!(f, "accepted and lost        {}", self.lost)?;
        for (promise, count) in &self.broken {
            writeln!(f, "{count:>6} {promise}")?;
        }
        write!(f, "{}", if self.is_good() { "every promise was kept" } else { "BROKEN PROMISES" })
    }
}
