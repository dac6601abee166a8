//! Following an operation: what the database knows already, then what happens.

use std::pin::Pin;
use std::time::Duration;

use futures::{Stream, StreamExt, stream};
use poem::web::sse;
use poem_openapi::Object;
use poem_openapi::payload::EventStream;
use poem_openapi::types::{Any, Example, ToJSON};
use shared::events::{Events, Signal};
use shared::measure::Follower;
use shared::operation::estimate::Estimate;
use shared::operation::event::{Kind as DomainKind, Model};
use shared::operation::{Operations, Stage as DomainStage, State as DomainState};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{OperationStage, OperationState};
use crate::mirror::mirror;

/// A signal may get lost; the database is looked at this often in any case.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Proxies close connections that say nothing.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

mirror! {
    /// What has happened
    OperationEventKind of DomainKind { Queued, Started, Progress, Proposal, Succeeded, Failed, Canceled }
}

/// Something that happened to an operation
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct OperationEvent {
    /// From 1, without gaps; the event's id in the stream
    pub seq: i64,
    /// Also the event's type in the stream
    pub kind: OperationEventKind,
    pub state: OperationState,
    pub stage: Option<OperationStage>,
    pub percent: i64,
    pub attempt: i64,
    /// An edit that has passed the gate; a later one of the same path takes its place, and the tailoring has the last word
    pub proposal: Option<Any<serde_json::Value>>,
    /// An estimate at the time of sending; only on the newest event of a stream, until the end
    pub seconds_left: Option<u64>,
    /// 1 is next; on the same event, while it waits
    pub queue_position: Option<u64>,
    pub at: chrono::DateTime<chrono::Utc>,
}

impl Example for OperationEvent {
    fn example() -> Self {
        Self {
            seq: 4,
            kind: OperationEventKind::Progress,
            state: OperationState::Running,
            stage: Some(OperationStage::Reading),
            percent: 33,
            attempt: 1,
            proposal: None,
            seconds_left: Some(1),
            queue_position: None,
            at: crate::example::time(),
        }
    }
}

/// The stored part of an event that follows from the operation's state then.
#[derive(serde::Deserialize)]
struct Data {
    state: DomainState,
    stage: Option<DomainStage>,
    percent: i64,
    attempt: i64,
    #[serde(default)]
    proposal: Option<serde_json::Value>,
}

impl OperationEvent {
    pub(crate) fn read(row: Model) -> Option<Self> {
        let data: Data = serde_json::from_value(row.data).ok()?;
        Some(Self {
            seq: row.seq,
            kind: row.kind.into(),
            state: data.state.into(),
            stage: data.stage.map(OperationStage::from),
            percent: data.percent,
            attempt: data.attempt,
            proposal: data.proposal.map(Any),
            seconds_left: None,
            queue_position: None,
            at: row.at,
        })
    }

    fn ends(&self) -> bool {
        DomainKind::from(self.kind).is_terminal()
    }
}

pub type Followed = Pin<Box<dyn Stream<Item = OperationEvent> + Send>>;

#[derive(Clone)]
pub struct Follow {
    pub operations: Operations,
    pub events: Events,
    /// Streams end then, so that the process can.
    pub closing: CancellationToken,
}

/// Where a stream is.
struct Reader {
    follow: Follow,
    signals: Receiver<Signal>,
    id: Uuid,
    last: i64,
    _follower: Follower,
    /// Whether the database was read since the last signal.
    fresh: bool,
    ended: bool,
}

impl Follow {
    /// The events after `after`, as they come, until the operation has ended.
    pub fn stream(&self, id: Uuid, after: i64) -> EventStream<Followed> {
        // Subscribed before the first look: what happens in between is told twice, never not at all.
        let signals = self.events.subscribe();
        let reader = Reader {
            follow: self.clone(),
            signals,
            id,
            last: after,
            _follower: Follower::new(),
            fresh: false,
            ended: false,
        };
        let batches = stream::unfold(reader, Reader::next_batch);
        let events: Followed = batches.flat_map(stream::iter).boxed();
        EventStream::new(events).keep_alive(KEEP_ALIVE).to_event(|event| {
            let kind = DomainKind::from(event.kind).as_str();
            sse::Event::message(event.to_json_string()).event_type(kind).id(event.seq.to_string())
        })
    }
}

impl Reader {
    async fn next_batch(mut self) -> Option<(Vec<OperationEvent>, Self)> {
        if self.ended {
            return None;
        }
        loop {
            if self.fresh {
                let closing = self.follow.closing.clone();
                let change = timeout(LOOK_EVERY, self.changed());
                closing.run_until_cancelled(change).await?.ok();
            }
            self.fresh = true;
            let rows = match self.follow.operations.events_after(self.id, self.last).await {
                Ok(rows) => rows,
                // The client comes back with the last id and misses nothing.
                Err(error) => {
                    tracing::warn!(%error, "a stream of events breaks off");
                    return None;
                }
            };
            let mut events: Vec<_> = rows.into_iter().filter_map(OperationEvent::read).collect();
            if let Some(newest) = events.last_mut() {
                self.last = newest.seq;
                self.ended = newest.ends();
                self.estimate(newest).await;
                return Some((events, self));
            }
        }
    }

    /// Worked out for whoever follows, not stored: most events are never read.
    async fn estimate(&self, event: &mut OperationEvent) {
        let operations = &self.follow.operations;
        let estimate = async {
            match operations.look_up(self.id).await? {
                // The row may be ahead of the event; then the next event says more.
                Some(row) if row.last_event == event.seq => operations.estimate(&row).await,
                Some(_) | None => Ok(Estimate::default()),
            }
        };
        match estimate.await {
            Ok(estimate) => {
                event.seconds_left = estimate.seconds_left;
                event.queue_position = estimate.position;
            }
            Err(error) => tracing::debug!(%error, "an event goes out without an estimate"),
        }
    }

    async fn changed(&mut self) {
        loop {
            match self.signals.recv().await {
                Ok(Signal::Changed(id)) if id == self.id => return,
                Ok(Signal::Changed(_) | Signal::Cancel(_) | Signal::Work(_)) => {}
                Err(RecvError::Lagged(_)) => return,
                Err(RecvError::Closed) => std::future::pending().await,
            }
        }
    }
}
