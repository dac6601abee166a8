//! A worker whose operations have nothing to do, so that what is left is what the queue costs.

use std::process::ExitCode;

use futures::FutureExt;
use futures::future::BoxFuture;
use shared::ats::{self, Report};
use shared::config::Config;
use shared::deps::Deps;
use shared::finish::{EngineUsed, Outcome, Worked};
use shared::resume::json::JsonResume;
use worker::job::{Job, JobError};
use worker::signal::Stop;
use worker::worker::Worker;

/// The process: claims, writes results, and does nothing in between.
pub async fn run() -> anyhow::Result<ExitCode> {
    let told = Stop::listen()?;
    let config = Config::from_env()?;
    let deps = Deps::open(&config).await?;
    tokio::spawn(deps.dispatch.clone().run(deps.stop.clone()));
    let worker = idle(Worker::new(deps, None, config.concurrency));
    let stop = worker.stop.clone();
    let running = tokio::spawn(worker.run());
    told.told().await;
    stop.cancel();
    running.await?;
    Ok(ExitCode::SUCCESS)
}

/// The same worker with nothing to do.
pub fn idle(mut worker: Worker) -> Worker {
    worker.work = nothing;
    worker
}

fn nothing<'j>(_: &'j Job<'j>) -> BoxFuture<'j, Result<Outcome, JobError>> {
    let work = Worked::Checked(Box::new(empty_report()));
    let outcome = Outcome { work, engine: EngineUsed::Rules, notices: Vec::new() };
    std::future::ready(Ok(outcome)).boxed()
}

fn empty_report() -> Report {
    ats::check(&JsonResume::default(), None, None, None)
}
