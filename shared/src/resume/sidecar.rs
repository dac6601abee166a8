//! What RoleReady knows about a resume beside its data: where each value came
//! from, how sure that is, and what could not be placed.

use std::collections::BTreeMap;

use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::json::JsonResume;

/// Kept beside the JSON Resume document, never inside it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(default)]
pub struct Sidecar {
    /// By JSON pointer of the value, e.g. `/work/0/startDate`.
    pub fields: BTreeMap<String, Provenance>,
    /// Lines of the document that belong to no field.
    pub unplaced: Vec<Unplaced>,
    /// Text a reader of the document cannot see; never used, only reported.
    pub hidden_text: Option<HiddenText>,
    /// Of the document.
    pub pages: u32,
    /// What makes the document hard to read for software.
    pub findings: Vec<Finding>,
}

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// 0 to 1.
    pub confidence: f32,
    pub source: Source,
    /// From 1.
    pub page: Option<u32>,
    /// The line of the document that holds the value, as it stands there.
    pub quote: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    Rules,
    Model,
    Person,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unplaced {
    pub page: u32,
    pub text: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HiddenText {
    pub characters: usize,
    pub pages: Vec<u32>,
}

/// Something about the document that software stumbles over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub code: FindingCode,
    /// From 1; absent when it concerns the whole document.
    pub page: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingCode {
    HiddenText,
    ColumnsOutOfOrder,
    FontsWithoutMapping,
    Tables,
    ImagesOfText,
    ContactInHeader,
    LowTextQuality,
    Truncated,
}

/// The sidecar after a person replaced the data: a value that is still the same
/// keeps where it came from, a changed one is the person's own and drops out.
pub(super) fn after_edit(sidecar: &Sidecar, before: &JsonResume, after: &JsonResume) -> Sidecar {
    let mut kept = sidecar.clone();
    let (Ok(before), Ok(after)) = (serde_json::to_value(before), serde_json::to_value(after))
    else {
        return Sidecar::default();
    };
    kept.fields.retain(|pointer, _| same(&before, &after, pointer));
    kept
}

/// The value is the same, and so is where it stands: when entries were added or
/// removed, only one that is the same as a whole is surely the same entry.
fn same(before: &Value, after: &Value, pointer: &str) -> bool {
    let mut parts = pointer.splitn(4, '/');
    let (section, item) = (parts.nth(1).unwrap_or_default(), parts.next());
    let lengths = [before, after].map(|resume| resume[section].as_array().map(Vec::len));
    let place = match item {
        Some(item) if lengths[0] != lengths[1] => format!("/{section}/{item}"),
        Some(_) | None => pointer.to_owned(),
    };
    after.pointer(&place).is_some_and(|value| before.pointer(&place) == Some(value))
}
