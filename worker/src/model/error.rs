//! What can go wrong with a model call, in words that decide what happens next.

use std::fmt;
use std::time::Duration;

use thiserror::Error;

use crate::model::Usage;

/// Why a model gave no usable answer.
///
/// Carries nothing that a provider wrote, except a short cleaned code: a provider's message may quote the prompt.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ModelError {
    #[error("the provider limits the rate of requests")]
    RateLimited { retry_after: Option<Duration> },
    #[error("the provider account has no credit left")]
    QuotaExhausted,
    #[error("the provider does not accept the key")]
    Unauthorized,
    #[error("the provider does not know the model")]
    UnknownModel,
    #[error("the model declined to answer")]
    Refused { billing: Billing },
    #[error("the answer reached the token limit")]
    Truncated { billing: Billing },
    #[error("the answer is not what was asked")]
    Invalid { billing: Billing },
    #[error("the prompt is too long for the model")]
    TooLong,
    #[error("the provider rejected the request as {code}")]
    Rejected { code: String },
    /// Remembered by the client, which asks differently the next time.
    #[error("the provider does not support the {0}")]
    Unsupported(Feature),
    #[error("the provider did not answer in time")]
    TimedOut { billing: Billing },
    #[error("the provider cannot be reached")]
    Unreachable,
    #[error("the connection to the provider broke")]
    ConnectionLost,
    #[error("the provider failed with status {status}")]
    ServerFailed { status: u16, retry_after: Option<Duration>, billing: Billing },
    #[error("the call was canceled")]
    Canceled { billing: Billing },
    #[error("calls to the model are paused after repeated failures")]
    BreakerOpen { retry_after: Duration },
    #[error("the spending cap leaves no room for the call")]
    CapReached,
    #[error("the limit of the operation leaves no room for the call")]
    LimitReached,
    #[error("nobody knows what the model costs")]
    NoPrice,
    #[error("the cost of the call cannot be recorded")]
    LedgerUnavailable,
}

/// A way of asking that not every compatible server understands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    StructuredOutput,
    TokenLimitField,
}

/// What a failed call cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Billing {
    /// Surely nothing: no answer was produced.
    Nothing,
    /// Surely this much: the provider said so.
    Exactly(Usage),
    /// The provider may have worked, and billed, without our seeing the result: book the whole hold.
    Unknown,
}

/// Whether asking again can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    Never,
    /// The client asks differently the next time, so there is nothing to wait for.
    AtOnce,
    /// After the delay the provider asked for, else after one of ours.
    Later(Option<Duration>),
}

impl ModelError {
    pub fn retry(&self) -> Retry {
        match self {
            Self::RateLimited { retry_after } | Self::ServerFailed { retry_after, .. } => {
                Retry::Later(*retry_after)
            }
            Self::TimedOut { .. }
            | Self::Unreachable
            | Self::ConnectionLost
            | Self::Invalid { billing: Billing::Nothing | Billing::Unknown } => Retry::Later(None),
            Self::Unsupported(_) => Retry::AtOnce,
            // What was answered and counted would be answered again: other words may help.
            Self::Invalid { billing: Billing::Exactly(_) }
            | Self::QuotaExhausted
            | Self::Unauthorized
            | Self::UnknownModel
            | Self::Refused { .. }
            | Self::Truncated { .. }
            | Self::TooLong
            | Self::Rejected { .. }
            | Self::Canceled { .. }
            | Self::BreakerOpen { .. }
            | Self::CapReached
            | Self::LimitReached
            | Self::NoPrice
            | Self::LedgerUnavailable => Retry::Never,
        }
    }

    pub fn billing(&self) -> Billing {
        match self {
            Self::Refused { billing }
            | Self::Truncated { billing }
            | Self::Invalid { billing }
            | Self::TimedOut { billing }
            | Self::ServerFailed { billing, .. }
            | Self::Canceled { billing } => *billing,
            Self::ConnectionLost => Billing::Unknown,
            Self::RateLimited { .. }
            | Self::QuotaExhausted
            | Self::Unauthorized
            | Self::UnknownModel
            | Self::TooLong
            | Self::Rejected { .. }
            | Self::Unsupported(_)
            | Self::Unreachable
            | Self::BreakerOpen { .. }
            | Self::CapReached
            | Self::LimitReached
            | Self::NoPrice
            | Self::LedgerUnavailable => Billing::Nothing,
        }
    }

    /// A short name, for metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::RateLimited { .. } => "rate_limited",
            Self::QuotaExhausted => "quota_exhausted",
            Self::Unauthorized => "unauthorized",
            Self::UnknownModel => "unknown_model",
            Self::Refused { .. } => "refused",
            Self::Truncated { .. } => "truncated",
            Self::Invalid { .. } => "invalid",
            Self::TooLong => "too_long",
            Self::Rejected { .. } => "rejected",
            Self::Unsupported(_) => "unsupported",
            Self::TimedOut { .. } => "timed_out",
            Self::Unreachable => "unreachable",
            Self::ConnectionLost => "connection_lost",
            Self::ServerFailed { .. } => "server_failed",
            Self::Canceled { .. } => "canceled",
            Self::BreakerOpen { .. } => "breaker_open",
            Self::CapReached => "cap_reached",
            Self::LimitReached => "limit_reached",
            Self::NoPrice => "no_price",
            Self::LedgerUnavailable => "ledger_unavailable",
        }
    }

    /// What happened and what to do, for the person who waits.
    pub fn sentence(&self) -> &'static str {
        match self {
            Self::RateLimited { .. } => {
                "The AI service is very busy right now. Please try again in a few minutes."
            }
            Self::QuotaExhausted
            | Self::Unauthorized
            | Self::UnknownModel
            | Self::NoPrice
            | Self::Rejected { .. } => {
                "The AI service is not set up correctly on our side. We have been told; please try again later."
            }
            Self::Refused { .. } => {
                "The AI service declined to work on this text. Please check the text and try again."
            }
            Self::Truncated { .. } => {
                "The AI service's answer was too long and was cut off. Please choose fewer sections and try again."
            }
            Self::Invalid { .. } => {
                "The AI service gave an answer we could not use. Please try again."
            }
            Self::TooLong => {
                "The resume and the job posting together are too long. Please shorten one of them."
            }
            Self::Unsupported(_) => {
                "The AI service cannot answer in the way we need. Please try again."
            }
            Self::TimedOut { .. } => "The AI service took too long to answer. Please try again.",
            Self::Unreachable | Self::ConnectionLost => {
                "We could not reach the AI service. Please try again in a few minutes."
            }
            Self::ServerFailed { .. } | Self::BreakerOpen { .. } => {
                "The AI service is having problems at the moment. Please try again in a few minutes."
            }
            Self::Canceled { .. } => "The work was canceled.",
            Self::CapReached => "Your daily spending limit does not leave room for this step.",
            Self::LimitReached => {
                "This step could have cost more than the most you allowed for it."
            }
            Self::LedgerUnavailable => {
                "We could not record the cost of this step, so it was stopped. Please try again."
            }
        }
    }
}

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::StructuredOutput => "structured output asked for",
            Self::TokenLimitField => "name of the token limit",
        })
    }
}
