//! How long a person has worked, told by the dated entries; time worked twice counts once.

use chrono::{Datelike, NaiveDate};

use super::hit::Evidence;
use crate::resume::json::JsonResume;
use crate::taxonomy::How;

/// The time covered by dated jobs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Experience {
    pub months: u32,
    /// The start dates it rests on.
    pub evidence: Vec<Evidence>,
    /// A current job was left out because no date says when today is.
    pub lacks_today: bool,
}

impl Experience {
    pub fn of(resume: &JsonResume, today: Option<NaiveDate>) -> Self {
        let now = today.map(|day| month_number(day.year(), day.month()));
        let mut spans: Vec<(i32, i32)> = Vec::new();
        let mut evidence = Vec::new();
        let mut lacks_today = false;
        for (at, job) in resume.work.iter().enumerate() {
            let Some(date) = job.start_date.as_deref() else { continue };
            let Some(start) = month(date, 7) else { continue };
            let end = match job.end_date.as_deref().filter(|end| !end.trim().is_empty()) {
                Some(end) => month(end, 6),
                None => now,
            };
            let Some(end) = end else {
                lacks_today |= job.end_date.is_none();
                continue;
            };
            // Two bare years of the same job may be the same one.
            let end = now.map_or(end, |now| end.min(now)).max(start);
            if now.is_some_and(|now| start > now) {
                continue;
            }
            spans.push((start, end));
            evidence.push(Evidence {
                path: format!("/work/{at}/startDate"),
                quote: date.to_owned(),
                how: How::Derived,
            });
        }
        Self { months: total(spans), evidence, lacks_today }
    }

    /// The share of the asked years, at most 1.
    pub fn share_of(&self, years: u32) -> f64 {
        if years == 0 { 1.0 } else { (f64::from(self.months) / f64::from(years * 12)).min(1.0) }
    }
}

/// `meta.lastModified`, as far as it is a date.
pub fn last_modified(resume: &JsonResume) -> Option<NaiveDate> {
    let text = resume.meta.get("lastModified")?.as_str()?;
    NaiveDate::parse_from_str(text.get(..10)?, "%Y-%m-%d").ok()
}

/// The months covered by spans that include their last month.
fn total(mut spans: Vec<(i32, i32)>) -> u32 {
    spans.sort_unstable();
    let mut months = 0;
    let mut covered = i32::MIN;
    for (start, end) in spans {
        let start = start.max(covered);
        let next = end.saturating_add(1);
        if next > start {
            months += next - start;
            covered = next;
        }
    }
    u32::try_from(months).unwrap_or(0)
}

/// Months since year 0. A bare year counts from its middle, neither way too long.
fn month(date: &str, middle: u32) -> Option<i32> {
    let mut parts = date.trim().split('-');
    let year: i32 = parts.next()?.parse().ok()?;
    let month = match parts.next() {
        Some(month) => month.parse().ok()?,
        None => middle,
    };
    ((1900..=2200).contains(&year) && (1..=12).contains(&month)).then(|| month_number(year, month))
}

fn month_number(year: i32, month: u32) -> i32 {
    year * 12 + i32::try_from(month).unwrap_or(1) - 1
}
