//! How long it will take, and why it has not begun yet.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::{Condition, QueryFilter};

use super::input::Engine;
use super::steer::{self, Mode};
use super::usual::usual;
use super::{Column, Entity, Model, Operations, State};
use crate::{breaker, fleet, time};

/// What an operation's owner is told about its progress.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Estimate {
    /// 1 is next; only while it waits.
    pub position: Option<u64>,
    /// Until it ends; absent once it has ended.
    pub seconds_left: Option<u64>,
}

/// What keeps an operation from beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// An admin has paused the queue, or lets it drain.
    QueuePaused,
    /// An attempt failed; the next one is not due yet.
    RetryAt,
    /// The model it insists on does not answer and is left alone for a while.
    BreakerOpen,
    /// No process that could run it is alive.
    NoWorker,
    /// Its owner has as many under way as their tier allows.
    UserLimit,
    /// It is its turn when those before it have begun.
    AheadOfYou,
}

/// Why an operation waits; no reason when it does not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    pub reason: Option<Reason>,
    /// Without `seconds_left` when nobody can say: it may be paused for long.
    pub estimate: Estimate,
    pub retry_at: Option<DateTime<Utc>>,
}

impl Operations {
    /// An estimate for an operation as it is now.
    pub async fn estimate(&self, operation: &Model) -> Result<Estimate, DbErr> {
        if operation.state.is_terminal() {
            return Ok(Estimate::default());
        }
        let usual = usual(&self.db, &operation.input).await?;
        if operation.state == State::Running {
            return Ok(Estimate { position: None, seconds_left: Some(rest(operation, usual)) });
        }
        let ahead = Entity::find()
            .filter(Column::Kind.eq(operation.kind))
            .filter(Column::State.eq(State::Queued))
            .filter(Column::Rank.lt(operation.rank))
            .count(&self.db)
            .await?;
        let at_once = fleet::capacity(&self.db, operation.kind).await?.max(1);
        let rounds = ahead / at_once + 1;
        let seconds_left = seconds(usual.as_millis().saturating_mul(rounds.into()));
        Ok(Estimate { position: Some(ahead + 1), seconds_left: Some(seconds_left) })
    }

    /// Why it waits, where it stands and how long it may take.
    pub async fn waiting(&self, operation: &Model) -> Result<Waiting, DbErr> {
        let mut estimate = self.estimate(operation).await?;
        if operation.state != State::Queued {
            return Ok(Waiting { estimate, ..Waiting::default() });
        }
        let reason = self.reason(operation).await?;
        let mut retry_at = None;
        match reason {
            Reason::QueuePaused | Reason::NoWorker => estimate.seconds_left = None,
            Reason::RetryAt | Reason::BreakerOpen => {
                retry_at = Some(operation.run_at);
                let until = u64::try_from((operation.run_at - time::now()).num_seconds());
                let until = until.unwrap_or(0);
                estimate.seconds_left = estimate.seconds_left.map(|left| left + until);
            }
            Reason::UserLimit | Reason::AheadOfYou => {}
        }
        Ok(Waiting { reason: Some(reason), estimate, retry_at })
    }

    async fn reason(&self, operation: &Model) -> Result<Reason, DbErr> {
        let handed_out = operation.pushed_at.is_some();
        let held_back = match steer::mode(&self.db, operation.kind).await? {
            Mode::Running => false,
            Mode::Paused => true,
            Mode::Draining => !handed_out,
        };
        if held_back {
            return Ok(Reason::QueuePaused);
        }
        if operation.run_at > time::now() {
            let insists = operation.input.engine() == Engine::Model;
            if insists && breaker::is_open(&self.db).await? {
                return Ok(Reason::BreakerOpen);
            }
            return Ok(Reason::RetryAt);
        }
        if fleet::capacity(&self.db, operation.kind).await? == 0 {
            return Ok(Reason::NoWorker);
        }
        if !handed_out && self.under_way(operation).await? >= operation.tier.in_flight() {
            return Ok(Reason::UserLimit);
        }
        Ok(Reason::AheadOfYou)
    }

    /// How many operations of its owner and kind run or were handed out.
    async fn under_way(&self, operation: &Model) -> Result<i64, DbErr> {
        let handed_out = Condition::all()
            .add(Column::State.eq(State::Queued))
            .add(Column::PushedAt.is_not_null());
        let count = Entity::find()
            .filter(Column::AccountId.eq(operation.account_id))
            .filter(Column::Kind.eq(operation.kind))
            .filter(Condition::any().add(Column::State.eq(State::Running)).add(handed_out))
            .count(&self.db)
            .await?;
        Ok(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

fn rest(operation: &Model, usual: Duration) -> u64 {
    let begun = operation.started_at.unwrap_or(operation.created_at);
    let spent = (time::now() - begun).to_std().unwrap_or_default();
    seconds(usual.saturating_sub(spent).as_millis())
}

/// Rounded up: what is left is never 0 before the usual time is over.
fn seconds(milliseconds: u128) -> u64 {
    u64::try_from(milliseconds.div_ceil(1_000)).unwrap_or(u64::MAX)
}
