//! What an operation has cost, line by line.

use poem_openapi::Object;
use poem_openapi::types::Example;
use shared::spending::ledger::{Model as Entry, What};
use uuid::Uuid;

use super::LedgerEntry;
use crate::money::Money;

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
    pub fn new(operation_id: Uuid, is_final: bool, entries: Vec<Entry>) -> Self {
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
