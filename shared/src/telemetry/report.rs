//! Error reports for Sentry and what speaks like it.
//!
//! A report is made of what is on a list, never of what an error says: the message as it stands in the source,
//! where that is, and fields that hold ids, kinds and counts. So there is nothing to scrub that could be missed.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use sentry_types::Dsn;
use sentry_types::protocol::v7::{Envelope, Event, Level};
use tokio::sync::mpsc::{self, Receiver, Sender};
use tracing::field::{Field, Visit};
use tracing::{Level as LogLevel, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

use super::correlation;

/// Fields that hold no text of people.
const FIELDS: [&str; 15] = [
    "operation.id",
    "operation.kind",
    "operation.attempt",
    "attempt",
    "queue",
    "task",
    "dead",
    "panicked",
    "location",
    "call.model",
    "alert.rule",
    "alert.event",
    "http.status",
    "account.id",
    "day",
];

/// Reports that may wait; more are dropped, for they come of the same trouble.
const MOST_WAITING: usize = 64;

/// The same place reports once in this time.
const ONCE_IN: Duration = Duration::from_mins(1);

const TIMEOUT: Duration = Duration::from_secs(10);

/// Reports what is logged as an error.
pub(super) struct Reports {
    waiting: Sender<Event<'static>>,
    /// When each place in the source has reported last.
    last: Mutex<HashMap<(&'static str, u32), Instant>>,
}

impl Reports {
    /// Sends from a task of its own, for as long as the process lives.
    pub(super) fn to(dsn: Dsn) -> Self {
        let (waiting, reports) = mpsc::channel(MOST_WAITING);
        tokio::spawn(send_all(dsn, reports));
        Self { waiting, last: Mutex::default() }
    }

    fn is_due(&self, place: (&'static str, u32)) -> bool {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let due = last.get(&place).is_none_or(|then| now.duration_since(*then) >= ONCE_IN);
        if due {
            last.insert(place, now);
        }
        due
    }
}

impl<S: Subscriber> Layer<S> for Reports {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        let source = event.metadata();
        let ours = source.target().starts_with("roleready");
        if *source.level() != LogLevel::ERROR || !ours {
            return;
        }
        let place = (source.file().unwrap_or_default(), source.line().unwrap_or_default());
        if !self.is_due(place) {
            return;
        }
        let mut said = Said::default();
        event.record(&mut said);
        let mut tags: BTreeMap<String, String> = said.fields;
        if let Some(correlation) = correlation::current() {
            tags.insert("request.id".into(), correlation.request_id);
        }
        let report = Event {
            level: Level::Error,
            message: said.message,
            culprit: Some(format!("{}:{}", place.0, place.1)),
            release: Some(concat!("roleready@", env!("CARGO_PKG_VERSION")).into()),
            tags: tags.into_iter().collect(),
            ..Event::default()
        };
        // Full: many reports wait already.
        let _ = self.waiting.try_send(report);
    }
}

/// What may be told of an event.
#[derive(Default)]
struct Said {
    message: Option<String>,
    fields: BTreeMap<String, String>,
}

impl Visit for Said {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.message = Some(format!("{value:?}"));
        } else if FIELDS.contains(&field.name()) {
            self.fields.insert(field.name().to_owned(), format!("{value:?}"));
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.record_debug(field, &format_args!("{value}"));
    }
}

async fn send_all(dsn: Dsn, mut reports: Receiver<Event<'static>>) {
    let agent = concat!("roleready/", env!("CARGO_PKG_VERSION"));
    let auth = dsn.to_auth(Some(agent)).to_string();
    while let Some(report) = reports.recv().await {
        let mut body = Vec::new();
        if Envelope::from(report).to_writer(&mut body).is_err() {
            continue;
        }
        let Ok(client) = reqwest::Client::builder().timeout(TIMEOUT).build() else { continue };
        let request = client.post(dsn.envelope_api_url()).header("x-sentry-auth", &auth);
        let request = request.header("content-type", "application/x-sentry-envelope").body(body);
        if let Err(error) = request.send().await {
            // Not an error of its own: it would be reported.
            tracing::debug!(error = %error.without_url(), "an error report did not go out");
        }
    }
}
