//! An answer that cannot be used is asked for once more, with what is wrong with it.

use std::sync::Arc;

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use crate::model::error::ModelError;
use crate::model::{ChatReply, ChatRequest, Embeddings, Model};

/// Around a patient model: what patience cannot mend, words may.
pub struct Repairing {
    model: Arc<dyn Model>,
}

impl Repairing {
    pub fn new(model: Arc<dyn Model>) -> Self {
        Self { model }
    }
}

#[async_trait]
impl Model for Repairing {
    async fn chat(
        &self,
        request: &ChatRequest,
        cancel: &CancellationToken,
    ) -> Result<ChatReply, ModelError> {
        let error = match self.model.chat(request, cancel).await {
            Err(error @ (ModelError::Truncated { .. } | ModelError::Invalid { .. })) => error,
            other => return other,
        };
        tracing::warn!(call.model = %request.model, %error, "asking for a repaired answer");
        self.model.chat(&repaired(request, &error), cancel).await
    }

    async fn embed(
        &self,
        texts: &[String],
        cancel: &CancellationToken,
    ) -> Result<Embeddings, ModelError> {
        self.model.embed(texts, cancel).await
    }

    fn embedding_model(&self) -> &str {
        self.model.embedding_model()
    }
}

/// At the end, so that the prefix stays the same and the provider's cache holds.
fn repaired(request: &ChatRequest, error: &ModelError) -> ChatRequest {
    let advice = match error {
        ModelError::Truncated { .. } => {
            format!("Stay below {} tokens: fewer and shorter items.", request.max_completion_tokens)
        }
        _ => "Answer with one JSON object of the given schema and nothing else.".to_owned(),
    };
    let user = format!("{}\n\nYour last answer could not be used: {error}. {advice}", request.user);
    ChatRequest { user, ..request.clone() }
}
