//! A name for every request: in the answer, in each problem, in each log line.

use poem::http::{HeaderName, HeaderValue, Method};
use poem::{Endpoint, IntoResponse, Middleware, PathPattern, Request, Response, Result};
use shared::measure;
use shared::telemetry::milliseconds;
use tracing::Instrument;
use uuid::Uuid;

use crate::problem::Problem;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    static CURRENT: String;
}

/// The id of the request that is being answered.
pub fn current() -> Option<String> {
    CURRENT.try_with(Clone::clone).ok()
}

/// Gives each request an id; one that the caller sends is used when it is harmless.
pub struct RequestId;

impl<E: Endpoint> Middleware<E> for RequestId {
    type Output = WithRequestId<E>;

    fn transform(&self, inner: E) -> Self::Output {
        WithRequestId { inner }
    }
}

pub struct WithRequestId<E> {
    inner: E,
}

impl<E: Endpoint> Endpoint for WithRequestId<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let id = sent(&request).unwrap_or_else(|| Uuid::now_v7().simple().to_string());
        let span =
            tracing::info_span!("request", request.id = %id, http.method = %request.method());
        let method = known(request.method());
        let answer = async {
            let begun = std::time::Instant::now();
            let mut response = self.inner.call(request).await?.into_response();
            if let Ok(value) = HeaderValue::from_str(&id) {
                response.headers_mut().insert(HEADER, value);
            }
            let took = begun.elapsed();
            let duration_ms = milliseconds(took);
            measure::answered(route(&response), method, response.status().as_u16(), took);
            tracing::info!(http.status = response.status().as_u16(), duration_ms, "answered");
            Ok(response)
        };
        CURRENT.scope(id.clone(), answer.instrument(span)).await
    }
}

/// The template of the route that answered.
fn route(response: &Response) -> &str {
    response.data::<PathPattern>().map_or("unmatched", |pattern| &pattern.0)
}

/// An error's answer is made anew, and would forget which route it came from.
pub fn keep_route(problem: Problem, error: &poem::Error) -> Response {
    let mut response = problem.into_response();
    if let Some(pattern) = error.data::<PathPattern>() {
        response.set_data(pattern.clone());
    }
    response
}

/// Callers may make methods up, metrics may not.
fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "HEAD" => "HEAD",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

fn sent(request: &Request) -> Option<String> {
    let id = request.headers().get(HEADER)?.to_str().ok()?;
    let harmless = id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    (harmless && (8..=64).contains(&id.len())).then(|| id.to_owned())
}
