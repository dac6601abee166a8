//! Wake-ups between processes: Redis pub/sub, or a channel when there is one process.
//!
//! A lost signal costs time, never work: whoever waits for one also looks into
//! the database now and then.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use redis::AsyncCommands;
use redis::aio::ConnectionManager;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::operation::Kind;

/// Signals a slow listener may fall behind before it misses some.
const BUFFER: usize = 1024;

/// Longest pause between two attempts to listen to Redis again.
const MAX_PAUSE: Duration = Duration::from_secs(5);

/// What processes tell each other: ids and names, nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// The operation has a new event.
    Changed(Uuid),
    /// The running operation is to stop.
    Cancel(Uuid),
    /// The queue of a kind has work.
    Work(Kind),
}

impl Signal {
    fn encode(self) -> String {
        match self {
            Self::Changed(id) => format!("changed {id}"),
            Self::Cancel(id) => format!("cancel {id}"),
            Self::Work(kind) => format!("work {}", kind.as_str()),
        }
    }

    fn decode(text: &str) -> Option<Self> {
        let (word, rest) = text.split_once(' ')?;
        match word {
            "changed" => Some(Self::Changed(rest.parse().ok()?)),
            "cancel" => Some(Self::Cancel(rest.parse().ok()?)),
            "work" => Kind::from_name(rest).map(Self::Work),
            _ => None,
        }
    }
}

#[derive(Clone)]
pub struct Events {
    local: broadcast::Sender<Signal>,
    remote: Option<Arc<Remote>>,
}

struct Remote {
    connection: ConnectionManager,
    channel: String,
}

impl Events {
    /// For one process.
    pub fn local() -> Self {
        Self { local: broadcast::channel(BUFFER).0, remote: None }
    }

    /// For processes that share a Redis. Listens until `stop`, through every loss of the connection.
    pub fn shared(
        client: redis::Client,
        connection: ConnectionManager,
        channel: String,
        stop: CancellationToken,
    ) -> Self {
        let local = broadcast::channel(BUFFER).0;
        tokio::spawn(stop.run_until_cancelled_owned(listen(
            client,
            channel.clone(),
            local.clone(),
        )));
        Self { local, remote: Some(Arc::new(Remote { connection, channel })) }
    }

    pub fn subscribe(&self) -> broadcast::Receiver<Signal> {
        self.local.subscribe()
    }

    /// Tells every process. Does not wait for Redis: the caller's work is done already.
    pub fn publish(&self, signal: Signal) {
        let Some(remote) = &self.remote else {
            // No listener is not an error: nobody waits right now.
            let _ = self.local.send(signal);
            return;
        };
        let remote = remote.clone();
        tokio::spawn(async move {
            let mut connection = remote.connection.clone();
            let sent: Result<i64, _> = connection.publish(&remote.channel, signal.encode()).await;
            if let Err(error) = sent {
                tracing::debug!(%error, "cannot publish a signal");
            }
        });
    }
}

async fn listen(client: redis::Client, channel: String, local: broadcast::Sender<Signal>) {
    let mut pause = Duration::from_millis(100);
    loop {
        match follow(&client, &channel, &local).await {
            Ok(()) => pause = Duration::from_millis(100),
            Err(error) => tracing::warn!(%error, "cannot listen to redis"),
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(MAX_PAUSE);
    }
}

async fn follow(
    client: &redis::Client,
    channel: &str,
    local: &broadcast::Sender<Signal>,
) -> Result<(), redis::RedisError> {
    let mut connection = client.get_async_pubsub().await?;
    connection.subscribe(channel).await?;
    // What was said while nobody listened is lost, so everybody looks for work.
    for kind in Kind::ALL {
        let _ = local.send(Signal::Work(kind));
    }
    let mut messages = connection.on_message();
    while let Some(message) = messages.next().await {
        let text: String = message.get_payload()?;
        if let Some(signal) = Signal::decode(&text) {
            let _ = local.send(signal);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::Signal;
    use crate::operation::Kind;

    #[test]
    fn a_signal_survives_the_wire() {
        let id = Uuid::now_v7();

        for signal in [Signal::Changed(id), Signal::Cancel(id), Signal::Work(Kind::Tailor)] {
            assert_eq!(Signal::decode(&signal.encode()), Some(signal));
        }
    }

    #[test]
    fn an_unknown_message_is_no_signal() {
        assert_eq!(Signal::decode("changed not-an-id"), None);
        assert_eq!(Signal::decode("dance now"), None);
    }
}
