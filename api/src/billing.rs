//! For billing: everybody's sums, statements, and the ledger as a feed.

use std::convert::Infallible;

use bytes::Bytes;
use chrono::NaiveDate;
use futures::stream;
use poem::Body;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::{Binary, Json};
use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi, ResponseContent};
use shared::spending::Spending;
use shared::spending::report::{Group, Order, Period, Usage};
use uuid::Uuid;

use crate::Tag;
use crate::caller::Billing;
use crate::csv::{Cell, line};
use crate::period::{month, period};
use crate::problem::answer::{AdminRead, Refused};
use crate::problem::{Code, Problem};
use crate::spending::{LedgerEntry, MOST_GROUPS, SpendingSum, limit_of};

/// Sums on one page, and entries of the feed.
const MOST_SUMS: u64 = 1_000;
const MOST_ENTRIES: u64 = 1_000;

pub struct BillingApi {
    pub spending: Spending,
}

/// What sums are told apart by
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "snake_case")]
pub enum UsageGroup {
    User,
    Tier,
    Day,
    Kind,
    Model,
}

impl From<UsageGroup> for Group {
    fn from(group: UsageGroup) -> Self {
        match group {
            UsageGroup::User => Self::User,
            UsageGroup::Tier => Self::Tier,
            UsageGroup::Day => Self::Day,
            UsageGroup::Kind => Self::Kind,
            UsageGroup::Model => Self::Model,
        }
    }
}

/// How sums are written
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "snake_case")]
pub enum UsageFormat {
    Json,
    Csv,
}

/// A page of sums, by name
#[derive(Debug, Object)]
#[oai(example)]
pub struct UsagePage {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub items: Vec<SpendingSum>,
    /// Give this as `cursor` for the next page; absent on the last
    #[oai(skip_serializing_if_is_none)]
    pub next_cursor: Option<String>,
}

impl Example for UsagePage {
    fn example() -> Self {
        let day = crate::example::time().date_naive();
        Self { from: day, to: day, items: vec![SpendingSum::example()], next_cursor: None }
    }
}

/// Sums as data, or as a table for a spreadsheet
#[derive(ResponseContent)]
pub enum UsageContent {
    Json(Json<UsagePage>),
    #[oai(content_type = "text/csv")]
    Csv(Binary<Body>),
}

#[derive(ApiResponse)]
pub enum UsageAnswer {
    /// The sums
    #[oai(status = 200)]
    Sums(UsageContent),
}

/// A person's month
#[derive(Debug, Object)]
#[oai(example)]
pub struct Statement {
    pub account_id: Uuid,
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub total: SpendingSum,
    pub by_day: Vec<SpendingSum>,
    pub by_kind: Vec<SpendingSum>,
    pub by_model: Vec<SpendingSum>,
}

impl Example for Statement {
    fn example() -> Self {
        let day = crate::example::time().date_naive();
        let named = |name: &str| SpendingSum { name: name.into(), ..SpendingSum::example() };
        Self {
            account_id: crate::example::id(1),
            from: day,
            to: day,
            total: named(""),
            by_day: vec![named("2026-11-21")],
            by_kind: vec![named("tailor")],
            by_model: vec![named("gpt-4o-mini")],
        }
    }
}

/// Lines of the ledger, oldest first
#[derive(Debug, Object)]
#[oai(example)]
pub struct LedgerFeed {
    pub entries: Vec<LedgerEntry>,
    /// Give this as `after` the next time: there is nothing more now when it stays the same
    pub next_after: i64,
}

impl Example for LedgerFeed {
    fn example() -> Self {
        Self { entries: vec![LedgerEntry::example()], next_after: 4_711 }
    }
}

