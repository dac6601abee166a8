//! Headings by wording: which section a line opens.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use serde::Deserialize;

use super::Kind;
use crate::parse::word::squash;

#[derive(Deserialize)]
struct Lists {
    hint: toml::Table,
    #[serde(flatten)]
    kinds: BTreeMap<String, Vec<String>>,
}

struct Headings {
    exact: HashMap<String, Kind>,
    hints: Vec<(Kind, Vec<String>)>,
}

static HEADINGS: LazyLock<Headings> = LazyLock::new(Headings::read);

/// The order in which hints are tried: the narrow before the wide.
const HINTED: [Kind; 13] = [
    Kind::Languages,
    Kind::Volunteer,
    Kind::Certificates,
    Kind::Publications,
    Kind::Awards,
    Kind::References,
    Kind::Interests,
    Kind::Projects,
    Kind::Education,
    Kind::Skills,
    Kind::Work,
    Kind::Contact,
    Kind::Summary,
];

impl Headings {
    fn read() -> Self {
        let lists: Lists = toml::from_str(include_str!("../words/heading.toml"))
            .expect("word lists are compiled in and read by every test");
        let mut exact = HashMap::new();
        for (name, wordings) in &lists.kinds {
            for wording in wordings {
                exact.insert(key(wording), Kind::named(name));
            }
        }
        let hints = HINTED.iter().map(|kind| {
            let list = lists.hint.get(kind.name()).and_then(toml::Value::as_array);
            let words = list.into_iter().flatten().filter_map(toml::Value::as_str);
            (*kind, words.map(squash_words).collect())
        });
        Self { exact, hints: hints.collect() }
    }
}

/// Letters only: spacing, apostrophes and `&` differ too often to count.
fn key(text: &str) -> String {
    let text = text.to_lowercase();
    let plain = text.replace(" and ", " ").replace(" und ", " ").replace(" et ", " ");
    squash(&plain.replace(" y ", " ").replace(" e ", " ").replace('&', " "))
}

fn squash_words(text: &str) -> String {
    let text = text.to_lowercase().replace(['\'', '’'], "");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The section a known wording opens.
pub fn known(text: &str) -> Option<Kind> {
    if text.chars().count() > 60 {
        return None;
    }
    if let Some(kind) = HEADINGS.exact.get(&key(text)) {
        return Some(*kind);
    }
    // "Education & Certifications" opens what it names first.
    let parts = text.split(['&', '/', ',', '|', '+']).map(str::trim).collect::<Vec<_>>();
    let kinds: Option<Vec<Kind>> =
        parts.iter().map(|part| HEADINGS.exact.get(&key(part)).copied()).collect();
    if parts.len() > 1 {
        return kinds?.first().copied();
    }
    let (first, second) = text.split_once(" and ").or_else(|| text.split_once(" und "))?;
    HEADINGS.exact.get(&key(second))?;
    HEADINGS.exact.get(&key(first)).copied()
}

/// The section an unusual wording suggests; only for lines that look like headings.
pub fn suggested(text: &str) -> Kind {
    let padded = format!(" {} ", squash_words(text));
    let found = HEADINGS
        .hints
        .iter()
        .find(|(_, words)| words.iter().any(|word| padded.contains(word.as_str())));
    found.map_or(Kind::Other, |(kind, _)| *kind)
}
