//! What operations work on. Whatever was deleted meanwhile ends them.

use shared::ats::readability::DocumentFacts;
use shared::operation::failure::FailureCode;
use shared::posting::facts::{self, PostingFacts};
use shared::tailoring::proposal;
use shared::{document, resume, tailoring};
use uuid::Uuid;

use crate::job::{Job, JobError, blocking};

pub async fn document(job: &Job<'_>, id: Uuid) -> Result<document::Model, JobError> {
    let documents = &job.worker.deps.documents;
    documents.find(job.operation.account_id, id).await?.ok_or(DELETED)
}

pub async fn resume(job: &Job<'_>, id: Uuid) -> Result<resume::Model, JobError> {
    let resumes = &job.worker.deps.resumes;
    resumes.find(job.operation.account_id, id).await?.ok_or(DELETED)
}

/// An edit and the tailoring that offers it.
pub async fn proposal(
    job: &Job<'_>,
    tailoring_id: Uuid,
    id: Uuid,
) -> Result<(tailoring::Model, proposal::Model), JobError> {
    let tailorings = &job.worker.deps.tailorings;
    let tailoring =
        tailorings.find(job.operation.account_id, tailoring_id).await?.ok_or(DELETED)?;
    let proposal = tailorings.find_proposal(tailoring.id, id).await?.ok_or(DELETED)?;
    Ok((tailoring, proposal))
}

/// What the posting asks for.
pub async fn posting(job: &Job<'_>, id: Uuid) -> Result<PostingFacts, JobError> {
    let postings = &job.worker.deps.postings;
    let posting = postings.find(job.operation.account_id, id).await?.ok_or(DELETED)?;
    let facts = blocking(move || facts::read(&posting.text)).await?;
    if facts.requirements.is_empty() {
        return Err(JobError::Fail(FailureCode::PostingWithoutRequirements));
    }
    Ok(facts)
}

/// What reading the document told about it; nothing for a resume that came as data.
pub fn document_facts(resume: &resume::Model) -> Option<DocumentFacts> {
    resume.document_id?;
    Some(DocumentFacts {
        findings: resume.sidecar.findings.clone(),
        hidden_text: resume.sidecar.hidden_text.clone(),
        pages: resume.sidecar.pages,
    })
}

const DELETED: JobError = JobError::Fail(FailureCode::InputDeleted);
