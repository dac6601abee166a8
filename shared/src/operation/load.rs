//! How a queue is doing: what waits and runs, how fast it goes, how often it fails.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Asterisk, Expr, ExprTrait};
use sea_orm::{QueryFilter, QueryOrder, QuerySelect};

use super::steer::{self, Mode};
use super::{Column, Entity, Kind, Operations, State};
use crate::time;

/// Operations of the last hour that the times are taken from, the latest first.
const SAMPLE: u64 = 1_000;

/// A queue at this moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Load {
    pub kind: Kind,
    pub mode: Mode,
    pub depth: Depth,
    /// When the operation was created that waits longest.
    pub oldest_waiting: Option<DateTime<Utc>>,
    pub last_minute: Ended,
    pub last_hour: Ended,
    /// From creation to the beginning of the last attempt; empty when nothing ended in the last hour.
    pub wait: Option<Times>,
    /// From there to the end.
    pub run: Option<Times>,
}

/// Operations by state; of those that have ended, as many as are still kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Depth {
    pub queued: u64,
    /// Of the queued ones, those that workers may take at any moment.
    pub handed_out: u64,
    pub running: u64,
    pub succeeded: u64,
    pub failed: u64,
    pub canceled: u64,
}

/// How many operations ended within a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ended {
    pub succeeded: u64,
    pub failed: u64,
    pub canceled: u64,
}

impl Ended {
    pub fn all(self) -> u64 {
        self.succeeded + self.failed + self.canceled
    }

    /// From 0 to 1; empty when none succeeded or failed.
    pub fn failure_rate(self) -> Option<f64> {
        let decided = self.succeeded + self.failed;
        // Exact for as many operations as end in an hour.
        let number = |count| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        (decided > 0).then(|| number(self.failed) / number(decided))
    }
}

/// Milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    pub p50: u64,
    pub p95: u64,
    pub p99: u64,
}

impl Times {
    /// Nearest rank. `None`: there is nothing to take them from.
    fn of(mut all: Vec<u64>) -> Option<Self> {
        all.sort_unstable();
        let at = |percent: usize| all.get((all.len() * percent).div_ceil(100).max(1) - 1).copied();
        Some(Self { p50: at(50)?, p95: at(95)?, p99: at(99)? })
    }
}

impl Operations {
    pub async fn load(&self, kind: Kind) -> Result<Load, DbErr> {
        let now = time::now();
        let (wait, run) = self.times(kind, now - TimeDelta::hours(1)).await?;
        Ok(Load {
            kind,
            mode: steer::mode(&self.db, kind).await?,
            depth: self.depth(kind).await?,
            oldest_waiting: self.oldest_waiting(kind).await?,
            last_minute: self.ended_since(kind, now - TimeDelta::minutes(1)).await?,
            last_hour: self.ended_since(kind, now - TimeDelta::hours(1)).await?,
            wait: Times::of(wait),
            run: Times::of(run),
        })
    }

    async fn depth(&self, kind: Kind) -> Result<Depth, DbErr> {
        let mut depth = Depth::default();
        for (state, count) in
            self.count_states(Entity::find().filter(Column::Kind.eq(kind))).await?
        {
            match state {
                State::Queued => depth.queued = count,
                State::Running => depth.running = count,
                State::Succeeded => depth.succeeded = count,
                State::Failed => depth.failed = count,
                State::Canceled => depth.canceled = count,
            }
        }
        depth.handed_out = self.count_pushed(kind).await?;
        Ok(depth)
    }

    async fn ended_since(&self, kind: Kind, since: DateTime<Utc>) -> Result<Ended, DbErr> {
        let mut ended = Ended::default();
        let rows =
            Entity::find().filter(Column::Kind.eq(kind)).filter(Column::FinishedAt.gte(since));
        for (state, count) in self.count_states(rows).await? {
            match state {
                State::Queued | State::Running => {}
                State::Succeeded => ended.succeeded = count,
                State::Failed => ended.failed = count,
                State::Canceled => ended.canceled = count,
            }
        }
        Ok(ended)
    }

    async fn count_states(
        &self,
        rows: sea_orm::Select<Entity>,
    ) -> Result<Vec<(State, u64)>, DbErr> {
        let counts: Vec<(State, i64)> = rows
            .select_only()
            .column(Column::State)
            .column_as(Expr::col(Asterisk).count(), "count")
            .group_by(Column::State)
            .into_tuple()
            .all(&self.db)
            .await?;
        Ok(counts
            .into_iter()
            .map(|(state, count)| (state, u64::try_from(count).unwrap_or(0)))
            .collect())
    }

    async fn oldest_waiting(&self, kind: Kind) -> Result<Option<DateTime<Utc>>, DbErr> {
        Entity::find()
            .select_only()
            .column_as(Column::CreatedAt.min(), "oldest")
            .filter(Column::Kind.eq(kind))
            .filter(Column::State.eq(State::Queued))
            .into_tuple::<Option<DateTime<Utc>>>()
            .one(&self.db)
            .await
            .map(Option::flatten)
    }

    /// How long the latest operations waited and ran.
    async fn times(&self, kind: Kind, since: DateTime<Utc>) -> Result<(Vec<u64>, Vec<u64>), DbErr> {
        type Row = (DateTime<Utc>, Option<DateTime<Utc>>, Option<DateTime<Utc>>);
        let rows: Vec<Row> = Entity::find()
            .select_only()
            .columns([Column::CreatedAt, Column::StartedAt, Column::FinishedAt])
            .filter(Column::Kind.eq(kind))
            .filter(Column::FinishedAt.gte(since))
            .filter(Column::StartedAt.is_not_null())
            .order_by_desc(Column::FinishedAt)
            .limit(SAMPLE)
            .into_tuple()
            .all(&self.db)
            .await?;
        let between = |from: DateTime<Utc>, to: DateTime<Utc>| {
            // The clocks of two machines may differ by more than nothing took.
            u64::try_from((to - from).num_milliseconds()).unwrap_or(0)
        };
        let started = rows
            .iter()
            .filter_map(|(created, started, finished)| Some((*created, (*started)?, (*finished)?)));
        Ok(started
            .map(|(created, started, finished)| {
                (between(created, started), between(started, finished))
            })
            .unzip())
    }
}

#[cfg(test)]
mod tests {
    use super::{Ended, Times};

    #[test]
    fn the_times_are_the_nearest_ranks_of_the_sample() {
        let times = Times::of((1..=200).rev().collect()).unwrap();

        assert_eq!(times, Times { p50: 100, p95: 190, p99: 198 });
        assert_eq!(Times::of(vec![7]), Some(Times { p50: 7, p95: 7, p99: 7 }));
        assert_eq!(Times::of(Vec::new()), None);
    }

    #[test]
    fn what_was_canceled_counts_neither_as_success_nor_as_failure() {
        let ended = Ended { succeeded: 3, failed: 1, canceled: 12 };

        assert_eq!((ended.all(), ended.failure_rate()), (16, Some(0.25)));
        assert_eq!(Ended { canceled: 1, ..Ended::default() }.failure_rate(), None);
    }
}
