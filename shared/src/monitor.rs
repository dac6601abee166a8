//! Watching over the service: rates against targets, conditions that must not be, and who is told.
//!
//! Every process of the API and every worker takes turns at it, so that it goes on when either is gone.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{DatabaseConnection, DbErr};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::breaker::Breakers;
use crate::config::Config;
use crate::fleet::Fleet;
use crate::mail::Mailer;
use crate::operation::{Kind, Operations};
use crate::schedule::{Schedule, Task, Turn, TurnEnd};
use crate::spending::Spending;
use crate::time;

pub mod alert;
mod condition;
pub mod notice;
pub mod rate;

use alert::{Alerts, Finding, Model, Rule, Severity};
use notice::Channel;
use rate::{Rate, sample};

/// How often the API looks whether it is its turn.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Points that an open alert takes off the score.
const WARNING_COSTS: f64 = 5.0;
const CRITICAL_COSTS: f64 = 20.0;

#[derive(Clone, Debug)]
pub struct Monitor {
    db: DatabaseConnection,
    pub alerts: Alerts,
    operations: Operations,
    fleet: Fleet,
    breakers: Breakers,
    spending: Spending,
}

/// How the service is, in one number.
#[derive(Clone, Debug)]
pub struct HealthScore {
    /// From 0 to 100. `None`: nothing has ended lately and nothing is wrong, so there is nothing to tell.
    pub score: Option<f64>,
    pub rates: Vec<Rate>,
    pub open: Vec<Model>,
}

impl HealthScore {
    /// As in school. `None`: there is no score.
    pub fn grade(&self) -> Option<&'static str> {
        Some(match self.score? {
            90.0.. => "A",
            80.0.. => "B",
            70.0.. => "C",
            60.0.. => "D",
            _ => "F",
        })
    }
}

impl Monitor {
    pub(crate) fn new(db: DatabaseConnection) -> Self {
        Self {
            alerts: Alerts::new(db.clone()),
            operations: Operations::new(db.clone()),
            fleet: Fleet::new(db.clone()),
            breakers: Breakers::new(db.clone()),
            spending: Spending::new(db.clone()),
            db,
        }
    }

    /// Who is told, beside the log.
    pub(crate) fn tell(&mut self, config: &Config) {
        let alerting = &config.alerting;
        let webhook = alerting
            .webhook
            .clone()
            .map(|url| Channel::Webhook { hook: url, secret: alerting.secret.clone() });
        let mailer = Mailer::from_config(config.mail.as_ref());
        let email = mailer.zip(alerting.email.clone());
        let email = email.map(|(mailer, to)| Channel::Email { mailer, to });
        self.alerts.channels = webhook.into_iter().chain(email).collect();
    }

    /// How operations have been going lately.
    pub async fn rates(&self) -> Result<Vec<Rate>, DbErr> {
        rate::rates(&self.db).await
    }

    /// Looks at the rates, keeps the look, and raises what is too low or too slow.
    pub async fn check_rates(&self) -> Result<(), DbErr> {
        let rates = self.rates().await?;
        rate::keep(&self.db, &rates).await?;
        let found = rates.iter().flat_map(Rate::findings).collect();
        self.alerts.observe(&[Rule::SuccessRate, Rule::Latency], found).await
    }

    /// Looks at what must not be, and tells of everything that is to be told.
    pub async fn check_conditions(&self) -> Result<(), DbErr> {
        let found = condition::all(self).await?;
        self.alerts.observe(&condition::RULES, found).await?;
        self.alerts.deliver().await
    }

    /// Takes in how many days' totals are not what the ledger says.
    pub async fn note_mismatches(&self, days: usize) -> Result<(), DbErr> {
        let found = (days > 0).then(|| Finding {
            rule: Rule::LedgerMismatch,
            subject: String::new(),
            severity: Severity::Critical,
            summary: format!("The totals of {days} days of people are not what the ledger says."),
        });
        self.alerts.observe(&[Rule::LedgerMismatch], found.into_iter().collect()).await
    }

    /// Takes in how many deliveries the queues have given up.
    pub async fn note_dead(&self, dead: &[(Kind, u64)]) -> Result<(), DbErr> {
        let found = dead.iter().filter(|(_, count)| *count > 0).map(|(kind, count)| Finding {
            rule: Rule::DeadDeliveries,
            subject: kind.as_str().to_owned(),
            severity: Severity::Warning,
            summary: format!("The queue has given {count} deliveries up; no operation is lost."),
        });
        self.alerts.observe(&[Rule::DeadDeliveries], found.collect()).await
    }

    pub async fn health_score(&self) -> Result<HealthScore, DbErr> {
        let (rates, open) = (self.rates().await?, self.alerts.open().await?);
        let scores: Vec<f64> = rates.iter().filter_map(Rate::score).collect();
        let count = f64::from(u32::try_from(scores.len()).unwrap_or(u32::MAX));
        let usual = if scores.is_empty() { 100.0 } else { scores.iter().sum::<f64>() / count };
        let costs: f64 = open.iter().map(|alert| cost(alert.severity)).sum();
        let tells = !(scores.is_empty() && open.is_empty());
        let score = tells.then(|| (usual - costs).max(0.0));
        Ok(HealthScore { score, rates, open })
    }

    /// The looks that were kept within so many days, the oldest first.
    pub async fn trend(&self, days: u32) -> Result<Vec<sample::Model>, DbErr> {
        rate::kept(&self.db, time::now() - TimeDelta::days(i64::from(days))).await
    }

    /// Forgets alerts that were over before this time.
    pub async fn forget(&self, before: DateTime<Utc>) -> Result<u64, DbErr> {
        self.alerts.forget(before).await
    }

    /// Takes turns at watching until told to stop, so that somebody notices when no worker is left.
    pub async fn keep_watch(self, schedule: Schedule, stop: CancellationToken) {
        let holder = format!("api-{}", Uuid::now_v7().simple());
        let mut ticks = interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while stop.run_until_cancelled(ticks.tick()).await.is_some() {
            if let Err(error) = self.take_turns(&schedule, &holder).await {
                tracing::warn!(%error, "cannot watch over the service");
            }
        }
    }

    async fn take_turns(&self, schedule: &Schedule, holder: &str) -> Result<(), DbErr> {
        schedule.prepare().await?;
        if let Some(turn) = schedule.take(Task::CheckRates, holder).await? {
            end(schedule, turn, self.check_rates().await).await?;
        }
        if let Some(turn) = schedule.take(Task::CheckConditions, holder).await? {
            end(schedule, turn, self.check_conditions().await).await?;
        }
        Ok(())
    }
}

async fn end(schedule: &Schedule, turn: Turn, outcome: Result<(), DbErr>) -> Result<(), DbErr> {
    let end = if outcome.is_ok() { TurnEnd::Done } else { TurnEnd::Failed };
    schedule.end(turn, end).await?;
    outcome
}

fn cost(severity: Severity) -> f64 {
    match severity {
        Severity::Warning => WARNING_COSTS,
        Severity::Critical => CRITICAL_COSTS,
    }
}
