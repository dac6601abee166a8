//! `roleready serve`: the API, and in the embedded mode the workers with it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use roleready_api::{app, server};
use shared::account::{Role, Tier};
use shared::config::{Config, Mode};
use shared::deps::Deps;
use shared::{measure, telemetry};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use worker::ask::ModelClient;
use worker::quote::ModelQuoter;
use worker::signal::Stop;
use worker::worker::Worker;

use super::{Stopped, causes, config};
use crate::console::say;

/// How long answers that have begun may take once the process is told to stop.
const GRACE: Duration = Duration::from_secs(10);

pub async fn run() -> Result<(), Stopped> {
    let told = Stop::listen().map_err(Stopped::unavailable)?;
    let config = config()?;
    let telemetry = telemetry::start(&config);
    measure::start(config.metrics_address).map_err(Stopped::unavailable)?;
    let mut deps =
        Deps::open(&config).await.map_err(|error| Stopped::unavailable(causes(&error)))?;
    deps.exporter = worker::export::exporter();
    let model = config.model.as_ref().map(ModelClient::connect).transpose();
    let model = model.map_err(|error| Stopped::unavailable(causes(&error)))?.map(Arc::new);
    if let Some(model) = &model {
        deps.quotes.quoter = Arc::new(ModelQuoter::new(&deps, model.clone()));
    }
    let listener = TcpListener::bind(config.address).await.map_err(|error| {
        Stopped::unavailable(format!("cannot listen on {}: {error}", config.address))
    })?;
    let address = listener.local_addr().unwrap_or(config.address);
    let dispatch = tokio::spawn(deps.dispatch.clone().run(deps.stop.clone()));
    let analytics = tokio::spawn(deps.analytics.clone().keep_writing(deps.stop.clone()));
    tokio::spawn(deps.vitals.clone().keep_sampling(deps.stop.clone()));
    tokio::spawn(deps.monitor.clone().keep_watch(deps.schedule.clone(), deps.stop.clone()));
    let workers = match config.mode {
        Mode::Embedded => Some(start_worker(&config, &deps, model)),
        Mode::Distributed { .. } => None,
    };
    welcome(&config, &deps, address).await?;

    let closing = CancellationToken::new();
    let until = {
        let closing = closing.clone();
        let stop = workers.as_ref().map(|(stop, _)| stop.clone());
        async move {
            told.told().await;
            tracing::info!("stopping: what has begun may end");
            closing.cancel();
            stop.inspect(CancellationToken::cancel);
        }
    };
    let outcome = server::serve(listener, app(&deps, closing), until, GRACE).await;
    if let Some((stop, running)) = workers {
        stop.cancel();
        running.await.map_err(Stopped::unavailable)?;
    }
    deps.stop.cancel();
    dispatch.await.map_err(Stopped::unavailable)?;
    analytics.await.map_err(Stopped::unavailable)?;
    telemetry.end().await;
    outcome.map_err(Stopped::unavailable)
}

fn start_worker(
    config: &Config,
    deps: &Deps,
    model: Option<Arc<ModelClient>>,
) -> (CancellationToken, JoinHandle<()>) {
    let worker = Worker::new(deps.clone(), model, config.concurrency);
    (worker.stop.clone(), tokio::spawn(worker.run()))
}

/// Says where to go, and on the very first start of the embedded mode which key to use.
async fn welcome(config: &Config, deps: &Deps, address: SocketAddr) -> Result<(), Stopped> {
    say(format!("RoleReady listens on http://{address} (documentation: http://{address}/docs)"));
    if let Mode::Embedded = config.mode {
        match first_key(deps).await.map_err(|error| Stopped::database(&error))? {
            Some(key) => say(format!("Your API key, shown this once only: {key}")),
            None => say(
                "Your API key was shown at the first start; `roleready admin create-key --role admin` makes another.",
            ),
        }
    }
    say(format!(
        "Try it:\n  curl -s http://{address}/api/v1/documents -H \"Authorization: Bearer $ROLEREADY_KEY\" -F file=@docs/examples/resume.pdf"
    ));
    Ok(())
}

/// The person at the machine is the first account, and may do everything.
async fn first_key(deps: &Deps) -> Result<Option<String>, sea_orm::DbErr> {
    if deps.accounts.first().await?.is_some() {
        return Ok(None);
    }
    let account = deps.accounts.create(Role::Admin, Tier::Premium).await?;
    deps.accounts.create_key(account.id).await.map(Some)
}
