//! Asking a model as one step of an operation: with patience, within the person's means, and never the same thing twice.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use shared::call::hash;
use shared::config::{self, ModelConfig};
use shared::spending::price::{Price, Prices};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, Span};

use crate::model::error::{Billing, ModelError};
use crate::model::fallback::{Fallback, Link};
use crate::model::health::Health;
use crate::model::openai::{Kind, OpenAi, Provider, SetupError};
use crate::model::repair::Repairing;
use crate::model::retry::{Policy, Retrying};
use crate::model::{ChatRequest, MAX_TEXTS, Model};

pub mod books;
mod recorder;

use books::Books;
use recorder::Recorder;

/// The models of this installation. One per process: it remembers which are in trouble.
pub struct ModelClient {
    model: Arc<dyn Model>,
    health: Arc<Health>,
    prices: Arc<Prices>,
    /// Where the provider is: its models may do well elsewhere.
    provider: String,
    chat: String,
    fallbacks: Vec<String>,
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
        let provider = base_url.authority().to_owned();
        let embedding_model = config.embedding.clone().unwrap_or_default();
        let model = OpenAi::new(Provider { kind, base_url, api_key, embedding_model })?;
        Ok(Self {
            model: Arc::new(model),
            health: Arc::new(Health::default()),
            prices: Arc::new(config.prices.clone()),
            provider,
            chat: config.chat.clone(),
            fallbacks: config.fallbacks.clone(),
            embeds: config.embedding.is_some(),
        })
    }

    /// The model that is asked questions first.
    pub fn chat_model(&self) -> &str {
        &self.chat
    }

    /// All models that may be asked questions, in order.
    pub fn chat_models(&self) -> Vec<&str> {
        std::iter::once(&self.chat).chain(&self.fallbacks).map(String::as_str).collect()
    }

    /// What the fleet knows the model by: another provider's of the same name may do well.
    pub fn breaker(&self, model: &str) -> String {
        format!("{}/{model}", self.provider)
    }

    pub fn embedding_model(&self) -> Option<&str> {
        self.embeds.then(|| self.model.embedding_model())
    }

    pub fn embeds(&self) -> bool {
        self.embeds
    }

    pub fn price_version(&self) -> &str {
        &self.prices.version
    }

    /// A model without a price is not asked: what it costs could not be set aside.
    pub fn price(&self, model: &str) -> Option<Price> {
        self.prices.find(model)
    }
}

/// One step of the work that asks a model.
pub struct Step<'a> {
    pub client: &'a ModelClient,
    pub name: &'static str,
    /// Where answers and costs are kept; absent on the command line, where nothing runs twice and the
    /// key is the person's own.
    pub books: Option<Books>,
    pub patience: Patience,
    /// What the calls belong under, for traces.
    pub span: Span,
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
    fn policy(self) -> Policy {
        Policy {
            max_attempts: self.attempts,
            attempt_timeout: self.attempt,
            deadline: Instant::now() + self.attempt * 2,
        }
    }
}

impl Step<'_> {
    /// The content of the answer. Compression has made the prompt so many tokens shorter.
    pub async fn chat(
        &self,
        request: &ChatRequest,
        saved_tokens: u64,
    ) -> Result<String, ModelError> {
        let policy = self.patience.policy();
        let mut links = Vec::new();
        for name in std::iter::once(&request.model).chain(&self.client.fallbacks) {
            let request = ChatRequest { model: name.clone(), ..request.clone() };
            let recorder = self.recorder(&chat_input(&request), saved_tokens);
            if let Some(kept) = recorder.kept().await? {
                return serde_json::from_value(kept).map_err(unusable);
            }
            let patient = self.retrying(recorder, policy);
            let model = Arc::new(Repairing::new(Arc::new(patient)));
            links.push(Link { model, name: name.clone() });
        }
        let mut links = links.into_iter();
        let first = links.next().ok_or(ModelError::UnknownModel)?;
        let chain = Fallback::new(first, links.collect());
        let never = CancellationToken::new();
        Ok(chain.chat(request, &never).instrument(self.span.clone()).await?.content)
    }

    /// One vector for each text; those that were paid for before are not asked for again.
    pub async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, ModelError> {
        let mut known = self.known(texts).await?;
        let asked: Vec<String> =
            texts.iter().filter(|text| !known.contains_key(*text)).cloned().collect();
        let policy = self.patience.policy();
        for batch in asked.chunks(MAX_TEXTS) {
            let input = json!([self.client.model.embedding_model(), batch]);
            let patient = self.retrying(self.recorder(&input, 0), policy);
            let never = CancellationToken::new();
            let answer = patient.embed(batch, &never).instrument(self.span.clone());
            let vectors = answer.await?.vectors;
            known.extend(batch.iter().cloned().zip(vectors));
        }
        let found = texts.iter().map(|text| known.get(text).cloned());
        found.collect::<Option<_>>().ok_or(ModelError::Invalid { billing: Billing::Nothing })
    }

    async fn known(&self, texts: &[String]) -> Result<HashMap<String, Vec<f32>>, ModelError> {
        let Some(books) = &self.books else { return Ok(HashMap::new()) };
        books.vectors(self.client, self.name, texts).await
    }

    fn recorder(&self, input: &Value, saved_tokens: u64) -> Recorder {
        let hash = hash(input.to_string().as_bytes());
        Recorder::new(self, hash, saved_tokens)
    }

    fn retrying(&self, recorder: Recorder, policy: Policy) -> Retrying {
        Retrying {
            model: self.client.model.clone(),
            health: self.client.health.clone(),
            attempts: Arc::new(recorder),
            policy,
        }
    }
}

fn chat_input(request: &ChatRequest) -> Value {
    json!([
        request.model,
        request.system,
        request.user,
        request.schema.as_ref().map(|schema| &schema.schema),
        request.max_completion_tokens,
    ])
}

/// An answer that was kept in a shape this version does not know.
fn unusable(_: serde_json::Error) -> ModelError {
    ModelError::Invalid { billing: Billing::Nothing }
}
