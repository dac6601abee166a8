//! What the caller has spent, may spend, and what for.

use chrono::{DateTime, NaiveDate, Utc};
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{Enum, Object, OpenApi};
use shared::operation::Operations;
use shared::page::{DEFAULT_LIMIT, MAX_LIMIT};
use shared::spending::ledger::{Model as Entry, What};
use shared::spending::report::{Group, Order, Usage};
use shared::spending::{Spending, Standing, WARN_FROM};
use uuid::Uuid;

use crate::Tag;
use crate::caller::Caller;
use crate::mirror::mirror;
use crate::money::Money;
use crate::operation::OperationKind;
use crate::period::period;
use crate::problem::answer::{Read, Refused};
use crate::problem::{Code, Problem};

/// More groups than a year of days has.
pub const MOST_GROUPS: u64 = 400;

pub struct SpendingApi {
    pub spending: Spending,
    pub operations: Operations,
}

mirror! {
    /// Why an entry was made: a call that cost what the provider said; one whose cost nobody knows, booked at
    /// the most it can be; the difference once it was known; something that was answered before and cost nothing
    EntryReason of What { Settled, Unknown, Correction, Repeat }
}

/// What today looks like
#[derive(Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct SpendingToday {
    /// What may be spent on a UTC day
    pub cap: Money,
    /// What was spent
    pub settled: Money,
    /// What is set aside for calls that are out
    pub held: Money,
    pub remaining: Money,
    /// Of the cap, spent or set aside
    pub percent: u32,
    /// From 80 per cent on, in plain words
    pub warning: Option<String>,
    pub resets_at: DateTime<Utc>,
}

impl From<Standing> for SpendingToday {
    fn from(standing: Standing) -> Self {
        let percent = standing.percent();
        let warning = (percent >= WARN_FROM).then(|| {
            let remaining = standing.remaining().to_usd();
            format!("You have used {percent} % of today's spending limit; ${remaining} is left.")
        });
        Self {
            cap: standing.cap.into(),
            settled: standing.settled.into(),
            held: standing.held.into(),
            remaining: standing.remaining().into(),
            percent,
            warning,
            resets_at: standing.resets_at,
        }
    }
}

impl Example for SpendingToday {
    fn example() -> Self {
        Self {
            cap: 1_000_000_000.into(),
            settled: 812_340_150.into(),
            held: 1_200_000.into(),
            remaining: 186_459_850.into(),
            percent: 81,
            warning: Some(
                "You have used 81 % of today's spending limit; $0.18645985 is left.".into(),
            ),
            resets_at: crate::example::time(),
        }
    }
}

/// What sums are told apart by
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "snake_case")]
pub enum HistoryGroup {
    Day,
    Kind,
    Model,
}

impl From<HistoryGroup> for Group {
    fn from(group: HistoryGroup) -> Self {
        match group {
            HistoryGroup::Day => Self::Day,
            HistoryGroup::Kind => Self::Kind,
            HistoryGroup::Model => Self::Model,
        }
    }
}

/// A sum of the ledger
#[derive(Debug, Object)]
#[oai(example)]
pub struct SpendingSum {
    /// The day, kind, model, tier or account that it is the sum of; empty for everything
    pub name: String,
    pub calls: i64,
    pub cost: Money,
    /// Of the cost, what was booked without knowing
    pub unknown: Money,
    pub input_tokens: i64,
    /// Of the input tokens, those that the provider had cached
    pub cached_tokens: i64,
    pub output_tokens: i64,
    /// Tokens that compression took off prompts
    pub compressed_tokens: i64,
    /// What the provider's cache saved
    pub saved_by_cache: Money,
    /// What compression saved
    pub saved_by_compression: Money,
    /// What was answered before and not paid for again
    pub saved_by_repeats: Money,
}

impl From<Usage> for SpendingSum {
    fn from(usage: Usage) -> Self {
        Self {
            name: usage.name,
            calls: usage.calls,
            cost: usage.amount.into(),
            unknown: usage.unknown.into(),
            input_tokens: usage.input_tokens,
            cached_tokens: usage.cached_tokens,
            output_tokens: usage.output_tokens,
            compressed_tokens: usage.saved_tokens,
            saved_by_cache: usage.cache_saved.into(),
            saved_by_compression: usage.compression_saved.into(),
            saved_by_repeats: usage.repeat_saved.into(),
        }
    }
}

impl Example for SpendingSum {
    fn example() -> Self {
        Usage {
            name: "2026-11-21".into(),
            calls: 12,
            amount: 3_870_450,
            unknown: 0,
            input_tokens: 14_203,
            cached_tokens: 2_048,
            output_tokens: 3_150,
            saved_tokens: 9_800,
            cache_saved: 153_600,
            compression_saved: 1_470_000,
            repeat_saved: 322_500,
        }
        .into()
    }
}

