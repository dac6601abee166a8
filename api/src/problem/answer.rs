//! A refusal as an HTTP answer, and which statuses each kind of endpoint documents.

use std::fmt;
use std::marker::PhantomData;

use poem::error::ResponseError;
use poem::http::{StatusCode, header};
use poem::{IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, MetaSchemaRef, Registry};
use poem_openapi::types::Type;

use super::Problem;

const MEDIA_TYPE: &str = "application/problem+json";

/// Seconds after which a client may try again what failed for a passing reason.
const RETRY_AFTER: &str = "5";

/// The refusals of an endpoint, by what it does.
#[derive(Debug)]
pub struct Refused<S> {
    problem: Box<Problem>,
    statuses: PhantomData<S>,
}

/// Which statuses an endpoint may refuse with.
pub trait Statuses: fmt::Debug + Send + Sync + 'static {
    const LIST: &'static [(u16, &'static str)];
}

const BAD: (u16, &str) = (400, "The request is not valid");
const WHO: (u16, &str) = (401, "No valid key was sent");
const NOT_YOU: (u16, &str) =
    (403, "The role or the scopes do not allow this, or X-CSRF-Token is missing");
const NONE: (u16, &str) = (404, "There is no such thing, or it is somebody else's");
const BIG: (u16, &str) = (413, "The body is too large");
const TYPE: (u16, &str) = (415, "The body or file has a type that is not supported");
const BUSY: (u16, &str) = (429, "A limit is reached");
const SLOW: (u16, &str) = (408, "The body came too slowly");
const KEY: (u16, &str) = (422, "The Idempotency-Key belongs to another request");
const AT_WORK: (u16, &str) = (409, "A request with this Idempotency-Key is not finished yet");
const OURS: (u16, &str) = (500, "Something failed on our side");
const OFF: (u16, &str) = (501, "This installation is not set up for it");
const AWAY: (u16, &str) = (503, "A part of the service does not answer right now");

/// It looks something up.
#[derive(Debug)]
pub struct Read;

/// It makes something new.
#[derive(Debug)]
pub struct Create;

/// It takes a file in.
#[derive(Debug)]
pub struct TakeIn;

/// It changes or deletes something that carries a revision.
#[derive(Debug)]
pub struct Change;

/// It starts or steers an operation.
#[derive(Debug)]
pub struct Start;

/// It matches resumes and postings at once.
#[derive(Debug)]
pub struct Match;

/// It tells about an operation that has to have ended.
#[derive(Debug)]
pub struct Explain;
/// It decides about something that may be settled, or made for something that has changed.
#[derive(Debug)]
pub struct Decide;

/// It keeps something as it is.
#[derive(Debug)]
pub struct Keep;

/// It brings something earlier back.
#[derive(Debug)]
pub struct Restore;

/// It starts work on something that may be settled.
#[derive(Debug)]
pub struct Redraft;

/// It makes a file of something.
#[derive(Debug)]
pub struct Export;

/// An admin looks something up.
#[derive(Debug)]
pub struct AdminRead;

/// An admin steers something.
#[derive(Debug)]
pub struct AdminSteer;

/// It lets somebody in who is not known yet.
#[derive(Debug)]
pub struct Enter;

/// It goes on with a session, or ends it.
#[derive(Debug)]
pub struct SignOut;

/// It changes a password.
#[derive(Debug)]
pub struct ChangePassword;

/// It has to do with mail.
#[derive(Debug)]
pub struct ByMail;

/// It makes an API key.
#[derive(Debug)]
pub struct MakeKey;

/// An orchestrator or a balancer asks how it is.
#[derive(Debug)]
pub struct Probe;

/// Anybody looks something up that may be elsewhere.
#[derive(Debug)]
pub struct Show;

impl Statuses for Read {
    const LIST: &'static [(u16, &'static str)] = &[BAD, WHO, NOT_YOU, NONE, BUSY, OURS, AWAY];
}

