//! Sums of the ledger for people, billing and admins. They read the sums that are kept, never the entries.

use chrono::NaiveDate;
use sea_orm::entity::prelude::*;
use sea_orm::{DbBackend, FromQueryResult, QueryFilter, Statement};

use super::{Spending, statement, sum};
use crate::account::{self, Tier};
use crate::money::NanoUsd;
use crate::time;

/// What sums are told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    User,
    Tier,
    Day,
    Kind,
    Model,
}

/// Whose and which days' sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// Everybody's, when there is nobody.
    pub account_id: Option<Uuid>,
    pub from: NaiveDate,
    /// The last day, included.
    pub to: NaiveDate,
}

/// In what order, and how many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// By name, those after this one.
    After(String, u64),
    /// The dearest.
    Dearest(u64),
}

/// One sum. Amounts in nano-dollars.
#[derive(Clone, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct Usage {
    /// A person's id, a day, a tier, a kind or a model; empty for a sum of everything.
    pub name: String,
    pub calls: i64,
    pub amount: i64,
    /// Of the amount, what was booked without knowing.
    pub unknown: i64,
    pub input_tokens: i64,
    pub cached_tokens: i64,
    pub output_tokens: i64,
    pub saved_tokens: i64,
    pub cache_saved: i64,
    pub compression_saved: i64,
    pub repeat_saved: i64,
}

/// A person close to their cap today. Amounts in nano-dollars.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct NearCap {
    pub account_id: Uuid,
    pub tier: Tier,
    pub cap: i64,
    pub settled: i64,
    pub held: i64,
}

/// What a person has spent on a day. In nano-dollars.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Spent {
    pub account_id: Uuid,
    pub day: NaiveDate,
    pub amount: i64,
}

const SUMS: &str = "CAST(COALESCE(SUM(calls), 0) AS BIGINT) AS calls, \
    CAST(COALESCE(SUM(amount), 0) AS BIGINT) AS amount, \
    CAST(COALESCE(SUM(\"unknown\"), 0) AS BIGINT) AS \"unknown\", \
    CAST(COALESCE(SUM(input_tokens), 0) AS BIGINT) AS input_tokens, \
    CAST(COALESCE(SUM(cached_tokens), 0) AS BIGINT) AS cached_tokens, \
    CAST(COALESCE(SUM(output_tokens), 0) AS BIGINT) AS output_tokens, \
    CAST(COALESCE(SUM(saved_tokens), 0) AS BIGINT) AS saved_tokens, \
    CAST(COALESCE(SUM(cache_saved), 0) AS BIGINT) AS cache_saved, \
    CAST(COALESCE(SUM(compression_saved), 0) AS BIGINT) AS compression_saved, \
    CAST(COALESCE(SUM(repeat_saved), 0) AS BIGINT) AS repeat_saved";

impl Spending {
    /// One sum for each name there is in the period.
    pub async fn usage(
        &self,
        period: Period,
        group: Group,
        order: Order,
    ) -> Result<Vec<Usage>, DbErr> {
        Usage::find_by_statement(self.usage_statement(period, group, &order)).all(&self.db).await
    }

    /// The question behind [`usage`](Self::usage), for whoever wants it explained.
    pub fn usage_statement(&self, period: Period, group: Group, order: &Order) -> Statement {
        let name = self.name(group);
        let mut values: Vec<sea_orm::Value> = vec![period.from.into(), period.to.into()];
        let mut conditions = "day >= $1 AND day <= $2".to_owned();
        if let Some(account_id) = period.account_id {
            values.push(account_id.into());
            conditions.push_str(" AND account_id = $3");
        }
        let (rank, limit) = match order {
            Order::After(after, limit) => {
                if !after.is_empty() {
                    values.push(after.as_str().into());
                    let place = values.len();
                    conditions = format!("{conditions} AND {name} > ${place}");
                }
                ("name", limit)
            }
            Order::Dearest(limit) => ("amount DESC, name", limit),
        };
        let sql = format!(
            "SELECT {name} AS name, {SUMS} FROM spend_sum WHERE {conditions} \
             GROUP BY {name} ORDER BY {rank} LIMIT {limit}"
        );
        Statement::from_sql_and_values(self.db.get_database_backend(), sql, values)
    }

    /// Everything in the period in one sum.
    pub async fn total(&self, period: Period) -> Result<Usage, DbErr> {
        let (condition, account_id) = match period.account_id {
            Some(account_id) => ("account_id = $3", account_id),
            None => ("$3 = $3", Uuid::nil()),
        };
        let sql = format!(
            "SELECT '' AS name, {SUMS} FROM spend_sum WHERE day >= $1 AND day <= $2 AND {condition}"
        );
        let values = [period.from.into(), period.to.into(), account_id.into()];
        let found =
            Usage::find_by_statement(statement(&self.db, &sql, values)).one(&self.db).await?;
        Ok(found.unwrap_or_default())
    }

    /// Whether there is, or ever was, such a person.
    pub async fn knows(&self, account_id: Uuid) -> Result<bool, DbErr> {
        let there = account::Entity::find_by_id(account_id).one(&self.db).await?.is_some();
        let was =
            || sum::Entity::find().filter(sum::Column::AccountId.eq(account_id)).one(&self.db);
        Ok(there || was().await?.is_some())
    }

