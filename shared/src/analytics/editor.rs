//! What an editor may tell: events and fields from lists, and values that cannot hold anybody's words.

use serde_json::{Map, Value};
use thiserror::Error;

use super::Event;

/// An event as an editor tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    pub event: Event,
    pub fields: Map<String, Value>,
}

#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ToldError {
    #[error("there is no such event to tell of")]
    Event,
    #[error("the event has no such field")]
    Field,
    #[error("the field cannot have that value")]
    Value,
}

enum Allowed {
    OneOf(&'static [&'static str]),
    UpTo(u64),
}

const SECTIONS: &[&str] =
    &["summary", "work", "education", "skills", "projects", "headline", "other"];

/// The one list of what an editor may tell.
fn allowed(name: &str) -> Option<(Event, &'static [(&'static str, Allowed)])> {
    Some(match name {
        "editor_opened" => (Event::EditorOpened, &[]),
        "evidence_opened" => (Event::EvidenceOpened, &[("section", Allowed::OneOf(SECTIONS))]),
        "proposal_viewed" => (
            Event::ProposalViewed,
            &[("section", Allowed::OneOf(SECTIONS)), ("seconds", Allowed::UpTo(86_400))],
        ),
        "version_compared" => (Event::VersionCompared, &[]),
        "template_previewed" => (
            Event::TemplatePreviewed,
            &[("format", Allowed::OneOf(&["pdf", "docx", "markdown", "json"]))],
        ),
        "help_opened" => (
            Event::HelpOpened,
            &[("topic", Allowed::OneOf(&["upload", "match", "tailor", "export", "billing"]))],
        ),
        "onboarding_step" => (Event::OnboardingStep, &[("step", Allowed::UpTo(20))]),
        _ => return None,
    })
}

impl Told {
    /// Only what is on the list, and all of it or nothing.
    pub fn read(name: &str, fields: Map<String, Value>) -> Result<Self, ToldError> {
        let (event, known) = allowed(name).ok_or(ToldError::Event)?;
        for (field, value) in &fields {
            let (_, allowed) =
                known.iter().find(|(name, _)| name == field).ok_or(ToldError::Field)?;
            let fits = match allowed {
                Allowed::OneOf(words) => value.as_str().is_some_and(|word| words.contains(&word)),
                Allowed::UpTo(most) => value.as_u64().is_some_and(|number| number <= *most),
            };
            if !fits {
                return Err(ToldError::Value);
            }
        }
        Ok(Self { event, fields })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{Told, ToldError};

    fn read(name: &str, fields: Value) -> Result<Told, ToldError> {
        let Value::Object(fields) = fields else { panic!("fields are an object") };
        Told::read(name, fields)
    }

    #[test]
    fn what_is_not_on_the_list_is_refused_and_so_are_words() {
        assert!(read("proposal_viewed", json!({ "section": "work", "seconds": 12 })).is_ok());
        assert_eq!(read("resume_parsed", json!({})), Err(ToldError::Event));
        assert_eq!(read("editor_opened", json!({ "name": "Dana" })), Err(ToldError::Field));
        for section in [json!("Dana Example"), json!(7), json!(["work"])] {
            let told = read("proposal_viewed", json!({ "section": section }));
            assert_eq!(told, Err(ToldError::Value));
        }
        assert_eq!(read("onboarding_step", json!({ "step": 21 })), Err(ToldError::Value));
    }
}
