//! The present, as precise as both databases keep it.

use chrono::{DateTime, SubsecRound, Utc};

/// To the microsecond, so that a row reads the same before and after it is stored.
pub fn now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(6)
}
