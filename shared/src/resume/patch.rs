//! One edit of one value of a resume, and how it is applied.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use super::{
    json::JsonResume,
    pointer::{self, PointerError},
};

/// A change of one text, or of one list of texts, inside a resume.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// JSON pointer, e.g. `/work/0/highlights/2` or `/skills/1/keywords`.
    pub path: String,
    /// What stands at `path`; for a list, its JSON text.
    pub before: String,
    /// What shall stand there; for a list, its JSON text.
    pub after: String,
}

#[derive(Debug, Error)]
pub enum PatchError {
    #[error(transparent)]
    Pointer(#[from] PointerError),
    #[error("the value at {0} is no longer what the edit was made for")]
    Stale(String),
    #[error("the value at {0} is neither a text nor a list of texts")]
    NotText(String),
    #[error("the edit would change the kind of value at {0}")]
    KindChanged(String),
    #[error("the resume cannot be read back as a resume")]
    Unreadable(#[from] serde_json::Error),
}

/// A copy of the resume with the edit applied.
pub fn apply(resume: &JsonResume, edit: &Edit) -> Result<JsonResume, PatchError> {
    let mut document = serde_json::to_value(resume)?;
    let current = pointer::get(&document, &edit.path)?;
    let replacement = match current {
        Value::String(text) => {
            if *text != edit.before {
                return Err(PatchError::Stale(edit.path.clone()));
            }
            Value::String(edit.after.clone())
        }
        Value::Array(items) if items.iter().all(Value::is_string) => {
            let items: Vec<_> = items.iter().filter_map(Value::as_str).collect();
            if texts(&edit.before).is_none_or(|before| before != items) {
                return Err(PatchError::Stale(edit.path.clone()));
            }
            let after = texts(&edit.after);
            Value::from(after.ok_or_else(|| PatchError::KindChanged(edit.path.clone()))?)
        }
        Value::Array(_) | Value::Object(_) | Value::Number(_) | Value::Bool(_) | Value::Null => {
            return Err(PatchError::NotText(edit.path.clone()));
        }
    };
    pointer::set(&mut document, &edit.path, replacement)?;
    Ok(serde_json::from_value(document)?)
}

/// A list of texts from its JSON text; `None` when it is anything else.
pub fn texts(json: &str) -> Option<Vec<String>> {
    serde_json::from_str(json).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn resume() -> JsonResume {
        serde_json::from_value(json!({
            "basics": { "summary": "Nurse." },
            "work": [{ "name": "A", "highlights": ["one", "two"] }],
            "x-score": 7
        }))
        .unwrap()
    }

    fn edit(path: &str, before: &str, after: &str) -> Edit {
        Edit { path: path.into(), before: before.into(), after: after.into() }
    }

    #[test]
    fn an_edit_changes_its_text_and_nothing_else() {
        let patched = apply(&resume(), &edit("/work/0/highlights/1", "two", "2")).unwrap();

        assert_eq!(patched.work[0].highlights, ["one", "2"]);
        assert_eq!(patched.basics, resume().basics);
        assert_eq!(patched.other, resume().other);
    }

    #[test]
    fn a_list_of_texts_is_replaced_as_a_whole() {
        let edit = edit("/work/0/highlights", r#"["one", "two"]"#, r#"["two"]"#);

        assert_eq!(apply(&resume(), &edit).unwrap().work[0].highlights, ["two"]);
    }

    #[test]
    fn an_edit_made_for_another_text_is_stale() {
        let text = apply(&resume(), &edit("/basics/summary", "Doctor.", "Nurse"));
        let list = apply(&resume(), &edit("/work/0/highlights", r#"["one"]"#, "[]"));

        assert!(matches!(text, Err(PatchError::Stale(_))), "{text:?}");
        assert!(matches!(list, Err(PatchError::Stale(_))), "{list:?}");
    }

    #[test]
    fn an_edit_of_a_place_that_does_not_exist_is_refused() {
        let refused = apply(&resume(), &edit("/work/1/name", "", "B"));

        assert!(matches!(refused, Err(PatchError::Pointer(PointerError::NotFound(_)))));
    }

    #[test]
    fn an_edit_cannot_change_the_structure() {
        let object = apply(&resume(), &edit("/basics", "{}", "{}"));
        let number = apply(&resume(), &edit("/x-score", "7", "8"));
        let list = apply(&resume(), &edit("/work/0/highlights", r#"["one","two"]"#, "\"one\""));

        assert!(matches!(object, Err(PatchError::NotText(_))), "{object:?}");
        assert!(matches!(number, Err(PatchError::NotText(_))), "{number:?}");
        assert!(matches!(list, Err(PatchError::KindChanged(_))), "{list:?}");
    }
}