impl Statuses for Create {
    const LIST: &'static [(u16, &'static str)] =
        &[BAD, WHO, NOT_YOU, NONE, AT_WORK, SLOW, BIG, TYPE, KEY, BUSY, OURS, AWAY];
}

impl Statuses for TakeIn {
    const LIST: &'static [(u16, &'static str)] = &[
        BAD,
        WHO,
        NOT_YOU,
        NONE,
        AT_WORK,
        SLOW,
        BIG,
        TYPE,
        (
            422,
            "The file is infected, its password does not open it, or the key belongs to another request",
        ),
        BUSY,
        OURS,
        AWAY,
    ];
}

impl Statuses for Change {
    const LIST: &'static [(u16, &'static str)] = &[
        BAD,
        WHO,
        NOT_YOU,
        NONE,
        (412, "It has changed since it was read"),
        SLOW,
        BIG,
        TYPE,
        (428, "The header If-Match is missing"),
        BUSY,
        OURS,
        AWAY,
    ];
}

impl Statuses for Start {
    const LIST: &'static [(u16, &'static str)] = &[
        BAD,
        WHO,
        NOT_YOU,
        (402, "Today's spending limit leaves no room"),
        NONE,
        AT_WORK,
        SLOW,
        BIG,
        TYPE,
        KEY,
        BUSY,
        OURS,
        AWAY,
    ];
}

impl Statuses for Match {
    const LIST: &'static [(u16, &'static str)] = &[
        BAD,
        WHO,
        NOT_YOU,
        NONE,
        SLOW,
        BIG,
        TYPE,
        (422, "The posting asks for nothing"),
        BUSY,
        OURS,
        AWAY,
    ];
}

impl Statuses for Explain {
    const LIST: &'static [(u16, &'static str)] =
        &[BAD, WHO, NOT_YOU, NONE, (409, "Its state does not allow this"), BUSY, OURS, AWAY];
}

impl Statuses for Decide {
    const LIST: &'static [(u16, &'static str)] = &[
        BAD,
        WHO,
        NOT_YOU,
        NONE,
        (409, "It is settled, or the resume has changed underneath"),
        SLOW,
        BIG,
        TYPE,
        BUSY,
        OURS,
        AWAY,
    ];
}

impl Statuses for Keep {
    const LIST: &'static [(u16, &'static str)] =
        &[BAD, WHO, NOT_YOU, NONE, AT_WORK, SLOW, BIG, TYPE, KEY, BUSY, OURS, AWAY];
}

impl Statuses for Restore {
    const LIST: &'static [(u16, &'static str)] = &[
        BAD,
        WHO,
        NOT_YOU,
        NONE,
        AT_WORK,
        (412, "It has changed since it was read"),
        KEY,
        (428, "The header If-Match is missing"),
        BUSY,
        OURS,
        AWAY,
    ];
}

impl Statuses for Redraft {
    const LIST: &'static [(u16, &'static str)] = &[
        BAD,
        WHO,
        NOT_YOU,
        NONE,
        (409, "It is settled, or the resume has changed underneath"),
        SLOW,
        BIG,
        TYPE,
        KEY,
        BUSY,
        OURS,
        AWAY,
    ];
}

impl Statuses for Export {
    const LIST: &'static [(u16, &'static str)] =
        &[BAD, WHO, NOT_YOU, NONE, (422, "The file would lack something"), BUSY, OURS, AWAY];
}

impl Statuses for AdminRead {
    const LIST: &'static [(u16, &'static str)] = &[BAD, WHO, NOT_YOU, NONE, BUSY, OURS, AWAY];
}

impl Statuses for AdminSteer {
    const LIST: &'static [(u16, &'static str)] = &[
        BAD,
        WHO,
        NOT_YOU,
        NOT_YOU,
        NONE,
        (409, "Its state does not allow this"),
        SLOW,
        BIG,
        TYPE,
        BUSY,
        OURS,
        AWAY,
    ];
}

