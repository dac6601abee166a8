//! What an operation was asked to do. Ids only: the texts stay in their own rows, but for the wish of a redraft.

use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Kind;
use crate::tailoring::Options;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, FromJsonQueryResult)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Input {
    Parse { document_id: Uuid, engine: Engine },
    Ats { resume_id: Uuid, posting_id: Uuid, engine: Engine },
    Tailor { resume_id: Uuid, posting_id: Uuid, engine: Engine, options: Options },
    Redraft { tailoring_id: Uuid, proposal_id: Uuid, engine: Engine, instruction: String },
}

impl Input {
    pub fn engine(&self) -> Engine {
        match self {
            Self::Parse { engine, .. }
            | Self::Ats { engine, .. }
            | Self::Tailor { engine, .. }
            | Self::Redraft { engine, .. } => *engine,
        }
    }

    pub fn kind(&self) -> Kind {
        match self {
            Self::Parse { .. } => Kind::Parse,
            Self::Ats { .. } => Kind::Ats,
            Self::Tailor { .. } | Self::Redraft { .. } => Kind::Tailor,
        }
    }
}

/// Who does the work: the deterministic rules, a model, or the best there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Engine {
    /// A model when one is configured and answers, the rules otherwise.
    #[default]
    Auto,
    Rules,
    Model,
}
