//! What models cost the installation: by whom, for what, where it is going, and what is unusual.

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeDelta};
use poem_openapi::param::Query;
use poem_openapi::payload::{Binary, Json};
use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Object, OpenApi};
use shared::spending::Spending;
use shared::spending::report::{Group, NearCap, Order, Period, USUAL_DAYS};
use uuid::Uuid;

use crate::Tag;
use crate::billing::{UsageGroup, table};
use crate::caller::Admin;
use crate::money::Money;
use crate::period::{last, period};
use crate::problem::Problem;
use crate::problem::answer::{AdminRead, Refused};
use crate::spending::{MOST_GROUPS, SpendingSum, limit_of};

mod spike;

use spike::spikes;

/// People whose today is compared with their usual.
const MOST_COMPARED: u64 = 100;
const MOST_PEOPLE: u64 = 100;

pub struct CostApi {
    pub spending: Spending,
}

/// What was spent in a period, and on what
#[derive(Debug, Object)]
#[oai(example)]
pub struct CostOverview {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub total: SpendingSum,
    pub by_kind: Vec<SpendingSum>,
    pub by_model: Vec<SpendingSum>,
    pub by_tier: Vec<SpendingSum>,
}

/// People by what they have spent, the dearest first
#[derive(Debug, Object)]
#[oai(example)]
pub struct TopUsers {
    pub items: Vec<SpendingSum>,
}

/// What was spent each day, and where that leads
#[derive(Debug, Object)]
#[oai(example)]
pub struct CostTrend {
    pub last_7_days: Vec<DayCost>,
    pub last_30_days: Vec<DayCost>,
    /// From the seven whole days before today
    pub projection: Projection,
}

/// What was spent on a day
#[derive(Debug, Object)]
pub struct DayCost {
    pub day: NaiveDate,
    pub cost: Money,
}

/// What will be spent if it goes on as now
#[derive(Debug, Object)]
pub struct Projection {
    pub day: Money,
    pub month: Money,
    pub year: Money,
}

/// Days that stand out from the two weeks before
#[derive(Debug, Object)]
#[oai(example)]
pub struct CostSpikes {
    /// The days of the last two weeks on which all people together have spent unusually much
    pub days: Vec<Spike>,
    /// People who have spent unusually much today
    pub people: Vec<Spike>,
}

/// A day that stands out
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Spike {
    pub account_id: Option<Uuid>,
    pub day: NaiveDate,
    pub cost: Money,
    /// How far from usual; from 3.5 on a day stands out
    pub robust_z: f64,
}

/// People close to today's cap
#[derive(Debug, Object)]
#[oai(example)]
pub struct NearCaps {
    pub items: Vec<NearCapPerson>,
}

/// A person close to today's cap
#[derive(Debug, Object)]
pub struct NearCapPerson {
    pub account_id: Uuid,
    pub tier: String,
    pub cap: Money,
    pub settled: Money,
    pub held: Money,
    pub percent: u32,
}

impl From<NearCap> for NearCapPerson {
    fn from(row: NearCap) -> Self {
        let used = shared::money::NanoUsd(row.settled.saturating_add(row.held));
        Self {
            account_id: row.account_id,
            tier: row.tier.as_str().into(),
            cap: row.cap.into(),
            settled: row.settled.into(),
            held: row.held.into(),
            percent: used.percent_of(shared::money::NanoUsd(row.cap)),
        }
    }
}

fn named(name: &str) -> SpendingSum {
    SpendingSum { name: name.into(), ..SpendingSum::example() }
}

impl Example for CostOverview {
    fn example() -> Self {
        let day = crate::example::time().date_naive();
        Self {
            from: day,
            to: day,
            total: named(""),
            by_kind: vec![named("tailor")],
            by_model: vec![named("gpt-4o-mini")],
            by_tier: vec![named("pro")],
        }
    }
}

impl Example for TopUsers {
    fn example() -> Self {
        Self { items: vec![named(&crate::example::id(1).to_string())] }
    }
}

impl Example for CostTrend {
    fn example() -> Self {
        let day =
            || DayCost { day: crate::example::time().date_naive(), cost: 4_200_000_000.into() };
        Self {
            last_7_days: vec![day()],
            last_30_days: vec![day()],
            projection: Projection::of(4_200_000_000),
        }
    }
}

impl Example for CostSpikes {
    fn example() -> Self {
        let spike = |account_id| Spike {
            account_id,
            day: crate::example::time().date_naive(),
            cost: 19_000_000_000.into(),
            robust_z: 8.4,
        };
        Self { days: vec![spike(None)], people: vec![spike(Some(crate::example::id(1)))] }
    }
}

impl Example for NearCaps {
    fn example() -> Self {
        let person = NearCapPerson {
            account_id: crate::example::id(1),
            tier: "free".into(),
            cap: 1_000_000_000.into(),
            settled: 812_340_150.into(),
            held: 1_200_000.into(),
            percent: 81,
        };
        Self { items: vec![person] }
    }
}

impl Projection {
    /// From what a day costs.
    fn of(day: i64) -> Self {
        Self {
            day: day.into(),
            month: (day.saturating_mul(365) / 12).into(),
            year: day.saturating_mul(365).into(),
        }
    }
}

#[derive(ApiResponse)]
pub enum CostTable {
    /// A table for a spreadsheet, in which no cell is a formula
    #[oai(status = 200, content_type = "text/csv")]
    Table(Binary<poem::Body>),
}

