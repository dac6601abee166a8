//! How each model of a provider wants to be asked, learnt from its refusals.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::model::error::Feature;

/// How the shape of an answer is asked for, from the strictest down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The server enforces the schema.
    Schema,
    /// The server enforces JSON; the schema stands in the prompt.
    Object,
    /// Everything stands in the prompt.
    Prompt,
}

/// What the field that bounds the answer is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// `OpenAI`'s present name, which also bounds thinking.
    MaxCompletionTokens,
    /// The older name, which most compatible servers know.
    MaxTokens,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    pub format: Format,
    pub limit: Limit,
}

/// The dialects of one provider's models, remembered as long as the process runs.
#[derive(Debug)]
pub struct Dialects {
    first: Dialect,
    learnt: Mutex<HashMap<String, Dialect>>,
}

impl Dialects {
    pub fn new(first: Dialect) -> Self {
        Self { first, learnt: Mutex::default() }
    }

    pub fn of(&self, model: &str) -> Dialect {
        let learnt = self.learnt.lock().unwrap_or_else(PoisonError::into_inner);
        learnt.get(model).copied().unwrap_or(self.first)
    }

    /// The next way to ask `model`, now that `used` was refused; `None` when every way was tried.
    ///
    /// Takes the dialect that was refused, so that two calls refused at the same time step down once.
    pub fn step_down(&self, model: &str, used: Dialect, refused: Feature) -> Option<Dialect> {
        let next = match (refused, used.format, used.limit) {
            (Feature::StructuredOutput, Format::Schema, _) => {
                Dialect { format: Format::Object, ..used }
            }
            (Feature::StructuredOutput, Format::Object, _) => {
                Dialect { format: Format::Prompt, ..used }
            }
            (Feature::StructuredOutput, Format::Prompt, _) => return None,
            (Feature::TokenLimitField, _, limit) if limit != self.first.limit => return None,
            (Feature::TokenLimitField, _, Limit::MaxTokens) => {
                Dialect { limit: Limit::MaxCompletionTokens, ..used }
            }
            (Feature::TokenLimitField, _, Limit::MaxCompletionTokens) => {
                Dialect { limit: Limit::MaxTokens, ..used }
            }
        };
        self.learnt.lock().unwrap_or_else(PoisonError::into_inner).insert(model.to_owned(), next);
        Some(next)
    }
}
