//! What is made of the events: how many people do what, how far they come, and who comes back.
//!
//! Reports read one row per person and day, never single events.

use chrono::{Days, NaiveDate};
use sea_orm::entity::prelude::*;
use sea_orm::{DbBackend, FromQueryResult, Statement};

use super::{Analytics, Event};
use crate::spending::statement;
use crate::time;

/// From the first file to the finished one.
pub const FUNNEL: [Event; 6] = [
    Event::DocumentUploaded,
    Event::ResumeParsed,
    Event::ResumeMatched,
    Event::ResumeTailored,
    Event::ProposalAccepted,
    Event::ResumeExported,
];

/// What counts as having come so far: a tailoring matches first.
fn mask(event: Event) -> i64 {
    match event {
        Event::ResumeMatched => event.bit() | Event::ResumeTailored.bit(),
        _ => event.bit(),
    }
}

/// How often something was done within a period, and by how many people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Feature {
    pub event: Event,
    pub events: i64,
    pub people: i64,
}

/// People of one week who came back.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Retained {
    /// The Monday of the week in which they signed up.
    pub cohort: NaiveDate,
    /// Weeks since then.
    pub week: i32,
    pub people: i64,
}

/// People who signed up in a week.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Cohort {
    pub cohort: NaiveDate,
    pub people: i64,
}

/// How long people took from one step to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passage {
    pub from: Event,
    pub to: Event,
    pub same_day: i64,
    pub within_week: i64,
    pub later: i64,
}

#[derive(FromQueryResult)]
struct Sum {
    name: String,
    events: i64,
}

impl Analytics {
    /// Everything that was done in the last so many days.
    pub async fn features(&self, days: u32) -> Result<Vec<Feature>, DbErr> {
        let since = since(days);
        let sums = "SELECT name, CAST(SUM(events) AS BIGINT) AS events FROM analytics_total \
            WHERE day >= $1 GROUP BY name";
        let sums = Sum::find_by_statement(statement(&self.db, sums, [since.into()]));
        let sums = sums.all(&self.db).await?;
        let row = self.db.query_one_raw(self.people_statement(Event::ALL, since)).await?;
        let mut features = Vec::new();
        for event in Event::ALL.iter().copied() {
            let sum = sums.iter().find(|sum| sum.name == event.as_str());
            let people = match &row {
                Some(row) => row.try_get::<Option<i64>>("", event.as_str())?.unwrap_or(0),
                None => 0,
            };
            features.push(Feature { event, events: sum.map_or(0, |sum| sum.events), people });
        }
        Ok(features)
    }

    /// The question how many people did each of these, for whoever wants it explained.
    pub fn people_statement(&self, events: &[Event], since: NaiveDate) -> Statement {
        let did: Vec<String> =
            events.iter().map(|event| format!("MAX(did & {})", event.bit())).collect();
        // SQLite cannot gather bits by itself; Postgres does it many times faster than one by one.
        let did = match self.db.get_database_backend() {
            DbBackend::Postgres => "BIT_OR(did)".to_owned(),
            _ => did.join(" + "),
        };
        let count: Vec<String> = events
            .iter()
            .map(|event| {
                let name = event.as_str();
                let bit = event.bit();
                format!(
                    "CAST(SUM(CASE WHEN did & {bit} > 0 THEN 1 ELSE 0 END) AS BIGINT) AS {name}"
                )
            })
            .collect();
        let sql = format!(
            "SELECT {} FROM (SELECT {did} AS did FROM analytics_active WHERE day >= $1 \
             GROUP BY account_id) p",
            count.join(", ")
        );
        statement(&self.db, &sql, [since.into()])
    }

    /// How many people came to each step, having come to all before it.
    pub async fn funnel(&self, days: u32) -> Result<Vec<(Event, i64)>, DbErr> {
        let row = self.db.query_one_raw(self.funnel_statement(since(days))).await?;
        let Some(row) = row else { return Ok(Vec::new()) };
        let reached = FUNNEL.iter().map(|event| {
            let people: Option<i64> = row.try_get("", event.as_str())?;
            Ok((*event, people.unwrap_or(0)))
        });
        reached.collect()
    }

    pub fn funnel_statement(&self, since: NaiveDate) -> Statement {
        let (mut did, mut reached, mut all) = (Vec::new(), Vec::new(), 0);
        for event in FUNNEL {
            all |= event.bit();
            let name = event.as_str();
            let (mask, bit) = (mask(event), event.bit());
            did.push(format!("MAX(CASE WHEN did & {mask} > 0 THEN {bit} ELSE 0 END)"));
            reached.push(format!(
                "CAST(SUM(CASE WHEN did & {all} = {all} THEN 1 ELSE 0 END) AS BIGINT) AS {name}"
            ));
        }
        let sql = format!(
            "SELECT {} FROM (SELECT {} AS did FROM analytics_active WHERE day >= $1 \
             GROUP BY account_id) p",
            reached.join(", "),
            did.join(" + ")
        );
        statement(&self.db, &sql, [since.into()])
    }

