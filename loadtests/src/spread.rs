//! How measurements are spread.

use std::fmt;
use std::time::Duration;

/// Measured durations, to be told by their percentiles.
#[derive(Clone, Debug, Default)]
pub struct Spread {
    sorted: Vec<Duration>,
}

impl FromIterator<Duration> for Spread {
    fn from_iter<I: IntoIterator<Item = Duration>>(measured: I) -> Self {
        let mut sorted: Vec<Duration> = measured.into_iter().collect();
        sorted.sort_unstable();
        Self { sorted }
    }
}

impl Spread {
    pub fn count(&self) -> usize {
        self.sorted.len()
    }

    /// The smallest that `percent` of the measurements do not exceed.
    pub fn percentile(&self, percent: usize) -> Option<Duration> {
        let rank = (self.sorted.len() * percent).div_ceil(100);
        self.sorted.get(rank.saturating_sub(1)).copied()
    }
}

/// p50 / p95 / p99 in milliseconds.
impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = [50, 95, 99].map(|percent| match self.percentile(percent) {
            Some(measured) => format!("{:.1}", measured.as_secs_f64() * 1000.0),
            None => "–".to_owned(),
        });
        f.pad(&told.join(" / "))
    }
}
