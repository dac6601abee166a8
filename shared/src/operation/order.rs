//! The fair order of the queue.
//!
//! Each operation gets its place once, when it is submitted: its time of birth,
//! less the head start of its tier, plus a step for every operation of the same
//! person that already waits. So higher tiers go first but a low one that has
//! waited long enough overtakes them; people take turns however much one of them
//! submits; and the next operation is one look into an index, however long the queue.

use chrono::{DateTime, Utc};

use crate::account::Tier;

/// How far behind the previous one a person's next waiting operation starts.
const TURN: i64 = 30_000;

/// Milliseconds; the smallest goes first.
pub fn rank(born: DateTime<Utc>, tier: Tier, waiting: u64) -> i64 {
    let turns = i64::try_from(waiting).unwrap_or(i64::MAX / TURN);
    born.timestamp_millis() - tier.head_start() + turns.saturating_mul(TURN)
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta, Utc};

    use super::rank;
    use crate::account::Tier;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    #[test]
    fn a_premium_operation_goes_before_a_free_one_of_the_same_age() {
        assert!(rank(at(10), Tier::Premium, 0) < rank(at(9), Tier::Free, 0));
    }

    #[test]
    fn a_free_operation_that_waited_long_enough_goes_before_a_fresh_premium_one() {
        assert!(rank(at(0), Tier::Free, 0) < rank(at(301), Tier::Premium, 0));
    }

    #[test]
    fn the_first_operation_of_one_person_goes_before_the_second_of_another() {
        assert!(rank(at(5), Tier::Pro, 0) < rank(at(0), Tier::Pro, 1));
    }
}
