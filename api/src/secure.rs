//! What every answer tells a browser, and that nobody calls in clear where HTTPS is to be had.

use poem::http::uri::PathAndQuery;
use poem::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use poem::{Endpoint, IntoResponse, Middleware, Request, Response, Result};

use crate::proxy::Proxies;

const ALWAYS: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
];

/// Data is not to be run, whatever a browser takes it for.
const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'";

/// The documentation's page holds its viewer, written into it.
const PAGE: &str = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; font-src https:; img-src https: data:; connect-src 'self'; frame-ancestors 'none'";

const A_YEAR: &str = "max-age=31536000";

pub struct Secure(pub Proxies);

impl<E: Endpoint> Middleware<E> for Secure {
    type Output = Secured<E>;

    fn transform(&self, inner: E) -> Self::Output {
        Secured { inner, proxies: self.0.clone() }
    }
}

pub struct Secured<E> {
    inner: E,
    proxies: Proxies,
}

impl<E: Endpoint> Endpoint for Secured<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let https = self.proxies.https(&request);
        if let (Some(false), Some(redirect)) = (https, to_https(&request)) {
            return Ok(redirect);
        }
        let policy = if request.uri().path().starts_with("/docs") { PAGE } else { NOTHING };
        let mut response = self.inner.call(request).await?.into_response();
        let headers = response.headers_mut();
        for (name, value) in ALWAYS {
            headers.insert(name, HeaderValue::from_static(value));
        }
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
        keep_out_of_caches(headers);
        if https == Some(true) {
            headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(A_YEAR));
        }
        Ok(response)
    }
}

/// Answers hold people's data; the few that may be kept say so themselves.
fn keep_out_of_caches(headers: &mut HeaderMap) {
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

/// The same address by HTTPS, which keeps method and body.
fn to_https(request: &Request) -> Option<Response> {
    let host = request.header(header::HOST)?;
    let path = request.uri().path_and_query().map_or("/", PathAndQuery::as_str);
    let location = HeaderValue::from_str(&format!("https://{host}{path}")).ok()?;
    let mut response = Response::builder().status(StatusCode::PERMANENT_REDIRECT).finish();
    response.headers_mut().insert(header::LOCATION, location);
    Some(response)
}
