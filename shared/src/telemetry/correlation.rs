//! What ties together the log lines, problems, rows and spans that one request brings about.

use std::collections::HashMap;

use opentelemetry::propagation::TextMapPropagator;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;
use uuid::Uuid;

/// The header's name, and the form in which the row of an operation carries it (W3C Trace Context).
pub const TRACEPARENT: &str = "traceparent";

tokio::task_local! {
    static CURRENT: Correlation;
}

/// The request that is being worked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correlation {
    pub request_id: String,
    /// The span that further work belongs under.
    pub traceparent: String,
}

/// Of the work that this task does, where somebody asked for it.
pub fn current() -> Option<Correlation> {
    CURRENT.try_with(Clone::clone).ok()
}

/// Does work for a request.
pub async fn within<F: Future>(correlation: Correlation, work: F) -> F::Output {
    CURRENT.scope(correlation, work).await
}

/// Makes the span part of the trace that came with a request or row, or of a new one; what further
/// work is to be told. Call before anybody enters the span.
pub fn join(span: &Span, came_with: Option<&str>) -> String {
    let propagator = TraceContextPropagator::new();
    if let Some(parent) = came_with {
        let carrier = HashMap::from([(TRACEPARENT.to_owned(), parent.to_owned())]);
        // An error means that nobody traces, and then there is nothing to join.
        let _ = span.set_parent(propagator.extract(&carrier));
    }
    let mut carrier = HashMap::new();
    propagator.inject_context(&span.context(), &mut carrier);
    let traced = carrier.remove(TRACEPARENT).or_else(|| came_with.map(str::to_owned));
    let traceparent = traced.unwrap_or_else(made_up);
    span.record("trace.id", trace_id(&traceparent));
    traceparent
}

/// Without anybody who traces there is still one id for all log lines of a request.
fn made_up() -> String {
    let parent = Uuid::new_v4().simple().to_string();
    format!("00-{}-{}-00", Uuid::new_v4().simple(), parent.get(..16).unwrap_or_default())
}

/// Whether a caller's word can be taken: the form is exact, so nothing else can hide in it.
pub fn is_traceparent(text: &str) -> bool {
    let lengths = [2, 32, 16, 2];
    let parts: Vec<&str> = text.split('-').collect();
    let hex = |part: &str| part.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c));
    parts.len() == lengths.len()
        && parts.iter().zip(lengths).all(|(part, length)| part.len() == length && hex(part))
        && parts.first() == Some(&"00")
}

fn trace_id(traceparent: &str) -> &str {
    traceparent.split('-').nth(1).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use tracing::Span;

    use super::{is_traceparent, join};

    const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn a_trace_goes_on_also_where_nobody_exports_it_and_begins_where_there_is_none() {
        assert_eq!(join(&Span::none(), Some(PARENT)), PARENT);

        let begun = join(&Span::none(), None);
        assert!(is_traceparent(&begun), "{begun}");
    }

    #[test]
    fn words_are_no_traceparent() {
        let texts = ["", "00-Lindqvist-b7ad6b7169203331-01", &PARENT.to_uppercase(), "00-00"];

        assert!(texts.into_iter().all(|text| !is_traceparent(text)));
        assert!(is_traceparent(PARENT));
    }
}
