//! How the service does against what is aimed at, and what is wrong with it.

use std::collections::BTreeMap;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{Object, OpenApi};
use shared::monitor::Monitor;
use shared::monitor::alert::{Model, Rule as DomainRule, Severity as DomainSeverity};
use shared::monitor::rate::{Rate, Subject as DomainSubject, WINDOW_MINUTES, sample};
use shared::time;
use uuid::Uuid;

use super::{Because, mandate};
use crate::caller::Admin;
use crate::json::Body;
use crate::mirror::mirror;
use crate::problem::answer::{AdminRead, AdminSteer, Refused};
use crate::problem::{Code, Problem};
use crate::{Tag, page};

/// Days that trends reach back.
const TREND_DAYS: u32 = 7;

pub struct MonitoringApi {
    pub monitor: Monitor,
}

mirror! {
    /// What is looked at apart
    MonitoredWork of DomainSubject { Parse, Ats, TailorPartial, TailorFull }
}

mirror! {
    /// What an alert is about; the runbook says what to do about each
    AlertRule of DomainRule {
        SuccessRate, Latency, QueueStuck, NoWorker, BreakerOpen, CostSpike, LedgerMismatch, DeadDeliveries,
    }
}

mirror! {
    /// How bad it is
    AlertSeverity of DomainSeverity { Warning, Critical }
}

/// How the service is, in one number
#[derive(Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct HealthScore {
    /// From 0 to 100: the mean of the parts, less 20 for each critical alert and 5 for each warning; absent
    /// when nothing has ended within the hour and nothing is wrong
    pub score: Option<f64>,
    /// `A` from 90, `B` from 80, `C` from 70, `D` from 60, `F` below
    pub grade: Option<String>,
    pub parts: Vec<WorkScore>,
    pub open_alerts: u64,
    pub at: DateTime<Utc>,
}

/// The score of one kind of work
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct WorkScore {
    pub work: MonitoredWork,
    /// Seven parts for how often it succeeds, three for how fast
    pub score: Option<f64>,
}

/// How often operations of the last hour succeeded
#[derive(Debug, Object)]
#[oai(example)]
pub struct SuccessRates {
    pub window_minutes: i64,
    pub items: Vec<SuccessRate>,
}

#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct SuccessRate {
    pub work: MonitoredWork,
    /// Per cent that are to succeed
    pub target: f64,
    /// Per cent that did; absent when none was decided
    pub rate: Option<f64>,
    pub succeeded: u64,
    /// Through a fault of ours
    pub failed: u64,
    /// Because of what they were given, such as a scanned document; these count neither way
    pub refused: u64,
    /// Absent when all is well, or when fewer than 20 say too little
    pub level: Option<AlertSeverity>,
}

/// How long operations of the last hour took
#[derive(Debug, Object)]
#[oai(example)]
pub struct Latencies {
    pub window_minutes: i64,
    pub items: Vec<Latency>,
}

/// In milliseconds, from when a worker began it to its end
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Latency {
    pub work: MonitoredWork,
    /// Within which 95 of 100 are to end
    pub target_p95: u64,
    pub p50: Option<u64>,
    pub p95: Option<u64>,
    pub p99: Option<u64>,
    pub level: Option<AlertSeverity>,
}

/// How rates and times were at each full hour of the last 7 days
#[derive(Debug, Object)]
#[oai(example)]
pub struct Trends {
    pub items: Vec<Trend>,
}

#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Trend {
    pub work: MonitoredWork,
    pub points: Vec<TrendPoint>,
    /// The mean score of the last day less that of the days before; below 0 it gets worse
    pub change: Option<f64>,
}

/// Of the hour before
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct TrendPoint {
    pub at: DateTime<Utc>,
    pub rate: Option<f64>,
    pub p95: Option<u64>,
    pub score: Option<f64>,
}

/// Something that is or was wrong
#[derive(Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct Alert {
    pub id: Uuid,
    pub rule: AlertRule,
    /// Which work or model; empty where there is one of its kind only
    pub subject: String,
    pub severity: AlertSeverity,
    pub summary: String,
    pub opened_at: DateTime<Utc>,
    /// When it was last seen to be so
    pub seen_at: DateTime<Utc>,
    /// When it was over
    pub resolved_at: Option<DateTime<Utc>>,
    pub acknowledged_at: Option<DateTime<Utc>>,
    pub acknowledged_by: Option<Uuid>,
}