impl Statuses for Enter {
    const LIST: &'static [(u16, &'static str)] = &[
        BAD,
        (401, "The e-mail address or the password is wrong"),
        (409, "There is an account with this e-mail address"),
        SLOW,
        BIG,
        TYPE,
        BUSY,
        OURS,
        OFF,
        AWAY,
    ];
}

impl Statuses for SignOut {
    const LIST: &'static [(u16, &'static str)] =
        &[BAD, (401, "The session is over"), NOT_YOU, SLOW, BIG, TYPE, BUSY, OURS, OFF, AWAY];
}

impl Statuses for ChangePassword {
    const LIST: &'static [(u16, &'static str)] =
        &[BAD, WHO, NOT_YOU, SLOW, BIG, TYPE, BUSY, OURS, OFF, AWAY];
}

impl Statuses for ByMail {
    const LIST: &'static [(u16, &'static str)] =
        &[BAD, WHO, NOT_YOU, SLOW, BIG, TYPE, BUSY, OURS, OFF, AWAY];
}

impl Statuses for MakeKey {
    const LIST: &'static [(u16, &'static str)] = &[
        BAD,
        WHO,
        NOT_YOU,
        (409, "There are as many as there may be"),
        SLOW,
        BIG,
        TYPE,
        BUSY,
        OURS,
        AWAY,
    ];
}

impl Statuses for Probe {
    const LIST: &'static [(u16, &'static str)] = &[OURS, AWAY];
}

impl Statuses for Show {
    const LIST: &'static [(u16, &'static str)] = &[NONE, OURS, AWAY];
}

impl<S, E: Into<Problem>> From<E> for Refused<S> {
    fn from(error: E) -> Self {
        Self { problem: Box::new(error.into()), statuses: PhantomData }
    }
}

impl<S: Statuses> From<Refused<S>> for poem::Error {
    fn from(refused: Refused<S>) -> Self {
        debug_assert!(
            S::LIST.iter().any(|(status, _)| *status == refused.problem.status),
            "{} is not documented for this endpoint",
            refused.problem.code
        );
        Self::from(*refused.problem)
    }
}

impl<S: Statuses> ApiResponse for Refused<S> {
    fn meta() -> MetaResponses {
        let responses = S::LIST.iter().map(|(status, description)| MetaResponse {
            description,
            status: Some(*status),
            status_range: None,
            content: vec![MetaMediaType { content_type: MEDIA_TYPE, schema: schema() }],
            headers: Vec::new(),
        });
        MetaResponses { responses: responses.collect() }
    }

    fn register(registry: &mut Registry) {
        Problem::register(registry);
    }
}

fn schema() -> MetaSchemaRef {
    Problem::schema_ref()
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code)
    }
}

impl std::error::Error for Problem {}

impl ResponseError for Problem {
    fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn as_response(&self) -> Response {
        self.clone().into_response()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        shared::measure::refused(&self.code);
        crate::usage::refused(&self.code);
        let status = ResponseError::status(&self);
        let mut response = Response::builder().status(status).content_type(MEDIA_TYPE);
        if let Some(seconds) = retry_after(&self) {
            response = response.header(header::RETRY_AFTER, seconds);
        }
        if status == StatusCode::UNAUTHORIZED {
            response = response.header(header::WWW_AUTHENTICATE, "Bearer");
        }
        response.body(serde_json::to_vec(&self).unwrap_or_default())
    }
}

fn retry_after(problem: &Problem) -> Option<String> {
    let status = ResponseError::status(problem);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        return Some(RETRY_AFTER.to_owned());
    }
    if status != StatusCode::TOO_MANY_REQUESTS {
        return None;
    }
    // Rounded up: a client that comes a moment early would be refused again.
    let wait = problem.resets_at.map(|time| {
        let milliseconds = (time - chrono::Utc::now()).num_milliseconds().max(1);
        (milliseconds + 999) / 1000
    });
    Some(wait.map_or_else(|| RETRY_AFTER.to_owned(), |seconds| seconds.to_string()))
}
