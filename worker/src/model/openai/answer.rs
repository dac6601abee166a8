//! A provider's answer, read leniently and believed only as far as it fits the question.

use serde::Deserialize;
use serde_json::Value;

use crate::model::error::{Billing, ModelError};
use crate::model::transport::Envelope;
use crate::model::{ChatReply, ChatRequest, Embeddings, Finish, Usage, schema, tokens};

#[derive(Deserialize)]
struct Completion {
    model: Option<String>,
    #[serde(default)]
    choices: Vec<Choice>,
    usage: Option<Billed>,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    content: Option<String>,
    refusal: Option<String>,
}

#[derive(Deserialize)]
struct EmbeddingList {
    model: Option<String>,
    data: Vec<Embedding>,
    usage: Option<Billed>,
}

#[derive(Deserialize)]
struct Embedding {
    index: Option<usize>,
    embedding: Vec<f32>,
}

/// Servers leave out any of these.
#[derive(Deserialize)]
struct Billed {
    #[serde(default)]
    prompt_tokens: u64,
    #[serde(default)]
    completion_tokens: u64,
    prompt_tokens_details: Option<PromptDetails>,
    completion_tokens_details: Option<CompletionDetails>,
}

#[derive(Deserialize)]
struct PromptDetails {
    cached_tokens: Option<u64>,
}

#[derive(Deserialize)]
struct CompletionDetails {
    reasoning_tokens: Option<u64>,
}

impl From<Billed> for Usage {
    fn from(billed: Billed) -> Self {
        let cached = billed.prompt_tokens_details.and_then(|details| details.cached_tokens);
        let reasoning =
            billed.completion_tokens_details.and_then(|details| details.reasoning_tokens);
        Self {
            input: billed.prompt_tokens,
            cached_input: cached.unwrap_or(0).min(billed.prompt_tokens),
            output: billed.completion_tokens,
            reasoning: reasoning.unwrap_or(0).min(billed.completion_tokens),
        }
    }
}

pub fn chat(request: &ChatRequest, envelope: Envelope) -> Result<ChatReply, ModelError> {
    let completion: Completion = read(envelope.answer)?;
    let stated = completion.usage.map(Usage::from);
    let billing = stated.map_or(Billing::Unknown, Billing::Exactly);
    let choice = completion.choices.into_iter().next().ok_or(ModelError::Invalid { billing })?;
    let finish = finish(choice.finish_reason.as_deref(), billing)?;
    if choice.message.refusal.is_some_and(|words| !words.is_empty()) {
        return Err(ModelError::Refused { billing });
    }
    let content = choice.message.content.filter(|content| !content.trim().is_empty());
    let content = content.ok_or(ModelError::Invalid { billing })?;
    let usage = stated.unwrap_or_else(|| counted(request, &content));
    let content = match &request.schema {
        Some(wanted) => structured(&wanted.schema, &content)
            .ok_or(ModelError::Invalid { billing: Billing::Exactly(usage) })?,
        None => content,
    };
    let model = completion.model.unwrap_or_else(|| request.model.clone());
    Ok(ChatReply { content, usage, model, request_id: envelope.request_id, finish })
}

pub fn embeddings(
    texts: &[String],
    model: &str,
    envelope: Envelope,
) -> Result<Embeddings, ModelError> {
    let list: EmbeddingList = read(envelope.answer)?;
    let usage = list.usage.map_or_else(
        || Usage {
            input: texts.iter().map(|text| tokens::ceiling(model, text)).sum(),
            ..Usage::default()
        },
        Usage::from,
    );
    let mut vectors = vec![Vec::new(); texts.len()];
    for (position, embedding) in list.data.into_iter().enumerate() {
        if let Some(place) = vectors.get_mut(embedding.index.unwrap_or(position)) {
            *place = embedding.embedding;
        }
    }
    let size = vectors.first().map_or(0, Vec::len);
    if vectors.iter().any(|vector| vector.is_empty() || vector.len() != size) {
        return Err(ModelError::Invalid { billing: Billing::Exactly(usage) });
    }
    let model = list.model.unwrap_or_else(|| model.to_owned());
    Ok(Embeddings { vectors, usage, model, request_id: envelope.request_id })
}

fn read<T: for<'de> Deserialize<'de>>(answer: Value) -> Result<T, ModelError> {
    serde_json::from_value(answer).map_err(|_| ModelError::Invalid { billing: Billing::Unknown })
}

fn finish(reason: Option<&str>, billing: Billing) -> Result<Finish, ModelError> {
    match reason {
        Some("stop") => Ok(Finish::Stop),
        Some("length") => Err(ModelError::Truncated { billing }),
        Some("content_filter") => Err(ModelError::Refused { billing }),
        Some("error") => Err(ModelError::ServerFailed { status: 200, retry_after: None, billing }),
        Some(_) | None => Ok(Finish::Unstated),
    }
}

/// For servers that do not count: ours, rounded against us.
fn counted(request: &ChatRequest, content: &str) -> Usage {
    let output = tokens::ceiling(&request.model, content);
    Usage { input: tokens::prompt(request), output, ..Usage::default() }
}

/// The JSON of an answer, which models like to wrap in a code fence or a polite sentence.
fn structured(wanted: &Value, content: &str) -> Option<String> {
    let start = content.find('{')?;
    let end = content.rfind('}')?;
    let json = content.get(start..=end)?;
    let value: Value = serde_json::from_str(json).ok()?;
    schema::conforms(wanted, &value).then(|| json.to_owned())
}