/// A page of alerts, newest first
#[derive(Debug, Object)]
#[oai(example)]
pub struct AlertPage {
    pub items: Vec<Alert>,
    /// Give this as `cursor` for the next page; absent on the last
    #[oai(skip_serializing_if_is_none)]
    pub next_cursor: Option<String>,
}

impl Example for HealthScore {
    fn example() -> Self {
        Self {
            score: Some(97.5),
            grade: Some("A".into()),
            parts: vec![WorkScore { work: MonitoredWork::Ats, score: Some(97.5) }],
            open_alerts: 0,
            at: crate::example::time(),
        }
    }
}

impl Example for SuccessRates {
    fn example() -> Self {
        let item = SuccessRate {
            work: MonitoredWork::Parse,
            target: 95.0,
            rate: Some(89.0),
            succeeded: 89,
            failed: 11,
            refused: 4,
            level: Some(AlertSeverity::Warning),
        };
        Self { window_minutes: WINDOW_MINUTES, items: vec![item] }
    }
}

impl Example for Latencies {
    fn example() -> Self {
        let item = Latency {
            work: MonitoredWork::TailorFull,
            target_p95: 120_000,
            p50: Some(14_200),
            p95: Some(48_000),
            p99: Some(61_000),
            level: None,
        };
        Self { window_minutes: WINDOW_MINUTES, items: vec![item] }
    }
}

impl Example for Trends {
    fn example() -> Self {
        let at = crate::example::time();
        let point = TrendPoint { at, rate: Some(99.0), p95: Some(2_100), score: Some(100.0) };
        let work = MonitoredWork::Ats;
        Self { items: vec![Trend { work, points: vec![point], change: Some(-1.5) }] }
    }
}

impl Example for Alert {
    fn example() -> Self {
        Self {
            id: crate::example::id(21),
            rule: AlertRule::SuccessRate,
            subject: "parse".into(),
            severity: AlertSeverity::Warning,
            summary: "89.0 % of the last 100 operations succeeded; 95 % are aimed at.".into(),
            opened_at: crate::example::time(),
            seen_at: crate::example::time(),
            resolved_at: None,
            acknowledged_at: None,
            acknowledged_by: None,
        }
    }
}

impl Example for AlertPage {
    fn example() -> Self {
        Self { items: vec![Alert::example()], next_cursor: None }
    }
}

impl From<Rate> for SuccessRate {
    fn from(rate: Rate) -> Self {
        Self {
            work: rate.subject.into(),
            target: rate.subject.target().percent,
            rate: rate.percent().map(tenths),
            succeeded: rate.succeeded,
            failed: rate.failed,
            refused: rate.refused,
            level: rate.rate_level().map(AlertSeverity::from),
        }
    }
}

impl From<Rate> for Latency {
    fn from(rate: Rate) -> Self {
        Self {
            work: rate.subject.into(),
            target_p95: rate.subject.target().p95_ms,
            p50: rate.times.map(|times| times.p50),
            p95: rate.times.map(|times| times.p95),
            p99: rate.times.map(|times| times.p99),
            level: rate.time_level().map(AlertSeverity::from),
        }
    }
}

impl From<Model> for Alert {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            rule: row.rule.into(),
            subject: row.subject,
            severity: row.severity.into(),
            summary: row.summary,
            opened_at: row.opened_at,
            seen_at: row.seen_at,
            resolved_at: row.resolved_at,
            acknowledged_at: row.acknowledged_at,
            acknowledged_by: row.acknowledged_by,
        }
    }
}

#[OpenApi(prefix_path = "/admin", tag = "Tag::Admin")]
impl MonitoringApi {
    /// Show how the service is, in one number
    #[oai(path = "/monitoring/health-score", method = "get", operation_id = "get_health_score")]
    async fn health_score(&self, _admin: Admin) -> Result<Json<HealthScore>, Refused<AdminRead>> {
        let health = self.monitor.health_score().await?;
        let parts = health
            .rates
            .iter()
            .map(|rate| WorkScore { work: rate.subject.into(), score: rate.score().map(tenths) });
        Ok(Json(HealthScore {
            score: health.score.map(tenths),
            grade: health.grade().map(str::to_owned),
            parts: parts.collect(),
            open_alerts: health.open.len() as u64,
            at: time::now(),
        }))
    }

