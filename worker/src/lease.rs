//! Keeping an operation: the lease is renewed while the work goes on, and the
//! work learns when it is no longer wanted or no longer ours.

use std::time::Duration;

use shared::config::{LEASE, LEASE_RENEWAL};
use shared::deps::Deps;
use shared::events::Signal;
use shared::operation::claim::{Claim, Lease};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};
use tokio_util::sync::CancellationToken;

/// Why running work has to stop before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interruption {
    /// The person wants it no more.
    Canceled,
    /// This process stops.
    Stopping,
    /// Somebody else may have the operation by now.
    Lost,
}

/// Renews the lease until the work has to stop; says why.
///
/// A database that does not answer is waited for, but never longer than the
/// lease lasts: after that the work may be running elsewhere.
pub async fn keep(deps: &Deps, claim: Claim, stop: &CancellationToken) -> Interruption {
    let mut signals = deps.events.subscribe();
    let mut ticks = interval_at(Instant::now() + LEASE_RENEWAL, LEASE_RENEWAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut lost_at = Instant::now() + LEASE;
    loop {
        tokio::select! {
            () = stop.cancelled() => return Interruption::Stopping,
            () = canceled(&mut signals, claim) => {}
            _ = ticks.tick() => {}
        }
        let left = lost_at.saturating_duration_since(Instant::now());
        match timeout(left.min(LEASE_RENEWAL), deps.operations.renew(claim)).await {
            Ok(Ok(Lease::Kept)) => lost_at = Instant::now() + LEASE,
            Ok(Ok(Lease::CancelRequested)) => return Interruption::Canceled,
            Ok(Ok(Lease::Lost)) => return Interruption::Lost,
            Ok(Err(error)) => {
                tracing::warn!(%error, operation.id = %claim.operation_id, "cannot renew the lease");
            }
            Err(_) => {
                tracing::warn!(operation.id = %claim.operation_id, "the database is slow to renew the lease");
            }
        }
        if lost_at.saturating_duration_since(Instant::now()) < Duration::from_millis(1) {
            return Interruption::Lost;
        }
    }
}

/// Returns when somebody asks to cancel it, or when that may have been missed.
async fn canceled(signals: &mut broadcast::Receiver<Signal>, claim: Claim) {
    loop {
        match signals.recv().await {
            Ok(Signal::Cancel(id)) if id == claim.operation_id => return,
            Ok(Signal::Cancel(_) | Signal::Changed(_) | Signal::Work(_)) => {}
            Err(RecvError::Lagged(_)) => return,
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}
