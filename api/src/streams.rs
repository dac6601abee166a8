//! Streams are not compressed: an event would wait for others until a block is full.

use poem::http::header;
use poem::{Endpoint, Middleware, Request, Result};

/// Has endpoints that stream, and files that are compressed in themselves, answered as they are.
pub struct PlainStreams;

impl<E: Endpoint> Middleware<E> for PlainStreams {
    type Output = WithPlainStreams<E>;

    fn transform(&self, inner: E) -> Self::Output {
        WithPlainStreams { inner }
    }
}

pub struct WithPlainStreams<E> {
    inner: E,
}

impl<E: Endpoint> Endpoint for WithPlainStreams<E> {
    type Output = E::Output;

    async fn call(&self, mut request: Request) -> Result<Self::Output> {
        let asks_for_events =
            request.header(header::ACCEPT).is_some_and(|kinds| kinds.contains("text/event-stream"));
        let path = request.uri().path();
        let plain = asks_for_events
            || ["/events", "/content", "/export"].iter().any(|end| path.ends_with(end));
        if plain {
            request.headers_mut().remove(header::ACCEPT_ENCODING);
        }
        self.inner.call(request).await
    }
}
