//! Periodic work, taken in turns with all other workers.

use std::error::Error;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use shared::operation::Kind;
use shared::operation::sweep::Swept;
use shared::schedule::{Task, Turn, TurnEnd};
use tokio::time::{MissedTickBehavior, interval};

use crate::worker::Worker;

/// How often a worker looks whether a task is due.
const LOOK_EVERY: Duration = Duration::from_secs(1);

type Trouble = Box<dyn Error + Send + Sync>;

/// Carries out what falls due until the process stops.
pub async fn run(worker: Worker) {
    let mut ticks = interval(LOOK_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut prepared = false;
    while worker.stop.run_until_cancelled(ticks.tick()).await.is_some() {
        if let Err(error) = look(&worker, &mut prepared).await {
            tracing::warn!(%error, "cannot look for periodic work");
        }
    }
}

async fn look(worker: &Worker, prepared: &mut bool) -> Result<(), Trouble> {
    let schedule = &worker.deps.schedule;
    if !*prepared {
        schedule.prepare().await?;
        *prepared = true;
    }
    for task in schedule.due().await? {
        if let Some(turn) = schedule.take(task, &worker.id).await? {
            let end = match carry_out(worker, turn).await {
                Ok(()) => TurnEnd::Done,
                Err(error) => {
                    tracing::warn!(%error, task = ?task, "periodic work failed");
                    TurnEnd::Failed
                }
            };
            schedule.end(turn, end).await?;
        }
    }
    Ok(())
}

/// Each is safe to repeat, also at the same time: a lease may run out under its holder.
async fn carry_out(worker: &Worker, turn: Turn) -> Result<(), Trouble> {
    match turn.task {
        Task::SweepOperations => sweep(worker).await,
        Task::RefreshEstimates => Ok(worker.deps.operations.refresh_usual().await?),
        Task::TidyQueues => tidy(worker).await,
        Task::SweepVersions => sweep_versions(worker).await,
        Task::SettleHolds => settle_holds(worker).await,
        Task::CheckLedger => check_ledger(worker).await,
        Task::SweepCaches => sweep_caches(worker).await,
    }
}

/// Holds of workers that died or lost their lease with a call out.
async fn settle_holds(worker: &Worker) -> Result<(), Trouble> {
    let settled = worker.deps.spending.sweep_holds().await?;
    if settled > 0 {
        tracing::warn!(holds = settled, "calls were booked whose cost nobody knows");
    }
    Ok(())
}

/// Days whose totals are compared: what is older has been compared often.
const CHECKED_DAYS: i64 = 3;

async fn check_ledger(worker: &Worker) -> Result<(), Trouble> {
    let since = (Utc::now() - TimeDelta::days(CHECKED_DAYS)).date_naive();
    for wrong in worker.deps.spending.mismatches(since).await? {
        tracing::error!(
            account.id = %wrong.account_id,
            day = %wrong.day,
            settled = wrong.settled,
            entries = wrong.entries,
            summed = wrong.summed,
            held = wrong.held,
            holds = wrong.holds,
            "the day's totals are not what the ledger says"
        );
    }
    Ok(())
}

async fn sweep_caches(worker: &Worker) -> Result<(), Trouble> {
    let before = Utc::now() - worker.deps.retention;
    worker.deps.embeddings.forget(before).await?;
    worker.deps.subscriptions.forget(before).await?;
    worker.deps.spending.forget_holds(before).await?;
    worker.deps.sign_ins.forget().await?;
    Ok(())
}

async fn sweep(worker: &Worker) -> Result<(), Trouble> {
    let deps = &worker.deps;
    let swept = deps.operations.sweep(Utc::now() - deps.retention).await?;
    if swept != Swept::default() {
        tracing::info!(
            operations = swept.operations,
            histories = swept.histories,
            "old operations forgotten"
        );
    }
    Ok(())
}

async fn sweep_versions(worker: &Worker) -> Result<(), Trouble> {
    let gone = worker.deps.versions.sweep(Utc::now()).await?;
    if gone > 0 {
        tracing::info!(versions = gone, "old versions forgotten");
    }
    Ok(())
}

/// Handlers never fail, so a delivery that the queue gave up means a defect. Its
/// operation is not lost: the database knows it and has it delivered again.
async fn tidy(worker: &Worker) -> Result<(), Trouble> {
    for kind in Kind::ALL {
        let dead = worker.deps.queue.tidy(kind).await?;
        if dead > 0 {
            tracing::error!(dead, queue = kind.as_str(), "the queue has given deliveries up");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use sea_orm::EntityTrait;
    use shared::config::Concurrency;
    use shared::testing::Installation;

    use super::look;
    use crate::worker::Worker;

    #[tokio::test]
    async fn all_periodic_work_is_done_at_the_first_look_and_not_again_at_once() {
        for installation in Installation::each().await {
            let deps = installation.open().await;
            let concurrency = Concurrency { parse: 1, ats: 1, tailor: 1 };
            let worker = Worker::new(deps.clone(), None, concurrency);
            deps.schedule.prepare().await.unwrap();
            let before = deps.schedule.due().await.unwrap().len();

            look(&worker, &mut false).await.unwrap();

            assert_eq!(before, shared::schedule::Task::ALL.len());
            assert!(deps.schedule.due().await.unwrap().is_empty());
            let db = shared::database::connect(&installation.config()).await.unwrap();
            let rows = shared::schedule::Entity::find().all(&db).await.unwrap();
            assert!(rows.iter().all(|row| row.done_at.is_some()), "{rows:?}");
        }
    }
}
