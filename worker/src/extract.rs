//! Opening documents at arm's length: in a child process that may die of them.
//!
//! A crash, an overflown stack or a full memory cannot be caught inside a process, and work
//! on a thread cannot be stopped. So the parser runs in a process of its own, which bounds
//! itself before it reads a byte (`extract/child.rs`); `shared::document::door` starts it.

use shared::config::Ocr;
use shared::document::door::{Door, DoorError, Question, Task};
use shared::document::format::Format;
use shared::operation::failure::FailureCode;
use thiserror::Error;

use crate::parse::{ParseError, Parsed};

pub mod child;
mod ocr;

/// Why a document was not read.
#[derive(Debug, Error)]
pub enum ExtractError {
    /// The document is to blame; reading it again ends in the same way.
    #[error(transparent)]
    Refused(#[from] ParseError),
    /// Nothing is known about the document: whoever read it was stopped, or never began.
    #[error("reading the document was interrupted")]
    Interrupted(#[source] DoorError),
}

/// A resume, and whether its letters had to be recognised in pictures.
#[derive(Debug)]
pub struct Extracted {
    pub parsed: Parsed,
    pub recognised: bool,
}

/// The resume in a document, read by a child process; pages that are pictures are recognised
/// when that is set up.
pub async fn read(
    door: &Door,
    bytes: &[u8],
    format: Format,
    ocr: Option<&Ocr>,
) -> Result<Extracted, ExtractError> {
    match (ask(door, bytes, format).await, ocr) {
        (Err(ExtractError::Refused(ParseError::Scanned)), Some(ocr)) => {
            Ok(Extracted { parsed: ocr::read(door, bytes, ocr).await?, recognised: true })
        }
        (outcome, _) => Ok(Extracted { parsed: outcome?, recognised: false }),
    }
}

async fn ask(door: &Door, bytes: &[u8], format: Format) -> Result<Parsed, ExtractError> {
    let question = Question { task: Task::Read, format, password: None };
    let answer = door.ask::<Result<Parsed, ParseError>>(&question, bytes).await?;
    Ok(answer.words?)
}

/// A copy of the document that needs no password, made by a child process.
pub async fn unlock(
    door: &Door,
    bytes: &[u8],
    format: Format,
    password: &str,
) -> Result<Vec<u8>, ExtractError> {
    let question = Question { task: Task::Unlock, format, password: Some(password.to_owned()) };
    let answer = door.ask::<Result<(), FailureCode>>(&question, bytes).await?;
    match answer.words {
        Ok(()) => Ok(answer.bytes),
        Err(FailureCode::DocumentEncrypted) => Err(ParseError::Encrypted.into()),
        Err(FailureCode::DocumentTooComplex) => Err(ParseError::TooComplex.into()),
        Err(_) => Err(ParseError::Damaged.into()),
    }
}

impl From<DoorError> for ExtractError {
    fn from(error: DoorError) -> Self {
        match error {
            DoorError::Stopped(limit) => {
                tracing::warn!(extract.limit = limit.as_str(), "reading a document was stopped");
                Self::Refused(ParseError::TooComplex)
            }
            DoorError::Interrupted | DoorError::NotStarted(_) => Self::Interrupted(error),
        }
    }
}
