//! Days from and to: `?from=2026-11-01&to=2026-11-30`, both included, in UTC.

use chrono::{Datelike, NaiveDate, TimeDelta, Utc};
use shared::spending::report::Period;
use uuid::Uuid;

use crate::problem::{Code, Problem};

/// Longest period that is asked for at once.
const MOST_DAYS: i64 = 366;

/// Without `from`, since the month of `to` began; without `to`, until today.
pub fn period(
    account_id: Option<Uuid>,
    (from, to): (Option<NaiveDate>, Option<NaiveDate>),
) -> Result<Period, Problem> {
    let to = to.unwrap_or_else(today);
    let from = from.unwrap_or_else(|| to.with_day(1).unwrap_or(to));
    let days = (to - from).num_days();
    if !(0..MOST_DAYS).contains(&days) {
        let detail =
            format!("`from` must not be after `to`, nor more than {MOST_DAYS} days before it.");
        return Err(Problem::new(Code::InvalidRequest, detail));
    }
    Ok(Period { account_id, from, to })
}

/// The days of a month such as `2026-11`.
pub fn month(account_id: Option<Uuid>, month: &str) -> Result<Period, Problem> {
    let first = NaiveDate::parse_from_str(&format!("{month}-01"), "%Y-%m-%d").ok();
    let last = first.and_then(|first| {
        let next = if first.month() == 12 {
            NaiveDate::from_ymd_opt(first.year() + 1, 1, 1)
        } else {
            first.with_month(first.month() + 1)
        };
        next?.pred_opt()
    });
    match (first, last) {
        (Some(from), Some(to)) if month.len() == 7 => Ok(Period { account_id, from, to }),
        _ => Err(Problem::new(Code::InvalidRequest, "`month` must be a month such as 2026-11.")),
    }
}

/// The days up to and including today.
pub fn last(days: i64) -> Period {
    let to = today();
    Period { account_id: None, from: to - TimeDelta::days(days - 1), to }
}

pub fn today() -> NaiveDate {
    Utc::now().date_naive()
}
