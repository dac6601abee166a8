//! Log lines, traces and error reports: where they go, and what never goes into them.

use std::io::IsTerminal;
use std::panic::PanicHookInfo;
use std::time::Duration;

use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt};

use crate::config::{Config, LogFormat};

pub mod correlation;
mod report;
mod trace;

use report::Reports;

/// Libraries that put data of people (statements, request bodies) into their log
/// lines, and those that only say that they are there.
const SILENCED: [&str; 9] = [
    "sqlx=warn",
    "sea_orm=warn",
    "async_openai=off",
    "lopdf=off",
    "poem=warn",
    "apalis_core=warn",
    "lettre=warn",
    "hyper_util=warn",
    "opentelemetry_sdk=warn",
];

type Sink = Box<dyn Layer<Registry> + Send + Sync>;

/// What has to be sent before the process ends.
#[derive(Debug)]
pub struct Telemetry {
    spans: Option<SdkTracerProvider>,
}

/// Writes log lines to standard error from here on, and sends traces and error reports where that is set up.
/// Call once, in the runtime that is to send them.
pub fn start(config: &Config) -> Telemetry {
    install_tls();
    let spans = config.traces.as_ref().and_then(trace::provider);
    let traces = spans.as_ref().map(|spans| trace::layer(spans).boxed());
    let reports = config.reports.clone().map(|dsn| Reports::to(dsn).boxed());
    let sinks: Vec<Sink> = [lines(config)].into_iter().chain(traces).chain(reports).collect();
    if tracing_subscriber::registry().with(sinks).try_init().is_err() {
        tracing::debug!("log lines were started before");
    }
    std::panic::set_hook(Box::new(tell_of_panic));
    Telemetry { spans }
}

impl Telemetry {
    /// Sends what has not been sent; returns after a few seconds in any case.
    pub async fn end(self) {
        let Some(spans) = self.spans else { return };
        // It waits, and what it waits for runs on this runtime.
        let _ = tokio::task::spawn_blocking(move || spans.shutdown()).await;
    }
}

fn lines(config: &Config) -> Sink {
    let mut filter = EnvFilter::new(&config.log_filter);
    for directive in SILENCED {
        filter = filter.add_directive(directive.parse().expect("the list above holds directives"));
    }
    let terminal = std::io::stderr().is_terminal();
    let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(terminal);
    match config.log_format {
        LogFormat::Pretty => lines.with_filter(filter).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_filter(filter).boxed(),
    }
}

/// The place of a panic and not its words: slicing a text outside a letter puts the text into them.
fn tell_of_panic(panic: &PanicHookInfo<'_>) {
    let location = panic.location().map(ToString::to_string).unwrap_or_default();
    tracing::error!(location, "the program has panicked");
}

/// Whole milliseconds, as log lines give durations.
pub fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Chooses who encrypts connections. Call before the first connection.
pub fn install_tls() {
    // An error means that it was chosen before, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
