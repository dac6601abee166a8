//! What models cost. Read once at the start; a model without a price is not asked.

use std::collections::BTreeMap;

use serde::Deserialize;
use thiserror::Error;

use crate::money::NanoUsd;

const BUILTIN: &str = include_str!("../../prices/prices.toml");

/// The entry for models that run on a machine of one's own.
const LOCAL: &str = "local";

/// Nano-dollars per token are thousandths of a dollar per million tokens.
const PER_DOLLAR: f64 = 1_000.0;

/// More than any model costs, so that worst cases stay far from what a number holds.
const DEAREST: f64 = 100_000.0;

/// What one token costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Price {
    pub input: NanoUsd,
    /// Of a token that the provider had cached.
    pub cached_input: NanoUsd,
    /// Thinking included.
    pub output: NanoUsd,
}

/// Tokens, as a provider bills them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    /// Cached ones included.
    pub input: u64,
    pub cached: u64,
    pub output: u64,
}

impl Price {
    /// More than a number holds counts as all it holds.
    pub fn of(&self, tokens: Tokens) -> NanoUsd {
        let cached = tokens.cached.min(tokens.input);
        let parts = [
            self.input.times(tokens.input - cached),
            self.cached_input.times(cached),
            self.output.times(tokens.output),
        ];
        parts.into_iter().map(|part| part.unwrap_or(NanoUsd::MAX)).sum()
    }

    pub fn is_free(&self) -> bool {
        *self == Self::default()
    }
}

/// The table of one installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prices {
    pub version: String,
    models: BTreeMap<String, Price>,
    /// Whether the provider runs on this machine, so that its own models cost nothing.
    local: bool,
}

#[derive(Debug, Error)]
pub enum PriceError {
    #[error("it is not a price table: {0}")]
    Form(String),
    #[error("`version` is empty")]
    NoVersion,
    #[error("`{0}` has a price that is not a whole number of thousandths of a dollar")]
    Amount(String),
    #[error("`{0}` needs either `same_as` or `input`")]
    Empty(String),
    #[error("`{0}` costs the same as a model that is not in the table")]
    SameAs(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    version: String,
    models: BTreeMap<String, Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// Another name of a model, such as an Azure deployment's.
    same_as: Option<String>,
    input: Option<f64>,
    cached_input: Option<f64>,
    output: Option<f64>,
}

impl Prices {
    /// The prices that come with this version.
    pub fn builtin() -> Self {
        read(BUILTIN, BTreeMap::new()).expect("a test reads the built-in table")
    }

    /// The prices of a table, and the built-in ones of models that it does not name.
    pub fn with_table(table: &str) -> Result<Self, PriceError> {
        read(table, Self::builtin().models)
    }

    #[must_use]
    pub fn on_this_machine(mut self, local: bool) -> Self {
        self.local = local;
        self
    }

    /// None: nobody knows what the model costs. A dated name costs what its model costs.
    pub fn find(&self, model: &str) -> Option<Price> {
        let named = |name: &str| self.models.get(name).copied();
        let local = || named(LOCAL).filter(|_| self.local);
        named(model).or_else(|| named(undated(model)?)).or_else(local)
    }
}

fn read(table: &str, mut models: BTreeMap<String, Price>) -> Result<Prices, PriceError> {
    let table: Table =
        toml::from_str(table).map_err(|error| PriceError::Form(error.message().to_owned()))?;
    if table.version.trim().is_empty() {
        return Err(PriceError::NoVersion);
    }
    let (aliases, priced): (Vec<_>, Vec<_>) =
        table.models.into_iter().partition(|(_, entry)| entry.same_as.is_some());
    for (name, entry) in priced {
        let input = entry.input.ok_or_else(|| PriceError::Empty(name.clone()))?;
        let amount =
            |dollars: f64| per_token(dollars).ok_or_else(|| PriceError::Amount(name.clone()));
        let price = Price {
            input: amount(input)?,
            cached_input: amount(entry.cached_input.unwrap_or(input))?,
            output: amount(entry.output.unwrap_or(0.0))?,
        };
        models.insert(name, price);
    }
    for (name, entry) in aliases {
        let other = entry.same_as.and_then(|other| models.get(&other).copied());
        let price = other.ok_or_else(|| PriceError::SameAs(name.clone()))?;
        models.insert(name, price);
    }
    Ok(Prices { version: table.version, models, local: false })
}

fn per_token(dollars_per_million: f64) -> Option<NanoUsd> {
    let exact = dollars_per_million * PER_DOLLAR;
    let whole = exact.round();
    let fits = (0.0..=DEAREST * PER_DOLLAR).contains(&whole) && (exact - whole).abs() < 1e-6;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a whole number within bounds, as just checked"
    )]
    fits.then_some(NanoUsd(whole as i64))
}

