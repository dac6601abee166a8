//! JSON Resume in the API: the domain's own type, with its schema for the documentation.

use std::borrow::Cow;

use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{Example, ParseError, ParseFromJSON, ParseResult, ToJSON, Type};
use serde::Deserialize;
use serde_json::{Value, json};
use shared::resume::json::JsonResume;

const NAME: &str = "JsonResume";

/// The parts of a resume and whether each is a list.
const SECTIONS: [(&str, bool); 13] = [
    ("basics", false),
    ("work", true),
    ("volunteer", true),
    ("education", true),
    ("awards", true),
    ("certificates", true),
    ("publications", true),
    ("skills", true),
    ("languages", true),
    ("interests", true),
    ("references", true),
    ("projects", true),
    ("meta", false),
];

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct ResumeData(pub JsonResume);

impl Type for ResumeData {
    const IS_REQUIRED: bool = true;
    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        NAME.into()
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Reference(NAME.to_owned())
    }

    fn register(registry: &mut Registry) {
        registry.create_schema::<Self, _>(NAME.to_owned(), |_| MetaSchema {
            description: Some(
                "JSON Resume v1.0.0; every field is optional, others are kept as they are",
            ),
            external_docs: Some(poem_openapi::registry::MetaExternalDocument {
                url: "https://jsonresume.org/schema".to_owned(),
                description: Some("The schema".to_owned()),
            }),
            properties: SECTIONS.map(|(name, list)| (name, section(list))).to_vec(),
            example: Self::example().to_json(),
            ..MetaSchema::new("object")
        });
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

fn section(list: bool) -> MetaSchemaRef {
    let object = MetaSchemaRef::Inline(Box::new(MetaSchema::new("object")));
    if !list {
        return object;
    }
    let array = MetaSchema { items: Some(Box::new(object)), ..MetaSchema::new("array") };
    MetaSchemaRef::Inline(Box::new(array))
}

impl ParseFromJSON for ResumeData {
    fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
        serde_json::from_value(value.unwrap_or_default()).map_err(ParseError::custom)
    }
}

impl ToJSON for ResumeData {
    fn to_json(&self) -> Option<Value> {
        serde_json::to_value(&self.0).ok()
    }
}

impl Example for ResumeData {
    fn example() -> Self {
        let resume = json!({
            "basics": {
                "name": "Maya Lindqvist",
                "label": "Backend Engineer",
                "email": "maya@lindqvist.example",
                "summary": "Backend engineer with nine years of payment systems."
            },
            "work": [{
                "name": "Tallyport",
                "position": "Backend Engineer",
                "startDate": "2019-03",
                "highlights": ["Cut the settlement run from 4 hours to 25 minutes."]
            }],
            "skills": [{ "name": "Backend", "keywords": ["Rust", "PostgreSQL"] }]
        });
        Self(serde_json::from_value(resume).unwrap_or_default())
    }
}