    /// Show how often operations succeed
    ///
    /// Of the last hour, at most the last 2,000 of each kind.
    #[oai(path = "/monitoring/success-rates", method = "get", operation_id = "get_success_rates")]
    async fn success_rates(&self, _admin: Admin) -> Result<Json<SuccessRates>, Refused<AdminRead>> {
        let items = self.monitor.rates().await?.into_iter().map(SuccessRate::from);
        Ok(Json(SuccessRates { window_minutes: WINDOW_MINUTES, items: items.collect() }))
    }

    /// Show how long operations take
    #[oai(path = "/monitoring/latency", method = "get", operation_id = "get_latency")]
    async fn latency(&self, _admin: Admin) -> Result<Json<Latencies>, Refused<AdminRead>> {
        let items = self.monitor.rates().await?.into_iter().map(Latency::from);
        Ok(Json(Latencies { window_minutes: WINDOW_MINUTES, items: items.collect() }))
    }

    /// Show how it went over the last 7 days
    #[oai(path = "/monitoring/trends", method = "get", operation_id = "get_trends")]
    async fn trends(&self, _admin: Admin) -> Result<Json<Trends>, Refused<AdminRead>> {
        let kept = self.monitor.trend(TREND_DAYS).await?;
        let items = DomainSubject::ALL.into_iter().map(|subject| {
            let own = kept.iter().filter(|row| row.subject == subject);
            trend(subject, own, time::now())
        });
        Ok(Json(Trends { items: items.collect() }))
    }

    /// List what is wrong
    ///
    /// What is open, newest first; with `all`, also what is over.
    #[oai(path = "/monitoring/alerts", method = "get", operation_id = "list_alerts")]
    async fn alerts(
        &self,
        _admin: Admin,
        all: Query<Option<bool>>,
        cursor: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Result<Json<AlertPage>, Refused<AdminRead>> {
        let page = page::request(cursor.0, limit.0)?;
        let only_open = !all.0.unwrap_or(false);
        let page = self.monitor.alerts.list(only_open, page).await?.map(Alert::from);
        let next_cursor = page.next.map(|id| id.to_string());
        Ok(Json(AlertPage { items: page.items, next_cursor }))
    }

    /// Say that somebody is on it
    ///
    /// The alert stays open until what it is about is over. Again is no different: the first stands.
    #[oai(path = "/alerts/:id/acknowledge", method = "post", operation_id = "acknowledge_alert")]
    async fn acknowledge(
        &self,
        admin: Admin,
        id: Path<Uuid>,
        body: Body<Because>,
    ) -> Result<Json<Alert>, Refused<AdminSteer>> {
        let mandate = mandate(&admin, &body.0.reason)?;
        let alert = self.monitor.alerts.acknowledge(&mandate, id.0).await?;
        let alert = alert.ok_or_else(|| Problem::new(Code::NotFound, "There is no such alert."))?;
        Ok(Json(alert.into()))
    }
}

/// One point an hour, and whether the last day is better than those before.
fn trend<'r>(
    subject: DomainSubject,
    rows: impl Iterator<Item = &'r sample::Model>,
    now: DateTime<Utc>,
) -> Trend {
    let mut hours: BTreeMap<DateTime<Utc>, Rate> = BTreeMap::new();
    for row in rows {
        // The first look after the full hour tells of the hour before.
        if let Ok(hour) = row.at.duration_trunc(TimeDelta::hours(1)) {
            hours.entry(hour).or_insert_with(|| row.into());
        }
    }
    let (mut lately, mut before) = (Vec::new(), Vec::new());
    for (at, rate) in &hours {
        let side = if now - *at <= TimeDelta::days(1) { &mut lately } else { &mut before };
        side.extend(rate.score());
    }
    let change = mean(&lately).zip(mean(&before)).map(|(lately, before)| tenths(lately - before));
    let points = hours.into_iter().map(|(at, rate)| TrendPoint {
        at,
        rate: rate.percent().map(tenths),
        p95: rate.times.map(|times| times.p95),
        score: rate.score().map(tenths),
    });
    Trend { work: subject.into(), points: points.collect(), change }
}

fn mean(scores: &[f64]) -> Option<f64> {
    let count = f64::from(u32::try_from(scores.len()).ok()?);
    (count > 0.0).then(|| scores.iter().sum::<f64>() / count)
}

fn tenths(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}
