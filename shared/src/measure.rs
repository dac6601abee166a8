//! What is counted, under which names: the one list of metrics.
//!
//! Labels come from lists that end (kinds, states, codes, routes, models that are set up): never an id,
//! never a text, so that the number of series stays small however many people come.

use std::net::SocketAddr;
use std::sync::OnceLock;
use std::time::Duration;

use metrics::{counter, gauge, histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

use crate::operation::Kind;
use crate::operation::failure::FailureCode;
use crate::operation::input::Engine;

/// Bounds of times, in seconds: of answers, and of work.
const ANSWER_BOUNDS: [f64; 10] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
const WORK_BOUNDS: [f64; 12] =
    [0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0];

static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();

/// Counts from here on, and shows the counts at an address of their own if there is one. Call once.
pub fn start(address: Option<SocketAddr>) -> Result<(), BuildError> {
    let builder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Prefix("roleready_http_".into()), &ANSWER_BOUNDS)?
        .set_buckets(&WORK_BOUNDS)?;
    let recorder = match address {
        Some(address) => {
            let (recorder, listening) = builder.with_http_listener(address).build()?;
            tokio::spawn(async move {
                if listening.await.is_err() {
                    tracing::error!("metrics are shown no longer");
                }
            });
            recorder
        }
        None => builder.build_recorder(),
    };
    let handle = recorder.handle();
    // An error means that something counts already, such as an earlier test of the same program.
    if metrics::set_global_recorder(recorder).is_ok() {
        let _ = RECORDER.set(handle);
        metrics_process::Collector::default().describe();
    }
    Ok(())
}

/// Everything that was counted, as Prometheus reads it. `None`: nothing counts.
pub fn render() -> Option<String> {
    Some(RECORDER.get()?.render())
}

/// Takes in what was counted since, so that it does not pile up while nobody reads it.
pub fn keep_up() {
    if let Some(recorder) = RECORDER.get() {
        recorder.run_upkeep();
        metrics_process::Collector::default().collect();
    }
}

/// A request was answered. The route is its template; what no route knows is `unmatched`.
pub fn answered(route: &str, method: &'static str, status: u16, took: Duration) {
    let class = match status / 100 {
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    };
    let route = route.to_owned();
    counter!("roleready_http_requests_total", "route" => route.clone(), "method" => method, "status" => status.to_string()).increment(1);
    histogram!("roleready_http_request_seconds", "route" => route, "method" => method, "status" => class).record(took);
}

/// A request was refused with a problem of this code: caps, quotas and limits among them.
pub fn refused(code: &str) {
    counter!("roleready_problems_total", "code" => code.to_owned()).increment(1);
}

/// Somebody follows an operation, for as long as this lives.
#[derive(Debug)]
pub struct Follower(());

impl Follower {
    #[expect(clippy::new_without_default, reason = "it counts")]
    pub fn new() -> Self {
        gauge!("roleready_stream_clients").increment(1);
        Self(())
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        gauge!("roleready_stream_clients").decrement(1);
    }
}

/// A worker took an operation so long after it was due.
pub fn claimed(kind: Kind, waited: Duration) {
    histogram!("roleready_operation_wait_seconds", "kind" => kind.as_str()).record(waited);
}

/// An operation ended, or went back to the queue.
pub fn ended(
    (kind, engine): (Kind, Engine),
    (state, problem): (&'static str, Option<FailureCode>),
    ran: Duration,
) {
    let problem = problem.map_or("none", FailureCode::as_str);
    let engine = match engine {
        Engine::Auto => "auto",
        Engine::Rules => "rules",
        Engine::Model => "model",
    };
    counter!("roleready_operations_total", "kind" => kind.as_str(), "engine" => engine, "state" => state, "problem" => problem).increment(1);
    histogram!("roleready_operation_run_seconds", "kind" => kind.as_str(), "state" => state)
        .record(ran);
}

/// A worker lost an operation, and it was taken back.
pub fn recovered() {
    counter!("roleready_operations_recovered_total").increment(1);
}

/// Ids that the queue had lost were put in again.
pub fn recalled(kind: Kind, ids: u64) {
    counter!("roleready_queue_recalled_total", "kind" => kind.as_str()).increment(ids);
}

/// One attempt at a model came back.
pub fn called(model: &str, outcome: &'static str, took: Duration, is_retry: bool) {
    let model = model.to_owned();
    counter!("roleready_model_calls_total", "model" => model.clone(), "outcome" => outcome)
        .increment(1);
    histogram!("roleready_model_call_seconds", "model" => model.clone()).record(took);
    if is_retry {
        counter!("roleready_model_retries_total", "model" => model).increment(1);
    }
}

/// What an attempt used and cost.
pub fn booked(model: &str, booking: &crate::spending::cost::Booking) {
    let tokens = [
        ("input", booking.tokens.input),
        ("cached", booking.tokens.cached),
        ("output", booking.tokens.output),
        ("compressed", booking.saved_tokens),
    ];
    for (what, count) in tokens {
        counter!("roleready_model_tokens_total", "model" => model.to_owned(), "what" => what)
            .increment(count);
    }
    money("spent", model, booking.amount);
    money("saved_by_cache", model, booking.cache_saved);
    money("saved_by_compression", model, booking.compression_saved);
}

/// An answer was there already, which would have cost so much.
pub fn repeated(model: &str, saved: crate::money::NanoUsd) {
    counter!("roleready_model_repeats_total", "model" => model.to_owned()).increment(1);
    money("saved_by_journal", model, saved);
}

fn money(what: &'static str, model: &str, amount: crate::money::NanoUsd) {
    let amount = u64::try_from(amount.0).unwrap_or(0);
    counter!("roleready_model_nanodollars_total", "model" => model.to_owned(), "what" => what)
        .increment(amount);
}

/// A number of something that is there right now.
pub fn stands(name: &'static str, count: u64) {
    gauge!(name).set(exact(count));
}

/// The same of a kind of operation.
pub fn stands_of(name: &'static str, kind: Kind, count: u64) {
    gauge!(name, "kind" => kind.as_str()).set(exact(count));
}

/// Exact for everything that is counted here.
fn exact(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
