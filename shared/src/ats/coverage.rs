//! Which requirements the resume meets, each with the lines that show it.

use serde::{Deserialize, Serialize};

use super::degree;
use super::experience::Experience;
use super::hit::Evidence;
use super::reading::Reading;
use crate::posting::facts::PostingFacts;
use crate::posting::requirement::{Importance, Kind, Requirement};
use crate::resume::json::JsonResume;
use crate::taxonomy::{Taxonomy, TermKind};

/// More quotes than that tell a reader nothing new.
const QUOTES: usize = 5;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    pub required: Count,
    pub preferred: Count,
    /// In the order of the posting.
    pub requirements: Vec<Covered>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    pub met: u32,
    pub partly: u32,
    pub missing: u32,
}

/// A requirement, and how far the resume shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Covered {
    pub id: String,
    pub name: String,
    pub kind: Kind,
    pub importance: Importance,
    pub status: Status,
    /// Of a missing one, only what is related in meaning.
    pub evidence: Vec<Evidence>,
    /// The line of the posting that asks.
    pub line: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Met,
    /// Something close is shown: a sister tool, fewer years, a lower degree.
    Partly,
    Missing,
}

impl Status {
    /// 1, ½ or 0.
    pub fn share(self) -> f64 {
        match self {
            Self::Met => 1.0,
            Self::Partly => 0.5,
            Self::Missing => 0.0,
        }
    }
}

/// What a requirement measures; years and degrees are no skills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    Skill,
    Years,
    Degree,
}

impl Measure {
    pub fn of(requirement: &Requirement) -> Self {
        Self::told(requirement.kind, &requirement.name)
    }

    pub fn of_covered(covered: &Covered) -> Self {
        Self::told(covered.kind, &covered.name)
    }

    fn told(kind: Kind, name: &str) -> Self {
        let is_degree =
            || Taxonomy::builtin().find(name).is_some_and(|term| term.kind == TermKind::Degree);
        match kind {
            Kind::Experience if name.ends_with("+ years of experience") => Self::Years,
            Kind::Qualification if is_degree() => Self::Degree,
            Kind::Experience | Kind::Qualification | Kind::Skill | Kind::Responsibility => {
                Self::Skill
            }
        }
    }
}

pub fn cover(
    resume: &JsonResume,
    reading: &Reading<'_>,
    posting: &PostingFacts,
    time: &Experience,
) -> Coverage {
    let mut coverage = Coverage::default();
    for requirement in &posting.requirements {
        let (status, mut evidence) = match Measure::of(requirement) {
            Measure::Skill => skill(reading, requirement),
            Measure::Years => years(posting, time),
            Measure::Degree => degree(resume, requirement),
        };
        evidence.truncate(QUOTES);
        let count = match requirement.importance {
            Importance::Required => &mut coverage.required,
            Importance::Preferred => &mut coverage.preferred,
        };
        match status {
            Status::Met => count.met += 1,
            Status::Partly => count.partly += 1,
            Status::Missing => count.missing += 1,
        }
        coverage.requirements.push(Covered {
            id: requirement.id.clone(),
            name: requirement.name.clone(),
            kind: requirement.kind,
            importance: requirement.importance,
            status,
            evidence,
            line: requirement.line.clone(),
        });
    }
    coverage
}

fn skill(reading: &Reading<'_>, requirement: &Requirement) -> (Status, Vec<Evidence>) {
    let shown = reading.shows(&requirement.name, &requirement.aliases);
    if !shown.is_empty() {
        return (Status::Met, shown);
    }
    let names = requirement.any_of.iter().chain(std::iter::once(&requirement.name));
    let hints: Vec<Evidence> = names.flat_map(|name| reading.hints(name)).collect();
    if hints.is_empty() { (Status::Missing, hints) } else { (Status::Partly, hints) }
}

fn years(posting: &PostingFacts, time: &Experience) -> (Status, Vec<Evidence>) {
    let share = time.share_of(posting.min_years.unwrap_or(0));
    if share >= 1.0 {
        (Status::Met, time.evidence.clone())
    } else if share >= 0.5 {
        (Status::Partly, time.evidence.clone())
    } else {
        (Status::Missing, Vec::new())
    }
}

fn degree(resume: &JsonResume, requirement: &Requirement) -> (Status, Vec<Evidence>) {
    let asked = degree::asked(&requirement.line).unwrap_or(1);
    match degree::held(resume) {
        Some((held, evidence)) if held >= asked => (Status::Met, vec![evidence]),
        Some((held, evidence)) if held + 1 == asked => (Status::Partly, vec![evidence]),
        Some(_) | None => (Status::Missing, Vec::new()),
    }
}
