//! The fake's good answers: content, what it costs, and both ways of sending it.

use bytes::Bytes;
use serde_json::{Value, json};

use crate::model::fake::script::Step;
use crate::model::fake::{answer, embedding, reply};
use crate::model::{Usage, tokens};

/// What the chat format adds to each message and to the answer.
const PER_MESSAGE: u64 = 4;
const PER_REPLY: u64 = 3;
const CHUNK: usize = 24;

/// A finished body and its price.
#[derive(Debug)]
pub struct Work {
    pub body: Bytes,
    pub content_type: &'static str,
    pub usage: Usage,
}

struct Said {
    content: String,
    refusal: Option<String>,
    finish: String,
    usage: Usage,
}

pub fn chat(model: &str, request: &Value, step: &Step) -> Work {
    let said = say(model, request, step);
    let usage = said.usage;
    if request.get("stream") == Some(&Value::Bool(true)) {
        return Work {
            body: events(model, request, &said).into(),
            content_type: reply::EVENTS,
            usage,
        };
    }
    let content = if said.refusal.is_some() { Value::Null } else { said.content.into() };
    let body = json!({
        "id": "chatcmpl-fake",
        "object": "chat.completion",
        "created": 0,
        "model": model,
        "choices": [{
            "index": 0,
            "message": { "role": "assistant", "content": content, "refusal": said.refusal },
            "finish_reason": said.finish,
        }],
        "usage": stated(usage),
    });
    Work { body: body.to_string().into(), content_type: reply::JSON, usage }
}

pub fn embeddings(model: &str, request: &Value, step: &Step) -> Work {
    let texts = texts(request);
    let wanted = request
        .get("dimensions")
        .and_then(Value::as_u64)
        .and_then(|count| usize::try_from(count).ok());
    let input = texts.iter().map(|text| tokens::count(model, text).tokens).sum();
    let usage = step.usage.unwrap_or(Usage { input, ..Usage::default() });
    let data = texts.iter().enumerate().map(|(index, text)| {
        json!({
            "object": "embedding",
            "index": index,
            "embedding": embedding::of(text, wanted.unwrap_or(embedding::DIMENSIONS)),
        })
    });
    let body = json!({
        "object": "list",
        "model": model,
        "data": data.collect::<Vec<_>>(),
        "usage": { "prompt_tokens": usage.input, "total_tokens": usage.input },
    });
    Work { body: body.to_string().into(), content_type: reply::JSON, usage }
}

/// The texts of an embedding request.
pub fn texts(request: &Value) -> Vec<&str> {
    match request.get("input") {
        Some(Value::String(text)) => vec![text],
        Some(Value::Array(texts)) => texts.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// The texts of a chat request's messages.
pub fn messages(request: &Value) -> Vec<&str> {
    let messages = request.get("messages").and_then(Value::as_array);
    messages.into_iter().flatten().filter_map(|message| message.get("content")?.as_str()).collect()
}

fn say(model: &str, request: &Value, step: &Step) -> Said {
    let mut content = match &step.reply {
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
        None => answer::content(request),
    };
    let mut finish = step.finish_reason.clone().unwrap_or_else(|| "stop".to_owned());
    if finish == "length" {
        content = shortened(&content, 1, 2);
    }
    let mut output = tokens::count(model, step.refusal.as_ref().unwrap_or(&content)).tokens;
    let limit = ["max_completion_tokens", "max_tokens"]
        .iter()
        .find_map(|name| request.get(*name)?.as_u64());
    if let Some(limit) = limit.filter(|limit| output > *limit) {
        content = shortened(&content, limit, output);
        "length".clone_into(&mut finish);
        output = limit;
    }
    let usage = step.usage.unwrap_or_else(|| Usage {
        input: prompt_tokens(model, request),
        output,
        ..Usage::default()
    });
    Said { content, refusal: step.refusal.clone(), finish, usage }
}

fn prompt_tokens(model: &str, request: &Value) -> u64 {
    let schema = request.pointer("/response_format/json_schema/schema");
    let schema = schema.map_or(0, |schema| tokens::count(model, &schema.to_string()).tokens);
    let messages =
        messages(request).into_iter().map(|text| tokens::count(model, text).tokens + PER_MESSAGE);
    schema + messages.sum::<u64>() + PER_REPLY
}

/// About `part` of `whole` of the text.
fn shortened(text: &str, part: u64, whole: u64) -> String {
    let letters = u64::try_from(text.chars().count()).unwrap_or(u64::MAX);
    let kept = letters.saturating_mul(part) / whole.max(1);
    text.chars().take(usize::try_from(kept).unwrap_or(usize::MAX)).collect()
}

fn stated(usage: Usage) -> Value {
    json!({
        "prompt_tokens": usage.input,
        "completion_tokens": usage.output,
        "total_tokens": usage.input.saturating_add(usage.output),
        "prompt_tokens_details": { "cached_tokens": usage.cached_input },
        "completion_tokens_details": { "reasoning_tokens": usage.reasoning },
    })
}

fn events(model: &str, request: &Value, said: &Said) -> String {
    let chunk = |choices: Value, usage: Value| {
        let chunk = json!({
            "id": "chatcmpl-fake",
            "object": "chat.completion.chunk",
            "created": 0,
            "model": model,
            "choices": choices,
            "usage": usage,
        });
        format!("data: {chunk}\n\n")
    };
    let delta = |delta: Value, finish: Option<&str>| {
        chunk(json!([{ "index": 0, "delta": delta, "finish_reason": finish }]), Value::Null)
    };
    let mut events = delta(json!({ "role": "assistant" }), None);
    if let Some(words) = &said.refusal {
        events.push_str(&delta(json!({ "refusal": words }), None));
    } else {
        for piece in said.content.chars().collect::<Vec<_>>().chunks(CHUNK) {
            events.push_str(&delta(json!({ "content": piece.iter().collect::<String>() }), None));
        }
    }
    events.push_str(&delta(json!({}), Some(&said.finish)));
    if request.pointer("/stream_options/include_usage") == Some(&Value::Bool(true)) {
        events.push_str(&chunk(json!([]), stated(said.usage)));
    }
    events.push_str("data: [DONE]\n\n");
    events
}
