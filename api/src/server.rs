//! Serving connections, none of which may hold a place without using it.
//!
//! In place of poem's own server, which waits for headers for as long as it takes.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use poem::http::uri::Scheme;
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Addr, Endpoint, Response};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// A new connection must have asked for something by then.
const FIRST_REQUEST: Duration = Duration::from_secs(10);

/// A later request's headers, with the pause before it: longer than load balancers keep connections.
const NEXT_REQUEST: Duration = Duration::from_secs(75);

/// Header fields of a request, and all its headers together in bytes.
const MAX_HEADERS: usize = 64;
const MAX_HEADER_BYTES: usize = 32 * 1024;

/// Connections at once; more wait until one ends.
const MAX_CONNECTIONS: usize = 10_000;

/// How long to wait when no connection can be taken: the process has no file handles left.
const BREATH: Duration = Duration::from_millis(50);

/// Answers requests until told to stop; what has begun then may take as long as `grace`.
pub async fn serve(
    listener: TcpListener,
    app: impl Endpoint<Output = Response> + 'static,
    until: impl Future<Output = ()>,
    grace: Duration,
) -> std::io::Result<()> {
    let local = listener.local_addr()?;
    let app = Arc::new(app);
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let graceful = GracefulShutdown::new();
    tokio::pin!(until);
    loop {
        let (socket, remote, place) = tokio::select! {
            () = &mut until => break,
            accepted = accept(&listener, &places) => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "cannot take a connection");
                    tokio::time::sleep(BREATH).await;
                    continue;
                }
            },
        };
        let connection = Connection { app: app.clone(), local, remote, place };
        tokio::spawn(connection.run(socket, graceful.watcher()));
    }
    drop(listener);
    if tokio::time::timeout(grace, graceful.shutdown()).await.is_err() {
        tracing::warn!("answers were cut off: they took too long");
    }
    Ok(())
}

async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> std::io::Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let place = places.clone().acquire_owned().await.map_err(std::io::Error::other)?;
    let (socket, remote) = listener.accept().await?;
    socket.set_nodelay(true)?;
    Ok((socket, remote, place))
}

struct Connection<E> {
    app: Arc<E>,
    local: SocketAddr,
    remote: SocketAddr,
    place: OwnedSemaphorePermit,
}

impl<E: Endpoint<Output = Response> + 'static> Connection<E> {
    async fn run(self, socket: TcpStream, watcher: hyper_util::server::graceful::Watcher) {
        let asked = Arc::new(Notify::new());
        let (local, remote) = (Addr::SocketAddr(self.local), Addr::SocketAddr(self.remote));
        let answer = service_fn(|request: poem::http::Request<Incoming>| {
            asked.notify_one();
            let peers = (LocalAddr(local.clone()), RemoteAddr(remote.clone()));
            let request = poem::Request::from((request, peers.0, peers.1, Scheme::HTTP));
            let app = self.app.clone();
            async move { Ok::<hyper::Response<_>, Infallible>(app.get_response(request).await.into()) }
        });
        let mut builder = Builder::new(TokioExecutor::new());
        builder
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(NEXT_REQUEST)
            .max_headers(MAX_HEADERS)
            .max_buf_size(MAX_HEADER_BYTES);
        builder
            .http2()
            .timer(TokioTimer::new())
            .keep_alive_interval(NEXT_REQUEST)
            .max_header_list_size(u32::try_from(MAX_HEADER_BYTES).unwrap_or(u32::MAX));
        let serving = builder.serve_connection_with_upgrades(TokioIo::new(socket), answer);
        let serving = watcher.watch(serving);
        tokio::pin!(serving);
        tokio::select! {
            _ = &mut serving => return,
            first = tokio::time::timeout(FIRST_REQUEST, asked.notified()) => if first.is_err() { return },
        }
        // What the connection fails of is the caller's: it hung up, or does not speak HTTP.
        drop(serving.await);
        drop(self.place);
    }
}
