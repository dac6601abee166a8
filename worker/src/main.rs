//! `roleready-worker`: a process that runs operations, beside any number of others.

use std::process::ExitCode;
use std::sync::Arc;

use roleready_worker::ask::ModelClient;
use roleready_worker::extract::child;
use roleready_worker::signal::Stop;
use roleready_worker::worker::Worker;
use shared::config::{Config, Mode};
use shared::deps::Deps;
use shared::telemetry;

/// `EX_CONFIG` and `EX_UNAVAILABLE` of sysexits.h.
const BAD_CONFIGURATION: u8 = 78;
const UNAVAILABLE: u8 = 69;

fn main() -> ExitCode {
    if let Some(code) = child::answer_if_asked() {
        return code;
    }
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return refuse(&error),
    };
    let code = runtime.block_on(start());
    // An engine that still computes for an operation that was given back is not waited for.
    runtime.shutdown_background();
    code
}

async fn start() -> ExitCode {
    let config = match Config::from_env() {
        Ok(config) => config,
        Err(error) => return refuse(&error),
    };
    if matches!(config.mode, Mode::Embedded) {
        return refuse(
            &"DATABASE_URL and REDIS_URL must be set: a worker of its own shares them with the API",
        );
    }
    let telemetry = telemetry::start(&config);
    let outcome = run(&config).await;
    telemetry.end().await;
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error = %format!("{error:#}"), "the worker cannot start");
            ExitCode::from(UNAVAILABLE)
        }
    }
}

fn refuse(problem: &dyn std::fmt::Display) -> ExitCode {
    use std::io::Write;
    // Nobody is left to tell when standard error is gone.
    let _ = writeln!(std::io::stderr(), "{problem}");
    ExitCode::from(BAD_CONFIGURATION)
}

async fn run(config: &Config) -> anyhow::Result<()> {
    let told = Stop::listen()?;
    shared::measure::start(config.metrics_address)?;
    let deps = Deps::open(config).await?;
    let model = config.model.as_ref().map(ModelClient::connect).transpose()?.map(Arc::new);
    let worker = Worker::new(deps.clone(), model, config.concurrency);
    let stop = worker.stop.clone();
    let dispatch = tokio::spawn(deps.dispatch.clone().run(deps.stop.clone()));
    let analytics = tokio::spawn(deps.analytics.clone().keep_writing(deps.stop.clone()));
    tokio::spawn(deps.vitals.clone().keep_sampling(deps.stop.clone()));
    tracing::info!(worker.id = %worker.id, "worker started");
    let running = tokio::spawn(worker.run());
    told.told().await;
    tracing::info!("stopping: running operations may end");
    stop.cancel();
    running.await?;
    deps.stop.cancel();
    dispatch.await?;
    analytics.await?;
    Ok(())
}
