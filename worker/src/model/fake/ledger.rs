//! What the fake was asked and what it billed, in bounded memory.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

use crate::model::Usage;
use crate::model::fake::script::Endpoint;

/// Older calls make room for newer ones beyond either bound; what they cost stays in the sum.
const MAX_CALLS: usize = 1000;
const MAX_BYTES: usize = 16 << 20;

/// One request, as the fake saw it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Call {
    pub endpoint: Endpoint,
    pub path: String,
    pub model: String,
    /// The name of the schema asked for.
    pub schema: Option<String>,
    /// `json_schema`, `json_object` or nothing.
    pub format: Option<String>,
    /// The names of the fields that the request body had.
    pub fields: Vec<String>,
    /// The header that carried a key.
    pub key_header: Option<&'static str>,
    /// The texts of all messages, or all texts to embed, with a line between.
    pub prompt: String,
    /// What was sent; nothing when the connection was left hanging or closed.
    pub status: Option<u16>,
    /// What it cost; a refused request costs nothing.
    pub billed: Option<Usage>,
}

/// The sum over all calls, those no longer listed included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Billed {
    /// Requests received.
    pub calls: u64,
    /// Requests that cost something.
    pub billed_calls: u64,
    pub usage: Usage,
}

#[derive(Debug, Default)]
pub struct Ledger {
    book: Mutex<Book>,
}

#[derive(Debug, Default)]
struct Book {
    calls: VecDeque<Call>,
    bytes: usize,
    billed: Billed,
}

impl Ledger {
    pub fn record(&self, call: Call) {
        let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        book.billed.add(call.billed);
        book.bytes += call.prompt.len();
        book.calls.push_back(call);
        while book.calls.len() > MAX_CALLS || book.bytes > MAX_BYTES {
            let Some(oldest) = book.calls.pop_front() else { break };
            book.bytes -= oldest.prompt.len();
        }
    }

    pub fn calls(&self) -> Vec<Call> {
        let book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        book.calls.iter().cloned().collect()
    }

    pub fn billed(&self) -> Billed {
        self.book.lock().unwrap_or_else(PoisonError::into_inner).billed
    }

    pub fn clear(&self) {
        *self.book.lock().unwrap_or_else(PoisonError::into_inner) = Book::default();
    }
}

impl Billed {
    fn add(&mut self, billed: Option<Usage>) {
        self.calls += 1;
        let Some(usage) = billed else { return };
        self.billed_calls += 1;
        let sum = &mut self.usage;
        sum.input = sum.input.saturating_add(usage.input);
        sum.cached_input = sum.cached_input.saturating_add(usage.cached_input);
        sum.output = sum.output.saturating_add(usage.output);
        sum.reasoning = sum.reasoning.saturating_add(usage.reasoning);
    }
}
