//! How large a body may be, whether or not its length is announced.

use std::fmt;

use futures::TryStreamExt;
use poem::http::header;
use poem::{Body, Endpoint, Middleware, Request, Result};

use crate::problem::{Code, Problem};

/// The largest body that is JSON: a whole resume.
const MAX_JSON: u64 = shared::resume::MAX_BYTES as u64;

/// A file, with room for the multipart envelope.
const MAX_UPLOAD: u64 = shared::document::MAX_BYTES + 64 * 1024;

#[derive(Debug)]
pub struct TooLarge;

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body is too large")
    }
}

impl std::error::Error for TooLarge {}

/// Refuses bodies beyond the limit of their type: announced ones at once, others
/// as soon as they have sent too much.
pub struct BodyLimit;

impl<E: Endpoint> Middleware<E> for BodyLimit {
    type Output = WithBodyLimit<E>;

    fn transform(&self, inner: E) -> Self::Output {
        WithBodyLimit { inner }
    }
}

pub struct WithBodyLimit<E> {
    inner: E,
}

impl<E: Endpoint> Endpoint for WithBodyLimit<E> {
    type Output = E::Output;

    async fn call(&self, mut request: Request) -> Result<Self::Output> {
        let upload = request.content_type().is_some_and(|kind| kind.starts_with("multipart/"));
        let most = if upload { MAX_UPLOAD } else { MAX_JSON };
        let announced = request.header(header::CONTENT_LENGTH).and_then(|text| text.parse().ok());
        if announced.is_some_and(|length: u64| length > most) {
            let detail = format!("The body is larger than {most} bytes.");
            return Err(Problem::new(Code::TooLarge, detail).into());
        }
        let mut left = most;
        let body = request.take_body().into_bytes_stream().and_then(move |chunk| {
            let rest = left.checked_sub(chunk.len() as u64);
            left = rest.unwrap_or(0);
            let within = rest.map(|_| chunk).ok_or_else(|| std::io::Error::other(TooLarge));
            futures::future::ready(within)
        });
        request.set_body(Body::from_bytes_stream(body));
        self.inner.call(request).await
    }
}
