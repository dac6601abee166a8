//! One edit of a tailoring drafted anew, as the person asks.

use std::sync::Arc;

use chrono::Utc;
use shared::ats;
use shared::finish::{EngineUsed, Notice, NoticeCode, Outcome, Worked};
use shared::operation::Stage;
use shared::operation::input::Engine;
use shared::tailoring::redraft::{Redraft, Redrafted};
use shared::tailoring::{Intensity, Mode, Options};
use uuid::Uuid;

use super::load;
use crate::help::{Again, Case, Help, Helped};
use crate::job::{Job, JobError, blocking};
use crate::tailor::redraft::{Ground, by_rules, settle};

pub async fn carry_out(
    job: &Job<'_>,
    (tailoring_id, proposal_id): (Uuid, Uuid),
    engine: Engine,
    instruction: String,
) -> Result<Outcome, JobError> {
    job.enter(Stage::Validating).await?;
    let (tailoring, proposal) = load::proposal(job, tailoring_id, proposal_id).await?;
    let row = load::resume(job, tailoring.resume_id).await?;
    let instead_of = proposal.after.clone();
    let worked = |outcome| {
        let instead_of = instead_of.clone();
        Worked::Redrafted(Box::new(Redrafted { tailoring_id, proposal_id, instead_of, outcome }))
    };
    if row.revision != tailoring.resume_revision || tailoring.version_id.is_some() {
        let notices = vec![nothing("The resume or the tailoring has changed meanwhile.")];
        let work = worked(Redraft::Nothing);
        return Ok(Outcome { work, engine: EngineUsed::Rules, notices });
    }
    let facts = Arc::new(load::posting(job, tailoring.posting_id).await?);
    let statements = tailoring.statements.clone();
    let evidence = Arc::new(statements.beside(&row.data));

    job.enter(Stage::Drafting).await?;
    let (of, to) = (evidence.clone(), facts.clone());
    let today = Utc::now().date_naive();
    let report = blocking(move || ats::check(&of, Some(&to), None, Some(today))).await?;
    let case = Case {
        resume: evidence.clone(),
        facts: facts.clone(),
        report: Arc::new(report),
        options: Options {
            mode: Mode::Full,
            sections: Vec::new(),
            intensity: Intensity::Full,
            tone: None,
        },
    };
    let ruled = by_rules(&proposal, &tailoring.gaps.0, &statements);
    let again = Again { path: &proposal.path, offered: &proposal.after, instruction: &instruction };
    let Helped { value, engine, mut notices } =
        Help::for_job(job, engine).redraft(&case, again, ruled).await;

    job.enter(Stage::Verifying).await?;
    let outcome = match value {
        None => Redraft::Nothing,
        Some(draft) => {
            blocking(move || {
                let (resume, posting) = (&row.data, &*facts);
                let ground =
                    Ground { resume, statements: &statements, evidence: &evidence, posting };
                settle(ground, &proposal, draft)
            })
            .await?
        }
    };
    match &outcome {
        Redraft::Offered { .. } => {}
        Redraft::Withheld(_) => {
            notices.push(nothing("The new draft said more than your resume does and is withheld."));
        }
        Redraft::Nothing => notices
            .push(nothing("No other draft came of it. Put the edit in your own words instead.")),
    }
    Ok(Outcome { work: worked(outcome), engine, notices })
}

fn nothing(text: &str) -> Notice {
    Notice { code: NoticeCode::NothingChanged, text: text.to_owned() }
}
