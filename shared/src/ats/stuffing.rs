//! Terms that stand in a resume far more often than anyone writes by chance.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::reading::Reading;
use crate::posting::facts::PostingFacts;
use crate::taxonomy::{How, Taxonomy};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stuffing {
    pub term: String,
    pub count: u32,
    /// Of all words of the resume.
    pub share: f64,
    /// JSON pointers, each once.
    #[serde(rename = "where")]
    pub place: Vec<String>,
    /// Whether the posting asks for it.
    pub asked: bool,
}

const COUNT: u32 = 8;
const SHARE: f64 = 0.015;

#[expect(clippy::cast_precision_loss, reason = "a resume has a few thousand words")]
pub fn stuffing(reading: &Reading<'_>, posting: Option<&PostingFacts>) -> Vec<Stuffing> {
    let words: usize = reading.passages.iter().map(|read| read.words.len()).sum();
    let mut seen: BTreeMap<usize, (u32, Vec<String>)> = BTreeMap::new();
    for read in &reading.passages {
        for shown in read.shown.iter().filter(|shown| shown.how != How::Derived) {
            let (count, place) = seen.entry(shown.term).or_default();
            *count += 1;
            if place.last() != Some(&read.passage.path) {
                place.push(read.passage.path.clone());
            }
        }
    }
    seen.into_iter()
        .filter_map(|(id, (count, place))| {
            let term = Taxonomy::builtin().terms().get(id)?.name.clone();
            let share = f64::from(count) / words.max(1) as f64;
            let asked = posting.is_some_and(|posting| {
                posting.requirements.iter().any(|requirement| requirement.name == term)
            });
            (count >= COUNT && share >= SHARE).then_some(Stuffing {
                term,
                count,
                share,
                place,
                asked,
            })
        })
        .collect()
}
