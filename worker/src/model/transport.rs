//! The tower service below async-openai: one request, no retry, and nothing undecodable let through.

use async_openai::error::OpenAIError;
use async_openai::middleware::HttpRequestFactory;
use chrono::Utc;
use http::{HeaderMap, StatusCode};
use reqwest::{Client, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tower::BoxError;

use crate::model::classify::{self, Answered};
use crate::model::error::{Billing, ModelError};

/// Room for 256 vectors of 3072 numbers.
const MAX_BODY: usize = 16 << 20;

/// An answer together with what only its headers said.
#[derive(Debug, Serialize, Deserialize)]
pub struct Envelope {
    pub request_id: Option<String>,
    pub answer: Value,
}

/// Sends one request and hands back its answer in an [`Envelope`], or a boxed [`ModelError`].
///
/// async-openai writes any body it cannot decode, and any server error, to its log (targets `async_openai::error`
/// and `async_openai::client`). Bodies quote prompts, so they are refused here, before async-openai sees them.
pub async fn send(http: Client, factory: HttpRequestFactory) -> Result<Response, BoxError> {
    let request = factory.build().await?;
    let response = http.execute(request).await.map_err(|error| classify::broken(&error))?;
    let (status, headers) = (response.status(), response.headers().clone());
    let body = read(response).await?;
    let answered = Answered { status, headers: &headers, body: &body, now: Utc::now() };
    if status != StatusCode::OK {
        return Err(classify::refusal(&answered).into());
    }
    if let Some(error) = classify::hidden_refusal(&answered) {
        return Err(error.into());
    }
    let body = envelop(&headers, &body).ok_or(ModelError::Invalid { billing: Billing::Unknown })?;
    Ok(http::Response::new(body).into())
}

/// The error inside async-openai's.
pub fn unwrap(error: OpenAIError) -> ModelError {
    match error {
        OpenAIError::Boxed(error) => match error.downcast::<ModelError>() {
            Ok(error) => *error,
            Err(error) => error
                .downcast::<OpenAIError>()
                .map_or(ModelError::ConnectionLost, |error| unwrap(*error)),
        },
        OpenAIError::Reqwest(error) => classify::broken(&error),
        OpenAIError::InvalidArgument(_) => ModelError::Rejected { code: "invalid_argument".into() },
        OpenAIError::JSONDeserialize(..)
        | OpenAIError::ApiError(_)
        | OpenAIError::FileSaveError(_)
        | OpenAIError::FileReadError(_)
        | OpenAIError::StreamError(_) => ModelError::Invalid { billing: Billing::Unknown },
    }
}

async fn read(mut response: Response) -> Result<Vec<u8>, ModelError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| classify::broken(&error))? {
        if body.len() + chunk.len() > MAX_BODY {
            return Err(ModelError::Invalid { billing: Billing::Unknown });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Decodes the finished envelope just as async-openai will, limits on depth included.
fn envelop(headers: &HeaderMap, body: &[u8]) -> Option<Vec<u8>> {
    let names = ["x-request-id", "apim-request-id", "request-id"];
    let request_id = names.iter().find_map(|name| headers.get(*name)?.to_str().ok());
    let answer = serde_json::from_slice(body).ok()?;
    let envelope = Envelope { request_id: request_id.map(str::to_owned), answer };
    let bytes = serde_json::to_vec(&envelope).ok()?;
    serde_json::from_slice::<Envelope>(&bytes).ok()?;
    Some(bytes)
}
