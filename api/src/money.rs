//! Money as callers see it: exact, in whole nano-dollars and as a decimal text.

use poem_openapi::Object;
use poem_openapi::types::Example;
use serde::{Deserialize, Serialize};
use shared::money::NanoUsd;

use crate::problem::{Code, Problem};

/// An amount of money
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Object)]
#[oai(example)]
pub struct Money {
    /// Billionths of a US dollar
    pub nano_usd: i64,
    /// The same in US dollars, exact to the last digit
    pub usd: String,
}

impl From<NanoUsd> for Money {
    fn from(amount: NanoUsd) -> Self {
        Self { nano_usd: amount.0, usd: amount.to_usd() }
    }
}

impl From<i64> for Money {
    fn from(nano_usd: i64) -> Self {
        NanoUsd(nano_usd).into()
    }
}

impl Example for Money {
    fn example() -> Self {
        NanoUsd(412_500).into()
    }
}

/// The most that something may cost
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct MaxCost {
    /// Billionths of a US dollar
    pub nano_usd: i64,
}

impl Example for MaxCost {
    fn example() -> Self {
        Self { nano_usd: 2_000_000 }
    }
}

/// The limit that a request sets itself.
pub fn max_cost(limit: Option<MaxCost>) -> Result<Option<NanoUsd>, Problem> {
    match limit {
        Some(limit) if limit.nano_usd < 0 => {
            let detail = "`max_cost.nano_usd` must not be negative.";
            Err(Problem::new(Code::InvalidRequest, detail))
        }
        limit => Ok(limit.map(|limit| NanoUsd(limit.nano_usd))),
    }
}
