//! How long it will take: from what such operations took lately.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::{QueryFilter, QueryOrder, QuerySelect};

use super::{Column, Entity, Kind, Model, Operations, State};
use crate::time;

/// How many finished operations the estimate looks at.
const RECENT: u64 = 20;

/// When an operation was begun and when it ended.
type Times = (Option<DateTime<Utc>>, Option<DateTime<Utc>>);

/// What an operation's owner is told about its progress.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Estimate {
    /// Operations of the kind that go first; only while it waits.
    pub position: Option<u64>,
    /// Until it ends; absent once it has ended.
    pub seconds_left: Option<u64>,
}

impl Operations {
    /// An estimate for an operation as it is now.
    pub async fn estimate(&self, operation: &Model) -> Result<Estimate, DbErr> {
        if operation.state.is_terminal() {
            return Ok(Estimate::default());
        }
        let usual = self.usual_duration(operation.kind).await?;
        if operation.state == State::Running {
            return Ok(Estimate { position: None, seconds_left: Some(rest(operation, usual)) });
        }
        let ahead = Entity::find()
            .filter(Column::Kind.eq(operation.kind))
            .filter(Column::State.eq(State::Queued))
            .filter(Column::Rank.lt(operation.rank))
            .count(&self.db)
            .await?;
        let position = ahead + 1;
        let turns = u32::try_from(position).unwrap_or(u32::MAX);
        let wait = usual.saturating_mul(turns);
        Ok(Estimate { position: Some(position), seconds_left: Some(whole_seconds(wait)) })
    }

    /// The median of the latest operations of the kind that succeeded.
    async fn usual_duration(&self, kind: Kind) -> Result<Duration, DbErr> {
        let times: Vec<Times> = Entity::find()
            .select_only()
            .column(Column::StartedAt)
            .column(Column::FinishedAt)
            .filter(Column::Kind.eq(kind))
            .filter(Column::State.eq(State::Succeeded))
            .order_by_desc(Column::Id)
            .limit(RECENT)
            .into_tuple()
            .all(&self.db)
            .await?;
        let mut durations: Vec<Duration> = times
            .into_iter()
            .filter_map(|(started, finished)| (finished? - started?).to_std().ok())
            .collect();
        durations.sort_unstable();
        Ok(durations.get(durations.len() / 2).copied().unwrap_or_else(|| first_guess(kind)))
    }
}

/// For the first operations of an installation, before any has ended.
fn first_guess(kind: Kind) -> Duration {
    match kind {
        Kind::Parse | Kind::Ats => Duration::from_secs(2),
        Kind::Tailor => Duration::from_secs(5),
    }
}

fn rest(operation: &Model, usual: Duration) -> u64 {
    let begun = operation.started_at.unwrap_or(operation.created_at);
    let spent = (time::now() - begun).to_std().unwrap_or_default();
    whole_seconds(usual.saturating_sub(spent))
}

fn whole_seconds(duration: Duration) -> u64 {
    duration.as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX)
}
