//! A resume that is data already: checked, and its values laid out as text.

use serde_json::Value;
use shared::resume::json::JsonResume;
use shared::resume::sidecar::{Provenance, Sidecar, Source};

use super::{ParseError, Parsed};

/// The resume as it is. Each value is its own proof, since the file is the data.
pub fn read(bytes: &[u8]) -> Result<Parsed, ParseError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let resume: JsonResume = serde_json::from_slice(bytes).map_err(|_| ParseError::Damaged)?;
    let value = serde_json::to_value(&resume).unwrap_or_default();
    let mut leaves = Vec::new();
    gather(&value, String::new(), &mut leaves);
    if leaves.is_empty() {
        return Err(ParseError::Empty);
    }
    let text: Vec<&str> = leaves.iter().map(|(_, text)| text.as_str()).collect();
    let text = text.join("\n");
    let given = |text: String| Provenance {
        confidence: 1.0,
        source: Source::Rules,
        page: None,
        quote: Some(text),
    };
    let fields = leaves.into_iter().map(|(pointer, text)| (pointer, given(text))).collect();
    Ok(Parsed { resume, sidecar: Sidecar { fields, ..Sidecar::default() }, text, pages: 0 })
}

/// The texts of a resume; what describes the file itself is none of them.
fn gather(value: &Value, pointer: String, leaves: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) if !text.trim().is_empty() => leaves.push((pointer, text.clone())),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                gather(item, format!("{pointer}/{index}"), leaves);
            }
        }
        Value::Object(map) => {
            for (key, item) in map {
                if !(pointer.is_empty() && matches!(key.as_str(), "$schema" | "meta")) {
                    let key = key.replace('~', "~0").replace('/', "~1");
                    gather(item, format!("{pointer}/{key}"), leaves);
                }
            }
        }
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
