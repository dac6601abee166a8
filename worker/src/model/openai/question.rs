//! A [`ChatRequest`] in the words of one provider.

use async_openai::types::chat::{
    ChatCompletionRequestMessage, ChatCompletionRequestSystemMessage,
    ChatCompletionRequestUserMessage, CreateChatCompletionRequest, ResponseFormat,
    ResponseFormatJsonSchema,
};

use crate::model::dialect::{Dialect, Format, Limit};
use crate::model::openai::Kind;
use crate::model::{ChatRequest, JsonSchema};

pub fn chat(request: &ChatRequest, kind: &Kind, dialect: Dialect) -> CreateChatCompletionRequest {
    let question = CreateChatCompletionRequest {
        model: request.model.clone(),
        messages: messages(request, dialect.format),
        response_format: request
            .schema
            .as_ref()
            .and_then(|schema| response_format(schema, dialect.format)),
        // Compatible servers may refuse a field they do not know.
        prompt_cache_key: request.cache_key.clone().filter(|_| *kind == Kind::OpenAi),
        ..CreateChatCompletionRequest::default()
    };
    with_limit(question, request.max_completion_tokens, dialect.limit)
}

#[expect(deprecated, reason = "compatible servers know only the older name")]
fn with_limit(
    mut question: CreateChatCompletionRequest,
    tokens: u32,
    limit: Limit,
) -> CreateChatCompletionRequest {
    match limit {
        Limit::MaxCompletionTokens => question.max_completion_tokens = Some(tokens),
        Limit::MaxTokens => question.max_tokens = Some(tokens),
    }
    question
}

fn response_format(schema: &JsonSchema, format: Format) -> Option<ResponseFormat> {
    match format {
        Format::Schema => Some(ResponseFormat::JsonSchema {
            json_schema: ResponseFormatJsonSchema {
                description: None,
                name: schema.name.clone(),
                schema: schema.schema.clone(),
                strict: Some(true),
            },
        }),
        Format::Object => Some(ResponseFormat::JsonObject),
        Format::Prompt => None,
    }
}

fn messages(request: &ChatRequest, format: Format) -> Vec<ChatCompletionRequestMessage> {
    let mut system = request.system.clone();
    if let (Some(schema), Format::Object | Format::Prompt) = (&request.schema, format) {
        system.push_str("\n\nAnswer with one JSON object and nothing else. It must conform to this JSON Schema:\n");
        system.push_str(&schema.schema.to_string());
    }
    vec![
        ChatCompletionRequestSystemMessage { content: system.into(), name: None }.into(),
        ChatCompletionRequestUserMessage { content: request.user.clone().into(), name: None }
            .into(),
    ]
}