/// `gpt-4o-mini-2024-07-18` without its date.
fn undated(model: &str) -> Option<&str> {
    let (name, date) = model.split_at_checked(model.len().checked_sub("-2024-07-18".len())?)?;
    let shape: String =
        date.chars().map(|one| if one.is_ascii_digit() { '0' } else { one }).collect();
    (shape == "-0000-00-00").then_some(name)
}

#[cfg(test)]
mod tests {
    use super::{Price, Prices, Tokens};
    use crate::money::NanoUsd;

    #[test]
    fn the_built_in_table_knows_the_usual_models_to_the_nano_dollar() {
        let prices = Prices::builtin();

        let mini = prices.find("gpt-4o-mini").unwrap();
        assert_eq!(
            mini,
            Price { input: NanoUsd(150), cached_input: NanoUsd(75), output: NanoUsd(600) }
        );
        for model in ["gpt-4o", "gpt-4.1-mini", "gpt-4.1-nano", "gpt-5-mini", "gpt-5-nano"] {
            assert!(prices.find(model).is_some_and(|price| !price.is_free()), "{model}");
        }
        assert_eq!(prices.find("gpt-4o-mini-2024-07-18"), Some(mini));
        assert_eq!(prices.find("text-embedding-3-small").unwrap().input, NanoUsd(20));
    }

    #[test]
    fn an_unknown_model_has_no_price_unless_it_runs_on_this_machine() {
        assert_eq!(Prices::builtin().find("llama3.2"), None);

        let local = Prices::builtin().on_this_machine(true);

        assert!(local.find("llama3.2").unwrap().is_free());
        assert!(!local.find("gpt-4o").unwrap().is_free());
    }

    #[test]
    fn a_table_of_ones_own_adds_models_and_names() {
        let table = "version = \"mine\"\n[models.big]\ninput = 1.0\noutput = 2\n\
                     [models.my-deployment]\nsame_as = \"gpt-4o\"\n";

        let prices = Prices::with_table(table).unwrap();

        assert_eq!(prices.version, "mine");
        assert_eq!(prices.find("big").unwrap().cached_input, NanoUsd(1_000));
        assert_eq!(prices.find("my-deployment"), prices.find("gpt-4o"));
    }

    #[test]
    fn a_table_that_could_book_wrong_amounts_is_refused() {
        for table in [
            "models = {}",
            "version = \"\"\nmodels = {}",
            "version = \"1\"\n[models.m]\ninput = 0.0001",
            "version = \"1\"\n[models.m]\ninput = -1.0",
            "version = \"1\"\n[models.m]\noutput = 1.0",
            "version = \"1\"\n[models.m]\nsame_as = \"nobody\"",
            "version = \"1\"\n[models.m]\ninput = 1.0\nprice = 2.0",
        ] {
            assert!(Prices::with_table(table).is_err(), "{table}");
        }
    }

    #[test]
    fn cached_tokens_are_part_of_the_input() {
        let price = Prices::builtin().find("gpt-4o-mini").unwrap();

        let cost = price.of(Tokens { input: 1_000, cached: 400, output: 10 });

        assert_eq!(cost, NanoUsd(600 * 150 + 400 * 75 + 10 * 600));
        assert_eq!(price.of(Tokens { input: u64::MAX, ..Tokens::default() }), NanoUsd::MAX);
    }
}
