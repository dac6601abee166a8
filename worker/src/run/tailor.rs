//! The stages of a parse operation: a document becomes a resume.

use shared::finish::Outcome;
use shared::operation::input::Engine;
use uuid::Uuid;

use crate::job::{Job, JobError};

pub async fn carry_out(
    job: &Job<'_>,
    ids: (Uuid, Uuid),
    engine: Engine,
    options: &shared::tailoring::Options,
) -> Result<Outcome, JobError> {
    let _ = (job, ids, engine);
    Err(JobError::Lost)
}
