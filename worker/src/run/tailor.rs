//! The stages of a tailor operation: edits are drafted, and those that are proved are offered.

use std::sync::Arc;

use chrono::Utc;
use serde_json::json;
use shared::ats;
use shared::finish::{Outcome, Worked};
use shared::operation::Stage;
use shared::operation::input::Engine;
use shared::tailoring::proposal::{Details, NewProposal, Withheld};
use shared::tailoring::{NewTailoring, Options};
use uuid::Uuid;

use super::load;
use crate::help::{Case, Help};
use crate::job::{Job, JobError, blocking};
use crate::tailor::plan::gaps;
use crate::tailor::rules;
use crate::tailor::verify::{self, Proposed, verify};

pub async fn carry_out(
    job: &Job<'_>,
    (resume_id, posting_id): (Uuid, Uuid),
    engine: Engine,
    options: &Options,
) -> Result<Outcome, JobError> {
    job.enter(Stage::Validating).await?;
    let row = load::resume(job, resume_id).await?;
    let document = load::document_facts(&row);

    job.enter(Stage::Reading).await?;
    let (resume, facts) = (Arc::new(row.data), Arc::new(load::posting(job, posting_id).await?));

    job.enter(Stage::Matching).await?;
    let (of, to) = (resume.clone(), facts.clone());
    let today = Utc::now().date_naive();
    let report =
        blocking(move || ats::check(&of, Some(&to), document.as_ref(), Some(today))).await?;
    let report = Arc::new(report);

    job.enter(Stage::Planning).await?;
    let case = Case {
        resume: resume.clone(),
        facts: facts.clone(),
        report: report.clone(),
        options: options.clone(),
    };

    job.enter(Stage::Drafting).await?;
    let help = Help::for_job(job, engine);
    let mut told = Vec::new();
    if help.asks_a_model() {
        // What the rules find is read while the model thinks.
        let first = case.clone();
        let early = blocking(move || {
            let Case { resume, facts, report, options } = first;
            verify(&resume, &facts, rules::draft(&resume, &report, &facts, &options))
        });
        show(job, &early.await?.proposals, &mut told).await?;
    }
    let drafted = help.draft(case).await?;

    job.enter(Stage::Verifying).await?;
    let verified = blocking(move || verify(&resume, &facts, drafted.value)).await?;
    show(job, &verified.proposals, &mut told).await?;
    let tailoring = NewTailoring {
        resume_id,
        resume_revision: row.revision,
        posting_id,
        gaps: gaps(&report),
        report: Arc::unwrap_or_clone(report),
        proposals: verified.proposals.into_iter().map(proposal).collect(),
        withheld: verified.withheld.into_iter().map(withheld).collect(),
    };
    let work = Worked::Tailored(Box::new(tailoring));
    Ok(Outcome { work, engine: drafted.engine, notices: drafted.notices })
}

/// Tells of the edits that nobody has been told of yet.
async fn show(
    job: &Job<'_>,
    proposals: &[Proposed],
    told: &mut Vec<(String, String)>,
) -> Result<(), JobError> {
    let mut new = Vec::new();
    for proposed in proposals {
        let edit = &proposed.edit;
        let key = (edit.path.clone(), edit.after.clone());
        if !told.contains(&key) {
            told.push(key);
            new.push(json!({
                "path": edit.path,
                "before": edit.before,
                "after": edit.after,
                "why": edit.why,
                "verdict": proposed.verdict,
                "reasons": proposed.reasons,
                "coverage_delta": proposed.coverage_delta,
            }));
        }
    }
    job.show(new).await
}

fn proposal(proposed: Proposed) -> NewProposal {
    let edit = proposed.edit;
    NewProposal {
        path: edit.path,
        before: edit.before,
        after: edit.after,
        verdict: proposed.verdict,
        details: Details {
            why: edit.why,
            requirement_ids: edit.requirement_ids,
            evidence: edit.evidence,
            reasons: proposed.reasons,
            coverage_delta: proposed.coverage_delta,
        },
    }
}

fn withheld(withheld: verify::Withheld) -> Withheld {
    let verify::Withheld { edit, reasons } = withheld;
    Withheld { path: edit.path, before: edit.before, after: edit.after, reasons }
}
