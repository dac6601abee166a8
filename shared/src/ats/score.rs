//! One number from 0 to 100 for the match, with the parts it is made of.

use serde::{Deserialize, Serialize};

use super::ALGORITHM;
use super::coverage::{Coverage, Covered, Measure, Status};
use super::passage::Place;
use super::reading::Reading;
use crate::posting::facts::PostingFacts;
use crate::posting::requirement::Importance;
use crate::taxonomy::pattern::stems_of;
use crate::taxonomy::stem::Tongue;
use crate::taxonomy::token::tokens;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Match {
    /// 0 to 100.
    pub score: u8,
    pub mode: Mode,
    /// Their weights add up to 100, their points to the score.
    pub components: Vec<Component>,
    pub algorithm: String,
    /// SHA-256 of everything the score rests on.
    pub input_hash: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    Hybrid,
    SemanticOnly,
    KeywordOnly,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Component {
    pub name: Part,
    /// The most points it can give.
    pub weight: f64,
    pub points: f64,
    /// In plain words.
    pub why: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    Required,
    Preferred,
    Experience,
    Education,
    Title,
    Meaning,
}

impl Part {
    /// Weights count among the parts a posting has; what it does not ask for
    /// takes no points away.
    fn weight(self) -> f64 {
        match self {
            Self::Required => 60.0,
            Self::Preferred => 15.0,
            Self::Experience | Self::Title => 10.0,
            Self::Education => 5.0,
            Self::Meaning => 30.0,
        }
    }
}

impl Part {
    /// Years and degrees say something only about a person who can do the work. They
    /// lose weight rather than points, so that meeting one more of what is asked never
    /// costs anything.
    pub fn weight_at(self, relevance: f64) -> f64 {
        match self {
            Self::Experience | Self::Education => self.weight() * relevance,
            Self::Required | Self::Preferred | Self::Title | Self::Meaning => self.weight(),
        }
    }
}

/// From 0 to 1, by the share of the required skills that is met.
pub fn relevance(required: Option<f64>) -> f64 {
    required.map_or(1.0, |share| (2.0 * share).min(1.0))
}

/// None when the posting names nothing to compare.
pub fn score(
    reading: &Reading<'_>,
    posting: &PostingFacts,
    coverage: &Coverage,
    input_hash: String,
) -> Option<Match> {
    if coverage.requirements.is_empty() {
        return None;
    }
    let required = asked(coverage, Importance::Required);
    let relevance = relevance(required.as_ref().map(|(share, _)| *share));
    let parts = [
        (Part::Required, required),
        (Part::Preferred, asked(coverage, Importance::Preferred)),
        (Part::Experience, measured(coverage, Measure::Years)),
        (Part::Education, measured(coverage, Measure::Degree)),
        (Part::Title, title(reading, posting)),
    ];
    let known: Vec<(Part, f64, f64, String)> = parts
        .into_iter()
        .filter_map(|(part, share)| {
            share.map(|(share, why)| (part, part.weight_at(relevance), share, why))
        })
        .collect();
    let all: f64 = known.iter().map(|(_, weight, ..)| weight).sum();
    let components: Vec<Component> = known
        .into_iter()
        .map(|(part, weight, share, why)| {
            let weight = if all > 0.0 { 100.0 * weight / all } else { 0.0 };
            Component { name: part, weight, points: weight * share, why }
        })
        .collect();
    Some(Match {
        score: total(&components),
        mode: Mode::KeywordOnly,
        components,
        algorithm: ALGORITHM.to_owned(),
        input_hash,
    })
}

impl Match {
    /// Gives part of the weight to the closeness in meaning, from 0 to 1.
    #[must_use]
    pub fn with_semantics(mut self, similarity: f64) -> Self {
        let similarity = if similarity.is_finite() { similarity.clamp(0.0, 1.0) } else { 0.0 };
        let meaning = Part::Meaning.weight();
        for component in &mut self.components {
            component.weight *= (100.0 - meaning) / 100.0;
            component.points *= (100.0 - meaning) / 100.0;
        }
        self.components.push(Component {
            name: Part::Meaning,
            weight: meaning,
            points: meaning * similarity,
            why: format!("resume and posting are {:.0} % alike in meaning", similarity * 100.0),
        });
        self.score = total(&self.components);
        self.mode = Mode::Hybrid;
        self
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the sum is clamped to 0..=100"
)]
fn total(components: &[Component]) -> u8 {
    let points: f64 = components.iter().map(|component| component.points).sum();
    // Sums of thirds end just below a half; without this the order of parts would show.
    (points + 1e-9).round().clamp(0.0, 100.0) as u8
}

/// The share of the skills of that importance that are met.
fn asked(coverage: &Coverage, importance: Importance) -> Option<(f64, String)> {
    let of_kind: Vec<&Covered> = coverage
        .requirements
        .iter()
        .filter(|one| one.importance == importance && Measure::of_covered(one) == Measure::Skill)
        .collect();
    let met = of_kind.iter().filter(|one| one.status == Status::Met).count();
    let partly = of_kind.iter().filter(|one| one.status == Status::Partly).count();
    let why = match partly {
        0 => format!("{met} of {} met", of_kind.len()),
        _ => format!("{met} of {} met, {partly} partly", of_kind.len()),
    };
    average(of_kind.iter().map(|one| one.status.share())).map(|share| (share, why))
}

fn measured(coverage: &Coverage, measure: Measure) -> Option<(f64, String)> {
    let one = coverage.requirements.iter().find(|one| Measure::of_covered(one) == measure)?;
    let found = match one.status {
        Status::Met => "shown",
        Status::Partly => "partly shown",
        Status::Missing => "not shown",
    };
    Some((one.status.share(), format!("{}: {found}", one.name)))
}

/// How many words of the posting's title the headline or a position shares.
fn title(reading: &Reading<'_>, posting: &PostingFacts) -> Option<(f64, String)> {
    let wanted = posting.title.as_deref()?;
    let wanted = title_stems(wanted, reading.tongue);
    let closest = reading
        .passages
        .iter()
        .filter(|read| matches!(read.passage.place, Place::Headline | Place::Position))
        .filter_map(|read| {
            let shared = average(
                wanted.iter().map(|stem| if read.stems.contains(stem) { 1.0 } else { 0.0 }),
            )?;
            Some((shared, read.passage.text))
        })
        .fold((0.0, ""), |best, next| if next.0 > best.0 { next } else { best });
    if wanted.is_empty() {
        return None;
    }
    let why = match closest {
        (share, text) if share > 0.0 => format!("closest title: {text}"),
        _ => "no title in common".to_owned(),
    };
    Some((closest.0, why))
}

/// The words of a title that say what the work is.
pub fn title_stems(title: &str, tongue: Tongue) -> Vec<String> {
    stems_of(title, &tokens(title), &tongue.stemmer())
        .into_iter()
        .filter(|stem| stem.chars().count() > 2 && !RANKS.contains(&stem.as_str()))
        .collect()
}

const RANKS: [&str; 12] = [
    "senior", "junior", "lead", "staff", "princip", "the", "for", "and", "und", "mid", "band",
    "head",
];

fn average(shares: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = shares.fold((0.0, 0.0), |(sum, count), share| (sum + share, count + 1.0));
    (count > 0.0).then(|| sum / count)
}