    /// How long people took from each step of the funnel to the next.
    pub async fn journey(&self, days: u32) -> Result<Vec<Passage>, DbErr> {
        let row = self.db.query_one_raw(self.journey_statement(since(days))).await?;
        let Some(row) = row else { return Ok(Vec::new()) };
        let steps = FUNNEL.iter().zip(FUNNEL.iter().skip(1));
        let passages = steps.enumerate().map(|(at, (from, to))| {
            let count = |what: &str| -> Result<i64, DbErr> {
                Ok(row.try_get::<Option<i64>>("", &format!("{what}_{at}"))?.unwrap_or(0))
            };
            Ok(Passage {
                from: *from,
                to: *to,
                same_day: count("same_day")?,
                within_week: count("within_week")?,
                later: count("later")?,
            })
        });
        passages.collect()
    }

    pub fn journey_statement(&self, since: NaiveDate) -> Statement {
        let firsts: Vec<String> = FUNNEL
            .iter()
            .enumerate()
            .map(|(at, event)| {
                format!("MIN(CASE WHEN did & {} > 0 THEN day END) AS d{at}", mask(*event))
            })
            .collect();
        let counts: Vec<String> = (0..FUNNEL.len() - 1)
            .flat_map(|at| {
                let took = self.days_between(&format!("d{at}"), &format!("d{}", at + 1));
                [("same_day", "= 0"), ("within_week", "BETWEEN 1 AND 7"), ("later", "> 7")].map(
                    |(name, range)| {
                        format!(
                            "CAST(SUM(CASE WHEN {took} {range} THEN 1 ELSE 0 END) AS BIGINT) AS {name}_{at}"
                        )
                    },
                )
            })
            .collect();
        let sql = format!(
            "SELECT {} FROM (SELECT {} FROM analytics_active WHERE day >= $1 GROUP BY account_id) p",
            counts.join(", "),
            firsts.join(", ")
        );
        statement(&self.db, &sql, [since.into()])
    }

    fn days_between(&self, from: &str, to: &str) -> String {
        match self.db.get_database_backend() {
            DbBackend::Postgres => format!("({to} - {from})"),
            _ => format!("(julianday({to}) - julianday({from}))"),
        }
    }

    /// Who of each week's new people did something in the weeks after, and how many they were.
    pub async fn retention(&self, days: u32) -> Result<(Vec<Cohort>, Vec<Retained>), DbErr> {
        let since = since(days);
        let cohort = self.monday_of("a.created_at");
        let sql = format!(
            "SELECT {cohort} AS cohort, CAST(COUNT(*) AS BIGINT) AS people FROM account a \
             WHERE a.created_at >= $1 GROUP BY 1 ORDER BY 1"
        );
        let first = since.and_time(chrono::NaiveTime::MIN).and_utc();
        let cohorts = Cohort::find_by_statement(statement(&self.db, &sql, [first.into()]));
        let retained = Retained::find_by_statement(self.retention_statement(since));
        Ok((cohorts.all(&self.db).await?, retained.all(&self.db).await?))
    }

    pub fn retention_statement(&self, since: NaiveDate) -> Statement {
        let cohort = self.monday_of("a.created_at");
        let days = self.days_between("cohort", "day");
        let first = since.and_time(chrono::NaiveTime::MIN).and_utc();
        let sql = format!(
            "WITH person AS MATERIALIZED (\
                SELECT a.id, {cohort} AS cohort FROM account a WHERE a.created_at >= $2) \
             SELECT cohort, week, CAST(COUNT(*) AS BIGINT) AS people FROM (\
                SELECT DISTINCT account_id, cohort, CAST({days} / 7 AS INTEGER) AS week \
                FROM analytics_active JOIN person ON person.id = account_id WHERE day >= $1) w \
             GROUP BY cohort, week ORDER BY cohort, week"
        );
        statement(&self.db, &sql, [since.into(), first.into()])
    }

    fn monday_of(&self, time: &str) -> String {
        match self.db.get_database_backend() {
            DbBackend::Postgres => {
                format!("CAST(date_trunc('week', {time} AT TIME ZONE 'UTC') AS DATE)")
            }
            // The Monday on or before.
            _ => format!("date({time}, '-6 days', 'weekday 1')"),
        }
    }
}

/// The first of the last so many days, today among them.
pub fn since(days: u32) -> NaiveDate {
    let today = time::now().date_naive();
    today.checked_sub_days(Days::new(u64::from(days.saturating_sub(1)))).unwrap_or(today)
}
