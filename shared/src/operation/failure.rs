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
    pub const ALL: [Self; 9] = [
        Self::DocumentEncrypted,
        Self::DocumentScanned,
        Self::DocumentEmpty,
        Self::DocumentDamaged,
        Self::DocumentTooComplex,
        Self::InputDeleted,
        Self::PostingWithoutRequirements,
        Self::WorkerLost,
        Self::Internal,
    ];

    /// The name in the database and in problems.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DocumentEncrypted => "document-encrypted",
            Self::DocumentScanned => "document-scanned",
            Self::DocumentEmpty => "document-empty",
            Self::DocumentDamaged => "document-damaged",
            Self::DocumentTooComplex => "document-too-complex",
            Self::InputDeleted => "input-deleted",
            Self::PostingWithoutRequirements => "posting-without-requirements",
            Self::WorkerLost => "worker-lost",
            Self::Internal => "internal",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == name)
    }

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

#[cfg(test)]
mod tests {
    use super::FailureCode;

    #[test]
    fn every_code_is_stored_under_its_name() {
        for code in FailureCode::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
            assert_eq!(FailureCode::from_name(code.as_str()), Some(code));
        }
    }
}
