//! Why an operation failed: the codes that are stored, and shown as problems.

use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Failure {
    pub code: FailureCode,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureCode {
    DocumentEncrypted,
    DocumentScanned,
    DocumentEmpty,
    DocumentDamaged,
    DocumentTooComplex,
    /// The document, resume or posting was deleted before the operation ran.
    InputDeleted,
    PostingWithoutRequirements,
    /// Workers died while they ran it, as often as it may be tried.
    WorkerLost,
    /// The software failed; the same input may work after a repair.
    Internal,
}

impl FailureCode {
    /// Whether the person gets the use of their daily quota back.
    pub fn is_ours(self) -> bool {
        match self {
            Self::WorkerLost | Self::Internal => true,
            Self::DocumentEncrypted
            | Self::DocumentScanned
            | Self::DocumentEmpty
            | Self::DocumentDamaged
            | Self::DocumentTooComplex
            | Self::InputDeleted
            | Self::PostingWithoutRequirements => false,
        }
    }
}
