//! Request bodies in JSON: read by serde, which is strict and says where something is wrong.

use poem::{FromRequest, Request, RequestBody, Result};
use poem_openapi::payload::Payload;
use poem_openapi::registry::{MetaMediaType, MetaRequest, MetaSchemaRef, Registry};
use poem_openapi::types::Type;
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::problem::{Code, Problem};

/// A JSON body that has the shape of `T` and no other field.
///
/// Not `payload::Json`: that one takes the number 7 for the text "7".
pub struct Body<T>(pub T);

impl<T: Type> Payload for Body<T> {
    const CONTENT_TYPE: &'static str = "application/json";

    fn schema_ref() -> MetaSchemaRef {
        T::schema_ref()
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

impl<'a, T: Type + DeserializeOwned> ApiExtractor<'a> for Body<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        Some(MetaRequest {
            description: None,
            content: vec![MetaMediaType {
                content_type: Self::CONTENT_TYPE,
                schema: T::schema_ref(),
            }],
            required: true,
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> Result<Self> {
        let is_json =
            |kind: &str| kind.split(';').next().map(str::trim) == Some(Self::CONTENT_TYPE);
        if !request.content_type().is_some_and(is_json) {
            let detail = "The body must be JSON, with `Content-Type: application/json`.";
            return Err(Problem::new(Code::UnsupportedMediaType, detail).into());
        }
        let bytes = <Vec<u8> as FromRequest>::from_request(request, body).await?;
        refuse_zero(&bytes)?;
        // Serde takes a list of values for an object with as many fields.
        if bytes.trim_ascii_start().first().is_some_and(|first| *first != b'{') {
            let detail = "The body must be a JSON object.";
            return Err(Problem::new(Code::InvalidRequest, detail).into());
        }
        let mut reader = serde_json::Deserializer::from_slice(&bytes);
        let value =
            serde_path_to_error::deserialize(&mut reader).map_err(|error| explain(&error))?;
        reader.end().map_err(|error| malformed(&error))?;
        Ok(Self(value))
    }
}

/// Postgres cannot store the character zero, and nobody means it.
fn refuse_zero(bytes: &[u8]) -> Result<(), Problem> {
    const ESCAPED: &[u8] = br"\u0000";
    if !bytes.windows(ESCAPED.len()).any(|window| window == ESCAPED) {
        return Ok(());
    }
    let holds_zero =
        serde_json::from_slice::<serde_json::Value>(bytes).is_ok_and(|value| has_zero(&value));
    if holds_zero {
        let detail = "A text in the body holds the character zero (\\u0000); remove it.";
        return Err(Problem::new(Code::InvalidRequest, detail));
    }
    Ok(())
}

fn has_zero(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::String(text) => text.contains('\0'),
        serde_json::Value::Array(items) => items.iter().any(has_zero),
        serde_json::Value::Object(fields) => {
            fields.iter().any(|(name, value)| name.contains('\0') || has_zero(value))
        }
        serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => {
            false
        }
    }
}

fn explain(error: &serde_path_to_error::Error<serde_json::Error>) -> Problem {
    match error.inner().classify() {
        Category::Syntax | Category::Eof | Category::Io => malformed(error.inner()),
        Category::Data => {
            let message = error.inner().to_string();
            let message = message.split(" at line ").next().unwrap_or_default();
            let path = error.path().to_string();
            let place = if path == "." { String::new() } else { format!("`{path}`: ") };
            Problem::new(Code::InvalidRequest, format!("{place}{message}."))
        }
    }
}

fn malformed(error: &serde_json::Error) -> Problem {
    let (line, column) = (error.line(), error.column());
    let detail =
        format!("The body is not valid JSON; it goes wrong at line {line}, column {column}.");
    Problem::new(Code::InvalidRequest, detail)
}
