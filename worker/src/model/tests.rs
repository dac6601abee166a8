//! The client, its patience and the fake provider together, over real HTTP.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::json;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::model::error::ModelError;
use crate::model::fake::FakeModel;
use crate::model::health::Health;
use crate::model::openai::{Kind, OpenAi, Provider};
use crate::model::retry::{Answer, Attempt, Attempts, Policy, Retrying};
use crate::model::{ChatReply, ChatRequest, JsonSchema, Model, tokens};

mod faults;
mod log;
mod patience;
mod protocol;

const MODEL: &str = "gpt-4o-mini";

/// A fake provider, a patient client for it, and what the money side saw.
struct Bench {
    fake: FakeModel,
    client: Arc<OpenAi>,
    health: Arc<Health>,
    seen: Arc<Seen>,
    policy: Policy,
}

impl Bench {
    async fn new(kind: Kind) -> Self {
        let fake = FakeModel::start().await.unwrap();
        let base_url = match kind {
            Kind::OpenAi | Kind::Compatible => fake.base_url(),
            Kind::Azure { .. } => fake.azure_url(),
        };
        let client = Arc::new(client(&base_url, kind));
        // The vocabulary takes a while to load, and no attempt should time out over it.
        tokens::count(MODEL, "warm");
        let policy = Policy {
            max_attempts: 3,
            attempt_timeout: Duration::from_secs(30),
            deadline: Instant::now() + Duration::from_mins(30),
        };
        Self { fake, client, health: Arc::default(), seen: Arc::default(), policy }
    }

    fn patient(&self) -> Retrying {
        Retrying {
            model: self.client.clone(),
            health: self.health.clone(),
            attempts: self.seen.clone(),
            policy: self.policy,
        }
    }

    async fn ask(&self) -> Result<ChatReply, ModelError> {
        let reply = self.patient().chat(&question(), &CancellationToken::new()).await;
        self.seen.let_time_run();
        reply
    }
}

fn client(base_url: &str, kind: Kind) -> OpenAi {
    // A second installation is refused, which is what all tests after the first expect.
    let _ = rustls::crypto::ring::default_provider().install_default();
    OpenAi::new(Provider {
        kind,
        base_url: base_url.parse().unwrap(),
        api_key: Some("key".into()),
        embedding_model: "text-embedding-3-small".into(),
    })
    .unwrap()
}

fn question() -> ChatRequest {
    ChatRequest {
        model: MODEL.into(),
        system: "Say whether it is so.".into(),
        user: "Is it so?".into(),
        schema: Some(JsonSchema {
            name: "verdict".into(),
            schema: json!({
                "type": "object",
                "properties": { "so": { "type": "boolean" } },
                "required": ["so"],
                "additionalProperties": false,
            }),
        }),
        max_completion_tokens: 100,
        cache_key: Some("resume-1".into()),
    }
}

/// Remembers all attempts. Between them, where only timers run, time jumps; during them it runs as usual.
#[derive(Default)]
struct Seen {
    attempts: Mutex<Vec<Event>>,
    /// What `before` says, when not yes.
    refusal: Mutex<Option<ModelError>>,
    /// What `after` says, when not yes.
    loss: Mutex<Option<ModelError>>,
    jumping: Mutex<bool>,
}

#[derive(Clone, Debug)]
struct Event {
    number: u32,
    began: Instant,
    ended: Option<Instant>,
    outcome: Option<Result<Answer, ModelError>>,
}

impl Seen {
    fn events(&self) -> Vec<Event> {
        self.attempts.lock().unwrap().clone()
    }

    /// Between the end of each attempt and the beginning of the next.
    fn waits(&self) -> Vec<Duration> {
        let events = self.events();
        events.windows(2).map(|pair| pair[1].began - pair[0].ended.unwrap()).collect()
    }

    fn let_time_run(&self) {
        if std::mem::take(&mut *self.jumping.lock().unwrap()) {
            tokio::time::resume();
        }
    }
}

#[async_trait]
impl Attempts for Seen {
    async fn before(&self, attempt: &Attempt<'_>) -> Result<(), ModelError> {
        self.let_time_run();
        if let Some(error) = self.refusal.lock().unwrap().clone() {
            return Err(error);
        }
        let event =
            Event { number: attempt.number, began: Instant::now(), ended: None, outcome: None };
        self.attempts.lock().unwrap().push(event);
        Ok(())
    }

    async fn after(
        &self,
        attempt: &Attempt<'_>,
        outcome: &Result<Answer, ModelError>,
    ) -> Result<(), ModelError> {
        {
            let mut attempts = self.attempts.lock().unwrap();
            let event = attempts.last_mut().unwrap();
            assert_eq!(event.number, attempt.number);
            event.outcome = Some(outcome.clone());
            tokio::time::pause();
            event.ended = Some(Instant::now());
            *self.jumping.lock().unwrap() = true;
        }
        match self.loss.lock().unwrap().clone() {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }
}
