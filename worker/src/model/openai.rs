//! The client for `OpenAI`, Azure `OpenAI` and every server that speaks the same protocol.

use std::time::Duration;

use async_openai::Client;
use async_openai::config::Config;
use async_openai::middleware::HttpRequestFactory;
use async_openai::traits::RequestOptionsBuilder;
use async_openai::types::embeddings::{CreateEmbeddingRequest, EmbeddingInput};
use async_trait::async_trait;
use http::HeaderValue;
use http::header::{AUTHORIZATION, HeaderMap, InvalidHeaderValue};
use rustls::crypto::CryptoProvider;
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;
use tokio_util::sync::CancellationToken;
use url::{Host, Url};

use crate::model::dialect::{Dialect, Dialects, Format, Limit};
use crate::model::error::{Billing, ModelError};
use crate::model::transport::{self, Envelope};
use crate::model::{ChatReply, ChatRequest, Embeddings, MAX_TEXTS, Model};

mod answer;
mod question;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Where models are, and how to be let in.
#[derive(Clone, Debug)]
pub struct Provider {
    pub kind: Kind,
    /// Up to and including `/v1`; for Azure the resource's address alone.
    pub base_url: Url,
    /// Local servers need none.
    pub api_key: Option<SecretString>,
    pub embedding_model: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    OpenAi,
    /// The model's name is the name of a deployment.
    Azure {
        api_version: String,
    },
    /// Ollama, vLLM, `OpenRouter` and the like.
    Compatible,
}

