//! Which days stand out.

use chrono::NaiveDate;
use shared::spending::report::robust_z;

use super::Spike;

/// Days that tell what is usual.
pub const USUAL_DAYS: i64 = 14;
/// So far from usual, a day is a spike.
const SPIKE: f64 = 3.5;
/// Less than a cent more than usual concerns nobody.
const WORTH_TELLING: f64 = 10_000_000.0;

/// Of the last `count` days, those that stand out from the two weeks before each.
pub fn spikes(days: &[(NaiveDate, i64)], count: usize) -> Vec<Spike> {
    let before = usize::try_from(USUAL_DAYS).unwrap_or(0);
    let first = days.len().saturating_sub(count);
    let number = |cost: i64| {
        #[expect(clippy::cast_precision_loss, reason = "a measure of distance, not money")]
        let number = cost as f64;
        number
    };
    let judged = days.iter().enumerate().skip(first).filter_map(|(at, (day, cost))| {
        let usual: Vec<f64> = days
            .get(at.saturating_sub(before)..at)?
            .iter()
            .map(|(_, cost)| number(*cost))
            .collect();
        let z = robust_z(number(*cost), &usual)?;
        let highest = usual.iter().copied().fold(0.0, f64::max);
        let stands_out = z >= SPIKE && number(*cost) >= WORTH_TELLING && number(*cost) > highest;
        // Nothing is infinitely far from usual.
        let robust_z = (z.min(1_000.0) * 10.0).round() / 10.0;
        stands_out.then(|| Spike { account_id: None, day: *day, cost: (*cost).into(), robust_z })
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
