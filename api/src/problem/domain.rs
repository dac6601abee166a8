//! What the domain refuses, as problems. One match for each error.

use sea_orm::DbErr;
use shared::blobs::BlobError;
use shared::document::door::DoorError;
use shared::document::name::NameError;
use shared::operation::Kind;
use shared::operation::failure::FailureCode;
use shared::resume::patch::PatchError;
use shared::sign_in::SignInError;
use shared::submit::{SubmitError, max_waiting};
use shared::tailoring::decide::{DecideError, MAX_WORDS};

use super::{Code, Problem, Room};

impl From<DbErr> for Problem {
    fn from(error: DbErr) -> Self {
        tracing::error!(%error, "the database failed");
        Self::new(Code::Unavailable, "The database does not answer right now.")
    }
}

impl From<BlobError> for Problem {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::NotFound(_) => {
                Self::new(Code::DocumentNotFound, "The file of this document is gone.")
            }
            BlobError::Store(_) | BlobError::Source(_) => {
                tracing::error!(%error, "the blob store failed");
                Self::new(Code::Unavailable, "The file store does not answer right now.")
            }
        }
    }
}

impl From<DoorError> for Problem {
    fn from(error: DoorError) -> Self {
        match error {
            DoorError::Stopped(limit) => {
                tracing::warn!(extract.limit = limit.as_str(), "unlocking a document was stopped");
                FailureCode::DocumentTooComplex.into()
            }
            DoorError::Interrupted | DoorError::NotStarted(_) => {
                tracing::error!(%error, "cannot unlock a document");
                Self::new(Code::Unavailable, "The file could not be opened right now.")
            }
        }
    }
}

impl From<NameError> for Problem {
    fn from(error: NameError) -> Self {
        let detail = match error {
            NameError::Missing => "The file has no name.",
            NameError::Path => "The file name holds a path.",
            NameError::Control => "The file name holds control or invisible characters.",
            NameError::TooLong => "The file name is longer than 255 bytes.",
            NameError::Reserved => "The file name is one that some systems keep for devices.",
        };
        Self::new(Code::FileNameSuspicious, detail)
    }
}

impl From<SignInError> for Problem {
    fn from(error: SignInError) -> Self {
        let (code, detail) = match error {
            SignInError::Off => {
                (Code::SignInOff, "This installation has no secret to sign tokens with.")
            }
            SignInError::Wrong => {
                (Code::WrongCredentials, "The e-mail address or the password is wrong.")
            }
            SignInError::EmailTaken => {
                (Code::EmailTaken, "Somebody has made an account with this address before.")
            }
            SignInError::SignedOut => {
                (Code::SignedOut, "The refresh token is not one of an open session.")
            }
            SignInError::TokenInvalid => {
                (Code::MailTokenInvalid, "This token is not one that can be used.")
            }
            SignInError::Busy(_) => {
                (Code::Unavailable, "Too many people are signing in at this moment.")
            }
            SignInError::Locked(until) => {
                let detail = "After so many attempts the next one has to wait.";
                let resets_at = Some(until);
                return Self { resets_at, ..Self::new(Code::TooManyAttempts, detail) };
            }
            SignInError::Database(error) => return error.into(),
        };
        Self::new(code, detail)
    }
}

impl From<SubmitError> for Problem {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::DocumentNotFound(_) => {
                Self::new(Code::DocumentNotFound, "There is no such document.")
            }
            SubmitError::ResumeNotFound(_) => {
                Self::new(Code::ResumeNotFound, "There is no such resume.")
            }
            SubmitError::PostingNotFound(_) => {
                Self::new(Code::PostingNotFound, "There is no such posting.")
            }
            SubmitError::TailoringNotFound(_) => {
                Self::new(Code::TailoringNotFound, "There is no such tailoring.")
            }
            SubmitError::QuotaUsedUp { kind, limit, resets_at } => {
                let detail = format!("You've used {limit}/{limit} daily {}.", plural(kind));
                let resets_at = Some(resets_at);
                Self { resets_at, ..Self::new(Code::QuotaUsedUp, detail) }
            }
            SubmitError::CapReached { standing, needed } => {
                let detail = format!(
                    "This could cost {needed}, and {} of today's {} is left.",
                    standing.remaining(),
                    standing.cap
                );
                let spending = Room {
                    cap: standing.cap.into(),
                    settled: standing.settled.into(),
                    held: standing.held.into(),
                    needed: needed.into(),
                };
                Self {
                    resets_at: Some(standing.resets_at),
                    spending: Some(Box::new(spending)),
                    ..Self::new(Code::SpendingCapReached, detail)
                }
            }
            SubmitError::TooManyWaiting { kind } => {
                let most = max_waiting(kind);
                let detail = format!("{most} of your {} wait already.", plural(kind));
                Self::new(Code::TooManyWaiting, detail)
            }
            SubmitError::KeyReused => Self::new(
                Code::IdempotencyKeyReused,
                "This Idempotency-Key came with another request before.",
            ),
            SubmitError::Database(error) => error.into(),
        }
    }
}

