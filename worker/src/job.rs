//! An operation at work: what a stage may ask of its surroundings, and how it may fail.

use std::error::Error;
use std::sync::{Mutex, PoisonError};

use futures::future::BoxFuture;
use sea_orm::DbErr;
use shared::blobs::BlobError;
use shared::events::Signal;
use shared::finish::Outcome;
use shared::operation::claim::Claim;
use shared::operation::failure::FailureCode;
use shared::operation::{Model, Stage};
use tokio::task::JoinError;
use tracing::Span;

use crate::worker::Worker;

/// A claimed operation and the worker that has it.
pub struct Job<'w> {
    pub worker: &'w Worker,
    pub operation: Model,
    /// The stage it is in, for traces.
    stage: Mutex<Span>,
}

/// What is done with a claimed operation: [`crate::run::carry_out`], or nothing where
/// only the queue is to be measured.
pub type Work = for<'j> fn(&'j Job<'j>) -> BoxFuture<'j, Result<Outcome, JobError>>;

/// Why a job stopped, in terms of what happens to the operation next.
#[derive(Debug)]
pub enum JobError {
    /// May work later: a lost connection, a store that does not answer.
    Retry(Box<dyn Error + Send + Sync>),
    /// The model that was asked for is left alone for so many seconds.
    Wait(f64),
    /// Will never work: the same input fails the same way.
    Fail(FailureCode),
    /// The lease is lost: whatever happens to the operation happens elsewhere.
    Lost,
}

impl<'w> Job<'w> {
    pub fn new(worker: &'w Worker, operation: Model) -> Self {
        Self { worker, operation, stage: Mutex::new(Span::current()) }
    }
}

impl Job<'_> {
    pub fn claim(&self) -> Claim {
        Claim { operation_id: self.operation.id, fence: self.operation.fence }
    }

    /// Says that a stage begins.
    pub async fn enter(&self, stage: Stage) -> Result<(), JobError> {
        let deps = &self.worker.deps;
        if !deps.operations.enter(self.claim(), stage).await? {
            return Err(JobError::Lost);
        }
        *self.stage.lock().unwrap_or_else(PoisonError::into_inner) =
            tracing::info_span!("stage", stage = ?stage);
        deps.events.publish(Signal::Changed(self.operation.id));
        Ok(())
    }

    /// The span of the stage it is in, for what is called within it.
    pub fn span(&self) -> Span {
        self.stage.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Job<'_> {
    /// Shows edits that have passed the gate to whoever follows.
    pub async fn show(&self, proposals: Vec<serde_json::Value>) -> Result<(), JobError> {
        let deps = &self.worker.deps;
        if !deps.operations.tell_proposals(self.claim(), proposals).await? {
            return Err(JobError::Lost);
        }
        deps.events.publish(Signal::Changed(self.operation.id));
        Ok(())
    }
}

/// Runs engine work beside the event loop. A panic ends this job only.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, JobError> {
    Ok(tokio::task::spawn_blocking(work).await?)
}

impl From<DbErr> for JobError {
    fn from(error: DbErr) -> Self {
        Self::Retry(error.into())
    }
}

impl From<BlobError> for JobError {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::NotFound(_) => Self::Fail(FailureCode::InputDeleted),
            BlobError::Store(_) | BlobError::Source(_) => Self::Retry(error.into()),
        }
    }
}

impl From<JoinError> for JobError {
    fn from(error: JoinError) -> Self {
        tracing::error!(panicked = error.is_panic(), "an engine has failed");
        Self::Fail(FailureCode::Internal)
    }
}
