//! Money as whole nano-dollars: arithmetic that cannot overflow silently.

use std::fmt;
use std::iter::Sum;

use sea_orm::DeriveValueType;
use serde::{Deserialize, Serialize};

/// Nano-dollars in a dollar.
const PER_USD: i64 = 1_000_000_000;

/// A billionth of a US dollar, as often as the number says. A token of the cheapest model costs a few of them.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    DeriveValueType,
)]
pub struct NanoUsd(pub i64);

impl NanoUsd {
    pub const ZERO: Self = Self(0);
    pub const MAX: Self = Self(i64::MAX);

    pub const fn usd(dollars: i64) -> Self {
        Self(dollars.saturating_mul(PER_USD))
    }

    /// None when the sum is more than the number can hold.
    pub fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    pub fn minus(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// So many times this amount.
    pub fn times(self, count: u64) -> Option<Self> {
        self.0.checked_mul(i64::try_from(count).ok()?).map(Self)
    }

    /// What is left of it after that, never less than nothing.
    #[must_use]
    pub fn less(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0).max(0))
    }

    /// How much of `whole` this is, in per cent; all of it when there is no whole.
    pub fn percent_of(self, whole: Self) -> u32 {
        if whole.0 <= 0 {
            return 100;
        }
        let percent = i128::from(self.0.max(0)) * 100 / i128::from(whole.0);
        u32::try_from(percent).unwrap_or(u32::MAX)
    }

    /// Dollars as a decimal text, exact to the last digit.
    pub fn to_usd(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, rest) =
            (self.0.unsigned_abs() / 1_000_000_000, self.0.unsigned_abs() % 1_000_000_000);
        let decimals = format!("{rest:09}");
        let cents = decimals.trim_end_matches('0').len().max(2);
        format!("{sign}{whole}.{}", decimals.get(..cents).unwrap_or("00"))
    }
}

impl fmt::Display for NanoUsd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "${}", self.to_usd())
    }
}

/// Stops at the largest amount rather than wrap around.
impl Sum for NanoUsd {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        Self(amounts.fold(0, |sum, amount| sum.saturating_add(amount.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::NanoUsd;

    #[test]
    fn an_amount_is_written_exactly_and_with_cents_at_least() {
        for (amount, text) in [
            (0, "0.00"),
            (1, "0.000000001"),
            (1_500_000_000, "1.50"),
            (-1_234_000, "-0.001234"),
            (i64::MIN, "-9223372036.854775808"),
        ] {
            assert_eq!(NanoUsd(amount).to_usd(), text);
        }
    }

    #[test]
    fn sums_that_do_not_fit_are_told() {
        assert_eq!(NanoUsd::MAX.plus(NanoUsd(1)), None);
        assert_eq!(NanoUsd(i64::MIN).minus(NanoUsd(1)), None);
        assert_eq!(NanoUsd::usd(10).times(u64::MAX), None);
        assert_eq!([NanoUsd::MAX, NanoUsd(1)].into_iter().sum::<NanoUsd>(), NanoUsd::MAX);
    }

    #[test]
    fn nothing_of_nothing_is_all() {
        assert_eq!(NanoUsd::ZERO.percent_of(NanoUsd::ZERO), 100);
        assert_eq!(NanoUsd(799).percent_of(NanoUsd(1_000)), 79);
    }
}