/// What was spent in a period
#[derive(Debug, Object)]
#[oai(example)]
pub struct SpendingHistory {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub total: SpendingSum,
    pub items: Vec<SpendingSum>,
}

impl Example for SpendingHistory {
    fn example() -> Self {
        let day = crate::example::time().date_naive();
        let total = SpendingSum { name: String::new(), ..SpendingSum::example() };
        Self { from: day, to: day, total, items: vec![SpendingSum::example()] }
    }
}

/// A line of the ledger; it is never changed or removed
#[derive(Debug, Object)]
#[oai(example)]
pub struct LedgerEntry {
    /// Its place in the ledger
    pub number: i64,
    pub id: Uuid,
    pub account_id: Uuid,
    /// The UTC day whose limit it counts against
    pub day: NaiveDate,
    pub at: DateTime<Utc>,
    pub reason: EntryReason,
    pub kind: OperationKind,
    pub operation_id: Uuid,
    /// The part of the work that asked a model
    pub step: String,
    pub model: String,
    pub price_version: String,
    /// Negative when something is given back
    pub cost: Money,
    pub input_tokens: i64,
    pub cached_tokens: i64,
    pub output_tokens: i64,
    /// Tokens that compression took off the prompt
    pub compressed_tokens: i64,
    pub saved_by_cache: Money,
    pub saved_by_compression: Money,
    pub saved_by_repeats: Money,
}

impl From<Entry> for LedgerEntry {
    fn from(entry: Entry) -> Self {
        Self {
            number: entry.seq,
            id: entry.id,
            account_id: entry.account_id,
            day: entry.day,
            at: entry.at,
            reason: entry.what.into(),
            kind: entry.kind.into(),
            operation_id: entry.operation_id,
            step: entry.step,
            model: entry.model,
            price_version: entry.price_version,
            cost: entry.amount.into(),
            input_tokens: entry.input_tokens,
            cached_tokens: entry.cached_tokens,
            output_tokens: entry.output_tokens,
            compressed_tokens: entry.saved_tokens,
            saved_by_cache: entry.cache_saved.into(),
            saved_by_compression: entry.compression_saved.into(),
            saved_by_repeats: entry.repeat_saved.into(),
        }
    }
}

impl Example for LedgerEntry {
    fn example() -> Self {
        Self {
            number: 4_711,
            id: crate::example::id(9),
            account_id: crate::example::id(1),
            day: crate::example::time().date_naive(),
            at: crate::example::time(),
            reason: EntryReason::Settled,
            kind: OperationKind::Tailor,
            operation_id: crate::example::id(3),
            step: "tailor".into(),
            model: "gpt-4o-mini".into(),
            price_version: "2026-11-28".into(),
            cost: 322_500.into(),
            input_tokens: 1_184,
            cached_tokens: 0,
            output_tokens: 241,
            compressed_tokens: 816,
            saved_by_cache: 0.into(),
            saved_by_compression: 122_400.into(),
            saved_by_repeats: 0.into(),
        }
    }
}

/// A page of the ledger, newest first
#[derive(Debug, Object)]
#[oai(example)]
pub struct LedgerPage {
    pub items: Vec<LedgerEntry>,
    /// Give this as `cursor` for the next page; absent on the last
    #[oai(skip_serializing_if_is_none)]
    pub next_cursor: Option<i64>,
}

impl Example for LedgerPage {
    fn example() -> Self {
        Self { items: vec![LedgerEntry::example()], next_cursor: Some(4_711) }
    }
}

/// What an operation has cost
#[derive(Debug, Object)]
#[oai(example)]
pub struct Receipt {
    pub operation_id: Uuid,
    /// Whether it has ended; until then, more may come
    pub is_final: bool,
    pub cost: Money,
    /// Requests to models that cost something or may have
    pub calls: usize,
    pub input_tokens: i64,
    pub cached_tokens: i64,
    pub output_tokens: i64,
    pub compressed_tokens: i64,
    pub saved_by_cache: Money,
    pub saved_by_compression: Money,
    pub saved_by_repeats: Money,
    /// In the order they were made; empty when the rules did all the work, which costs nothing
    pub entries: Vec<LedgerEntry>,
}

