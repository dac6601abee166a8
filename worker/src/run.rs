//! The whole story of an operation: claim it, carry it out, write down how it ended.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use sea_orm::DbErr;
use shared::analytics::Event;
use shared::finish::Outcome;
use shared::measure;
use shared::operation::claim::GiveBack;
use shared::operation::control::MAX_ATTEMPTS;
use shared::operation::failure::FailureCode;
use shared::operation::input::Input;
use shared::operation::{Kind, Model};
use shared::telemetry::correlation::{self, Correlation};
use shared::telemetry::milliseconds;
use tracing::Instrument;
use tracing::field::Empty;
use uuid::Uuid;

use crate::help;
use crate::job::{Job, JobError};
use crate::lease::{self, Interruption};
use crate::worker::Worker;

mod ats;
mod load;
mod parse;
mod redraft;
mod tailor;

/// How often a worker tries to write down how an operation ended, a second apart.
/// After that the lease is long over and somebody else has taken the operation.
const ENDING_TRIES: u32 = 30;

/// Claims and runs an operation. Nothing to claim is not an error: ids come twice.
pub async fn run(worker: &Worker, kind: Kind, id: Uuid) {
    let permits = worker.permits(kind);
    let Ok(_permit) = permits.acquire().await else { return };
    if worker.stop.is_cancelled() {
        return;
    }
    match worker.deps.operations.claim(id, &worker.id).await {
        Ok(Some(operation)) => see_through(worker, operation).await,
        Ok(None) => tracing::debug!(operation.id = %id, "nothing to claim"),
        // Its row still says queued, so the reconciler brings it again.
        Err(error) => tracing::warn!(%error, operation.id = %id, "cannot claim"),
    }
}

/// Claims the next operation straight from the database and begins it, as long as there is
/// room for it here. `false`: there is no room, or nothing to do.
pub async fn run_next(worker: &Worker, kind: Kind) -> bool {
    let Ok(permit) = worker.permits(kind).try_acquire_owned() else { return false };
    if worker.stop.is_cancelled() {
        return false;
    }
    match worker.deps.operations.claim_next(kind, &worker.id).await {
        Ok(Some(operation)) => {
            let worker = worker.clone();
            tokio::spawn(async move {
                see_through(&worker, operation).await;
                drop(permit);
            });
            true
        }
        Ok(None) => false,
        Err(error) => {
            tracing::warn!(%error, "cannot look for work in the database");
            false
        }
    }
}

async fn see_through(worker: &Worker, operation: Model) {
    let span = tracing::info_span!(
        "operation",
        operation.id = %operation.id,
        operation.kind = operation.kind.as_str(),
        request.id = operation.request_id,
        trace.id = Empty,
    );
    let traceparent = correlation::join(&span, operation.traceparent.as_deref());
    let request_id = operation.request_id.clone().unwrap_or_else(|| operation.id.to_string());
    let story = tell(worker, operation).instrument(span);
    correlation::within(Correlation { request_id, traceparent }, story).await;
}

async fn tell(worker: &Worker, operation: Model) {
    let begun = tokio::time::Instant::now();
    let (id, kind) = (operation.id, operation.kind);
    tracing::info!(operation.attempt = operation.attempt, "operation started");
    measure::claimed(kind, waited(&operation));
    worker.deps.dispatch.changed(id);
    let job = Job::new(worker, operation);
    let work = AssertUnwindSafe((worker.work)(&job)).catch_unwind();
    let ending = tokio::select! {
        biased;
        interruption = lease::keep(&worker.deps, job.claim(), &worker.abandon) => {
            Ending::after_interruption(interruption)
        }
        outcome = work => Ending::after_work(outcome, job.operation.attempt),
    };
    let (name, problem) = (ending.name(), ending.problem());
    if let Some(event) = ending.event(&job.operation.input) {
        worker.deps.analytics.note(job.operation.account_id, event);
    }
    write_down(&job, ending).await;
    let what = (kind, job.operation.input.engine());
    measure::ended(what, (name, problem), begun.elapsed());
    worker.deps.dispatch.moved(id);
    tracing::info!(ending = name, duration_ms = milliseconds(begun.elapsed()), "operation ended");
}

/// From when it could have begun until it did.
fn waited(operation: &Model) -> Duration {
    let due = operation.created_at.max(operation.run_at);
    let began = operation.started_at.unwrap_or(due);
    // The clocks of two machines may differ by more than nothing took.
    (began - due).to_std().unwrap_or_default()
}

