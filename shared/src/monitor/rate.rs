//! How often operations succeed and how long they take, against what is aimed at.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{QueryFilter, QueryOrder, QuerySelect, Set};

use super::alert::{Finding, Rule, Severity};
use crate::operation::failure::Failure;
use crate::operation::input::Input;
use crate::operation::load::Times;
use crate::operation::{self, Kind, State};
use crate::tailoring::Mode;
use crate::time;

/// The time that is looked at, and the most operations of a kind within it, the latest first.
pub const WINDOW_MINUTES: i64 = 60;
const SAMPLE: u64 = 2_000;

/// Fewer operations than this say nothing about a rate.
const ENOUGH: u64 = 20;

/// Points below the target.
const WARNING_BELOW: f64 = 5.0;
const CRITICAL_BELOW: f64 = 10.0;

/// How often a look is kept, and for how long.
const KEEP_EVERY: TimeDelta = TimeDelta::minutes(5);
pub(super) const KEPT: TimeDelta = TimeDelta::days(8);

/// What is looked at apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum Subject {
    Parse,
    Ats,
    TailorPartial,
    TailorFull,
}

/// What is aimed at: per cent that succeed, and the time within which 95 of 100 end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Target {
    pub percent: f64,
    pub p95_ms: u64,
}

impl Subject {
    pub const ALL: [Self; 4] = [Self::Parse, Self::Ats, Self::TailorPartial, Self::TailorFull];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Parse => "parse",
            Self::Ats => "ats",
            Self::TailorPartial => "tailor_partial",
            Self::TailorFull => "tailor_full",
        }
    }

    pub fn target(self) -> Target {
        match self {
            Self::Parse => Target { percent: 95.0, p95_ms: 30_000 },
            Self::Ats => Target { percent: 98.0, p95_ms: 45_000 },
            Self::TailorPartial => Target { percent: 90.0, p95_ms: 60_000 },
            Self::TailorFull => Target { percent: 90.0, p95_ms: 120_000 },
        }
    }

    fn of(input: &Input) -> Self {
        match input {
            Input::Parse { .. } => Self::Parse,
            Input::Ats { .. } => Self::Ats,
            Input::Tailor { options, .. } if options.mode == Mode::Full => Self::TailorFull,
            Input::Tailor { .. } | Input::Redraft { .. } => Self::TailorPartial,
        }
    }
}

/// How operations of a subject went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    pub subject: Subject,
    pub succeeded: u64,
    /// Through a fault of ours.
    pub failed: u64,
    /// Because of what they were given: a scanned document, say. They count neither way.
    pub refused: u64,
    /// Of those that succeeded, from the beginning of the last attempt to the end.
    pub times: Option<Times>,
}

impl Rate {
    fn none(subject: Subject) -> Self {
        Self { subject, succeeded: 0, failed: 0, refused: 0, times: None }
    }

    /// Of 100, those that succeeded. `None`: none was decided.
    pub fn percent(&self) -> Option<f64> {
        let decided = self.succeeded + self.failed;
        (decided > 0).then(|| 100.0 * number(self.succeeded) / number(decided))
    }

    /// Whether there are enough of them to say anything.
    pub fn is_telling(&self) -> bool {
        self.succeeded + self.failed >= ENOUGH
    }

    /// How far off it is.
    pub fn rate_level(&self) -> Option<Severity> {
        let below = self.subject.target().percent - self.percent()?;
        match below {
            _ if !self.is_telling() => None,
            below if below >= CRITICAL_BELOW => Some(Severity::Critical),
            below if below >= WARNING_BELOW => Some(Severity::Warning),
            _ => None,
        }
    }

    /// Slower than aimed at is a warning, twice as slow is critical.
    pub fn time_level(&self) -> Option<Severity> {
        let (took, aim) = (self.times?.p95, self.subject.target().p95_ms);
        match took {
            _ if !self.is_telling() => None,
            took if took > aim * 2 => Some(Severity::Critical),
            took if took > aim => Some(Severity::Warning),
            _ => None,
        }
    }

