//! Asking a model as one step of an operation: with patience, and never the same thing twice.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Value, json};
use shared::call::{Answer as Kept, Calls, Question, hash};
use shared::config::{self, ModelConfig};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::model::error::{Billing, ModelError};
use crate::model::health::Health;
use crate::model::openai::{Kind, OpenAi, Provider, SetupError};
use crate::model::retry::{Answer, Asked, Attempt, Attempts, Policy, Retrying};
use crate::model::{ChatRequest, MAX_TEXTS, Model, Usage};

/// The models of this installation. One per process: it remembers which are in trouble.
pub struct ModelClient {
    model: Arc<dyn Model>,
    health: Arc<Health>,
    chat: String,
    embeds: bool,
}

impl ModelClient {
    pub fn connect(config: &ModelConfig) -> Result<Self, SetupError> {
        let (kind, base_url, api_key) = match &config.provider {
            config::Provider::OpenAi { base_url, key } => {
                let own = base_url.host_str() == Some("api.openai.com");
                let kind = if own { Kind::OpenAi } else { Kind::Compatible };
                (kind, base_url.clone(), key.clone())
            }
            config::Provider::Azure { endpoint, key, api_version } => {
                let kind = Kind::Azure { api_version: api_version.clone() };
                (kind, endpoint.clone(), Some(key.clone()))
            }
        };
        let embedding_model = config.embedding.clone().unwrap_or_default();
        let model = OpenAi::new(Provider { kind, base_url, api_key, embedding_model })?;
        Ok(Self {
            model: Arc::new(model),
            health: Arc::new(Health::default()),
            chat: config.chat.clone(),
            embeds: config.embedding.is_some(),
        })
    }

    /// The model that is asked questions.
    pub fn chat_model(&self) -> &str {
        &self.chat
    }

    pub fn embeds(&self) -> bool {
        self.embeds
    }
}

/// One step of the work that asks a model.
pub struct Step<'a> {
    pub client: &'a ModelClient,
    pub name: &'static str,
    /// Where answers are kept; absent on the command line, where nothing runs twice.
    pub journal: Option<Journal>,
    pub patience: Patience,
}

/// Keeps the answers of an operation.
#[derive(Clone)]
pub struct Journal {
    pub calls: Calls,
    pub operation_id: Uuid,
}

/// How long a step may take: each attempt, and how many of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    pub attempt: Duration,
    pub attempts: u32,
}

impl Patience {
    pub const PARSE: Self = Self { attempt: Duration::from_secs(30), attempts: 3 };
    pub const ATS: Self = Self { attempt: Duration::from_secs(90), attempts: 2 };
    pub const TAILOR_PARTIAL: Self = Self { attempt: Duration::from_secs(90), attempts: 3 };
    pub const TAILOR_FULL: Self = Self { attempt: Duration::from_mins(4), attempts: 3 };

    /// The longest that all attempts together may take.
    fn deadline(self) -> Instant {
        Instant::now() + self.attempt * 2
    }
}

impl Step<'_> {
    /// The content of the answer.
    pub async fn chat(&self, request: &ChatRequest) -> Result<String, ModelError> {
        let input = json!([
            request.model,
            request.system,
            request.user,
            request.schema.as_ref().map(|schema| &schema.schema),
            request.max_completion_tokens,
        ]);
        let recorder = self.recorder(&input);
        if let Some(kept) = recorder.kept().await? {
            return serde_json::from_value(kept).map_err(unusable);
        }
        let reply = self.retrying(recorder).chat(request, &CancellationToken::new()).await?;
        Ok(reply.content)
    }

    /// One vector for each text.
    pub async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, ModelError> {
        let mut vectors = Vec::with_capacity(texts.len());
        for batch in texts.chunks(MAX_TEXTS) {
            vectors.extend(self.embed_batch(batch).await?);
        }
        Ok(vectors)
    }

    async fn embed_batch(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, ModelError> {
        let recorder = self.recorder(&json!([self.client.model.embedding_model(), texts]));
        if let Some(kept) = recorder.kept().await? {
            return serde_json::from_value(kept).map_err(unusable);
        }
        let reply = self.retrying(recorder).embed(texts, &CancellationToken::new()).await?;
        Ok(reply.vectors)
    }

    fn recorder(&self, input: &Value) -> Recorder {
        let input_hash = hash(input.to_string().as_bytes());
        let journal = self.journal.clone().map(|journal| {
            let question =
                Question { operation_id: journal.operation_id, step: self.name, input_hash };
            (journal.calls, question)
        });
        Recorder { journal }
    }

    fn retrying(&self, recorder: Recorder) -> Retrying {
        Retrying {
            model: self.client.model.clone(),
            health: self.client.health.clone(),
            attempts: Arc::new(recorder),
            policy: Policy {
                max_attempts: self.patience.attempts,
                attempt_timeout: self.patience.attempt,
                deadline: self.patience.deadline(),
            },
        }
    }
}

/// An answer that was kept in a shape this version does not know.
fn unusable(_: serde_json::Error) -> ModelError {
    ModelError::Invalid { billing: Billing::Nothing }
}

/// Writes every answer down before anybody sees it: what is paid for is not lost.
struct Recorder {
    journal: Option<(Calls, Question)>,
}

impl Recorder {
    async fn kept(&self) -> Result<Option<Value>, ModelError> {
        let Some((calls, question)) = &self.journal else { return Ok(None) };
        let kept = calls.answer(question).await.map_err(|error| not_recorded(&error))?;
        Ok(kept.map(|call| call.reply))
    }
}

fn not_recorded(error: &sea_orm::DbErr) -> ModelError {
    tracing::warn!(%error, "the journal of model calls does not answer");
    ModelError::LedgerUnavailable
}

#[async_trait]
impl Attempts for Recorder {
    async fn before(&self, _: &Attempt<'_>) -> Result<(), ModelError> {
        Ok(())
    }

    async fn after(
        &self,
        attempt: &Attempt<'_>,
        outcome: &Result<Answer, ModelError>,
    ) -> Result<(), ModelError> {
        let (Some((calls, question)), Ok(answer)) = (&self.journal, outcome) else {
            return Ok(());
        };
        let (reply, usage) = match answer {
            Answer::Chat(reply) => (json!(reply.content), reply.usage),
            Answer::Embeddings(reply) => (json!(reply.vectors), reply.usage),
        };
        debug_assert!(matches!(
            (attempt.asked, answer),
            (Asked::Chat(_), Answer::Chat(_)) | (Asked::Embed(_), Answer::Embeddings(_))
        ));
        let kept = kept(attempt.model, reply, usage);
        calls.record(question, kept).await.map_err(|error| not_recorded(&error))
    }
}

fn kept(model: &str, reply: Value, usage: Usage) -> Kept {
    let tokens = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    Kept {
        model: model.to_owned(),
        reply,
        input_tokens: tokens(usage.input),
        cached_tokens: tokens(usage.cached_input),
        output_tokens: tokens(usage.output),
    }
}
