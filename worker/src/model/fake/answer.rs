//! What the fake says when no script tells it: by the name of the schema asked for, else the least that conforms.

use serde_json::Value;

use crate::model::fake::example;

mod edits;
mod fields;

/// Builds content from the request body (`messages`, `response_format`), so that it can answer to the prompt.
type Answer = fn(&Value) -> Value;

/// Answers more useful than the least one, by schema name.
const BY_SCHEMA: &[(&str, Answer)] =
    &[("resume_edits", edits::answer), ("resume_fields", fields::answer)];

const PLAIN: &str = "This is an answer from the fake model.";

/// The name of the schema that a chat request asks for.
pub fn schema_name(request: &Value) -> Option<&str> {
    request.pointer("/response_format/json_schema/name")?.as_str()
}

/// `json_schema` or `json_object`.
pub fn format(request: &Value) -> Option<&str> {
    request.pointer("/response_format/type")?.as_str()
}

/// The content of a good answer.
pub fn content(request: &Value) -> String {
    let schema = request.pointer("/response_format/json_schema/schema");
    let known =
        schema_name(request).and_then(|name| BY_SCHEMA.iter().find(|(known, _)| *known == name));
    match (known, schema, format(request)) {
        (Some((_, answer)), _, _) => answer(request).to_string(),
        (None, Some(schema), _) => example::of(schema).to_string(),
        (None, None, Some("json_object")) => "{}".to_owned(),
        (None, None, _) => PLAIN.to_owned(),
    }
}
