//! What a finished operation answers with, with its shape in the documentation.

use poem_openapi::Object;
use shared::finish::{
    EngineUsed as DomainEngine, Notice as DomainNotice, OperationResult as DomainResult,
};
use uuid::Uuid;

use crate::mirror::mirror;
use crate::report::Report;

mirror! {
    /// Who did the work in the end
    EngineUsed of DomainEngine { Rules, Model }
}

/// The result of an operation: which of the ids, or the report, tells its kind
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct OperationResult {
    pub engine: EngineUsed,
    pub notices: Vec<OperationNotice>,
    /// Of `parse`
    pub resume_id: Option<Uuid>,
    /// Of `tailor`
    pub tailoring_id: Option<Uuid>,
    /// Of `ats`
    pub report: Option<Report>,
}

impl From<DomainResult> for OperationResult {
    fn from(result: DomainResult) -> Self {
        Self {
            engine: result.engine.into(),
            notices: result.notices.into_iter().filter_map(OperationNotice::new).collect(),
            resume_id: result.resume_id,
            tailoring_id: result.tailoring_id,
            report: result.report.map(Report::from),
        }
    }
}

/// Something the person should know about a result
#[derive(Debug, Object)]
pub struct OperationNotice {
    /// Such as `model_failed`; new ones may come, so show the text of those you do not know
    pub code: String,
    /// One plain sentence
    pub text: String,
}

impl OperationNotice {
    fn new(notice: DomainNotice) -> Option<Self> {
        let code = serde_json::to_value(notice.code).ok()?;
        Some(Self { code: code.as_str()?.to_owned(), text: notice.text })
    }
}
