//! From the database into the queue: what may run next is put in, what got lost is put in again.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::DbErr;
use tokio::sync::Notify;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::events::{Events, Signal};
use crate::fleet::Watch;
use crate::measure;
use crate::operation::control::Cancel;
use crate::operation::{Kind, Model, Operations};
use crate::queue::{Queue, WINDOW};
use crate::submit::{Request, SubmitError};

/// How often every process looks for what got lost.
const RECONCILE_EVERY: Duration = Duration::from_secs(1);

/// An id that was put in this many seconds ago, while the queue holds fewer than it should, is lost.
const STALE_SECONDS: f64 = 5.0;

#[derive(Clone)]
pub struct Dispatch {
    operations: Operations,
    queue: Queue,
    events: Events,
    fill: Arc<Notify>,
}

impl Dispatch {
    pub fn new(operations: Operations, queue: Queue, events: Events) -> Self {
        Self { operations, queue, events, fill: Arc::new(Notify::new()) }
    }

    /// Accepts an operation and sees to it that a worker hears of it.
    ///
    /// The row is the promise and the queue only the doorbell, so nothing is said
    /// to the person about trouble with the queue.
    pub async fn submit(&self, request: &Request) -> Result<Model, SubmitError> {
        let operation = self.operations.submit(request).await?;
        self.wake();
        Ok(operation)
    }

    pub async fn cancel(&self, account_id: Uuid, id: Uuid) -> Result<Cancel, DbErr> {
        let outcome = self.operations.cancel(account_id, id).await?;
        match &outcome {
            Cancel::Canceled(_) => self.moved(id),
            Cancel::Requested(_) => self.events.publish(Signal::Cancel(id)),
            Cancel::Ended(_) | Cancel::NotFound => {}
        }
        Ok(outcome)
    }

    /// Says that an operation has a new event.
    pub fn changed(&self, id: Uuid) {
        self.events.publish(Signal::Changed(id));
    }

    /// Says that an operation has a new event which may have made room for another:
    /// it ended, or it waits again.
    pub fn moved(&self, id: Uuid) {
        self.changed(id);
        self.wake();
    }

    /// Has the queue filled soon. Many calls in a row cost one fill.
    pub fn wake(&self) {
        self.fill.notify_one();
    }

    /// Keeps the queue filled until told to stop. Every process does this; none leads.
    pub async fn run(self, stop: CancellationToken) {
        let mut watch = Watch::default();
        let mut ticks = interval(RECONCILE_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.fill.notified() => {}
                _ = ticks.tick() => {
                    if let Err(error) = self.reconcile(&mut watch).await {
                        tracing::warn!(%error, "cannot look for lost operations");
                    }
                }
            }
            if let Err(error) = self.fill_all().await {
                tracing::warn!(%error, "cannot fill the queue");
            }
        }
    }

    /// Most wake-ups find nothing to put in, and a look is much cheaper than a fill.
    async fn fill_all(&self) -> Result<(), DbErr> {
        for kind in self.operations.kinds_with_unpushed().await? {
            self.fill(kind).await?;
        }
        Ok(())
    }

    /// Puts as many operations of a kind into the queue as fit.
    pub async fn fill(&self, kind: Kind) -> Result<usize, DbErr> {
        let ids = self.operations.mark_pushed(kind, WINDOW).await?;
        if ids.is_empty() {
            return Ok(0);
        }
        if let Err(error) = self.queue.push(kind, &ids).await {
            tracing::warn!(%error, queue = kind.as_str(), "cannot push to the queue");
            self.operations.unmark_pushed(&ids).await?;
            return Ok(0);
        }
        self.events.publish(Signal::Work(kind));
        Ok(ids.len())
    }

    /// Takes back operations of dead workers, and ids that the queue has lost.
    pub async fn reconcile(&self, watch: &mut Watch) -> Result<(), DbErr> {
        let silent = watch.look(self.operations.fleet().list().await?);
        if !silent.is_empty() {
            self.operations.expire_leases_of(silent).await?;
        }
        for operation in self.operations.take_back_expired().await? {
            tracing::warn!(
                operation.id = %operation.id,
                operation.state = ?operation.state,
                operation.attempt = operation.attempt,
                "a worker lost its lease"
            );
            measure::recovered();
            self.events.publish(Signal::Changed(operation.id));
        }
        for kind in Kind::ALL {
            self.recall_lost(kind).await?;
        }
        Ok(())
    }

    async fn recall_lost(&self, kind: Kind) -> Result<(), DbErr> {
        let expected = self.operations.count_pushed(kind).await?;
        if expected == 0 {
            return Ok(());
        }
        // A queue that does not answer may still hold them; workers look into the database then.
        let Ok(depth) = self.queue.depth(kind).await else { return Ok(()) };
        if depth < expected {
            let recalled = self.operations.unmark_stale(kind, STALE_SECONDS).await?;
            if recalled > 0 {
                measure::recalled(kind, recalled);
                tracing::warn!(recalled, queue = kind.as_str(), "the queue has lost ids");
            }
        }
        Ok(())
    }
}
