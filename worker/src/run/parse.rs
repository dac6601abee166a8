//! The stages of a parse operation: a document becomes a resume.

use shared::document::door::DoorError;
use shared::document::format::Format;
use shared::finish::{Notice, NoticeCode, Outcome, Worked};
use shared::operation::Stage;
use shared::operation::control::MAX_ATTEMPTS;
use shared::operation::input::Engine;
use shared::resume::NewResume;
use shared::resume::sidecar::Sidecar;
use uuid::Uuid;

use super::load;
use crate::extract::{self, ExtractError, Extracted};
use crate::help::Help;
use crate::job::{Job, JobError};
use crate::parse::{ParseError, Parsed, likeness};

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
    let deps = &job.worker.deps;
    let Extracted { parsed, recognised } =
        extract::read(&deps.door, &bytes, format, deps.ocr.as_ref())
            .await
            .map_err(|error| ended(error, job.operation.attempt))?;

    job.enter(Stage::Extracting).await?;
    let helped = Help::for_job(job, engine).parse(parsed).await;
    let mut notices = helped.notices;
    notices.extend(notices_of(&helped.value, recognised));
    let Parsed { resume: data, sidecar, pages, .. } = helped.value;
    let sidecar = Sidecar { pages, ..sidecar };
    let resume = NewResume { document_id: Some(document_id), data, sidecar };
    Ok(Outcome { work: Worked::Parsed(Box::new(resume)), engine: helped.engine, notices })
}

fn notices_of(parsed: &Parsed, recognised: bool) -> Vec<Notice> {
    let sidecar = &parsed.sidecar;
    let mut notices = Vec::new();
    let likeness = likeness::of(&parsed.resume);
    if likeness < likeness::DOUBTFUL {
        let text = format!(
            "This may not be a resume: it looks like one to {:.0} %. What was found in it is kept all the same.",
            likeness * 100.0
        );
        notices.push(Notice { code: NoticeCode::NotAResume, text });
    }
    if recognised {
        let text = "The pages are pictures; their letters were recognised, so check names, dates and numbers.";
        notices.push(Notice { code: NoticeCode::TextRecognised, text: text.to_owned() });
    }
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

/// A child that others ended, or that could not begin, is tried again: the document may be
/// sound. One that is ended every time is likely what the machine has no memory for.
fn ended(error: ExtractError, attempt: i32) -> JobError {
    match error {
        ExtractError::Refused(error) => error.into(),
        ExtractError::Interrupted(DoorError::Interrupted) if attempt >= MAX_ATTEMPTS => {
            ParseError::TooComplex.into()
        }
        ExtractError::Interrupted(source) => JobError::Retry(source.into()),
    }
}

impl From<ParseError> for JobError {
    fn from(error: ParseError) -> Self {
        Self::Fail(error.into())
    }
}
