//! The queue of the embedded mode: a bounded channel per kind behind apalis' `MemoryStorage`.

use std::sync::Arc;

use apalis_core::backend::memory::{BoxedReceiver, MemorySink, MemoryStorage};
use apalis_core::task::Task;
use futures::{SinkExt, StreamExt};
use tokio::sync::{Mutex, mpsc};
use uuid::Uuid;

use super::{QueueError, WINDOW};
use crate::operation::Kind;

#[derive(Clone)]
pub struct MemoryQueue {
    channels: Arc<[Channel]>,
}

struct Channel {
    kind: Kind,
    sender: mpsc::Sender<Uuid>,
    receiver: Arc<Mutex<mpsc::Receiver<Uuid>>>,
}

impl Default for MemoryQueue {
    fn default() -> Self {
        let channels = Kind::ALL.map(|kind| {
            let (sender, receiver) = mpsc::channel(usize::try_from(WINDOW * 2).unwrap_or(400));
            Channel { kind, sender, receiver: Arc::new(Mutex::new(receiver)) }
        });
        Self { channels: Arc::new(channels) }
    }
}

impl MemoryQueue {
    fn channel(&self, kind: Kind) -> &Channel {
        self.channels
            .iter()
            .find(|channel| channel.kind == kind)
            .expect("there is a channel for every kind")
    }

    pub(super) fn push(&self, kind: Kind, ids: &[Uuid]) -> Result<(), QueueError> {
        let sender = &self.channel(kind).sender;
        ids.iter().try_for_each(|id| sender.try_send(*id)).map_err(|_| QueueError::Full)
    }

    pub(super) fn depth(&self, kind: Kind) -> u64 {
        let sender = &self.channel(kind).sender;
        (sender.max_capacity() - sender.capacity()) as u64
    }

    /// The apalis backend that delivers the ids of a kind.
    ///
    /// Not `MemoryStorage::new`: its own channel has no bound, and its sink panics
    /// when two tasks push at once.
    pub fn storage(&self, kind: Kind) -> MemoryStorage<Uuid> {
        let receiver = self.channel(kind).receiver.clone();
        let ids = futures::stream::unfold(receiver, |receiver| async {
            let id = receiver.lock().await.recv().await?;
            Some((Task::new(id), receiver))
        });
        let ids: BoxedReceiver<Uuid> = ids.boxed();
        let unused = futures::sink::drain().sink_map_err(|never| match never {});
        let sink = MemorySink::new(Arc::new(futures::lock::Mutex::new(Box::new(unused))));
        MemoryStorage::new_with(sink, ids)
    }
}
