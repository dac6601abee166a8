//! What people use, noted where their requests are answered: one list of which answer means what.
//!
//! Whoever sends `Sec-GPC: 1` or `DNT: 1` leaves no trace of the request.

use std::sync::OnceLock;

use poem::{Endpoint, IntoResponse, Middleware, PathPattern, Request, Response, Result};
use shared::analytics::{Analytics, Event};
use uuid::Uuid;

use crate::problem::Code;

/// What a successful answer means, by the route as the framework names it (its parameters have numbers).
/// Edits that are decided about one by one say it themselves.
const MEANINGS: [(&str, &str, Event); 12] = [
    ("POST", "/api/v1/auth/register", Event::SignedUp),
    ("POST", "/api/v1/documents", Event::DocumentUploaded),
    ("PUT", "/api/v1/resumes/:param0", Event::ResumeEdited),
    ("POST", "/api/v1/postings", Event::PostingAdded),
    ("PUT", "/api/v1/tailorings/:param0/gaps/:param1", Event::GapAnswered),
    ("POST", "/api/v1/tailorings/:param0/accept-all", Event::ProposalAccepted),
    ("POST", "/api/v1/tailorings/:param0/apply", Event::TailoringApplied),
    ("GET", "/api/v1/resumes/:param0/export", Event::ResumeExported),
    ("GET", "/api/v1/resumes/:param0/versions/:param1/export", Event::ResumeExported),
    ("POST", "/api/v1/resumes/:param0/versions/:param1/restore", Event::VersionRestored),
    ("POST", "/api/v1/resumes/:param0/tailorings/batch", Event::BatchStarted),
    ("POST", "/api/v1/operations/:param0/cancel", Event::OperationCanceled),
];

tokio::task_local! {
    static USED: Used;
}

/// What is known so far of the request that is being answered.
#[derive(Default)]
struct Used {
    account_id: OnceLock<Uuid>,
    event: OnceLock<Event>,
}

/// Says who calls.
pub fn by(account_id: Uuid) {
    // An error means that nobody notes what is used.
    let _ = USED.try_with(|used| used.account_id.set(account_id));
}

/// Says what the request means, where its address does not.
pub fn did(event: Event) {
    let _ = USED.try_with(|used| used.event.set(event));
}

/// Says why the request was refused, where that is worth knowing.
pub fn refused(code: &str) {
    if code == Code::SpendingCapReached.as_str() {
        did(Event::CapReached);
    } else if code == Code::QuotaUsedUp.as_str() {
        did(Event::QuotaReached);
    }
}

/// Notes what people use.
pub struct Usage(pub Analytics);

impl<E: Endpoint> Middleware<E> for Usage {
    type Output = WithUsage<E>;

    fn transform(&self, inner: E) -> Self::Output {
        WithUsage { inner, analytics: self.0.clone() }
    }
}

pub struct WithUsage<E> {
    inner: E,
    analytics: Analytics,
}

impl<E: Endpoint> Endpoint for WithUsage<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        if wants_none(&request) {
            return Ok(self.inner.call(request).await?.into_response());
        }
        let method = request.method().clone();
        let answer = async {
            let response = self.inner.call(request).await?.into_response();
            let (who, what) =
                USED.with(|used| (used.account_id.get().copied(), used.event.get().copied()));
            let what = what.or_else(|| meaning(method.as_str(), &response));
            if let Some((who, what)) = who.zip(what) {
                self.analytics.note(who, what);
            }
            Ok(response)
        };
        USED.scope(Used::default(), answer).await
    }
}

pub fn wants_none(request: &Request) -> bool {
    ["sec-gpc", "dnt"].into_iter().any(|name| request.header(name) == Some("1"))
}

fn meaning(method: &str, response: &Response) -> Option<Event> {
    if !response.status().is_success() {
        return None;
    }
    let route = &response.data::<PathPattern>()?.0;
    let found = MEANINGS.iter().find(|(by, at, _)| *by == method && *at == &**route);
    found.map(|(_, _, event)| *event)
}

#[cfg(test)]
mod tests {
    use super::MEANINGS;

    #[test]
    fn every_address_on_the_list_exists() {
        let document: serde_json::Value = serde_json::from_str(&crate::openapi()).unwrap();

        let unnamed = |path: &str, open: char| {
            let parts = path.split('/').map(|part| if part.starts_with(open) { "*" } else { part });
            parts.collect::<Vec<_>>().join("/")
        };
        for (method, route, _) in MEANINGS {
            let paths = document["paths"].as_object().unwrap().iter();
            let mut same = paths.filter(|(path, _)| unnamed(path, '{') == unnamed(route, ':'));
            let known = same.any(|(_, methods)| methods[method.to_lowercase()].is_object());
            assert!(known, "{method} {route} is no address");
        }
    }
}
