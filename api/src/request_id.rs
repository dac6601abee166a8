//! A name for every request: in the answer, in each problem, in each log line.

use poem::http::{HeaderName, HeaderValue, Method};
use poem::{Endpoint, IntoResponse, Middleware, PathPattern, Request, Response, Result};
use shared::measure;
use shared::telemetry::correlation::{self, Correlation, TRACEPARENT};
use shared::telemetry::milliseconds;
use tracing::field::Empty;
use tracing::{Instrument, Span};
use uuid::Uuid;

use crate::problem::Problem;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The id of the request that is being answered.
pub fn current() -> Option<String> {
    Some(correlation::current()?.request_id)
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
        let method = known(request.method());
        let span = tracing::info_span!("request", request.id = %id, http.method = method, http.route = Empty, trace.id = Empty);
        let traceparent = correlation::join(&span, parent(&request).as_deref());
        let answer = async {
            let begun = std::time::Instant::now();
            let mut response = self.inner.call(request).await?.into_response();
            if let Ok(value) = HeaderValue::from_str(&id) {
                response.headers_mut().insert(HEADER, value);
            }
            let took = begun.elapsed();
            let duration_ms = milliseconds(took);
            let route = route(&response);
            Span::current().record("http.route", route);
            measure::answered(route, method, response.status().as_u16(), took);
            tracing::info!(http.status = response.status().as_u16(), duration_ms, "answered");
            Ok(response)
        };
        let correlation = Correlation { request_id: id.clone(), traceparent };
        correlation::within(correlation, answer.instrument(span)).await
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

/// The span of the caller's that the request belongs under.
fn parent(request: &Request) -> Option<String> {
    let parent = request.headers().get(TRACEPARENT)?.to_str().ok()?;
    correlation::is_traceparent(parent).then(|| parent.to_owned())
}

fn sent(request: &Request) -> Option<String> {
    let id = request.headers().get(HEADER)?.to_str().ok()?;
    let harmless = id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    (harmless && (8..=64).contains(&id.len())).then(|| id.to_owned())
}
