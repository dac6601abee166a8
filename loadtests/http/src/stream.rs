//! Many open streams, and how late an event reaches whoever follows.
//!
//! Everybody has a check that waits, because checks are held back, and follows it. When all streams are open,
//! checks are canceled one after the other, at an even pace. An event says when it was written, before its commit; its
//! arrival minus that is what is measured, so the clocks of server and client have to agree.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use eventsource_stream::{Event, Eventsource};
use futures::{Stream, StreamExt};
use goose::GooseAttack;
use goose::client::GooseClientBuilder;
use goose::config::GooseConfiguration;
use goose::goose::{GooseUser, Scenario, Transaction, TransactionError, TransactionResult};
use serde_json::{Value, json};
use tokio::sync::Barrier;
use tokio::time::{sleep, timeout};

use crate::plan::Plan;
use crate::report::Outcome;
use crate::server::Server;
use crate::session::{Session, get, id, post, said, seated, session, sessions};

/// How long all streams together may take to open.
const OPENING: Duration = Duration::from_mins(3);

/// An event later than that is lost.
const LOST: Duration = Duration::from_secs(30);

pub async fn attack(server: &Server, plan: &Plan) -> anyhow::Result<Outcome> {
    let (streams, time) = plan.steps.first().copied().unwrap_or_default();
    let (users, increase) = (streams.to_string(), time.as_secs().to_string());
    let mut arguments =
        vec!["--host", &server.host, "--users", &users, "--increase-time", &increase];
    arguments.extend([
        "--iterations",
        "1",
        "--no-print-metrics",
        "--no-threshold-abort",
        "--quiet",
    ]);
    arguments.extend(plan.limits.iter().flat_map(|limit| ["--threshold", limit]));
    let whole = OPENING + plan.pace * streams + LOST;
    let client = GooseClientBuilder::new().without_cookies().timeout(whole).gzip(false);
    let attack =
        GooseAttack::initialize_with_config(GooseConfiguration::parse_args_default(&arguments)?)?
            .set_client_builder_without_cookies(client)?
            .register_scenario(followers(sessions(server).await?, streams as usize, plan.pace));
    server.steer_checks("pause").await?;
    let ended = Box::pin(attack.execute()).await;
    server.steer_checks("resume").await?;
    let mut outcome = Outcome::of(ended)?;
    let pace = 1.0 / plan.pace.as_secs_f64();
    outcome.remarks.push(format!("{streams} streams open at once, {pace:.0} events a second"));
    Ok(outcome)
}

fn followers(sessions: Vec<Session>, streams: usize, pace: Duration) -> Scenario {
    let open = Arc::new(Barrier::new(streams));
    let following =
        Transaction::new(Arc::new(move |user| Box::pin(follow(user, open.clone(), pace))));
    Scenario::new("follower")
        .register_transaction(seated(sessions).set_name("arrive").set_on_start())
        .register_transaction(following.set_name("follow"))
}

async fn follow(user: &mut GooseUser, open: Arc<Barrier>, pace: Duration) -> TransactionResult {
    let session = session(user);
    let path = format!("resumes/{}/ats-checks", session.resume);
    let body = json!({ "posting_id": session.posting, "engine": "rules" });
    let operation = id(post(user, "resumes/{id}/ats-checks", &path, &body).await?).await?;
    let path = format!("operations/{operation}/events");
    let stream = get(user, "operations/{id}/events", &path).await?;
    let mut events = std::pin::pin!(stream.bytes_stream().eventsource());
    until(&mut events, "queued").await?;
    timeout(OPENING, open.wait()).await.map_err(|_| said("not all streams were opened"))?;

    let turn = pace * u32::try_from(user.weighted_users_index).unwrap_or_default();
    let cancel =
        user.client.post(user.build_url(&format!("/api/v1/operations/{operation}/cancel"))?);
    let cancel = cancel.bearer_auth(&session.key);
    let canceled = async {
        sleep(turn).await;
        cancel.send().await.and_then(reqwest::Response::error_for_status)
    };
    let (canceled, late) =
        tokio::join!(canceled, timeout(turn + LOST, until(&mut events, "canceled")));
    canceled?;
    let late = late.map_err(|_| said("an event did not come"))??;
    user.record_custom_request_duration("EVENT", "to-client", late, true, None, None).await
}

/// Waits for an event of that type; how late it was.
async fn until<S, E>(events: &mut S, kind: &str) -> Result<Duration, Box<TransactionError>>
where
    S: Stream<Item = Result<Event, E>> + Unpin,
    E: std::fmt::Display,
{
    while let Some(event) = events.next().await {
        let event = event.map_err(|error| said(error.to_string()))?;
        if event.event == kind {
            return lateness(&event.data).ok_or_else(|| said("an event without a time"));
        }
    }
    Err(said(format!("a stream that ended before `{kind}`")))
}

fn lateness(data: &str) -> Option<Duration> {
    let now = Utc::now();
    let data: Value = serde_json::from_str(data).ok()?;
    let at = DateTime::parse_from_rfc3339(data["at"].as_str()?).ok()?;
    Some((now - at.to_utc()).to_std().unwrap_or_default())
}
