//! What the framework refuses, said in our words.

use poem::Error;
use poem::error::{
    MethodNotAllowedError, NotFoundError, ParsePathError, ParseQueryError, ReadBodyError,
};
use poem_openapi::error::{
    AuthorizationError, ContentTypeError, ParseParamError, ParsePathError as ParseApiPathError,
};

use super::{Code, Problem};
use crate::body::{TooLarge, TooSlow};

/// The problem for any error that left an endpoint without being one.
pub fn problem(error: &Error) -> Problem {
    if let Some(problem) = error.downcast_ref::<Problem>() {
        return problem.clone();
    }
    if let Some(problem) = body_problem(error) {
        return problem;
    }
    if error.is::<NotFoundError>() {
        return Problem::new(Code::NotFound, "There is nothing at this address.");
    }
    if error.is::<MethodNotAllowedError>() {
        return Problem::new(
            Code::MethodNotAllowed,
            "This address exists, but not with this method.",
        );
    }
    if error.is::<AuthorizationError>() {
        return Problem::new(Code::Unauthenticated, "The request carries no valid API key.");
    }
    if error.is::<ParsePathError>() || error.is::<ParseApiPathError>() {
        return Problem::new(
            Code::NotFound,
            "An id or name in the address is not one that exists.",
        );
    }
    if let Some(error) = error.downcast_ref::<ParseParamError>() {
        let detail =
            format!("The parameter or header `{}` has a value that is not allowed.", error.name);
        return Problem::new(Code::InvalidRequest, detail);
    }
    if error.is::<ParseQueryError>() {
        return Problem::new(Code::InvalidRequest, "The query of the address cannot be read.");
    }
    unknown(error)
}

fn body_problem(error: &Error) -> Option<Problem> {
    if let Some(error) = error.downcast_ref::<ReadBodyError>() {
        return Some(match error {
            ReadBodyError::Io(error) if is::<TooLarge>(error) => {
                Problem::new(Code::TooLarge, "The body is larger than this address takes.")
            }
            ReadBodyError::Io(error) if is::<TooSlow>(error) => too_slow(),
            _ => Problem::new(Code::InvalidRequest, "The body could not be read to its end."),
        });
    }
    if error.is::<ContentTypeError>() {
        let detail =
            "The header `Content-Type` is missing or names a type this address does not take.";
        return Some(Problem::new(Code::UnsupportedMediaType, detail));
    }
    None
}

pub fn too_slow() -> Problem {
    Problem::new(Code::RequestTimeout, "The body stalled, or took longer than two minutes.")
}

/// Layers between the limit and here wrap its error, some of them as I/O errors
/// that hide what they wrap from `source`.
pub fn is<E: std::error::Error + 'static>(error: &(dyn std::error::Error + 'static)) -> bool {
    if error.is::<E>() {
        return true;
    }
    let inner = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
    match inner {
        Some(inner) => is::<E>(inner),
        None => error.source().is_some_and(is::<E>),
    }
}

fn unknown(error: &Error) -> Problem {
    match error.status().as_u16() {
        404 => Problem::new(Code::NotFound, "There is nothing at this address."),
        405 => {
            Problem::new(Code::MethodNotAllowed, "This address exists, but not with this method.")
        }
        413 => Problem::new(Code::TooLarge, "The body is larger than this address takes."),
        415 => Problem::new(
            Code::UnsupportedMediaType,
            "The body has a type this address does not take.",
        ),
        400..=499 => Problem::new(Code::InvalidRequest, "The request could not be understood."),
        _ => {
            tracing::error!(%error, "a request failed in an unforeseen way");
            Problem::new(Code::Internal, "Something failed on our side while answering.")
        }
    }
}
