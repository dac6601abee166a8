//! What a call came to.

use super::price::{Price, Tokens};
use crate::money::NanoUsd;

/// What an attempt has cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cost {
    /// Surely nothing.
    Nothing,
    /// What the provider said.
    Known(Booking),
    /// Nobody can say: the whole hold is booked until somebody can.
    Unknown,
}

/// What goes into the ledger for a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Booking {
    pub amount: NanoUsd,
    pub tokens: Tokens,
    /// What the provider's cache took off the price.
    pub cache_saved: NanoUsd,
    /// What compression took off the prompt.
    pub saved_tokens: u64,
    pub compression_saved: NanoUsd,
}

impl Booking {
    pub fn new(price: &Price, tokens: Tokens, saved_tokens: u64) -> Self {
        let uncached = price.of(Tokens { cached: 0, ..tokens });
        let amount = price.of(tokens);
        Self {
            amount,
            tokens,
            cache_saved: uncached.less(amount),
            saved_tokens,
            compression_saved: price.input.times(saved_tokens).unwrap_or(NanoUsd::MAX),
        }
    }
}
