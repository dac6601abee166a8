//! Edits without a model: order, names and places change, claims never do.

mod headline;
mod order;
mod skill;
mod summary;

use shared::ats::Report;
use shared::posting::facts::PostingFacts;
use shared::resume::json::JsonResume;
use shared::tailoring::Options;
use shared::truth::{self, Verdict};

use super::DraftEdit;
use super::plan::{self, Move};
use super::relevance::Wanted;

/// What every rule looks at.
struct Case<'a> {
    resume: &'a JsonResume,
    report: &'a Report,
    posting: &'a PostingFacts,
    wanted: Wanted<'a>,
    options: &'a Options,
}

/// The edits the rules suggest, each faithful by the gate's own word.
pub fn draft(
    resume: &JsonResume,
    report: &Report,
    posting: &PostingFacts,
    options: &Options,
) -> Vec<DraftEdit> {
    let case = Case { resume, report, posting, wanted: Wanted::of(posting), options };
    let moves = plan::moves(options);
    let mut edits = Vec::new();
    if moves.contains(&Move::Headline) {
        edits.extend(headline::draft(&case));
    }
    if moves.contains(&Move::NameSkillsInSummary) {
        edits.extend(summary::draft(&case));
    }
    if moves.contains(&Move::OrderBullets) {
        edits.extend(order::draft(&case));
    }
    if moves.contains(&Move::OrderSkills) {
        edits.extend(skill::draft(&case, &moves));
    }
    edits.retain(|edit| edit.before != edit.after && is_faithful(resume, edit));
    edits
}

fn is_faithful(resume: &JsonResume, edit: &DraftEdit) -> bool {
    truth::judge(resume, &edit.edit()).verdict == Verdict::Faithful
}

/// A list of texts as the JSON text that edits carry.
fn list_text(items: &[String]) -> String {
    serde_json::Value::from(items).to_string()
}

#[cfg(test)]
mod tests;
