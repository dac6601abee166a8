//! Pages of listed origins may call from a browser; all others get no word about it, and the browser refuses them.

use std::sync::Arc;

use poem::http::header;
use poem::middleware::{Cors, CorsEndpoint};
use poem::{Endpoint, IntoResponse, Middleware, Request, Response, Result};

/// Headers that a page may read.
const READABLE: [&str; 11] = [
    "content-disposition",
    "etag",
    "location",
    "operation-location",
    "ratelimit",
    "ratelimit-policy",
    "retry-after",
    "x-request-id",
    "x-roleready-misread",
    "x-roleready-notice",
    "x-roleready-roundtrip",
];

/// How long a browser remembers what is allowed, in seconds.
const MAX_AGE: i32 = 600;

pub struct Origins(pub Vec<String>);

impl<E: Endpoint> Middleware<E> for Origins {
    type Output = WithOrigins<E>;

    fn transform(&self, inner: E) -> Self::Output {
        let inner = Arc::new(inner);
        let cors = Cors::new()
            .allow_origins(&self.0)
            .allow_credentials(true)
            .expose_headers(READABLE)
            .max_age(MAX_AGE)
            .transform(inner.clone());
        WithOrigins { origins: self.0.clone(), inner, cors }
    }
}

pub struct WithOrigins<E> {
    origins: Vec<String>,
    inner: Arc<E>,
    cors: CorsEndpoint<Arc<E>>,
}

impl<E: Endpoint> Endpoint for WithOrigins<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let origin = request.header(header::ORIGIN);
        // Without a list, poem's own would let every origin in; one that is not listed, it would refuse, and with it
        // pages of our own origin, which browsers name as well.
        if origin.is_some_and(|origin| self.origins.iter().any(|listed| listed == origin)) {
            return self.cors.call(request).await;
        }
        self.inner.call(request).await.map(IntoResponse::into_response)
    }
}
