//! A circuit breaker: after repeated failures, leave the provider alone for a while.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// This many failures within `window` open the breaker.
    pub failures: usize,
    pub window: Duration,
    /// How long it stays open before one call may try.
    pub cool_down: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self { failures: 5, window: Duration::from_secs(30), cool_down: Duration::from_secs(15) }
    }
}

/// Knows no clock: every question brings its own time.
#[derive(Debug)]
pub struct Breaker {
    settings: Settings,
    state: State,
}

#[derive(Debug)]
enum State {
    /// The times of recent failures, oldest first, at most `settings.failures` of them.
    Closed(VecDeque<Instant>),
    Open {
        until: Instant,
    },
    /// One call is out to try. If it never reports (its process may have dropped it), another may after `until`.
    Trying {
        until: Instant,
    },
}

impl Breaker {
    pub fn new(settings: Settings) -> Self {
        Self { settings, state: State::Closed(VecDeque::new()) }
    }

    /// Lets a call through, or says how long calls are held back.
    pub fn admit(&mut self, now: Instant) -> Result<(), Duration> {
        if let Some(wait) = self.open_for(now) {
            return Err(wait);
        }
        if !matches!(self.state, State::Closed(_)) {
            self.state = State::Trying { until: now + self.settings.cool_down };
        }
        Ok(())
    }

    /// How long calls are still held back; `None` when one may go.
    pub fn open_for(&self, now: Instant) -> Option<Duration> {
        match self.state {
            State::Closed(_) => None,
            State::Open { until } | State::Trying { until } => {
                Some(until.saturating_duration_since(now)).filter(|wait| !wait.is_zero())
            }
        }
    }

    /// The provider answered: one failure is forgiven, and an open breaker closes.
    pub fn succeeded(&mut self) {
        match &mut self.state {
            State::Closed(failures) => {
                failures.pop_front();
            }
            State::Open { .. } | State::Trying { .. } => *self = Self::new(self.settings),
        }
    }

    pub fn failed(&mut self, now: Instant) {
        let Settings { failures: most, window, cool_down } = self.settings;
        match &mut self.state {
            State::Closed(failures) => {
                failures.retain(|at| now.saturating_duration_since(*at) < window);
                failures.push_back(now);
                if failures.len() >= most {
                    self.state = State::Open { until: now + cool_down };
                }
            }
            State::Trying { .. } => self.state = State::Open { until: now + cool_down },
            // A call that left before the breaker opened says nothing new.
            State::Open { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Breaker, Settings};

    const SECOND: Duration = Duration::from_secs(1);

    fn breaker() -> (Breaker, Instant) {
        let settings = Settings { failures: 3, window: 10 * SECOND, cool_down: 5 * SECOND };
        (Breaker::new(settings), Instant::now())
    }

    fn opened() -> (Breaker, Instant) {
        let (mut breaker, start) = breaker();
        (0..3).for_each(|_| breaker.failed(start));
        (breaker, start)
    }

    #[test]
    fn it_opens_at_the_failure_that_fills_the_window() {
        let (mut breaker, start) = breaker();
        breaker.failed(start);
        breaker.failed(start + SECOND);
        assert_eq!(breaker.admit(start + SECOND), Ok(()));

        breaker.failed(start + 2 * SECOND);

        assert_eq!(breaker.admit(start + 3 * SECOND), Err(4 * SECOND));
    }

    #[test]
    fn failures_outside_the_window_are_forgotten() {
        let (mut breaker, start) = breaker();

        for second in [0, 1, 11, 12] {
            breaker.failed(start + second * SECOND);
        }

        assert_eq!(breaker.admit(start + 12 * SECOND), Ok(()));
    }

    #[test]
    fn a_success_forgives_one_failure() {
        let (mut breaker, start) = breaker();
        breaker.failed(start);
        breaker.failed(start);

        breaker.succeeded();
        breaker.failed(start);

        assert_eq!(breaker.admit(start), Ok(()));
        breaker.failed(start);
        assert_eq!(breaker.admit(start), Err(5 * SECOND));
    }

    #[test]
    fn after_the_cool_down_one_call_may_try_and_the_others_wait() {
        let (mut breaker, start) = opened();
        let later = start + 5 * SECOND;

        assert_eq!(breaker.admit(later), Ok(()));

        assert_eq!(breaker.admit(later), Err(5 * SECOND));
    }

    #[test]
    fn a_try_that_succeeds_closes_and_one_that_fails_opens_again() {
        let (mut breaker, start) = opened();
        let later = start + 5 * SECOND;
        breaker.admit(later).unwrap();
        breaker.failed(later);
        assert_eq!(breaker.admit(later), Err(5 * SECOND));

        breaker.admit(later + 5 * SECOND).unwrap();
        breaker.succeeded();

        assert_eq!(breaker.admit(later + 5 * SECOND), Ok(()));
        assert_eq!(breaker.admit(later + 5 * SECOND), Ok(()));
    }

    #[test]
    fn a_try_that_never_reports_does_not_hold_the_others_back_for_ever() {
        let (mut breaker, start) = opened();
        breaker.admit(start + 5 * SECOND).unwrap();

        assert_eq!(breaker.admit(start + 10 * SECOND), Ok(()));
    }

    #[test]
    fn failures_of_calls_already_out_do_not_keep_it_open_longer() {
        let (mut breaker, start) = opened();

        breaker.failed(start + 4 * SECOND);

        assert_eq!(breaker.admit(start + 5 * SECOND), Ok(()));
    }
}