#[OpenApi(prefix_path = "/billing", tag = "Tag::Billing")]
impl BillingApi {
    /// Sum up what was spent
    ///
    /// From `from` to `to`, both included, in UTC: by default this month so far. As JSON in pages, or
    /// with `format=csv` all at once as a table, in which no cell is a formula.
    #[oai(path = "/usage", method = "get", operation_id = "list_usage")]
    async fn usage(
        &self,
        _billing: Billing,
        group_by: Query<Option<UsageGroup>>,
        from: Query<Option<NaiveDate>>,
        to: Query<Option<NaiveDate>>,
        format: Query<Option<UsageFormat>>,
        cursor: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Result<UsageAnswer, Refused<AdminRead>> {
        let period = period(None, (from.0, to.0))?;
        let group = group_by.0.unwrap_or(UsageGroup::User).into();
        if let Some(UsageFormat::Csv) = format.0 {
            let table = table(self.spending.clone(), period, group);
            return Ok(UsageAnswer::Sums(UsageContent::Csv(Binary(table))));
        }
        let limit = limit_of(limit.0, MOST_SUMS)?;
        let order = Order::After(cursor.0.unwrap_or_default(), limit + 1);
        let mut sums = self.spending.usage(period, group, order).await?;
        let more = u64::try_from(sums.len()).is_ok_and(|count| count > limit);
        sums.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let next_cursor = sums.last().filter(|_| more).map(|sum| sum.name.clone());
        let items = sums.into_iter().map(SpendingSum::from).collect();
        let page = UsagePage { from: period.from, to: period.to, items, next_cursor };
        Ok(UsageAnswer::Sums(UsageContent::Json(Json(page))))
    }

    /// Show a person's month
    #[oai(path = "/users/:id/statement", method = "get", operation_id = "get_statement")]
    async fn statement(
        &self,
        _billing: Billing,
        id: Path<Uuid>,
        /// Such as `2026-11`
        month: Query<String>,
    ) -> Result<Json<Statement>, Refused<AdminRead>> {
        let period = self::month(Some(id.0), &month.0)?;
        if !self.spending.knows(id.0).await? {
            return Err(no_such_account().into());
        }
        Ok(Json(Statement {
            account_id: id.0,
            from: period.from,
            to: period.to,
            total: self.spending.total(period).await?.into(),
            by_day: self.sums(period, Group::Day).await?,
            by_kind: self.sums(period, Group::Kind).await?,
            by_model: self.sums(period, Group::Model).await?,
        }))
    }

    /// Follow the ledger
    ///
    /// Every line exactly once, in an order that never changes: keep `next_after` and ask again. The
    /// same question gives the same bytes once it fills its `limit`.
    #[oai(path = "/entries", method = "get", operation_id = "list_billing_entries")]
    async fn entries(
        &self,
        _billing: Billing,
        /// 0, or the `next_after` of the answer before
        after: Query<Option<i64>>,
        limit: Query<Option<u64>>,
    ) -> Result<Json<LedgerFeed>, Refused<AdminRead>> {
        let after = after.0.unwrap_or(0);
        let limit = limit_of(limit.0.or(Some(100)), MOST_ENTRIES)?;
        let rows = self.spending.feed(after, limit).await?;
        let next_after = rows.last().map_or(after, |row| row.seq);
        let entries = rows.into_iter().map(LedgerEntry::from).collect();
        Ok(Json(LedgerFeed { entries, next_after }))
    }
}

impl BillingApi {
    async fn sums(&self, period: Period, group: Group) -> Result<Vec<SpendingSum>, Problem> {
        let order = Order::After(String::new(), MOST_GROUPS);
        let sums = self.spending.usage(period, group, order).await?;
        Ok(sums.into_iter().map(SpendingSum::from).collect())
    }
}

/// The sums as a table, read page by page while it is sent.
pub fn table(spending: Spending, period: Period, group: Group) -> Body {
    let head = Bytes::from_static(HEAD.as_bytes());
    let rows = stream::try_unfold(Some(String::new()), move |after| {
        let spending = spending.clone();
        async move {
            let Some(after) = after else { return Ok(None) };
            let order = Order::After(after, MOST_SUMS);
            let sums = spending.usage(period, group, order).await.map_err(std::io::Error::other)?;
            let last = sums.last().map(|sum| sum.name.clone());
            Ok::<_, std::io::Error>(Some((rows(&sums), last)))
        }
    });
    let head = stream::once(async { Ok::<_, Infallible>(head) });
    use futures::{StreamExt, TryStreamExt};
    Body::from_bytes_stream(head.map_err(std::io::Error::other).chain(rows))
}

const HEAD: &str = "name,calls,cost_usd,cost_nano_usd,unknown_nano_usd,input_tokens,cached_tokens,output_tokens,\
compressed_tokens,saved_by_cache_nano_usd,saved_by_compression_nano_usd,saved_by_repeats_nano_usd\r\n";

fn rows(sums: &[Usage]) -> Bytes {
    let mut table = String::new();
    for sum in sums {
        let numbers = [
            sum.amount,
            sum.unknown,
            sum.input_tokens,
            sum.cached_tokens,
            sum.output_tokens,
            sum.saved_tokens,
            sum.cache_saved,
            sum.compression_saved,
            sum.repeat_saved,
        ];
        let mut cells = vec![Cell::Text(&sum.name), Cell::Number(sum.calls), Cell::Usd(sum.amount)];
        cells.extend(numbers.map(Cell::Number));
        line(&mut table, &cells);
    }
    table.into()
}

pub fn no_such_account() -> Problem {
    Problem::new(Code::AccountNotFound, "There is no such account.")
}
