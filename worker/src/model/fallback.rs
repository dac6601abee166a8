//! When one model is out of order, the next answers: a chain of models, possibly of several providers.

use std::sync::Arc;

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use crate::model::error::ModelError;
use crate::model::{ChatReply, ChatRequest, Embeddings, Model};

/// Models in the order they are asked. Each link brings its own patience, so that a hold is made per attempt.
pub struct Fallback {
    first: Link,
    others: Vec<Link>,
}

pub struct Link {
    pub model: Arc<dyn Model>,
    /// What the provider calls it; takes the place of the name in the request.
    pub name: String,
}

impl Fallback {
    pub fn new(first: Link, others: Vec<Link>) -> Self {
        Self { first, others }
    }
}

#[async_trait]
impl Model for Fallback {
    async fn chat(
        &self,
        request: &ChatRequest,
        cancel: &CancellationToken,
    ) -> Result<ChatReply, ModelError> {
        let mut answer = self.first.chat(request, cancel).await;
        for link in &self.others {
            match &answer {
                Err(error) if helps(error) => {
                    tracing::warn!(call.model = %link.name, %error, "falling back to another model");
                    answer = link.chat(request, cancel).await;
                }
                Ok(_) | Err(_) => break,
            }
        }
        answer
    }

    /// Vectors of different models cannot be compared, so only the first model makes them.
    async fn embed(
        &self,
        texts: &[String],
        cancel: &CancellationToken,
    ) -> Result<Embeddings, ModelError> {
        self.first.model.embed(texts, cancel).await
    }

    fn embedding_model(&self) -> &str {
        self.first.model.embedding_model()
    }
}

impl Link {
    async fn chat(
        &self,
        request: &ChatRequest,
        cancel: &CancellationToken,
    ) -> Result<ChatReply, ModelError> {
        let request = ChatRequest { model: self.name.clone(), ..request.clone() };
        self.model.chat(&request, cancel).await
    }
}

/// Whether another model may do better: not when the text, the person or our own books are the reason.
fn helps(error: &ModelError) -> bool {
    match error {
        ModelError::RateLimited { .. }
        | ModelError::QuotaExhausted
        | ModelError::Unauthorized
        | ModelError::UnknownModel
        | ModelError::Invalid { .. }
        | ModelError::Truncated { .. }
        | ModelError::NoPrice
        | ModelError::TooLong
        | ModelError::Rejected { .. }
        | ModelError::Unsupported(_)
        | ModelError::TimedOut { .. }
        | ModelError::Unreachable
        | ModelError::ConnectionLost
        | ModelError::ServerFailed { .. }
        | ModelError::BreakerOpen { .. }
        // Another model may be cheaper.
        | ModelError::CapReached
        | ModelError::LimitReached => true,
        ModelError::Refused { .. }
        | ModelError::Canceled { .. }
        | ModelError::LedgerUnavailable => false,
    }
}