impl Receipt {
    fn new(operation_id: Uuid, is_final: bool, entries: Vec<Entry>) -> Self {
        let sum = |of: fn(&Entry) -> i64| entries.iter().map(of).sum::<i64>();
        let is_call = |entry: &&Entry| matches!(entry.what, What::Settled | What::Unknown);
        Self {
            operation_id,
            is_final,
            cost: sum(|entry| entry.amount.0).into(),
            calls: entries.iter().filter(is_call).count(),
            input_tokens: sum(|entry| entry.input_tokens),
            cached_tokens: sum(|entry| entry.cached_tokens),
            output_tokens: sum(|entry| entry.output_tokens),
            compressed_tokens: sum(|entry| entry.saved_tokens),
            saved_by_cache: sum(|entry| entry.cache_saved.0).into(),
            saved_by_compression: sum(|entry| entry.compression_saved.0).into(),
            saved_by_repeats: sum(|entry| entry.repeat_saved.0).into(),
            entries: entries.into_iter().map(LedgerEntry::from).collect(),
        }
    }
}

impl Example for Receipt {
    fn example() -> Self {
        let entry = LedgerEntry::example();
        Self {
            operation_id: entry.operation_id,
            is_final: true,
            cost: entry.cost.clone(),
            calls: 1,
            input_tokens: entry.input_tokens,
            cached_tokens: entry.cached_tokens,
            output_tokens: entry.output_tokens,
            compressed_tokens: entry.compressed_tokens,
            saved_by_cache: entry.saved_by_cache.clone(),
            saved_by_compression: entry.saved_by_compression.clone(),
            saved_by_repeats: entry.saved_by_repeats.clone(),
            entries: vec![entry],
        }
    }
}

#[OpenApi(tag = "Tag::Spending")]
impl SpendingApi {
    /// Show what is left today
    #[oai(path = "/spending/today", method = "get", operation_id = "get_spending_today")]
    async fn today(&self, caller: Caller) -> Result<Json<SpendingToday>, Refused<Read>> {
        Ok(Json(self.spending.standing(caller.0.id).await?.into()))
    }

    /// Show what was spent
    ///
    /// From `from` to `to`, both included, in UTC: by default this month so far.
    #[oai(path = "/spending/history", method = "get", operation_id = "get_spending_history")]
    async fn history(
        &self,
        caller: Caller,
        group_by: Query<Option<HistoryGroup>>,
        from: Query<Option<NaiveDate>>,
        to: Query<Option<NaiveDate>>,
    ) -> Result<Json<SpendingHistory>, Refused<Read>> {
        let period = period(Some(caller.0.id), (from.0, to.0))?;
        let group = group_by.0.unwrap_or(HistoryGroup::Day).into();
        let order = Order::After(String::new(), MOST_GROUPS);
        let items = self.spending.usage(period, group, order).await?;
        let total = self.spending.total(period).await?.into();
        let items = items.into_iter().map(SpendingSum::from).collect();
        Ok(Json(SpendingHistory { from: period.from, to: period.to, total, items }))
    }

    /// List what was booked
    #[oai(path = "/spending/entries", method = "get", operation_id = "list_spending_entries")]
    async fn entries(
        &self,
        caller: Caller,
        cursor: Query<Option<i64>>,
        limit: Query<Option<u64>>,
    ) -> Result<Json<LedgerPage>, Refused<Read>> {
        let limit = limit_of(limit.0, MAX_LIMIT)?;
        let mut rows = self.spending.entries(caller.0.id, cursor.0, limit + 1).await?;
        let more = u64::try_from(rows.len()).is_ok_and(|count| count > limit);
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let next_cursor = rows.last().filter(|_| more).map(|row| row.seq);
        let items = rows.into_iter().map(LedgerEntry::from).collect();
        Ok(Json(LedgerPage { items, next_cursor }))
    }

    /// Show what an operation has cost
    ///
    /// Every request to a model with its tokens and price, and what was saved.
    #[oai(path = "/operations/:id/receipt", method = "get", operation_id = "get_receipt")]
    async fn receipt(
        &self,
        caller: Caller,
        id: Path<Uuid>,
    ) -> Result<Json<Receipt>, Refused<Read>> {
        let found = self.operations.find(caller.0.id, id.0).await?;
        let operation = found
            .ok_or_else(|| Problem::new(Code::OperationNotFound, "There is no such operation."))?;
        let entries = self.spending.entries_of(operation.id).await?;
        Ok(Json(Receipt::new(operation.id, operation.state.is_terminal(), entries)))
    }
}

pub fn limit_of(limit: Option<u64>, most: u64) -> Result<u64, Problem> {
    let limit = limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=most).contains(&limit) {
        let detail = format!("`limit` must be from 1 to {most}.");
        return Err(Problem::new(Code::InvalidRequest, detail));
    }
    Ok(limit)
}
