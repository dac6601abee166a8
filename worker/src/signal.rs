//! Being told to stop.

use tokio::signal::unix::{SignalKind, signal};

/// Returns at Ctrl-C or when the process is asked to terminate.
pub async fn told_to_stop() -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminate.recv() => Ok(()),
    }
}
