//! One operation in full: events, attempts, model calls.

use chrono::{DateTime, Utc};
use poem_openapi::Object;
use poem_openapi::types::Example;
use shared::operation::event::{Kind as DomainEventKind, Model as EventRow};
use shared::operation::watch::WatchedCall;

use super::AdminOperation;
use crate::operation::stream::{OperationEvent, OperationEventKind};

/// An operation with what happened to it
#[derive(Debug, Object)]
#[oai(example)]
pub struct AdminOperationDetail {
    pub operation: AdminOperation,
    pub attempts: Vec<AdminAttempt>,
    /// Oldest first, at most 200
    pub events: Vec<OperationEvent>,
    /// Answered model calls, oldest first
    pub calls: Vec<AdminCall>,
    /// Of all calls
    pub tokens: AdminTokens,
}

/// One time that a worker began it
#[derive(Debug, PartialEq, Eq, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct AdminAttempt {
    pub started_at: DateTime<Utc>,
    /// Absent while it runs
    pub ended_at: Option<DateTime<Utc>>,
    /// How it ended: `queued` when it went back to the queue
    pub ending: Option<OperationEventKind>,
}

/// A model call, without what was asked and answered
#[derive(Debug, Object)]
pub struct AdminCall {
    pub step: String,
    pub model: String,
    pub tokens: AdminTokens,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, Default, Object)]
pub struct AdminTokens {
    pub input: i64,
    /// Of the input tokens, those the provider had cached
    pub cached: i64,
    pub output: i64,
}

impl AdminOperationDetail {
    pub(super) fn new(
        operation: AdminOperation,
        events: Vec<EventRow>,
        calls: Vec<WatchedCall>,
    ) -> Self {
        let calls: Vec<AdminCall> = calls.into_iter().map(AdminCall::from).collect();
        Self {
            operation,
            attempts: attempts(&events),
            events: events.into_iter().filter_map(OperationEvent::read).collect(),
            tokens: calls.iter().fold(AdminTokens::default(), |sum, call| sum.plus(call.tokens)),
            calls,
        }
    }
}

impl AdminTokens {
    fn plus(self, other: Self) -> Self {
        Self {
            input: self.input.saturating_add(other.input),
            cached: self.cached.saturating_add(other.cached),
            output: self.output.saturating_add(other.output),
        }
    }
}

impl From<WatchedCall> for AdminCall {
    fn from(row: WatchedCall) -> Self {
        let tokens = AdminTokens {
            input: row.input_tokens,
            cached: row.cached_tokens,
            output: row.output_tokens,
        };
        Self { step: row.step, model: row.model, tokens, at: row.created_at }
    }
}

/// Each `started` begins one; the next event that is no progress ends it.
fn attempts(events: &[EventRow]) -> Vec<AdminAttempt> {
    let mut attempts: Vec<AdminAttempt> = Vec::new();
    for event in events {
        match event.kind {
            DomainEventKind::Started => {
                attempts.push(AdminAttempt { started_at: event.at, ended_at: None, ending: None });
            }
            DomainEventKind::Progress | DomainEventKind::Proposal => {}
            DomainEventKind::Queued
            | DomainEventKind::Succeeded
            | DomainEventKind::Failed
            | DomainEventKind::Canceled => {
                if let Some(attempt) = attempts.last_mut().filter(|it| it.ended_at.is_none()) {
                    attempt.ended_at = Some(event.at);
                    attempt.ending = Some(event.kind.into());
                }
            }
        }
    }
    attempts
}

impl Example for AdminOperationDetail {
    fn example() -> Self {
        let at = crate::example::time();
        let tokens = AdminTokens { input: 2_400, cached: 1_024, output: 310 };
        let ending = Some(OperationEventKind::Failed);
        Self {
            operation: AdminOperation::example(),
            attempts: vec![AdminAttempt { started_at: at, ended_at: Some(at), ending }],
            events: Vec::new(),
            calls: vec![AdminCall {
                step: "draft".into(),
                model: "gpt-4o-mini".into(),
                tokens,
                at,
            }],
            tokens,
        }
    }
}
