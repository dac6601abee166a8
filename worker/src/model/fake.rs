//! A provider of models for tests and for trying the product without one: scripted, and honest about what it billed.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

use crate::model::fake::ledger::{Billed, Call, Ledger};
use crate::model::fake::script::{Script, Step};

mod answer;
mod completion;
mod embedding;
mod example;
pub mod ledger;
mod reply;
pub mod script;
mod server;

/// A running fake. It stops, and drops every open connection, when this is dropped.
///
/// Besides the provider's own routes (chat completions, embeddings, models, in `OpenAI`'s and in Azure's paths) it has
/// `POST /script` (one [`Step`] or a list of them), `DELETE /script`, `GET /calls` (`{calls, billed}`) and
/// `DELETE /calls`. It believes every key and listens to whoever reaches it: bind it to loopback only.
#[derive(Debug)]
pub struct FakeModel {
    address: SocketAddr,
    state: Arc<State>,
    listening: JoinHandle<()>,
}

#[derive(Debug, Default)]
struct State {
    script: Script,
    ledger: Ledger,
}

impl FakeModel {
    /// On a free port of the loopback interface.
    pub async fn start() -> io::Result<Self> {
        Self::bind((Ipv4Addr::LOCALHOST, 0).into()).await
    }

    pub async fn bind(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let state = Arc::new(State::default());
        let listening = tokio::spawn(listen(listener, state.clone()));
        Ok(Self { address, state, listening })
    }

    /// What `OpenAI` and compatible clients take, ending in `/v1`.
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// What Azure clients take: the resource's address alone.
    pub fn azure_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Adds steps to the script; each answers one request, in order. Without a step, a request gets a good answer.
    pub fn script(&self, steps: impl IntoIterator<Item = Step>) {
        self.state.script.push(steps);
    }

    /// The most recent calls, oldest first, among them those that got no answer.
    pub fn calls(&self) -> Vec<Call> {
        self.state.ledger.calls()
    }

    /// What all calls cost so far.
    pub fn billed(&self) -> Billed {
        self.state.ledger.billed()
    }

    /// Serves until the process ends.
    pub async fn serve(mut self) {
        // An error only says that the task was stopped, which is what this waits for.
        let _ = (&mut self.listening).await;
    }
}

impl Drop for FakeModel {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

/// Owns its connections, so that stopping this task closes them.
async fn listen(listener: TcpListener, state: Arc<State>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                // A connection that ended before it was accepted concerns nobody.
                let Ok((stream, _)) = accepted else { continue };
                let state = state.clone();
                let service = service_fn(move |request| server::answer(state.clone(), request));
                let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
                connections.spawn(async move { drop(connection.await) });
            }
            Some(_) = connections.join_next() => {}
        }
    }
}
