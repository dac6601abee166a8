//! How one provider's models have been doing lately: a breaker and a retry budget for each.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::model::breaker::{Breaker, Settings};
use crate::model::error::ModelError;

/// Tokens are thousandths, so that a tenth of one is exact.
const FULL: u32 = 10_000;
const PER_FAILURE: u32 = 1_000;
const PER_SUCCESS: u32 = 100;

/// Shared by all calls of this process to one provider. Models come from the configuration, so there are few.
#[derive(Debug, Default)]
pub struct Health {
    settings: Settings,
    models: Mutex<HashMap<String, Vitals>>,
}

#[derive(Debug)]
struct Vitals {
    breaker: Breaker,
    /// The bucket of gRPC's A6: failures take, successes give a tenth, and at half or less nobody retries.
    budget: u32,
}

/// What an attempt says about the provider, whatever it says about the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Well,
    Busy,
    Down,
    /// Our own doing: canceled, out of time, out of money.
    Unknown,
}

impl Health {
    pub fn new(settings: Settings) -> Self {
        Self { settings, models: Mutex::default() }
    }

    /// Lets a call through, or says how long calls to `model` are held back.
    pub fn admit(&self, model: &str, now: Instant) -> Result<(), Duration> {
        self.with(model, |vitals| vitals.breaker.admit(now))
    }

    /// How long calls to `model` are held back, for whoever would rather not claim work for it.
    pub fn open_for(&self, model: &str, now: Instant) -> Option<Duration> {
        self.with(model, |vitals| vitals.breaker.open_for(now))
    }

    pub fn record(&self, model: &str, verdict: Verdict, now: Instant) {
        self.with(model, |vitals| match verdict {
            Verdict::Well => {
                vitals.breaker.succeeded();
                vitals.budget = vitals.budget.saturating_add(PER_SUCCESS).min(FULL);
            }
            Verdict::Busy => {
                vitals.breaker.succeeded();
                vitals.budget = vitals.budget.saturating_sub(PER_FAILURE);
            }
            Verdict::Down => {
                vitals.breaker.failed(now);
                vitals.budget = vitals.budget.saturating_sub(PER_FAILURE);
            }
            Verdict::Unknown => {}
        });
    }

    /// Whether `model` is well enough that a retry is worth its load.
    pub fn may_retry(&self, model: &str) -> bool {
        self.with(model, |vitals| vitals.budget > FULL / 2)
    }

    fn with<T>(&self, model: &str, look: impl FnOnce(&mut Vitals) -> T) -> T {
        let mut models = self.models.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = || Vitals { breaker: Breaker::new(self.settings), budget: FULL };
        look(models.entry(model.to_owned()).or_insert_with(fresh))
    }
}

impl Verdict {
    pub fn of(error: &ModelError) -> Self {
        match error {
            ModelError::RateLimited { .. } => Self::Busy,
            ModelError::TimedOut { .. }
            | ModelError::Unreachable
            | ModelError::ConnectionLost
            | ModelError::ServerFailed { .. } => Self::Down,
            ModelError::QuotaExhausted
            | ModelError::Unauthorized
            | ModelError::UnknownModel
            | ModelError::Refused { .. }
            | ModelError::Truncated { .. }
            | ModelError::Invalid { .. }
            | ModelError::TooLong
            | ModelError::Rejected { .. }
            | ModelError::Unsupported(_) => Self::Well,
            ModelError::Canceled { .. }
            | ModelError::BreakerOpen { .. }
            | ModelError::CapReached
            | ModelError::LimitReached
            | ModelError::NoPrice
            | ModelError::LedgerUnavailable => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::{Health, Verdict};

    #[test]
    fn half_the_budget_stops_retries_and_each_success_gives_a_little_back() {
        let health = Health::default();
        let now = Instant::now();
        let record =
            |verdict, times: u32| (0..times).for_each(|_| health.record("m", verdict, now));

        record(Verdict::Busy, 4);
        assert!(health.may_retry("m"));
        record(Verdict::Busy, 1);
        assert!(!health.may_retry("m"));
        record(Verdict::Well, 1);
        assert!(health.may_retry("m"));

        record(Verdict::Busy, 50);
        record(Verdict::Well, 50);
        assert!(!health.may_retry("m"));
        record(Verdict::Well, 1);
        assert!(health.may_retry("m"));
    }

    #[test]
    fn successes_do_not_fill_the_budget_beyond_its_size() {
        let health = Health::default();
        let now = Instant::now();

        for _ in 0..1000 {
            health.record("m", Verdict::Well, now);
        }
        for _ in 0..5 {
            health.record("m", Verdict::Busy, now);
        }

        assert!(!health.may_retry("m"));
    }
}