    /// From 0 to 100: seven parts for how often it succeeds, three for how fast. `None`: nothing ended.
    pub fn score(&self) -> Option<f64> {
        let target = self.subject.target();
        let missing = (target.percent - self.percent()?).max(0.0);
        let success = (100.0 - 5.0 * missing).max(0.0);
        let speed = self.times.map_or(success, |times| {
            let over = number(times.p95) / number(target.p95_ms) - 1.0;
            (100.0 - 50.0 * over.max(0.0)).max(0.0)
        });
        Some(0.7 * success + 0.3 * speed)
    }

    /// What is wrong with it.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let target = self.subject.target();
        let mut found = Vec::new();
        let subject = || self.subject.as_str().to_owned();
        if let (Some(severity), Some(percent)) = (self.rate_level(), self.percent()) {
            let summary = format!(
                "{percent:.1} % of the last {} operations succeeded; {:.0} % are aimed at.",
                self.succeeded + self.failed,
                target.percent
            );
            found.push(Finding { rule: Rule::SuccessRate, subject: subject(), severity, summary });
        }
        if let (Some(severity), Some(times)) = (self.time_level(), self.times) {
            let summary = format!(
                "95 of 100 operations end within {} ms; {} ms are aimed at.",
                times.p95, target.p95_ms
            );
            found.push(Finding { rule: Rule::Latency, subject: subject(), severity, summary });
        }
        found
    }
}