/// Why a client cannot be made from its settings.
#[derive(Debug, Error)]
pub enum SetupError {
    #[error("the model provider's key holds characters that no header may hold")]
    Key(#[from] InvalidHeaderValue),
    #[error("the process has no TLS provider installed")]
    NoTls,
    #[error("the connection to the model provider cannot be set up")]
    Http(#[from] reqwest::Error),
}

/// One request per call: retries belong to [`Retrying`](crate::model::retry::Retrying).
pub struct OpenAi {
    client: Client<Endpoint>,
    kind: Kind,
    dialects: Dialects,
    embedding_model: String,
}

impl OpenAi {
    /// The process's TLS provider must be installed before.
    pub fn new(provider: Provider) -> Result<Self, SetupError> {
        // reqwest would panic.
        CryptoProvider::get_default().ok_or(SetupError::NoTls)?;
        let endpoint = Endpoint::new(&provider)?;
        let http = http_client(&provider.base_url)?;
        let service = http.clone();
        // The client's own service would retry on its own, outside every hold.
        let client = Client::build(http, endpoint).with_http_service(tower::service_fn(
            move |factory: HttpRequestFactory| transport::send(service.clone(), factory),
        ));
        let limit = match provider.kind {
            Kind::OpenAi | Kind::Azure { .. } => Limit::MaxCompletionTokens,
            Kind::Compatible => Limit::MaxTokens,
        };
        let dialects = Dialects::new(Dialect { format: Format::Schema, limit });
        Ok(Self {
            client,
            kind: provider.kind,
            dialects,
            embedding_model: provider.embedding_model,
        })
    }

    async fn ask(&self, request: &ChatRequest) -> Result<ChatReply, ModelError> {
        let dialect = self.dialects.of(&request.model);
        let question = question::chat(request, &self.kind, dialect);
        let path = self.path(&request.model, "/chat/completions")?;
        let chat = self.client.chat().path(path).map_err(transport::unwrap)?;
        match chat.create_byot::<_, Envelope>(question).await.map_err(transport::unwrap) {
            Ok(envelope) => answer::chat(request, envelope),
            Err(ModelError::Unsupported(feature)) => {
                let next = self.dialects.step_down(&request.model, dialect, feature);
                tracing::warn!(call.model = %request.model, %feature, ?next, "the model refused a way of asking");
                Err(next.map_or(rejected(), |_| ModelError::Unsupported(feature)))
            }
            Err(error) => Err(error),
        }
    }

    async fn vectors(&self, texts: &[String]) -> Result<Embeddings, ModelError> {
        let model = self.embedding_model.clone();
        let path = self.path(&model, "/embeddings")?;
        let input = EmbeddingInput::StringArray(texts.to_vec());
        let question = CreateEmbeddingRequest { model, input, ..CreateEmbeddingRequest::default() };
        let embeddings = self.client.embeddings().path(path).map_err(transport::unwrap)?;
        let envelope: Envelope =
            embeddings.create_byot(question).await.map_err(transport::unwrap)?;
        answer::embeddings(texts, &self.embedding_model, envelope)
    }

    fn path(&self, model: &str, path: &str) -> Result<String, ModelError> {
        match self.kind {
            Kind::OpenAi | Kind::Compatible => Ok(path.to_owned()),
            Kind::Azure { .. } if is_deployment(model) => {
                Ok(format!("/openai/deployments/{model}{path}"))
            }
            Kind::Azure { .. } => Err(ModelError::UnknownModel),
        }
    }
}

#[async_trait]
impl Model for OpenAi {
    async fn chat(
        &self,
        request: &ChatRequest,
        cancel: &CancellationToken,
    ) -> Result<ChatReply, ModelError> {
        unless_canceled(cancel, self.ask(request)).await
    }

    async fn embed(
        &self,
        texts: &[String],
        cancel: &CancellationToken,
    ) -> Result<Embeddings, ModelError> {
        if texts.len() > MAX_TEXTS {
            return Err(ModelError::TooLong);
        }
        unless_canceled(cancel, self.vectors(texts)).await
    }

    fn embedding_model(&self) -> &str {
        &self.embedding_model
    }
}

/// Dropping the request closes its connection; the provider may bill it all the same.
async fn unless_canceled<T>(
    cancel: &CancellationToken,
    call: impl Future<Output = Result<T, ModelError>>,
) -> Result<T, ModelError> {
    if cancel.is_cancelled() {
        return Err(ModelError::Canceled { billing: Billing::Nothing });
    }
    tokio::select! {
        biased;
        () = cancel.cancelled() => Err(ModelError::Canceled { billing: Billing::Unknown }),
        answer = call => answer,
    }
}

fn rejected() -> ModelError {
    ModelError::Rejected { code: "unsupported".into() }
}

/// Azure allows no others, so no name can step out of its path.
fn is_deployment(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    !name.is_empty() && name.bytes().all(plain) && name.bytes().any(|byte| byte != b'.')
}

/// No total timeout: each attempt brings its own.
fn http_client(base_url: &Url) -> Result<reqwest::Client, reqwest::Error> {
    let builder = reqwest::Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .user_agent(concat!("roleready/", env!("CARGO_PKG_VERSION")));
    let local = match base_url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    if local { builder.no_proxy().build() } else { builder.build() }
}

/// async-openai's own configurations read the environment and panic on a key with a line break.
#[derive(Clone, Debug)]
struct Endpoint {
    base_url: String,
    headers: HeaderMap,
    query: Vec<(&'static str, String)>,
    key: SecretString,
}

impl Endpoint {
    fn new(provider: &Provider) -> Result<Self, InvalidHeaderValue> {
        let mut headers = HeaderMap::new();
        if let Some(key) = &provider.api_key {
            let key = key.expose_secret();
            let (name, text) = match provider.kind {
                Kind::OpenAi | Kind::Compatible => (AUTHORIZATION, format!("Bearer {key}")),
                Kind::Azure { .. } => (http::HeaderName::from_static("api-key"), key.to_owned()),
            };
            let mut value = HeaderValue::try_from(text)?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        let query = match &provider.kind {
            Kind::Azure { api_version } => vec![("api-version", api_version.clone())],
            Kind::OpenAi | Kind::Compatible => Vec::new(),
        };
        let base_url = provider.base_url.as_str().trim_end_matches('/').to_owned();
        Ok(Self { base_url, headers, query, key: provider.api_key.clone().unwrap_or_default() })
    }
}

impl Config for Endpoint {
    fn headers(&self) -> HeaderMap {
        self.headers.clone()
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }

    fn query(&self) -> Vec<(&str, &str)> {
        self.query.iter().map(|(name, value)| (*name, value.as_str())).collect()
    }

    fn api_base(&self) -> &str {
        &self.base_url
    }

    fn api_key(&self) -> &SecretString {
        &self.key
    }
}
