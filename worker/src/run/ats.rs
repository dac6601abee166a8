//! The stages of an ats operation: a resume meets a posting.

use chrono::Utc;
use shared::ats;
use shared::finish::{Outcome, Worked};
use shared::operation::Stage;
use shared::operation::input::Engine;
use uuid::Uuid;

use super::load;
use crate::help::Help;
use crate::job::{Job, JobError, blocking};

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
    let meaning = Help::for_job(job, engine).meaning(&resume.data, &facts).await;

    job.enter(Stage::Scoring).await?;
    let document = load::document_facts(&resume);
    let today = Utc::now().date_naive();
    let report =
        blocking(move || ats::check(&resume.data, Some(&facts), document.as_ref(), Some(today)))
            .await?;
    let report = meaning.value.blend(report);
    Ok(Outcome {
        work: Worked::Checked(Box::new(report)),
        engine: meaning.engine,
        notices: meaning.notices,
    })
}
