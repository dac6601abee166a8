//! What a provider's refusal means: status, headers and body become a [`ModelError`].

use std::time::Duration;

use chrono::{DateTime, Utc};
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::model::error::{Billing, Feature, ModelError};

/// How servers say that they do not know a field, as opposed to not liking its value.
const UNKNOWN_FIELD: &[&str] =
    &["support", "unknown", "unrecognized", "unexpected", "not permitted", "extra"];

/// An answer to one request, before anybody has believed it.
#[derive(Clone, Copy, Debug)]
pub struct Answered<'a> {
    pub status: StatusCode,
    pub headers: &'a HeaderMap,
    pub body: &'a [u8],
    pub now: DateTime<Utc>,
}

/// Why the provider refused, for a status that is not a success.
///
/// Providers, proxies and compatible servers disagree about the shape of an error body (text instead of an object,
/// numbers as codes, HTML, a list), so the body only refines what the status says.
pub fn refusal(answered: &Answered) -> ModelError {
    let told = Told::read(answered.body);
    let retry_after = retry_after(answered.headers, answered.now);
    match answered.status.as_u16() {
        402 => ModelError::QuotaExhausted,
        403 if told.mentions(&["moderation", "content_filter", "content policy"]) => {
            ModelError::Refused { billing: Billing::Nothing }
        }
        401 | 403 => ModelError::Unauthorized,
        404 => ModelError::UnknownModel,
        408 => ModelError::TimedOut { billing: Billing::Unknown },
        409 if says_retry(answered.headers) => {
            ModelError::ServerFailed { status: 409, retry_after, billing: Billing::Nothing }
        }
        413 => ModelError::TooLong,
        429 => told.limit(retry_after),
        status @ (503 | 529) => {
            ModelError::ServerFailed { status, retry_after, billing: Billing::Nothing }
        }
        status @ 500..=599 => {
            ModelError::ServerFailed { status, retry_after, billing: told.billing(status) }
        }
        status => told.rejection(status),
    }
}

/// Some gateways answer 200 and put the failure into the body.
pub fn hidden_refusal(answered: &Answered) -> Option<ModelError> {
    let body: Value = serde_json::from_slice(answered.body).ok()?;
    let error = body.get("error").filter(|error| !error.is_null())?;
    let code = error.get("code").and_then(Value::as_u64).and_then(|code| u16::try_from(code).ok());
    let status = code.filter(|code| (400..600).contains(code)).unwrap_or(502);
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    Some(refusal(&Answered { status, ..*answered }))
}

/// Why no complete answer arrived.
pub fn broken(error: &reqwest::Error) -> ModelError {
    if error.is_connect() {
        ModelError::Unreachable
    } else if error.is_timeout() {
        ModelError::TimedOut { billing: Billing::Unknown }
    } else if error.is_builder() {
        ModelError::Rejected { code: "invalid_request".into() }
    } else {
        ModelError::ConnectionLost
    }
}

/// The delay a provider asks for: `retry-after-ms`, else `Retry-After` in seconds or as a date.
pub fn retry_after(headers: &HeaderMap, now: DateTime<Utc>) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    if let Some(millis) = text("retry-after-ms").and_then(|value| value.parse::<f64>().ok()) {
        return Duration::try_from_secs_f64(millis / 1000.0).ok();
    }
    let value = text("retry-after")?;
    if let Ok(seconds) = value.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let date = DateTime::parse_from_rfc2822(value).ok()?;
    Some((date.with_timezone(&Utc) - now).to_std().unwrap_or_default())
}

fn says_retry(headers: &HeaderMap) -> bool {
    headers.get("x-should-retry").is_some_and(|value| value.as_bytes() == b"true")
}

/// What an error body says, for comparing only: it may quote the prompt, so it is never kept.
struct Told {
    /// Lower-case words of message, type, code and parameter.
    words: String,
    code: Option<String>,
    /// The body is a provider's error object, not a page of something in between.
    from_provider: bool,
}

impl Told {
    fn read(body: &[u8]) -> Self {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let body = body.get(0).unwrap_or(&body);
        let error = body.get("error").filter(|error| !error.is_null()).unwrap_or(body);
        let mut words = String::new();
        for field in ["message", "type", "code", "param", "detail", "status"] {
            if let Some(value) = error.get(field).filter(|value| !value.is_null()) {
                words.push_str(&value.to_string());
                words.push(' ');
            }
        }
        if let Some(inner) = error.get("innererror") {
            words.push_str(&inner.to_string());
        }
        if let Some(text) = error.as_str() {
            words.push_str(text);
        }
        let code = ["code", "type"].iter().find_map(|field| clean_code(error.get(field)?));
        Self { words: words.to_lowercase(), code, from_provider: body.get("error").is_some() }
    }

    fn mentions(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.words.contains(word))
    }

    /// 429 says "slow down", but also "pay first" and "this alone is more than your whole minute".
    fn limit(&self, retry_after: Option<Duration>) -> ModelError {
        if self.mentions(&[
            "insufficient_quota",
            "exceeded your current quota",
            "billing_hard_limit",
        ]) {
            ModelError::QuotaExhausted
        } else if self.mentions(&["request too large"]) {
            ModelError::TooLong
        } else {
            ModelError::RateLimited { retry_after }
        }
    }

    fn rejection(&self, status: u16) -> ModelError {
        if self.mentions(&[
            "content_filter",
            "content_policy",
            "responsibleaipolicy",
            "content management policy",
        ]) {
            ModelError::Refused { billing: Billing::Nothing }
        } else if self.mentions(&[
            "context_length",
            "context length",
            "context window",
            "too many tokens",
            "too long",
        ]) {
            ModelError::TooLong
        } else if self.mentions(&["insufficient_quota", "billing_hard_limit"]) {
            ModelError::QuotaExhausted
        } else if self.mentions(&["model_not_found", "deploymentnotfound"]) {
            ModelError::UnknownModel
        } else if self.mentions(&[
            "response_format",
            "json_schema",
            "json_object",
            "structured output",
        ]) {
            ModelError::Unsupported(Feature::StructuredOutput)
        } else if self.mentions(&["max_completion_tokens", "max_tokens"])
            && self.mentions(UNKNOWN_FIELD)
        {
            ModelError::Unsupported(Feature::TokenLimitField)
        } else {
            ModelError::Rejected { code: self.code.clone().unwrap_or_else(|| status.to_string()) }
        }
    }

    /// A provider that reports its own failure does not bill it; a gateway cannot know what happened behind it.
    fn billing(&self, status: u16) -> Billing {
        match status {
            500 if self.from_provider => Billing::Nothing,
            _ => Billing::Unknown,
        }
    }
}

/// A code short and plain enough that it cannot carry a person's text.
fn clean_code(value: &Value) -> Option<String> {
    let code = value
        .as_str()
        .map_or_else(|| value.as_u64().map(|code| code.to_string()), |code| Some(code.into()))?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    (!code.is_empty() && code.len() <= 48 && code.bytes().all(plain)).then_some(code)
}
