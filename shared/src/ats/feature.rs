//! What is kept of a resume and a posting to rank thousands of pairs: small, and made once per revision.
//!
//! The score told by features comes close to that of [`super::check`]; whoever shows a
//! number to a person checks the best pairs in full.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::coverage::Measure;
use super::experience::Experience;
use super::passage::Place;
use super::reading::Reading;
use super::score::{Part, relevance, title_stems};
use super::{degree, denial, hit};
use crate::posting::facts::PostingFacts;
use crate::posting::requirement::{Importance, Requirement};
use crate::resume::json::JsonResume;
use crate::taxonomy::Taxonomy;
use crate::taxonomy::stem::Tongue;
use crate::taxonomy::token::tokens;

/// A word as sixteen bits of its stem: two words in a thousand look alike.
type Print = u16;

/// What a resume shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResumeFeature {
    /// Terms shown and not denied, by their place in the taxonomy.
    terms: BTreeSet<u32>,
    /// The words of what may prove something.
    words: BTreeSet<Print>,
    months: u32,
    degree: u8,
    /// The words of the headline and of each position.
    titles: Vec<BTreeSet<Print>>,
}

/// What a posting asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostingFeature {
    asked: Vec<Asked>,
    years: Option<u32>,
    title: Vec<Print>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Asked {
    required: bool,
    measure: Kind,
    /// Any one of them meets it.
    terms: Vec<u32>,
    /// Any one of them hints at it.
    hints: Vec<u32>,
    /// Names the taxonomy does not know: all words of one of them.
    phrases: Vec<Vec<Print>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Kind {
    Skill,
    Years,
    Degree(u8),
}

impl ResumeFeature {
    pub fn of(resume: &JsonResume, today: Option<NaiveDate>) -> Self {
        let reading = Reading::of(resume);
        let mut feature = Self {
            months: Experience::of(resume, today).months,
            degree: degree::held(resume).map_or(0, |(level, _)| level),
            ..Self::default()
        };
        for read in &reading.passages {
            feature
                .terms
                .extend(read.shown.iter().filter_map(|shown| u32::try_from(shown.term).ok()));
            let prints = || read.words.iter().map(|word| print(&word.fold));
            if !read.passage.remark.is_some_and(denial::denies) {
                feature.words.extend(prints());
                feature.words.extend(read.stems.iter().map(|stem| print(stem)));
            }
            if matches!(read.passage.place, Place::Headline | Place::Position) {
                feature.titles.push(read.stems.iter().map(|stem| print(stem)).collect());
            }
        }
        feature
    }
}

impl PostingFeature {
    pub fn of(facts: &PostingFacts) -> Self {
        let title = facts.title.as_deref().map(|title| title_stems(title, Tongue::English));
        Self {
            asked: facts.requirements.iter().map(Asked::of).collect(),
            years: facts.min_years,
            title: title.unwrap_or_default().iter().map(|stem| print(stem)).collect(),
        }
    }
}

impl Asked {
    fn of(requirement: &Requirement) -> Self {
        let measure = match Measure::of(requirement) {
            Measure::Skill => Kind::Skill,
            Measure::Years => Kind::Years,
            Measure::Degree => Kind::Degree(degree::asked(&requirement.line).unwrap_or(1)),
        };
        let required = requirement.importance == Importance::Required;
        let mut asked =
            Self { required, measure, terms: Vec::new(), hints: Vec::new(), phrases: Vec::new() };
        let taxonomy = Taxonomy::builtin();
        let id = |id: usize| u32::try_from(id).unwrap_or(u32::MAX);
        let names = std::iter::once(&requirement.name).chain(&requirement.aliases);
        for name in names.flat_map(|name| hit::alternatives(name)) {
            if let Some(term) = taxonomy.find(name) {
                asked.terms.push(id(term.id()));
                asked.hints.extend(taxonomy.hints(term).map(|hint| id(hint.id())));
            } else {
                let words = tokens(name);
                asked.phrases.push(words.iter().map(|word| print(&word.fold)).collect());
            }
        }
        asked.phrases.retain(|words| !words.is_empty());
        asked
    }

    fn share(&self, resume: &ResumeFeature, years: Option<u32>) -> f64 {
        match self.measure {
            Kind::Skill => {
                let met = self.terms.iter().any(|term| resume.terms.contains(term))
                    || self
                        .phrases
                        .iter()
                        .any(|words| words.iter().all(|word| resume.words.contains(word)));
                match met {
                    true => 1.0,
                    false if self.hints.iter().any(|hint| resume.terms.contains(hint)) => 0.5,
                    false => 0.0,
                }
            }
            Kind::Years => {
                let months = 12 * years.unwrap_or(0);
                match resume.months {
                    worked if worked >= months => 1.0,
                    worked if worked * 2 >= months => 0.5,
                    _ => 0.0,
                }
            }
            Kind::Degree(asked) => match resume.degree {
                held if held >= asked => 1.0,
                held if held > 0 && held + 1 == asked => 0.5,
                _ => 0.0,
            },
        }
    }
}

/// From 0 to 100, close to the score of a full check; none when the posting asks for nothing.
pub fn likely_score(resume: &ResumeFeature, posting: &PostingFeature) -> Option<f64> {
    if posting.asked.is_empty() {
        return None;
    }
    let mut parts: Vec<(Part, f64)> = Vec::new();
    let share = |wanted: &dyn Fn(&Asked) -> bool| {
        let shares: Vec<f64> = posting
            .asked
            .iter()
            .filter(|asked| wanted(asked))
            .map(|asked| asked.share(resume, posting.years))
            .collect();
        #[expect(clippy::cast_precision_loss, reason = "a posting asks for a few dozen things")]
        let count = shares.len() as f64;
        (count > 0.0).then(|| shares.iter().sum::<f64>() / count)
    };
    let required = share(&|asked| asked.required && asked.measure == Kind::Skill);
    let relevance = relevance(required);
    parts.extend(required.map(|share| (Part::Required, share)));
    let preferred = share(&|asked| !asked.required && asked.measure == Kind::Skill);
    parts.extend(preferred.map(|share| (Part::Preferred, share)));
    let years = share(&|asked| asked.measure == Kind::Years);
    parts.extend(years.map(|share| (Part::Experience, share)));
    let degree = share(&|asked| matches!(asked.measure, Kind::Degree(_)));
    parts.extend(degree.map(|share| (Part::Education, share)));
    parts.extend(title(resume, posting).map(|share| (Part::Title, share)));
    let all: f64 = parts.iter().map(|(part, _)| part.weight_at(relevance)).sum();
    let points = parts.iter().map(|(part, share)| 100.0 * part.weight_at(relevance) * share);
    Some(if all > 0.0 { points.sum::<f64>() / all } else { 0.0 })
}

#[expect(clippy::cast_precision_loss, reason = "a title has a few words")]
fn title(resume: &ResumeFeature, posting: &PostingFeature) -> Option<f64> {
    let wanted = &posting.title;
    (!wanted.is_empty()).then(|| {
        let shared = resume
            .titles
            .iter()
            .map(|title| wanted.iter().filter(|word| title.contains(word)).count())
            .max();
        shared.unwrap_or(0) as f64 / wanted.len() as f64
    })
}

/// FNV-1a, folded to sixteen bits: the same on every machine and in every version.
fn print(word: &str) -> Print {
    let hash = word
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    let [a, b, c, d] = hash.to_le_bytes();
    u16::from_le_bytes([a ^ c, b ^ d])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ats::check;
    use crate::posting::facts;

    #[test]
    fn the_likely_score_is_close_to_that_of_the_full_check() {
        let resume: JsonResume = serde_json::from_value(json!({
            "basics": { "label": "Backend Engineer" },
            "work": [{ "position": "Engineer", "startDate": "2015-01", "endDate": "2024-01",
                "highlights": ["Wrote Go services on Kafka.", "No experience with Rust."] }],
            "education": [{ "studyType": "BSc" }]
        }))
        .unwrap();
        let posting = facts::read(
            "Backend Engineer\n\nRequirements\n- Go or Java\n- Kafka\n- Rust\n- 5+ years of experience\n- Master's degree\n\nNice to have\n- Terraform\n- Xyloquartz\n",
        );

        let exact = check(&resume, Some(&posting), None, None).matching.unwrap().score;
        let likely = likely_score(&ResumeFeature::of(&resume, None), &PostingFeature::of(&posting));

        assert!((likely.unwrap() - f64::from(exact)).abs() <= 1.0, "{exact} {likely:?}");
    }
}
