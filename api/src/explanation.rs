//! A finished match told to a person, as Markdown or as data.

use poem::http::header::CONTENT_TYPE;
use poem::{IntoResponse, Response};
use poem_openapi::param::{Path, Query};
use poem_openapi::registry::{
    MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry,
};
use poem_openapi::types::{Example, ToJSON, Type};
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};
use shared::ats::explanation;
use shared::finish::OperationResult;
use shared::operation::Operations;
use uuid::Uuid;

use crate::Tag;
use crate::caller::Caller;
use crate::problem::answer::{Explain, Refused};
use crate::problem::{Code, Problem};
use crate::report::example;

pub struct ExplanationApi {
    pub operations: Operations,
}

/// How to be told
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum Format {
    #[default]
    Markdown,
    Json,
}

/// A match in plain words
#[derive(Debug, Object)]
#[oai(example)]
pub struct Explanation {
    /// The result in one or two sentences
    pub summary: String,
    /// How the score adds up
    pub score: Vec<String>,
    /// What the resume shows, with its own words
    pub counted: Vec<String>,
    /// What was asked and is not shown, or not enough
    pub not_counted: Vec<String>,
    /// The next steps, the most useful first
    pub to_do: Vec<String>,
    /// What to keep in mind about these figures
    pub remarks: Vec<String>,
}

impl From<explanation::Explanation> for Explanation {
    fn from(told: explanation::Explanation) -> Self {
        Self {
            summary: told.summary,
            score: told.score,
            counted: told.counted,
            not_counted: told.not_counted,
            to_do: told.to_do,
            remarks: told.remarks,
        }
    }
}

impl Example for Explanation {
    fn example() -> Self {
        explanation::Explanation::of(&example()).into()
    }
}

/// One answer in two media types, which a derived response cannot document.
pub enum Explained {
    Markdown(String),
    Data(Explanation),
}

impl IntoResponse for Explained {
    fn into_response(self) -> Response {
        let (kind, body) = match self {
            Self::Markdown(text) => ("text/markdown; charset=utf-8", text),
            Self::Data(told) => {
                ("application/json; charset=utf-8", told.to_json().unwrap_or_default().to_string())
            }
        };
        Response::builder().header(CONTENT_TYPE, kind).body(body)
    }
}

impl ApiResponse for Explained {
    fn meta() -> MetaResponses {
        let text = MetaSchemaRef::Inline(Box::new(MetaSchema::new("string")));
        let ok = MetaResponse {
            description: "The match in plain words",
            status: Some(200),
            status_range: None,
            content: vec![
                MetaMediaType { content_type: "text/markdown", schema: text },
                MetaMediaType {
                    content_type: "application/json",
                    schema: Explanation::schema_ref(),
                },
            ],
            headers: Vec::new(),
        };
        MetaResponses { responses: vec![ok] }
    }

    fn register(registry: &mut Registry) {
        Explanation::register(registry);
    }
}

#[OpenApi(prefix_path = "/operations", tag = "Tag::Operations")]
impl ExplanationApi {
    /// Explain a match
    ///
    /// What counted, what did not, and what to do, of an `ats` operation that has succeeded.
    #[oai(path = "/:id/explanation", method = "get", operation_id = "explain_match")]
    async fn explain(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        /// `markdown` unless told
        format: Query<Option<Format>>,
    ) -> Result<Explained, Refused<Explain>> {
        let row = self.operations.find(caller.0.id, id.0).await?;
        let row = row
            .ok_or_else(|| Problem::new(Code::OperationNotFound, "There is no such operation."))?;
        let result: Option<OperationResult> =
            row.result.and_then(|result| serde_json::from_value(result).ok());
        let report = result.and_then(|result| result.report).ok_or_else(|| {
            let detail = "Only an `ats` operation that has succeeded has a match to explain.";
            Problem::new(Code::StateConflict, detail)
        })?;
        let told = explanation::Explanation::of(&report);
        Ok(match format.0.unwrap_or_default() {
            Format::Markdown => Explained::Markdown(told.markdown()),
            Format::Json => Explained::Data(told.into()),
        })
    }
}
