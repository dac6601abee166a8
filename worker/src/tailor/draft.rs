//! A model's answer as draft edits: only where an edit may be, and with everything but the new words taken from the
//! resume itself.

use serde::Deserialize;
use serde_json::Value;
use shared::posting::facts::PostingFacts;
use shared::posting::requirement::Requirement;
use shared::resume::json::JsonResume;
use shared::resume::pointer;
use shared::tailoring::{Options, Section};
use shared::truth::Evidence;

use super::relevance::Wanted;
use super::{DraftEdit, editable};
use crate::model::answer::{AnswerError, items};

/// More edits than anybody reads.
const MAX_EDITS: usize = 24;
/// A longer text is no edit of a line.
const MAX_AFTER: usize = 4_000;
const MAX_EVIDENCE: usize = 4;

/// The edits that can be looked at; nothing about their truth is checked yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    pub edits: Vec<DraftEdit>,
    /// Items that were no edits: no such place, not open to edits, nothing new, a second edit of the same text.
    pub dropped: usize,
}

/// What edits are made for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub resume: &'a JsonResume,
    pub facts: &'a PostingFacts,
    pub options: &'a Options,
}

/// One item of the answer.
#[derive(Debug, Deserialize)]
struct Item {
    path: String,
    after: After,
    #[serde(default)]
    evidence: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum After {
    Text(String),
    List(Vec<Entry>),
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Entry {
    /// The old item at that place, so that what only moves need not be written again.
    Old(usize),
    New(String),
}

/// Reads the answer to [`question`](super::prompt::question).
///
/// What stood before, what is quoted, what is served and why are worked out here, never taken from the answer: a
/// sentence of a model about its own edit would be one more that nobody has proved.
pub fn read(answer: &str, asked: Asked<'_>) -> Result<Draft, AnswerError> {
    let document = serde_json::to_value(asked.resume).map_err(|_| AnswerError::Unreadable)?;
    let open = editable::sections(asked.options);
    let wanted = Wanted::of(asked.facts);
    let mut draft = Draft::default();
    for item in items(answer, "edits")? {
        let edit = serde_json::from_value(item)
            .ok()
            .and_then(|item| edit(item, &document, &open, &wanted))
            .filter(|edit| {
                draft.edits.len() < MAX_EDITS
                    && !draft.edits.iter().any(|other| overlap(&other.path, &edit.path))
            });
        match edit {
            Some(edit) => draft.edits.push(edit),
            None => draft.dropped += 1,
        }
    }
    Ok(draft)
}

fn edit(item: Item, document: &Value, open: &[Section], wanted: &Wanted<'_>) -> Option<DraftEdit> {
    let section = editable::section(&item.path)?;
    let current = pointer::get(document, &item.path).ok().filter(|_| open.contains(&section))?;
    let (before, after) = change(current, item.after)?;
    if after.chars().count() > MAX_AFTER {
        return None;
    }
    let proof = item.evidence.iter().map(String::as_str).take(MAX_EVIDENCE);
    let mut evidence: Vec<Evidence> =
        proof.filter_map(|path| quote(document, path, &after)).collect();
    if evidence.is_empty() {
        // An edit rests at least on the text it changes.
        evidence.extend(quote(document, &item.path, &after));
    }
    let served = Served::by(wanted, &before, &after);
    Some(DraftEdit {
        requirement_ids: served.requirements.iter().map(|one| one.id.clone()).collect(),
        why: served.why(),
        evidence,
        path: item.path,
        before,
        after,
    })
}

/// The requirements that an edit is for.
struct Served<'p> {
    requirements: Vec<&'p Requirement>,
    /// Whether the edit names them for the first time.
    new: bool,
}

impl<'p> Served<'p> {
    /// Those that the new words name; where they name no others than before, those they keep.
    fn by(wanted: &Wanted<'p>, before: &str, after: &str) -> Self {
        let old = wanted.named_in(before);
        let all = wanted.named_in(after);
        let new: Vec<_> =
            all.iter().copied().filter(|one| !old.iter().any(|other| other.id == one.id)).collect();
        if new.is_empty() {
            Self { requirements: all, new: false }
        } else {
            Self { requirements: new, new: true }
        }
    }

    fn why(&self) -> String {
        let names: Vec<&str> = self.requirements.iter().map(|one| one.name.as_str()).collect();
        let names = names.join(", ");
        match (names.is_empty(), self.new) {
            (true, _) => {
                "Only says or orders it otherwise; the posting asks for nothing named here.".into()
            }
            (false, true) => format!("Names what the posting asks for: {names}."),
            (false, false) => {
                format!("Says or orders otherwise what the posting asks about: {names}.")
            }
        }
    }
}

/// The text before and after, lists as their JSON texts; none when nothing changes or the kind would.
fn change(current: &Value, after: After) -> Option<(String, String)> {
    match (current, after) {
        (Value::String(before), After::Text(after)) => {
            let after = one_spaced(&after);
            (!after.is_empty() && after != one_spaced(before)).then(|| (before.clone(), after))
        }
        (Value::Array(before), After::List(after)) => list_change(before, &after),
        // Some models write a list as the JSON text of one.
        (Value::Array(before), After::Text(after)) => {
            list_change(before, &serde_json::from_str::<Vec<Entry>>(&after).ok()?)
        }
        (Value::String(_), After::List(_))
        | (Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_), _) => None,
    }
}

/// None for an old item that is not there: what else the answer got wrong nobody knows.
fn list_change(before: &[Value], after: &[Entry]) -> Option<(String, String)> {
    let old: Vec<String> =
        before.iter().map(|item| item.as_str().map(one_spaced)).collect::<Option<_>>()?;
    let mut kept: Vec<String> = Vec::new();
    for entry in after {
        let item = match entry {
            Entry::Old(at) => old.get(*at)?.clone(),
            Entry::New(text) => one_spaced(text),
        };
        if !item.is_empty() && !kept.contains(&item) {
            kept.push(item);
        }
    }
    (!kept.is_empty() && kept != old)
        .then(|| (Value::from(before).to_string(), Value::from(kept).to_string()))
}

/// What stands at the path; of a list, the item that the new text names.
fn quote(document: &Value, path: &str, after: &str) -> Option<Evidence> {
    let quote = match pointer::get(document, path).ok()? {
        Value::String(text) => text.as_str(),
        Value::Array(items) => {
            let mut texts = items.iter().filter_map(Value::as_str);
            let named = texts.clone().find(|text| after.contains(text));
            named.or_else(|| texts.next())?
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => return None,
    };
    let evidence = Evidence { path: path.to_owned(), quote: quote.to_owned() };
    (!quote.trim().is_empty()).then_some(evidence)
}

/// Whether one path is the other or lies inside it.
fn overlap(one: &str, other: &str) -> bool {
    let inside = |outer: &str, inner: &str| {
        inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    inside(one, other) || inside(other, one)
}

fn one_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
