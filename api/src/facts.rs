//! What the rules read out of a posting, with its shape in the documentation.

use poem_openapi::Object;
use shared::posting::facts::PostingFacts as DomainFacts;
use shared::posting::requirement::Requirement as DomainRequirement;
use shared::posting::salary::{Period as DomainPeriod, Salary as DomainSalary};

use crate::mirror::mirror;
use crate::report::{Importance, RequirementKind};

mirror! {
    /// What the pay is for
    PayPeriod of DomainPeriod { Hour, Day, Week, Month, Year }
}

/// A posting as data
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct PostingFacts {
    pub title: Option<String>,
    pub company: Option<String>,
    pub location: Option<String>,
    /// In the words of the posting's market, such as `full-time permanent`
    pub employment_type: Option<String>,
    pub seniority: Option<String>,
    /// Years of experience asked for at least
    pub min_years: Option<u32>,
    /// The line that asks for a degree or training
    pub education: Option<String>,
    pub salary: Option<Salary>,
    pub requirements: Vec<Requirement>,
}

impl From<DomainFacts> for PostingFacts {
    fn from(facts: DomainFacts) -> Self {
        Self {
            title: facts.title,
            company: facts.company,
            location: facts.location,
            employment_type: facts.employment_type,
            seniority: facts.seniority,
            min_years: facts.min_years,
            education: facts.education,
            salary: facts.salary.map(Salary::from),
            requirements: facts.requirements.into_iter().map(Requirement::from).collect(),
        }
    }
}

/// The pay as stated, in whole units of the currency
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Salary {
    pub min: u64,
    pub max: u64,
    /// ISO 4217, or the sign when it is not known
    pub currency: String,
    pub period: PayPeriod,
}

impl From<DomainSalary> for Salary {
    fn from(pay: DomainSalary) -> Self {
        Self { min: pay.min, max: pay.max, currency: pay.currency, period: pay.period.into() }
    }
}

/// One thing a posting asks for
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct Requirement {
    /// Stable for the same posting: `r1`, `r2` …
    pub id: String,
    pub name: String,
    pub kind: RequirementKind,
    pub importance: Importance,
    /// Other names the posting uses for it
    pub aliases: Vec<String>,
    /// The alternatives, where any one of several meets it
    pub any_of: Vec<String>,
    /// The line of the posting that asks
    pub line: String,
}

impl From<DomainRequirement> for Requirement {
    fn from(one: DomainRequirement) -> Self {
        Self {
            id: one.id,
            name: one.name,
            kind: one.kind.into(),
            importance: one.importance.into(),
            aliases: one.aliases,
            any_of: one.any_of,
            line: one.line,
        }
    }
}
