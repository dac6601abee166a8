//! The stages of a parse operation: a document becomes a resume.

use shared::finish::Outcome;
use shared::operation::input::Engine;
use uuid::Uuid;

use crate::job::{Job, JobError};

pub async fn carry_out(
    job: &Job<'_>,
    document_id: Uuid,
    engine: Engine,
) -> Result<Outcome, JobError> {
    let _ = (job, document_id, engine);
    Err(JobError::Lost)
}
