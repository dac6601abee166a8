//! Patience: when to ask again, how long to wait, when to stop. The only place that waits for a provider.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use backoff::ExponentialBackoff;
use backoff::backoff::Backoff;
use shared::measure;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::model::error::{Billing, ModelError, Retry};
use crate::model::health::{Health, Verdict};
use crate::model::{ChatReply, ChatRequest, Embeddings, Model};

/// A provider that asks for more is left to the queue, which can wait without holding a worker.
pub const LONGEST_WAIT: Duration = Duration::from_mins(1);
/// The bound of the first wait; each further one doubles.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const MAX_WAIT: Duration = Duration::from_secs(32);
/// A guard against a client that never runs out of ways of asking.
const MAX_REWORDINGS: u32 = 4;

/// How patient one step is.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// Tries in all, the first included.
    pub max_attempts: u32,
    pub attempt_timeout: Duration,
    /// For all attempts of the operation and the waits between them.
    pub deadline: Instant,
}

/// One HTTP request that is about to leave, or has come back.
#[derive(Clone, Copy)]
pub struct Attempt<'a> {
    /// Counts from 1, rewordings included: unique within one call.
    pub number: u32,
    pub model: &'a str,
    pub asked: Asked<'a>,
}

/// What is sent. Not for logs.
#[derive(Clone, Copy)]
pub enum Asked<'a> {
    Chat(&'a ChatRequest),
    Embed(&'a [String]),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    Chat(ChatReply),
    Embeddings(Embeddings),
}

/// Told of every request before it leaves and after it came back: where money is put aside and settled.
///
/// [`ModelError::billing`] says what a failed attempt cost: release the hold, book what was used, or book the hold.
/// When the whole call is dropped (a lost lease, a dying process), `after` is never called: an expired hold tells.
#[async_trait]
pub trait Attempts: Send + Sync {
    /// Nothing is sent when this fails; [`ModelError::CapReached`] and [`ModelError::LedgerUnavailable`] are its errors.
    async fn before(&self, attempt: &Attempt<'_>) -> Result<(), ModelError>;

    /// Called once for every attempt let through by `before`, after it ended in any way. When this fails, the answer
    /// is withheld, since it is neither journaled nor paid for.
    async fn after(
        &self,
        attempt: &Attempt<'_>,
        outcome: &Result<Answer, ModelError>,
    ) -> Result<(), ModelError>;
}

/// A model asked with patience. Made for one step of one operation; the parts are shared.
pub struct Retrying {
    pub model: Arc<dyn Model>,
    pub health: Arc<Health>,
    pub attempts: Arc<dyn Attempts>,
    pub policy: Policy,
}

#[async_trait]
impl Model for Retrying {
    async fn chat(
        &self,
        request: &ChatRequest,
        cancel: &CancellationToken,
    ) -> Result<ChatReply, ModelError> {
        match self.answer(&request.model, Asked::Chat(request), cancel).await? {
            Answer::Chat(reply) => Ok(reply),
            Answer::Embeddings(_) => Err(ModelError::Invalid { billing: Billing::Unknown }),
        }
    }

    async fn embed(
        &self,
        texts: &[String],
        cancel: &CancellationToken,
    ) -> Result<Embeddings, ModelError> {
        match self.answer(self.embedding_model(), Asked::Embed(texts), cancel).await? {
            Answer::Embeddings(embeddings) => Ok(embeddings),
            Answer::Chat(_) => Err(ModelError::Invalid { billing: Billing::Unknown }),
        }
    }

    fn embedding_model(&self) -> &str {
        self.model.embedding_model()
    }
}

/// What one call has used up so far.
struct Tries {
    waits: ExponentialBackoff,
    rewordings: u32,
}

impl Retrying {
    async fn answer(
        &self,
        model: &str,
        asked: Asked<'_>,
        cancel: &CancellationToken,
    ) -> Result<Answer, ModelError> {
        let mut tries = Tries { waits: schedule(), rewordings: 0 };
        let mut attempt = Attempt { number: 1, model, asked };
        loop {
            let error = match self.attempt(&attempt, cancel).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let wait = self.next_wait(&mut tries, &attempt, &error);
            let wait_ms = wait.map(|wait| wait.as_millis());
            tracing::warn!(call.model = model, call.attempt = attempt.number, %error, wait_ms, "a model call failed");
            let Some(wait) = wait else { return Err(error) };
            pause(wait, cancel).await?;
            attempt.number += 1;
        }
    }

    /// How long to wait before asking again, if that is worth it.
    fn next_wait(
        &self,
        tries: &mut Tries,
        attempt: &Attempt<'_>,
        error: &ModelError,
    ) -> Option<Duration> {
        match error.retry() {
            Retry::Never => None,
            Retry::AtOnce => {
                tries.rewordings += 1;
                (tries.rewordings <= MAX_REWORDINGS).then_some(Duration::ZERO)
            }
            Retry::Later(asked_for) => {
                let spent = attempt.number.saturating_sub(tries.rewordings);
                let wait = wait(&mut tries.waits, asked_for)?;
                let in_time = Instant::now() + wait < self.policy.deadline;
                // Retrying a provider in trouble would add to it.
                let worth = in_time && self.health.may_retry(attempt.model);
                (spent < self.policy.max_attempts && worth).then_some(wait)
            }
        }
    }

    async fn attempt(
        &self,
        attempt: &Attempt<'_>,
        cancel: &CancellationToken,
    ) -> Result<Answer, ModelError> {
        if cancel.is_cancelled() {
            return Err(ModelError::Canceled { billing: Billing::Nothing });
        }
        let now = Instant::now();
        if now >= self.policy.deadline {
            return Err(ModelError::TimedOut { billing: Billing::Nothing });
        }
        if let Some(retry_after) = self.health.open_for(attempt.model, now.into_std()) {
            return Err(ModelError::BreakerOpen { retry_after });
        }
        self.attempts.before(attempt).await?;
        let begun = Instant::now();
        let span =
            tracing::info_span!("call", call.model = attempt.model, call.attempt = attempt.number);
        let outcome = self.send(attempt, cancel).instrument(span).await;
        let name = outcome.as_ref().map_or_else(ModelError::name, |_| "answered");
        measure::called(attempt.model, name, begun.elapsed(), attempt.number > 1);
        self.attempts.after(attempt, &outcome).await?;
        outcome
    }

    /// Takes a place at the breaker only now: a half-open one has a single place, too good for a call without money.
    async fn send(
        &self,
        attempt: &Attempt<'_>,
        cancel: &CancellationToken,
    ) -> Result<Answer, ModelError> {
        let now = Instant::now();
        self.health
            .admit(attempt.model, now.into_std())
            .map_err(|retry_after| ModelError::BreakerOpen { retry_after })?;
        let left = self.policy.deadline.saturating_duration_since(now);
        let limit = self.policy.attempt_timeout.min(left);
        let outcome = match timeout(limit, self.ask(attempt.asked, cancel)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(ModelError::TimedOut { billing: Billing::Unknown }),
        };
        let verdict = match &outcome {
            Ok(_) => Verdict::Well,
            // Cut short by the deadline, not by the provider.
            Err(ModelError::TimedOut { .. }) if left < self.policy.attempt_timeout => {
                Verdict::Unknown
            }
            Err(error) => Verdict::of(error),
        };
        self.health.record(attempt.model, verdict, Instant::now().into_std());
        outcome
    }

    async fn ask(
        &self,
        asked: Asked<'_>,
        cancel: &CancellationToken,
    ) -> Result<Answer, ModelError> {
        match asked {
            Asked::Chat(request) => self.model.chat(request, cancel).await.map(Answer::Chat),
            Asked::Embed(texts) => self.model.embed(texts, cancel).await.map(Answer::Embeddings),
        }
    }
}

async fn pause(wait: Duration, cancel: &CancellationToken) -> Result<(), ModelError> {
    if wait.is_zero() {
        return Ok(());
    }
    tokio::select! {
        () = cancel.cancelled() => Err(ModelError::Canceled { billing: Billing::Nothing }),
        () = sleep(wait) => Ok(()),
    }
}

/// 1, 2, 4 … seconds with full jitter: anything from nothing up to the bound.
///
/// `backoff` draws from `interval × (1 ± factor)`, so half the bound with factor 1 is full jitter.
fn schedule() -> ExponentialBackoff {
    ExponentialBackoff {
        current_interval: FIRST_WAIT / 2,
        initial_interval: FIRST_WAIT / 2,
        randomization_factor: 1.0,
        multiplier: 2.0,
        max_interval: MAX_WAIT / 2,
        max_elapsed_time: None,
        ..ExponentialBackoff::default()
    }
}

/// A provider's own delay is a least, and the jitter keeps all workers from coming back in the same instant.
fn wait(waits: &mut ExponentialBackoff, asked_for: Option<Duration>) -> Option<Duration> {
    let jitter = waits.next_backoff()?;
    match asked_for {
        Some(delay) if delay > LONGEST_WAIT => None,
        Some(delay) => Some(delay + jitter.min(FIRST_WAIT)),
        None => Some(jitter),
    }
}
