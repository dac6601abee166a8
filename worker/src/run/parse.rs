//! The stages of a parse operation: a document becomes a resume.

use shared::document::format::Format;
use shared::finish::{Notice, NoticeCode, Outcome, Worked};
use shared::operation::Stage;
use shared::operation::failure::FailureCode;
use shared::operation::input::Engine;
use shared::resume::NewResume;
use shared::resume::sidecar::Sidecar;
use uuid::Uuid;

use super::load;
use crate::help::Help;
use crate::job::{Job, JobError, blocking};
use crate::parse::{self, ParseError, Parsed};

pub async fn carry_out(
    job: &Job<'_>,
    document_id: Uuid,
    engine: Engine,
) -> Result<Outcome, JobError> {
    job.enter(Stage::Validating).await?;
    let document = load::document(job, document_id).await?;

    job.enter(Stage::Reading).await?;
    let bytes = job.worker.deps.blobs.get(&document.blob).await?;
    let format: Format = document.format;
    let parsed = blocking(move || parse::read(&bytes, format)).await??;

    job.enter(Stage::Extracting).await?;
    let helped = Help::for_job(job, engine).parse(parsed).await;
    let mut notices = helped.notices;
    notices.extend(notices_of(&helped.value.sidecar));
    let Parsed { resume: data, sidecar, pages, .. } = helped.value;
    let sidecar = Sidecar { pages, ..sidecar };
    let resume = NewResume { document_id: Some(document_id), data, sidecar };
    Ok(Outcome { work: Worked::Parsed(Box::new(resume)), engine: helped.engine, notices })
}

fn notices_of(sidecar: &Sidecar) -> Vec<Notice> {
    let mut notices = Vec::new();
    if let Some(hidden) = &sidecar.hidden_text {
        let text = format!(
            "The document holds {} characters that a reader cannot see; they were left out.",
            hidden.characters
        );
        notices.push(Notice { code: NoticeCode::HiddenText, text });
    }
    if !sidecar.unplaced.is_empty() {
        let text = format!(
            "{} line(s) of the document found no place in the resume; they are kept in the sidecar.",
            sidecar.unplaced.len()
        );
        notices.push(Notice { code: NoticeCode::UnplacedText, text });
    }
    notices
}

impl From<ParseError> for JobError {
    fn from(error: ParseError) -> Self {
        Self::Fail(match error {
            ParseError::Encrypted => FailureCode::DocumentEncrypted,
            ParseError::Scanned => FailureCode::DocumentScanned,
            ParseError::Empty => FailureCode::DocumentEmpty,
            ParseError::Damaged => FailureCode::DocumentDamaged,
            ParseError::TooComplex => FailureCode::DocumentTooComplex,
        })
    }
}
