//! How large a body may be, whether or not its length is announced.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt, stream};
use poem::http::header;
use poem::{Body, Endpoint, Middleware, Request, Result};

use crate::problem::{Code, Problem};

/// The largest body that is JSON: a whole resume.
const MAX_JSON: u64 = shared::resume::MAX_BYTES as u64;

/// A file, with room for the multipart envelope.
const MAX_UPLOAD: u64 = shared::document::MAX_BYTES + 64 * 1024;

/// A body must go on within this time, and be whole within the other: 10 MiB at 700 kbit/s.
const STALL: Duration = Duration::from_secs(20);
const WHOLE: Duration = Duration::from_mins(2);

#[derive(Debug)]
pub struct TooLarge;

#[derive(Debug)]
pub struct TooSlow;

impl fmt::Display for TooSlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body came too slowly")
    }
}

impl std::error::Error for TooSlow {}

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
        let body =
            in_time(request.take_body().into_bytes_stream().boxed()).and_then(move |chunk| {
                let rest = left.checked_sub(chunk.len() as u64);
                left = rest.unwrap_or(0);
                let within = rest.map(|_| chunk).ok_or_else(|| std::io::Error::other(TooLarge));
                futures::future::ready(within)
            });
        request.set_body(Body::from_bytes_stream(body));
        self.inner.call(request).await
    }
}

/// The body, ended by an error when it stalls or takes too long.
fn in_time(
    body: BoxStream<'static, std::io::Result<Bytes>>,
) -> impl futures::Stream<Item = std::io::Result<Bytes>> {
    let end = tokio::time::Instant::now() + WHOLE;
    stream::unfold(Some(body), move |body| async move {
        let mut body = body?;
        let until = end.min(tokio::time::Instant::now() + STALL);
        match tokio::time::timeout_at(until, body.next()).await {
            Ok(chunk) => Some((chunk?, Some(body))),
            Err(_) => Some((Err(std::io::Error::other(TooSlow)), None)),
        }
    })
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use bytes::Bytes;
    use futures::{StreamExt, TryStreamExt, stream};

    use super::{TooSlow, in_time};

    async fn ends_too_slow(body: stream::BoxStream<'static, std::io::Result<Bytes>>) -> bool {
        let read: std::io::Result<Vec<Bytes>> = in_time(body).try_collect().await;
        read.is_err_and(|error| {
            error.get_ref().is_some_and(<dyn Error + Send + Sync>::is::<TooSlow>)
        })
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_stalls_or_trickles_is_given_up_and_one_that_goes_on_is_read() {
        let every = |seconds| {
            stream::repeat(()).then(move |()| async move {
                tokio::time::sleep(std::time::Duration::from_secs(seconds)).await;
                Ok(Bytes::from_static(b"a"))
            })
        };

        assert!(ends_too_slow(stream::pending().boxed()).await);
        assert!(ends_too_slow(every(10).boxed()).await);
        assert!(!ends_too_slow(every(10).take(5).boxed()).await);
    }
}