impl From<DecideError> for Problem {
    fn from(error: DecideError) -> Self {
        let (code, detail) = match error {
            DecideError::NotFound => (Code::TailoringNotFound, "There is no such tailoring."),
            DecideError::NoSuchProposal => {
                (Code::ProposalNotFound, "The tailoring has no such edit.")
            }
            DecideError::NoSuchGap => (Code::GapNotFound, "The tailoring has no such gap."),
            DecideError::ResumeChanged => {
                (Code::ResumeChanged, "The edits were made for what the resume said before.")
            }
            DecideError::AlreadyApplied => {
                (Code::TailoringApplied, "Nothing can be decided about these edits any more.")
            }
            DecideError::Lost => {
                (Code::ProposalLost, "The edit no longer fits the resume; `lost` says why.")
            }
            DecideError::NoOwnWords => (
                Code::InvalidRequest,
                "`edited` is for an edit that has words of your own: send them as `after`.",
            ),
            DecideError::Words(PatchError::KindChanged(_)) => (
                Code::InvalidRequest,
                "There is a list at this place: send `after` as the JSON text of a list of texts.",
            ),
            DecideError::Words(PatchError::Stale(_)) => {
                (Code::ResumeChanged, "The resume says something else at this place now.")
            }
            DecideError::Words(
                PatchError::Pointer(_) | PatchError::NotText(_) | PatchError::Unreadable(_),
            ) => (Code::InvalidRequest, "There is no text at this place of the resume."),
            DecideError::NothingAccepted => {
                (Code::NothingAccepted, "There is nothing to apply: no edit is accepted.")
            }
            DecideError::Length => {
                let detail = format!("The text must have 1 to {MAX_WORDS} characters.");
                return Self::new(Code::InvalidRequest, detail);
            }
            DecideError::Unsupported(path) => {
                let detail = format!("The edit of `{path}` says more than the resume does.");
                return Self::new(Code::EditUnsupported, detail);
            }
            DecideError::Database(error) => return error.into(),
        };
        Self::new(code, detail)
    }
}

fn plural(kind: Kind) -> &'static str {
    match kind {
        Kind::Parse => "resume readings",
        Kind::Ats => "checks",
        Kind::Tailor => "tailorings",
    }
}

impl From<FailureCode> for Problem {
    fn from(code: FailureCode) -> Self {
        let (code, detail) = match code {
            FailureCode::DocumentEncrypted => {
                (Code::DocumentEncrypted, "The document cannot be opened without its password.")
            }
            FailureCode::DocumentScanned => {
                (Code::DocumentScanned, "The pages are pictures; there is no text to read.")
            }
            FailureCode::DocumentEmpty => {
                (Code::DocumentEmpty, "The document was read, but there is no text in it.")
            }
            FailureCode::DocumentDamaged => {
                (Code::DocumentDamaged, "The document breaks off or does not follow its format.")
            }
            FailureCode::DocumentTooComplex => {
                (Code::DocumentTooComplex, "Reading the document would take more than is allowed.")
            }
            FailureCode::InputDeleted => {
                (Code::InputDeleted, "It was deleted before the operation could read it.")
            }
            FailureCode::PostingWithoutRequirements => {
                (Code::PostingWithoutRequirements, "The posting's text names no requirement.")
            }
            FailureCode::WorkerLost => {
                (Code::WorkerLost, "Every worker that took the operation up went away.")
            }
            FailureCode::Internal => (
                Code::Internal,
                "The operation failed on our side; it did not count against your quota.",
            ),
        };
        Self::new(code, detail)
    }
}