    /// The people who have used at least this share of today's cap, the closest first.
    pub async fn near_cap(&self, percent: u32, limit: u64) -> Result<Vec<NearCap>, DbErr> {
        let now = time::now();
        let sql = format!(
            "SELECT account_id, tier, cap, settled, held FROM ( \
                SELECT d.account_id, x.tier, d.settled, d.held, {cap} AS cap \
                FROM spend_day d JOIN account x ON x.id = d.account_id WHERE d.day = $1) near \
             WHERE (settled + held) * 100.0 >= cap * {percent}.0 \
             ORDER BY (settled + held) * 1.0 / CASE cap WHEN 0 THEN 1 ELSE cap END DESC LIMIT {limit}",
            cap = super::CAP.replace("$1", "d.account_id")
        );
        let values = [now.date_naive().into(), now.into()];
        NearCap::find_by_statement(statement(&self.db, &sql, values)).all(&self.db).await
    }

    /// What the dearest people of `to` have spent on each day of the period.
    pub async fn spent_by_dearest(&self, period: Period, people: u64) -> Result<Vec<Spent>, DbErr> {
        let sql = format!(
            "SELECT account_id, day, CAST(SUM(amount) AS BIGINT) AS amount FROM spend_sum \
             WHERE day >= $1 AND day <= $2 AND account_id IN ( \
                SELECT account_id FROM spend_sum WHERE day = $2 \
                GROUP BY account_id ORDER BY SUM(amount) DESC LIMIT {people}) \
             GROUP BY account_id, day"
        );
        let values = [period.from.into(), period.to.into()];
        Spent::find_by_statement(statement(&self.db, &sql, values)).all(&self.db).await
    }

    /// What a sum is called, as text. SQLite keeps ids as bytes.
    fn name(&self, group: Group) -> &'static str {
        match (group, self.db.get_database_backend()) {
            (Group::User, DbBackend::Postgres) => "CAST(account_id AS TEXT)",
            (Group::User, _) => {
                "LOWER(SUBSTR(HEX(account_id), 1, 8) || '-' || SUBSTR(HEX(account_id), 9, 4) || '-' || \
                 SUBSTR(HEX(account_id), 13, 4) || '-' || SUBSTR(HEX(account_id), 17, 4) || '-' || \
                 SUBSTR(HEX(account_id), 21))"
            }
            (Group::Tier, _) => "tier",
            (Group::Day, _) => "CAST(day AS TEXT)",
            (Group::Kind, _) => "kind",
            (Group::Model, _) => "model",
        }
    }
}

/// How far from usual a number is, when half of the others lie within one unit of usual. None for too few numbers.
pub fn robust_z(number: f64, others: &[f64]) -> Option<f64> {
    /// Fewer tell nothing about what is usual.
    const FEWEST: usize = 5;
    /// Makes the unit a standard deviation where numbers are spread normally.
    const NORMAL: f64 = 0.6745;
    if others.len() < FEWEST {
        return None;
    }
    let usual = median(others.to_vec());
    let spread = median(others.iter().map(|one| (one - usual).abs()).collect());
    // Where all days are alike, a tenth of what is usual counts as spread.
    let spread = spread.max(usual.abs() / 10.0).max(f64::MIN_POSITIVE);
    Some(NORMAL * (number - usual) / spread)
}

/// Days that tell what is usual.
pub const USUAL_DAYS: i64 = 14;

/// How far a day's cost is from the days before it, when so far that somebody should know. In nano-dollars.
pub fn stands_out(cost: i64, usual: &[i64]) -> Option<f64> {
    /// So far from usual, a day is a spike.
    const SPIKE: f64 = 3.5;
    /// Less than a cent more than usual concerns nobody.
    const WORTH_TELLING: f64 = 10_000_000.0;
    #[expect(clippy::cast_precision_loss, reason = "a measure of distance, not money")]
    let number = |cost: i64| cost as f64;
    let days: Vec<f64> = usual.iter().copied().map(number).collect();
    let highest = days.iter().copied().fold(0.0, f64::max);
    let z = robust_z(number(cost), &days)?;
    let stands_out = z >= SPIKE && number(cost) >= WORTH_TELLING && number(cost) > highest;
    // Nothing is infinitely far from usual.
    stands_out.then(|| z.min(1_000.0))
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    let middle = numbers.len() / 2;
    let at = |index: usize| numbers.get(index).copied().unwrap_or(0.0);
    if numbers.len() % 2 == 1 {
        at(middle)
    } else {
        f64::midpoint(at(middle.wrapping_sub(1)), at(middle))
    }
}

impl Usage {
    pub fn cost(&self) -> NanoUsd {
        NanoUsd(self.amount)
    }
}

#[cfg(test)]
mod tests {
    use super::robust_z;

    #[test]
    fn a_spike_stands_out_and_an_ordinary_day_does_not() {
        let usual = [10.0, 11.0, 9.0, 10.0, 12.0, 10.0, 8.0, 11.0];

        assert!(robust_z(60.0, &usual).unwrap() > 10.0);
        assert!(robust_z(12.0, &usual).unwrap() < 3.5);
    }

    #[test]
    fn one_earlier_spike_does_not_hide_the_next() {
        let with_spike = [10.0, 11.0, 9.0, 500.0, 12.0, 10.0, 8.0, 11.0];

        assert!(robust_z(400.0, &with_spike).unwrap() > 10.0);
    }

    #[test]
    fn few_or_equal_days_make_no_false_alarm() {
        assert_eq!(robust_z(100.0, &[1.0, 1.0]), None);
        assert!(robust_z(10.5, &[10.0; 14]).unwrap() < 3.5);
        assert!(robust_z(0.0, &[0.0; 14]).unwrap().abs() < 3.5);
    }
}
