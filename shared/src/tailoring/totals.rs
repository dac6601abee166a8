//! What edits come to: where the resume stands with the posting before, with what was accepted, and with all. Pure.

use serde::{Deserialize, Serialize};

use super::proposal::{CoverageDelta, Model};
use crate::ats::coverage::{Coverage, Status};
use crate::ats::{self, Report};
use crate::posting::facts::PostingFacts;
use crate::resume::json::JsonResume;
use crate::resume::patch;

/// Where a resume stands with a posting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Points of the match, of 100.
    pub score: i32,
    /// Requirements met.
    pub met: i32,
}

impl Standing {
    pub fn of(report: &Report) -> Self {
        let met = |coverage: &Coverage| {
            coverage.requirements.iter().filter(|covered| covered.status == Status::Met).count()
        };
        Self {
            score: report.matching.as_ref().map_or(0, |matching| i32::from(matching.score)),
            met: report
                .coverage
                .as_ref()
                .map_or(0, |coverage| i32::try_from(met(coverage)).unwrap_or(i32::MAX)),
        }
    }

    /// By the rules alone, so that two resumes are measured alike.
    pub fn measure(resume: &JsonResume, posting: &PostingFacts) -> Self {
        Self::of(&ats::check(resume, Some(posting), None, None))
    }

    pub fn since(self, base: Self) -> CoverageDelta {
        CoverageDelta { score: self.score - base.score, met: self.met - base.met }
    }
}

/// The running totals of a tailoring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// The untouched resume.
    pub before: Standing,
    /// With the edits that are accepted.
    pub accepted: Standing,
    /// With every edit that can be accepted.
    pub all: Standing,
    /// Requirements of the posting.
    pub requirements: usize,
}

/// Measures the resume with no, the accepted, and all edits.
pub fn totals(resume: &JsonResume, posting: &PostingFacts, proposals: &[Model]) -> Totals {
    let with = |wanted: fn(&Model) -> bool| {
        let chosen = proposals.iter().filter(|proposal| wanted(proposal));
        let edited = chosen.fold(resume.clone(), |resume, proposal| {
            patch::apply(&resume, &proposal.edit()).unwrap_or(resume)
        });
        Standing::measure(&edited, posting)
    };
    Totals {
        before: Standing::measure(resume, posting),
        accepted: with(Model::is_accepted),
        all: with(|proposal| proposal.lost.is_none()),
        requirements: posting.requirements.len(),
    }
}
