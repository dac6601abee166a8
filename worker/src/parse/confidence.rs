//! Where each value of a parsed resume came from, and how sure that is.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::Value;
use shared::resume::json::JsonResume;
use shared::resume::sidecar::{Provenance, Sidecar, Source, Unplaced};

use super::field::Origins;
use super::line::Line;
use super::word::{squash, words};

/// A value that no single line holds is less sure.
const ACROSS_LINES: f32 = 0.9;
/// A value not found again among its lines.
const UNFOUND: f32 = 0.5;
/// Share of a line's words that must be in its values.
const PLACED: f32 = 0.5;

/// Finds the line of each value and lists the lines that gave none.
pub fn sidecar(
    resume: &JsonResume,
    origins: &Origins,
    lines: &[Line],
    titles: &BTreeSet<usize>,
) -> Sidecar {
    let value = serde_json::to_value(resume).unwrap_or_default();
    let keys: Vec<String> = lines.iter().map(|line| squash(&line.text)).collect();
    let mut sidecar = Sidecar::default();
    let mut used: HashSet<String> = HashSet::new();
    let mut leaves = Vec::new();
    walk(&value, &mut String::new(), &mut leaves);
    for (pointer, text) in leaves {
        used.extend(words(&text).map(str::to_lowercase));
        let origin = origins
            .iter()
            .filter(|(at, _, _)| within(&pointer, at))
            .max_by_key(|(at, _, _)| at.len());
        let (range, sure) =
            origin.map_or(((0, lines.len()), 0.7), |(_, range, sure)| (*range, *sure));
        let (at, factor) = locate(&text, &keys, range);
        let line = at.and_then(|at| lines.get(at));
        let provenance = Provenance {
            confidence: sure * factor,
            source: Source::Rules,
            page: line.map(|line| line.page),
            quote: line.map(|line| line.text.clone()),
        };
        sidecar.fields.insert(pointer, provenance);
    }
    sidecar.unplaced = unplaced(lines, &used, titles);
    sidecar
}

fn within(pointer: &str, origin: &str) -> bool {
    pointer.strip_prefix(origin).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn walk(value: &Value, pointer: &mut String, leaves: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) => leaves.push((pointer.clone(), text.clone())),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                step(item, &index.to_string(), pointer, leaves);
            }
        }
        Value::Object(map) => {
            for (key, item) in map {
                step(item, key, pointer, leaves);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn step(value: &Value, key: &str, pointer: &mut String, leaves: &mut Vec<(String, String)>) {
    let length = pointer.len();
    pointer.push('/');
    pointer.push_str(key);
    walk(value, pointer, leaves);
    pointer.truncate(length);
}

/// The line that holds the value, or its beginning, and how well.
fn locate(text: &str, keys: &[String], range: (usize, usize)) -> (Option<usize>, f32) {
    let key = squash(text);
    let date = is_date(text);
    let needle = if date { key.get(..4).unwrap_or(&key).to_owned() } else { key.clone() };
    let (from, to) = (range.0, range.1.max(range.0) + 6);
    let near = || keys.iter().enumerate().skip(from).take(to.saturating_sub(from) + 1);
    let holds = |needle: &str| {
        near()
            .find(|(_, line)| line.contains(needle))
            .or_else(|| keys.iter().enumerate().find(|(_, line)| line.contains(needle)))
    };
    if let Some((at, _)) = holds(&needle) {
        return (Some(at), 1.0);
    }
    let begins =
        |(_, line): &(usize, &String)| line.chars().count() > 3 && key.starts_with(line.as_str());
    if let Some((at, _)) = near().find(begins) {
        return (Some(at), ACROSS_LINES);
    }
    let opening: String = key.chars().take(16).collect();
    holds(&opening).map_or((None, UNFOUND), |(at, _)| (Some(at), ACROSS_LINES))
}

fn is_date(text: &str) -> bool {
    let year = text.get(..4).is_some_and(|year| year.chars().all(|c| c.is_ascii_digit()));
    year && text.len() <= 10 && text.chars().all(|c| c.is_ascii_digit() || c == '-')
}

/// Lines whose words are in no value; headings and dates aside.
fn unplaced(lines: &[Line], used: &HashSet<String>, titles: &BTreeSet<usize>) -> Vec<Unplaced> {
    let mut left = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        if titles.contains(&index)
            || line.text.split('\t').all(|cell| super::field::date::whole(cell).is_some())
        {
            continue;
        }
        let all: Vec<String> = words(&line.text).map(str::to_lowercase).collect();
        let known = all.iter().filter(|word| used.contains(*word)).count();
        let joined = used_as_one(&line.text, used);
        if share(known, all.len()) < PLACED && !joined {
            left.push(Unplaced { page: line.page, text: line.text.clone() });
        }
    }
    left
}

/// Scripts without spaces have no words to count.
fn used_as_one(text: &str, used: &HashSet<String>) -> bool {
    let key = squash(text);
    super::word::has_ideographs(text)
        && used.iter().any(|word| {
            squash(word).contains(&key) || key.contains(&squash(word)) && word.chars().count() > 2
        })
}

#[expect(clippy::cast_precision_loss, reason = "a share needs no precision")]
fn share(part: usize, whole: usize) -> f32 {
    if whole == 0 { 1.0 } else { part as f32 / whole as f32 }
}

/// The confidence a reader may put into each top-level section: the least of its values.
pub fn weakest(fields: &BTreeMap<String, Provenance>) -> f32 {
    fields.values().map(|field| field.confidence).fold(1.0, f32::min)
}
