//! The one door to a language model: what can be asked, what comes back, and who asks.

use std::fmt;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::model::error::ModelError;

pub mod answer;
pub mod breaker;
pub mod classify;
pub mod compress;
pub mod dialect;
pub mod error;
pub mod fake;
pub mod fallback;
pub mod health;
pub mod openai;
pub mod repair;
pub mod retry;
pub mod schema;
pub mod tokens;
mod transport;

#[cfg(test)]
mod tests;

/// A provider of models, or a layer around one.
///
/// One call of an implementation that talks to a provider is one HTTP request, so that whoever stands
/// around it ([`retry::Retrying`]) can put money aside for each request.
#[async_trait]
pub trait Model: Send + Sync {
    /// One question, one answer. With a schema, the answer's content is JSON that conforms to it.
    async fn chat(
        &self,
        request: &ChatRequest,
        cancel: &CancellationToken,
    ) -> Result<ChatReply, ModelError>;

    /// One vector per text, in the order given. At least one and at most [`MAX_TEXTS`] texts, none empty.
    async fn embed(
        &self,
        texts: &[String],
        cancel: &CancellationToken,
    ) -> Result<Embeddings, ModelError>;

    /// The model that [`embed`](Model::embed) asks: its price must be known before it is asked.
    fn embedding_model(&self) -> &str;
}

/// The most texts one embedding request may carry, so that the answer fits into memory with ease.
pub const MAX_TEXTS: usize = 256;

/// What is asked. The unchanging part (rules, schema) goes first so that providers can cache it.
#[derive(Clone, PartialEq)]
pub struct ChatRequest {
    pub model: String,
    /// The same for every call of a step.
    pub system: String,
    /// The later parts: resume, then posting.
    pub user: String,
    pub schema: Option<JsonSchema>,
    /// Bounds what the answer can cost, thinking included.
    pub max_completion_tokens: u32,
    /// Calls with the same key share a long prefix.
    pub cache_key: Option<String>,
}

/// The shape an answer must have: an object at the top, every object closed (`additionalProperties: false`) and
/// every property required, as providers that enforce schemas demand.
#[derive(Clone, Debug, PartialEq)]
pub struct JsonSchema {
    /// At most 64 of `a-z A-Z 0-9 _ -`.
    pub name: String,
    pub schema: serde_json::Value,
}

#[derive(Clone, PartialEq, Eq)]
pub struct ChatReply {
    pub content: String,
    pub usage: Usage,
    /// The model that answered, which may be a dated name of the one asked.
    pub model: String,
    /// The provider's name for the request, for its support desk.
    pub request_id: Option<String>,
    pub finish: Finish,
}

/// How an answer ended. Answers cut off or withheld are errors, not replies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finish {
    Stop,
    /// The server gave no reason, or one of its own.
    Unstated,
}

#[derive(Clone, PartialEq)]
pub struct Embeddings {
    pub vectors: Vec<Vec<f32>>,
    pub usage: Usage,
    pub model: String,
    pub request_id: Option<String>,
}

/// Tokens, as the provider bills them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Usage {
    /// All tokens of the prompt, cached ones included.
    pub input: u64,
    /// The part of `input` that the provider had cached.
    pub cached_input: u64,
    /// All tokens of the answer, thinking included.
    pub output: u64,
    /// The part of `output` that was thinking.
    pub reasoning: u64,
}

// Requests and replies hold people's words, so their debug forms, which find their way into logs, hold only sizes.

impl fmt::Debug for ChatRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChatRequest")
            .field("model", &self.model)
            .field("bytes", &(self.system.len() + self.user.len()))
            .field("schema", &self.schema.as_ref().map(|schema| &schema.name))
            .field("max_completion_tokens", &self.max_completion_tokens)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ChatReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChatReply")
            .field("model", &self.model)
            .field("bytes", &self.content.len())
            .field("usage", &self.usage)
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Embeddings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Embeddings")
            .field("model", &self.model)
            .field("vectors", &self.vectors.len())
            .field("usage", &self.usage)
            .field("request_id", &self.request_id)
            .finish()
    }
}
