//! Meaning beside words: which texts are compared as vectors, and what the vectors say.

use shared::ats::coverage::Measure;
use shared::ats::denial;
use shared::ats::passage::{Passage, Place, passages};
use shared::ats::semantic::{Related, Semantics};
use shared::posting::facts::PostingFacts;
use shared::posting::requirement::{Importance, Requirement};
use shared::resume::json::JsonResume;

/// Few enough for one embedding request.
const MAX_TEXTS: usize = 200;
/// A longer text is compared by its beginning.
const MAX_CHARACTERS: usize = 600;
/// More passages near one requirement tell a reader nothing new.
const MAX_RELATED: usize = 2;
/// Closer than that to a requirement, above what is usual for the pair, a passage is related.
const NEAR: f64 = 0.4;
/// As close as passages come that say the same in other words.
const SAME: f64 = 0.6;

/// The texts to be turned into vectors, and what they stand for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Texts {
    /// All different, none empty, at most 200 of at most 600 characters.
    pub texts: Vec<String>,
    requirements: Vec<Asked>,
    passages: Vec<Said>,
}

#[derive(Clone, Debug, PartialEq)]
struct Asked {
    id: String,
    importance: Importance,
    text: usize,
}

#[derive(Clone, Debug, PartialEq)]
struct Said {
    path: String,
    quote: String,
    text: usize,
}

/// The lines that ask for something, and the passages that may answer; years and degrees have no meaning to compare.
pub fn texts(resume: &JsonResume, facts: &PostingFacts) -> Texts {
    let mut texts = Texts::default();
    for requirement in &facts.requirements {
        texts.ask(requirement);
    }
    let said = passages(resume);
    // Sentences first: where there are too many texts, single words are left out.
    let (sentences, words): (Vec<_>, Vec<_>) =
        said.iter().filter(|passage| tells(passage)).partition(|one| one.place != Place::Skill);
    for passage in sentences.into_iter().chain(words) {
        texts.say(passage);
    }
    texts
}

/// What the vectors of [`texts`] say, in the same order; none when they are not its vectors.
pub fn similarities(texts: &Texts, vectors: &[Vec<f32>]) -> Option<Semantics> {
    if vectors.len() != texts.texts.len() {
        return None;
    }
    let vectors: Vec<Vec<f64>> = vectors.iter().map(|one| unit(one)).collect::<Option<_>>()?;
    let rows: Vec<Vec<f64>> = texts
        .requirements
        .iter()
        .map(|asked| {
            let near = |said: &Said| cosine(vectors.get(asked.text)?, vectors.get(said.text)?);
            texts.passages.iter().map(near).collect()
        })
        .collect::<Option<_>>()?;
    let usual = usual(&rows);
    let mut semantics = Semantics::default();
    let (mut sum, mut weights) = (0.0, 0.0);
    for (asked, row) in texts.requirements.iter().zip(&rows) {
        let mut near: Vec<(f64, &Said)> = row
            .iter()
            .map(|cosine| ((cosine - usual) / (1.0 - usual)).clamp(0.0, 1.0))
            .zip(&texts.passages)
            .collect();
        near.sort_by(|one, other| other.0.total_cmp(&one.0));
        let weight = match asked.importance {
            Importance::Required => 2.0,
            Importance::Preferred => 1.0,
        };
        weights += weight;
        sum += weight * near.first().map_or(0.0, |(best, _)| (best / SAME).min(1.0));
        let related = near.into_iter().take(MAX_RELATED).filter(|(nearness, _)| *nearness >= NEAR);
        semantics.related.extend(related.map(|(_, said)| Related {
            requirement_id: asked.id.clone(),
            path: said.path.clone(),
            quote: said.quote.clone(),
        }));
    }
    semantics.likeness = if weights > 0.0 { sum / weights } else { return None };
    Some(semantics)
}

impl Texts {
    fn ask(&mut self, requirement: &Requirement) {
        if Measure::of(requirement) != Measure::Skill {
            return;
        }
        if let Some(text) = self.place(&requirement.line) {
            let (id, importance) = (requirement.id.clone(), requirement.importance);
            self.requirements.push(Asked { id, importance, text });
        }
    }

    fn say(&mut self, passage: &Passage<'_>) {
        if let Some(text) = self.place(passage.text) {
            let quote = passage.text.trim().to_owned();
            self.passages.push(Said { path: passage.path.clone(), quote, text });
        }
    }

    /// Where the text stands in the list, or none when it is empty or the list is full.
    fn place(&mut self, text: &str) -> Option<usize> {
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let text: String = words.chars().take(MAX_CHARACTERS).collect();
        if text.is_empty() {
            return None;
        }
        if let Some(at) = self.texts.iter().position(|one| *one == text) {
            return Some(at);
        }
        (self.texts.len() < MAX_TEXTS).then(|| {
            self.texts.push(text);
            self.texts.len() - 1
        })
    }
}

fn tells(passage: &Passage<'_>) -> bool {
    let denied = passage.remark.is_some_and(denial::denies);
    match passage.place {
        Place::Employer | Place::Language | Place::Interest => false,
        Place::Headline
        | Place::Prose
        | Place::Position
        | Place::Skill
        | Place::Certificate
        | Place::Degree => !denied,
    }
}

/// The vector at length one; none when it has no direction.
fn unit(vector: &[f32]) -> Option<Vec<f64>> {
    let length = vector.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt();
    (length.is_finite() && length > 0.0)
        .then(|| vector.iter().map(|value| f64::from(*value) / length).collect())
}

fn cosine(one: &[f64], other: &[f64]) -> Option<f64> {
    (one.len() == other.len()).then(|| one.iter().zip(other).map(|(a, b)| a * b).sum())
}

/// How close any requirement is to any passage: models differ in what they call close.
///
/// The lower quartile, so that what is close does not raise what is usual; of a few pairs it would tell nothing.
fn usual(rows: &[Vec<f64>]) -> f64 {
    let mut all: Vec<f64> = rows.iter().flatten().copied().collect();
    if all.len() < 8 {
        return 0.0;
    }
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 4).copied().unwrap_or(0.0).clamp(0.0, 0.95)
}

#[cfg(test)]
mod tests;