#[OpenApi(prefix_path = "/admin/costs", tag = "Tag::Admin")]
impl CostApi {
    /// Show what models cost
    ///
    /// From `from` to `to`, both included, in UTC: by default this month so far.
    #[oai(path = "/overview", method = "get", operation_id = "get_cost_overview")]
    async fn overview(
        &self,
        _admin: Admin,
        from: Query<Option<NaiveDate>>,
        to: Query<Option<NaiveDate>>,
    ) -> Result<Json<CostOverview>, Refused<AdminRead>> {
        let period = period(None, (from.0, to.0))?;
        let dearest = Order::Dearest(MOST_GROUPS);
        Ok(Json(CostOverview {
            from: period.from,
            to: period.to,
            total: self.spending.total(period).await?.into(),
            by_kind: self.sums(period, Group::Kind, dearest.clone()).await?,
            by_model: self.sums(period, Group::Model, dearest.clone()).await?,
            by_tier: self.sums(period, Group::Tier, dearest).await?,
        }))
    }

    /// List who spends most
    #[oai(path = "/top-users", method = "get", operation_id = "list_top_users")]
    async fn top_users(
        &self,
        _admin: Admin,
        from: Query<Option<NaiveDate>>,
        to: Query<Option<NaiveDate>>,
        limit: Query<Option<u64>>,
    ) -> Result<Json<TopUsers>, Refused<AdminRead>> {
        let period = period(None, (from.0, to.0))?;
        let limit = limit_of(limit.0, MOST_PEOPLE)?;
        let items = self.sums(period, Group::User, Order::Dearest(limit)).await?;
        Ok(Json(TopUsers { items }))
    }

    /// Show where costs are going
    #[oai(path = "/trend", method = "get", operation_id = "get_cost_trend")]
    async fn trend(&self, _admin: Admin) -> Result<Json<CostTrend>, Refused<AdminRead>> {
        let days = self.days(30).await?;
        let whole = days.iter().rev().skip(1).take(7).map(|(_, cost)| *cost).sum::<i64>();
        let list = |days: &[(NaiveDate, i64)]| {
            days.iter().map(|(day, cost)| DayCost { day: *day, cost: (*cost).into() }).collect()
        };
        Ok(Json(CostTrend {
            last_7_days: list(days.get(days.len().saturating_sub(7)..).unwrap_or_default()),
            last_30_days: list(&days),
            projection: Projection::of(whole / 7),
        }))
    }

    /// Find what is unusual
    ///
    /// Days and people that stand out from the fourteen days before, by a measure that one earlier
    /// spike does not blunt.
    #[oai(path = "/spikes", method = "get", operation_id = "list_cost_spikes")]
    async fn spikes(&self, _admin: Admin) -> Result<Json<CostSpikes>, Refused<AdminRead>> {
        let days = self.days(2 * USUAL_DAYS).await?;
        let people = self.spending.spent_by_dearest(last(USUAL_DAYS + 1), MOST_COMPARED).await?;
        let mut by_person: BTreeMap<Uuid, BTreeMap<NaiveDate, i64>> = BTreeMap::new();
        for spent in people {
            by_person.entry(spent.account_id).or_default().insert(spent.day, spent.amount);
        }
        let people = by_person.into_iter().filter_map(|(account_id, spent)| {
            let spike = spikes(&filled(last(USUAL_DAYS + 1), &spent), 1).pop()?;
            Some(Spike { account_id: Some(account_id), ..spike })
        });
        let window = usize::try_from(USUAL_DAYS).unwrap_or(0);
        Ok(Json(CostSpikes { days: spikes(&days, window), people: people.collect() }))
    }

    /// List who is near today's cap
    #[oai(path = "/near-cap", method = "get", operation_id = "list_near_cap")]
    async fn near_cap(
        &self,
        _admin: Admin,
        limit: Query<Option<u64>>,
    ) -> Result<Json<NearCaps>, Refused<AdminRead>> {
        let limit = limit_of(limit.0, MOST_PEOPLE)?;
        let rows = self.spending.near_cap(shared::spending::WARN_FROM, limit).await?;
        Ok(Json(NearCaps { items: rows.into_iter().map(NearCapPerson::from).collect() }))
    }

    /// Export what models cost
    ///
    /// A table of any period.
    #[oai(path = "/export", method = "get", operation_id = "export_costs")]
    #[expect(clippy::unused_async, reason = "the macro takes async functions only")]
    async fn export(
        &self,
        _admin: Admin,
        group_by: Query<Option<UsageGroup>>,
        from: Query<Option<NaiveDate>>,
        to: Query<Option<NaiveDate>>,
    ) -> Result<CostTable, Refused<AdminRead>> {
        let period = period(None, (from.0, to.0))?;
        let group = group_by.0.unwrap_or(UsageGroup::Day).into();
        Ok(CostTable::Table(Binary(table(self.spending.clone(), period, group))))
    }
}

impl CostApi {
    async fn sums(
        &self,
        period: Period,
        group: Group,
        order: Order,
    ) -> Result<Vec<SpendingSum>, Problem> {
        let sums = self.spending.usage(period, group, order).await?;
        Ok(sums.into_iter().map(SpendingSum::from).collect())
    }

    /// All days, those without spending too, the oldest first.
    async fn days(&self, count: i64) -> Result<Vec<(NaiveDate, i64)>, Problem> {
        let period = last(count);
        let order = Order::After(String::new(), MOST_GROUPS);
        let sums = self.spending.usage(period, Group::Day, order).await?;
        let spent = sums.into_iter().filter_map(|sum| Some((sum.name.parse().ok()?, sum.amount)));
        Ok(filled(period, &spent.collect()))
    }
}

fn filled(period: Period, spent: &BTreeMap<NaiveDate, i64>) -> Vec<(NaiveDate, i64)> {
    let days =
        (0..=(period.to - period.from).num_days()).map(|day| period.from + TimeDelta::days(day));
    days.map(|day| (day, spent.get(&day).copied().unwrap_or(0))).collect()
}
