//! What must not be so, whatever the rates say.

use chrono::{Days, TimeDelta};
use sea_orm::DbErr;

use super::Monitor;
use super::alert::{Finding, Rule, Severity};
use crate::operation::Kind;
use crate::operation::steer::Mode;
use crate::spending::report::{Group, Order, Period, USUAL_DAYS, stands_out};
use crate::time;

/// Something that could begin waits so long, and nothing of its kind has ended within the other time.
const WAITS: TimeDelta = TimeDelta::minutes(5);
const NOTHING_ENDED_FOR: TimeDelta = TimeDelta::minutes(10);

/// A breaker that was open so lately is open still: nobody may have tried since.
const OPEN_LATELY: TimeDelta = TimeDelta::minutes(5);

/// What [`all`] looks at.
pub(super) const RULES: [Rule; 4] =
    [Rule::NoWorker, Rule::QueueStuck, Rule::BreakerOpen, Rule::CostSpike];

/// All that is wrong now.
pub(super) async fn all(monitor: &Monitor) -> Result<Vec<Finding>, DbErr> {
    let mut found = Vec::new();
    found.extend(no_worker(monitor).await?);
    for kind in Kind::ALL {
        found.extend(queue_stuck(monitor, kind).await?);
    }
    found.extend(breakers(monitor).await?);
    found.extend(cost_spike(monitor).await?);
    Ok(found)
}

async fn no_worker(monitor: &Monitor) -> Result<Option<Finding>, DbErr> {
    let nobody = monitor.fleet.alive().await? == 0;
    Ok(nobody.then(|| Finding {
        rule: Rule::NoWorker,
        subject: String::new(),
        severity: Severity::Critical,
        summary: "No worker has been heard of for 30 seconds; work is accepted and waits.".into(),
    }))
}

/// A queue that was paused waits because somebody wants it to.
async fn queue_stuck(monitor: &Monitor, kind: Kind) -> Result<Option<Finding>, DbErr> {
    let operations = &monitor.operations;
    if operations.mode(kind).await? != Mode::Running {
        return Ok(None);
    }
    let Some(oldest) = operations.oldest_due(kind).await? else { return Ok(None) };
    let now = time::now();
    let waited = now - oldest;
    if waited < WAITS || operations.ended_lately(kind, now - NOTHING_ENDED_FOR).await? {
        return Ok(None);
    }
    let minutes = waited.num_minutes();
    let summary = format!(
        "An operation has been waiting for {minutes} minutes and none has ended for {}.",
        NOTHING_ENDED_FOR.num_minutes()
    );
    let subject = kind.as_str().to_owned();
    Ok(Some(Finding { rule: Rule::QueueStuck, subject, severity: Severity::Critical, summary }))
}

async fn breakers(monitor: &Monitor) -> Result<Vec<Finding>, DbErr> {
    let lately = time::now() - OPEN_LATELY;
    let rows = monitor.breakers.list().await?.into_iter();
    let open = rows.filter(|row| row.open_until >= lately).map(|row| Finding {
        rule: Rule::BreakerOpen,
        subject: row.model,
        severity: Severity::Warning,
        summary: "The provider fails so often that the model is left alone; rules do its work."
            .into(),
    });
    Ok(open.collect())
}

/// What has been spent today against the two weeks before.
async fn cost_spike(monitor: &Monitor) -> Result<Option<Finding>, DbErr> {
    let today = time::now().date_naive();
    let days = u64::try_from(USUAL_DAYS).unwrap_or(0);
    let from = today.checked_sub_days(Days::new(days)).unwrap_or(today);
    let period = Period { account_id: None, from, to: today };
    let rows = monitor.spending.usage(period, Group::Day, Order::After(String::new(), 100)).await?;
    let cost = |day: chrono::NaiveDate| {
        let name = day.to_string();
        rows.iter().find(|row| row.name == name).map_or(0, |row| row.amount)
    };
    let usual: Vec<i64> = from.iter_days().take_while(|day| *day < today).map(cost).collect();
    Ok(stands_out(cost(today), &usual).map(|z| Finding {
        rule: Rule::CostSpike,
        subject: String::new(),
        severity: Severity::Warning,
        summary: format!(
            "Today's calls have cost {} so far, {z:.0} times as far from the usual as other days.",
            crate::money::NanoUsd(cost(today))
        ),
    }))
}