/// Safe to repeat: nothing before the ending leaves a trace, except answered model
/// calls, which are kept so that they are not asked again.
pub fn carry_out<'j>(job: &'j Job<'j>) -> BoxFuture<'j, Result<Outcome, JobError>> {
    let work = async move {
        help::await_model(job).await?;
        match job.operation.input.clone() {
            Input::Parse { document_id, engine } => {
                parse::carry_out(job, document_id, engine).await
            }
            Input::Ats { resume_id, posting_id, engine } => {
                ats::carry_out(job, (resume_id, posting_id), engine).await
            }
            Input::Tailor { resume_id, posting_id, engine, options } => {
                tailor::carry_out(job, (resume_id, posting_id), engine, &options).await
            }
            Input::Redraft { tailoring_id, proposal_id, engine, instruction } => {
                redraft::carry_out(job, (tailoring_id, proposal_id), engine, instruction).await
            }
        }
    };
    work.boxed()
}

/// What becomes of an operation.
#[derive(Clone)]
enum Ending {
    Succeeded(Outcome),
    Failed(FailureCode),
    Canceled,
    GivenBack(GiveBack),
    /// Not ours to write.
    Lost,
}

impl Ending {
    fn after_interruption(interruption: Interruption) -> Self {
        match interruption {
            Interruption::Canceled => Self::Canceled,
            Interruption::Stopping => Self::GivenBack(GiveBack::Stopping),
            Interruption::Lost => Self::Lost,
        }
    }

    fn after_work(outcome: std::thread::Result<Result<Outcome, JobError>>, attempt: i32) -> Self {
        match outcome {
            Ok(Ok(outcome)) => Self::Succeeded(outcome),
            Ok(Err(JobError::Fail(code))) => Self::Failed(code),
            Ok(Err(JobError::Lost)) => Self::Lost,
            Ok(Err(JobError::Wait(seconds))) => Self::GivenBack(GiveBack::AwaitModel { seconds }),
            Ok(Err(JobError::Retry(error))) => {
                tracing::warn!(%error, attempt, "the attempt failed");
                if attempt >= MAX_ATTEMPTS {
                    return Self::Failed(FailureCode::Internal);
                }
                let seconds = f64::from(attempt * attempt);
                Self::GivenBack(GiveBack::RetryAfter { seconds })
            }
            Err(_) => {
                tracing::error!(attempt, "the operation panicked");
                Self::Failed(FailureCode::Internal)
            }
        }
    }

    fn problem(&self) -> Option<FailureCode> {
        match self {
            Self::Failed(code) => Some(*code),
            Self::Succeeded(_) | Self::Canceled | Self::GivenBack(_) | Self::Lost => None,
        }
    }

    /// What it means for the person, where that is worth knowing.
    fn event(&self, input: &Input) -> Option<Event> {
        match (self, input) {
            (Self::Succeeded(_), Input::Parse { .. }) => Some(Event::ResumeParsed),
            (Self::Succeeded(_), Input::Ats { .. }) => Some(Event::ResumeMatched),
            (Self::Succeeded(_), Input::Tailor { .. }) => Some(Event::ResumeTailored),
            (Self::Failed(_), Input::Parse { .. }) => Some(Event::ParseFailed),
            (Self::Failed(_), Input::Ats { .. }) => Some(Event::MatchFailed),
            (Self::Failed(_), Input::Tailor { .. }) => Some(Event::TailorFailed),
            (Self::Succeeded(_) | Self::Failed(_), Input::Redraft { .. })
            | (Self::Canceled | Self::GivenBack(_) | Self::Lost, _) => None,
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Succeeded(_) => "succeeded",
            Self::Failed(_) => "failed",
            Self::Canceled => "canceled",
            Self::GivenBack(_) => "given_back",
            Self::Lost => "lost",
        }
    }
}

/// The work is done and perhaps paid for, so a database that is away for a moment is waited for.
async fn write_down(job: &Job<'_>, ending: Ending) {
    for _ in 0..ENDING_TRIES {
        match try_write(job, ending.clone()).await {
            Ok(()) => return,
            Err(error) => {
                tracing::warn!(%error, operation.id = %job.operation.id, "cannot write the ending yet");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

async fn try_write(job: &Job<'_>, ending: Ending) -> Result<(), DbErr> {
    let operations = &job.worker.deps.operations;
    let claim = job.claim();
    match ending {
        Ending::Succeeded(outcome) => operations.finish(claim, outcome).await.map(drop),
        Ending::Failed(code) => operations.fail(claim, code).await.map(drop),
        Ending::Canceled => operations.end_canceled(claim).await.map(drop),
        Ending::GivenBack(back) => operations.give_back(claim, back).await.map(drop),
        Ending::Lost => Ok(()),
    }
}