/// Exact for as many operations as a window holds.
fn number(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// How it went within the window that ends now.
pub(super) async fn rates(db: &DatabaseConnection) -> Result<Vec<Rate>, DbErr> {
    let mut rates = Vec::new();
    for kind in Kind::ALL {
        let rows = ended(db, kind).await?;
        let of_kind = Subject::ALL.into_iter().filter(|subject| match subject {
            Subject::Parse => kind == Kind::Parse,
            Subject::Ats => kind == Kind::Ats,
            Subject::TailorPartial | Subject::TailorFull => kind == Kind::Tailor,
        });
        rates.extend(of_kind.map(|subject| judge(subject, &rows)));
    }
    Ok(rates)
}

type Row = (Input, State, Option<Failure>, Option<DateTime<Utc>>, Option<DateTime<Utc>>);

async fn ended(db: &DatabaseConnection, kind: Kind) -> Result<Vec<Row>, DbErr> {
    use operation::Column;
    let columns =
        [Column::Input, Column::State, Column::Problem, Column::StartedAt, Column::FinishedAt];
    operation::Entity::find()
        .select_only()
        .columns(columns)
        .filter(Column::Kind.eq(kind))
        .filter(Column::FinishedAt.gte(time::now() - TimeDelta::minutes(WINDOW_MINUTES)))
        .order_by_desc(Column::FinishedAt)
        .limit(SAMPLE)
        .into_tuple()
        .all(db)
        .await
}

fn judge(subject: Subject, rows: &[Row]) -> Rate {
    let mut rate = Rate::none(subject);
    let mut times = Vec::new();
    for (_, state, problem, started, finished) in
        rows.iter().filter(|(input, ..)| Subject::of(input) == subject)
    {
        match state {
            State::Succeeded => {
                rate.succeeded += 1;
                let took = started.zip(*finished).map(|(from, to)| (to - from).num_milliseconds());
                times.extend(took.and_then(|took| u64::try_from(took).ok()));
            }
            State::Failed if problem.is_some_and(|problem| !problem.code.is_ours()) => {
                rate.refused += 1;
            }
            State::Failed => rate.failed += 1,
            State::Queued | State::Running | State::Canceled => {}
        }
    }
    rate.times = Times::of(times);
    rate
}

/// A look that is kept.
pub mod sample {
    use super::Subject;
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "success_sample")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub at: DateTimeUtc,
        #[sea_orm(primary_key, auto_increment = false)]
        pub subject: Subject,
        pub succeeded: i64,
        pub failed: i64,
        pub refused: i64,
        pub p50_ms: Option<i64>,
        pub p95_ms: Option<i64>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// Keeps the look, one in five minutes however often is looked.
pub(super) async fn keep(db: &DatabaseConnection, rates: &[Rate]) -> Result<(), DbErr> {
    let at = time::now().duration_trunc(KEEP_EVERY).unwrap_or_else(|_| time::now());
    let whole = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let rows = rates.iter().map(|rate| sample::ActiveModel {
        at: Set(at),
        subject: Set(rate.subject),
        succeeded: Set(whole(rate.succeeded)),
        failed: Set(whole(rate.failed)),
        refused: Set(whole(rate.refused)),
        p50_ms: Set(rate.times.map(|times| whole(times.p50))),
        p95_ms: Set(rate.times.map(|times| whole(times.p95))),
    });
    let first =
        OnConflict::columns([sample::Column::At, sample::Column::Subject]).do_nothing().to_owned();
    sample::Entity::insert_many(rows).on_conflict(first).exec_without_returning(db).await?;
    let old = sample::Entity::delete_many().filter(sample::Column::At.lt(at - KEPT));
    old.exec(db).await?;
    Ok(())
}

/// What was kept since, the oldest first.
pub(super) async fn kept(
    db: &DatabaseConnection,
    since: DateTime<Utc>,
) -> Result<Vec<sample::Model>, DbErr> {
    sample::Entity::find()
        .filter(sample::Column::At.gte(since))
        .order_by_asc(sample::Column::At)
        .all(db)
        .await
}

impl From<&sample::Model> for Rate {
    fn from(row: &sample::Model) -> Self {
        let whole = |count: i64| u64::try_from(count).unwrap_or(0);
        let times = row.p50_ms.zip(row.p95_ms).map(|(p50, p95)| Times {
            p50: whole(p50),
            p95: whole(p95),
            p99: whole(p95),
        });
        Self {
            subject: row.subject,
            succeeded: whole(row.succeeded),
            failed: whole(row.failed),
            refused: whole(row.refused),
            times,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ats(succeeded: u64, failed: u64, p95: u64) -> Rate {
        let times = Some(Times { p50: p95 / 2, p95, p99: p95 });
        Rate { succeeded, failed, times, ..Rate::none(Subject::Ats) }
    }

    #[test]
    fn five_points_below_the_target_warn_and_ten_are_critical() {
        let levels = [ats(94, 6, 1), ats(93, 7, 1), ats(88, 12, 1)].map(|rate| rate.rate_level());

        assert_eq!(levels, [None, Some(Severity::Warning), Some(Severity::Critical)]);
    }

    #[test]
    fn a_handful_of_operations_raises_nothing_however_they_went() {
        let few = ats(0, 19, 1_000_000);

        assert!(few.findings().is_empty());
        assert_eq!(ats(0, 20, 1).findings().len(), 1);
    }

    #[test]
    fn slower_than_aimed_at_warns_and_twice_as_slow_is_critical() {
        let levels =
            [ats(50, 0, 45_000), ats(50, 0, 45_001), ats(50, 0, 90_001)].map(|r| r.time_level());

        assert_eq!(levels, [None, Some(Severity::Warning), Some(Severity::Critical)]);
    }

    #[test]
    fn the_score_is_full_at_the_target_and_falls_with_each_point_below() {
        let score = |rate: Rate| rate.score().unwrap();

        assert!((score(ats(98, 2, 45_000)) - 100.0).abs() < 1e-9);
        assert!((score(ats(88, 12, 45_000)) - 65.0).abs() < 1e-9);
        assert!((score(ats(98, 2, 90_000)) - 85.0).abs() < 1e-9);
        assert_eq!(Rate::none(Subject::Ats).score(), None);
    }
}
