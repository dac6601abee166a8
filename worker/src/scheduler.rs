//! Periodic work, taken in turns with all other workers.

use std::error::Error;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use shared::deps::Deps;
use shared::operation::Kind;
use shared::operation::sweep::Swept;
use shared::personal::export::Model as DataExport;
use shared::retention::Kept;
use shared::schedule::{Task, Turn, TurnEnd};
use tempfile::NamedTempFile;
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
        Task::WriteExports => write_exports(worker).await,
        Task::EraseAccounts => erase_accounts(worker).await,
        Task::CheckRates => Ok(worker.deps.monitor.check_rates().await?),
        Task::CheckConditions => Ok(worker.deps.monitor.check_conditions().await?),
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
    let mismatches = worker.deps.spending.mismatches(since).await?;
    worker.deps.monitor.note_mismatches(mismatches.len()).await?;
    for wrong in mismatches {
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
    worker.deps.sign_ins.forget().await?;
    let (deps, retentions) = (&worker.deps, &worker.deps.retentions);
    let before = retentions.days.before(Kept::Analytics, Utc::now());
    let vectors = deps.embeddings.forget(before).await?;
    let events = deps.subscriptions.forget(before).await?;
    let holds = deps.spending.forget_holds(before).await?;
    deps.monitor.forget(before).await?;
    let uses = deps.analytics.sweep(before).await?;
    Ok(retentions.note(Kept::Analytics, vectors + events + holds + uses).await?)
}

/// Each to a file on disk first, then to the blobs: a person's data may be larger than memory.
async fn write_exports(worker: &Worker) -> Result<(), Trouble> {
    let deps = &worker.deps;
    for export in deps.data_exports.waiting().await? {
        if let Err(error) = write_export(deps, &export).await {
            tracing::error!(%error, account.id = %export.account_id, "cannot write a person's data");
            deps.data_exports.fail(&export).await?;
        }
    }
    Ok(())
}

async fn write_export(deps: &Deps, export: &DataExport) -> Result<(), Trouble> {
    let file = NamedTempFile::new()?;
    deps.data_exports.write(export.account_id, &deps.blobs, file.reopen()?).await?;
    deps.blobs.put_file(&export.file(), file.path()).await?;
    Ok(deps.data_exports.finish(export, &deps.blobs).await?)
}

async fn erase_accounts(worker: &Worker) -> Result<(), Trouble> {
    let deps = &worker.deps;
    let old = deps.data_exports.sweep(&deps.blobs, Utc::now()).await?;
    deps.retentions.note(Kept::Exports, old).await?;
    let erased = deps.erasures.carry_out(&deps.blobs, Utc::now()).await?;
    deps.retentions.note(Kept::Accounts, erased).await?;
    if erased > 0 {
        tracing::info!(accounts = erased, "people who wanted to be forgotten are");
    }
    Ok(())
}

async fn sweep(worker: &Worker) -> Result<(), Trouble> {
    let deps = &worker.deps;
    let before = deps.retentions.days.before(Kept::Operations, Utc::now());
    let swept = deps.operations.sweep(before).await?;
    deps.retentions.note(Kept::Operations, swept.operations).await?;
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
    let (drafts, tailored) = worker.deps.versions.sweep(Utc::now()).await?;
    worker.deps.retentions.note(Kept::Drafts, drafts).await?;
    worker.deps.retentions.note(Kept::Tailored, tailored).await?;
    if drafts + tailored > 0 {
        tracing::info!(drafts, tailored, "old versions forgotten");
    }
    Ok(())
}

/// Handlers never fail, so a delivery that the queue gave up means a defect. Its
/// operation is not lost: the database knows it and has it delivered again.
async fn tidy(worker: &Worker) -> Result<(), Trouble> {
    let mut given_up = Vec::new();
    for kind in Kind::ALL {
        let dead = worker.deps.queue.tidy(kind).await?;
        given_up.push((kind, dead));
        if dead > 0 {
            tracing::error!(dead, queue = kind.as_str(), "the queue has given deliveries up");
        }
    }
    worker.deps.monitor.note_dead(&given_up).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use sea_orm::EntityTrait;
    use shared::config::Concurrency;
    use shared::testing::Installation;

    use super::{Kept, look};
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
            let runs = deps.retentions.runs().await.unwrap();
            assert_eq!(runs.len(), Kept::ALL.len());
            let rows = shared::schedule::Entity::find().all(&db).await.unwrap();
            assert!(rows.iter().all(|row| row.done_at.is_some()), "{rows:?}");
        }
    }
}
