//! Which days stand out.

use chrono::NaiveDate;
use shared::spending::report::{USUAL_DAYS, stands_out};

use super::Spike;

/// Of the last `count` days, those that stand out from the two weeks before each.
pub fn spikes(days: &[(NaiveDate, i64)], count: usize) -> Vec<Spike> {
    let before = usize::try_from(USUAL_DAYS).unwrap_or(0);
    let first = days.len().saturating_sub(count);
    let judged = days.iter().enumerate().skip(first).filter_map(|(at, (day, cost))| {
        let usual = days.get(at.saturating_sub(before)..at)?.iter().map(|(_, cost)| *cost);
        let z = stands_out(*cost, &usual.collect::<Vec<_>>())?;
        let robust_z = (z * 10.0).round() / 10.0;
        Some(Spike { account_id: None, day: *day, cost: (*cost).into(), robust_z })
    });
    judged.collect()
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::spikes;

    fn days(costs: &[i64]) -> Vec<(NaiveDate, i64)> {
        let first = NaiveDate::from_ymd_opt(2026, 11, 1).unwrap();
        costs
            .iter()
            .enumerate()
            .map(|(at, cost)| (first + chrono::Days::new(at as u64), *cost))
            .collect()
    }

    #[test]
    fn a_day_of_ten_times_the_usual_is_told_and_an_ordinary_one_is_not() {
        let mut costs = vec![1_000_000_000, 1_100_000_000, 900_000_000, 1_050_000_000, 950_000_000];
        costs.extend(costs.clone());
        costs.push(10_000_000_000);
        costs.push(1_000_000_000);

        let found = spikes(&days(&costs), 2);

        assert_eq!(found.len(), 1);
        assert_eq!(found[0].cost.nano_usd, 10_000_000_000);
    }

    #[test]
    fn the_first_cents_of_an_installation_are_no_spike() {
        let mut costs = vec![0; 14];
        costs.push(9_000_000);

        assert!(spikes(&days(&costs), 1).is_empty());
    }
}
