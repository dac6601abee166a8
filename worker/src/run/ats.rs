//! The stages of an ats operation: a resume meets a posting.

use std::sync::Arc;

use chrono::Utc;
use shared::ats;
use shared::finish::{Outcome, Worked};
use shared::operation::Stage;
use shared::operation::input::Engine;
use uuid::Uuid;

use super::load;
use crate::halves;
use crate::help::{Help, Helped};
use crate::job::{Job, JobError};

pub async fn carry_out(
    job: &Job<'_>,
    (resume_id, posting_id): (Uuid, Uuid),
    engine: Engine,
) -> Result<Outcome, JobError> {
    job.enter(Stage::Parsing).await?;
    let resume = load::resume(job, resume_id).await?;

    job.enter(Stage::Extracting).await?;
    let facts = load::posting(job, posting_id).await?;

    job.enter(Stage::Matching).await?;
    let document = load::document_facts(&resume);
    let (resume, facts) = (Arc::new(resume.data), Arc::new(facts));
    let today = Some(Utc::now().date_naive());
    let help = Help::for_job(job, engine);
    let words = {
        let (resume, facts, document) = (resume.clone(), facts.clone(), document.clone());
        move || ats::check(&resume, Some(&facts), document.as_ref(), today)
    };
    let bare = {
        let resume = resume.clone();
        move || ats::check(&resume, None, document.as_ref(), today)
    };
    let matched = halves::matched(words, bare, help.meaning(&resume, &facts)).await?;

    job.enter(Stage::Scoring).await?;
    let Helped { value, engine, notices } = matched;
    Ok(Outcome { work: Worked::Checked(Box::new(value)), engine, notices })
}
