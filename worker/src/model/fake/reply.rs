//! The fake's HTTP answers, whole ones and broken ones.

use std::io;

use bytes::Bytes;
use futures::{StreamExt, stream};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::Frame;
use serde_json::Value;
use tokio::task::yield_now;

pub type Reply = Response<BoxBody<Bytes, io::Error>>;

pub const JSON: &str = "application/json";
pub const EVENTS: &str = "text/event-stream";
pub const HTML: &str = "text/html";

pub fn json(status: u16, body: &Value) -> Reply {
    whole(status, JSON, body.to_string().into())
}

pub fn whole(status: u16, content_type: &'static str, body: Bytes) -> Reply {
    build(status, content_type, Full::new(body).map_err(|never| match never {}).boxed())
}

/// Promises the whole body, sends half of it, and closes the connection.
pub fn cut(status: u16, content_type: &'static str, mut body: Bytes) -> Reply {
    let length = body.len();
    body.truncate(length / 2);
    let half = stream::once(async { Ok(Frame::data(body)) }).chain(stream::once(async {
        // What is written is sent only when there is something to wait for.
        yield_now().await;
        Err(io::ErrorKind::ConnectionAborted.into())
    }));
    let mut reply = build(status, content_type, BodyExt::boxed(StreamBody::new(half)));
    reply.headers_mut().insert(CONTENT_LENGTH, length.into());
    reply
}

/// Headers that cannot be sent are left out.
pub fn with_headers<'a>(
    mut reply: Reply,
    headers: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Reply {
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            reply.headers_mut().insert(name, value);
        }
    }
    reply
}

fn build(status: u16, content_type: &'static str, body: BoxBody<Bytes, io::Error>) -> Reply {
    let mut reply = Response::new(body);
    *reply.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    reply.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    reply
}
