//! A person at the editor: what they have, how they ask, and how they follow their work.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use eventsource_stream::Eventsource;
use futures::StreamExt;
use goose::goose::{
    GooseMethod, GooseRequest, GooseUser, Transaction, TransactionError, TransactionResult,
};
use reqwest::{RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

use crate::plan::EACH;
use crate::server::Server;

/// Longest that somebody waits because the server asked them to.
const MOST_PATIENCE: Duration = Duration::from_secs(5);

const POSTING: &str = include_str!("../../../docs/examples/posting.txt");

/// What one user of a run keeps.
#[derive(Clone)]
pub struct Session {
    pub key: String,
    pub resume: String,
    pub posting: String,
    /// Counts refusals where they are allowed.
    pub refusals: Option<Arc<Refusals>>,
}

/// That the server has said it is too busy.
#[derive(Debug, Default)]
pub struct Refusals {
    pub count: AtomicUsize,
    pub people: AtomicUsize,
    /// After how long it did so first, and how many people had arrived.
    pub first: OnceLock<(Duration, usize)>,
}

pub type Answer = Result<Response, Box<TransactionError>>;

/// Comes with a resume and a posting.
pub async fn arrive(
    user: &mut GooseUser,
    key: String,
    refusals: Option<Arc<Refusals>>,
) -> TransactionResult {
    if let Some(refusals) = &refusals {
        refusals.people.fetch_add(1, Ordering::Relaxed);
    }
    user.set_session_data(Session { key, resume: String::new(), posting: String::new(), refusals });
    let resume = id(post(user, "resumes", "resumes", &resume()).await?).await?;
    let posting = id(post(user, "postings", "postings", &posting()).await?).await?;
    let session = user.get_session_data_unchecked_mut::<Session>();
    session.resume = resume;
    session.posting = posting;
    Ok(())
}

/// A resume and a posting for each account, which its users share.
pub async fn sessions(server: &Server) -> anyhow::Result<Vec<Session>> {
    let (resume, posting) = (resume(), posting());
    let mut sessions = Vec::with_capacity(server.people.len());
    for key in &server.people {
        sessions.push(Session {
            key: key.clone(),
            resume: server.make(key, "resumes", &resume).await?,
            posting: server.make(key, "postings", &posting).await?,
            refusals: None,
        });
    }
    Ok(sessions)
}

/// Gives a user the session of an account that exists, the same to several.
pub fn seated(sessions: Vec<Session>) -> Transaction {
    Transaction::new(Arc::new(move |user| {
        let session = sessions[user.weighted_users_index / EACH % sessions.len()].clone();
        Box::pin(async move {
            user.set_session_data(session);
            Ok(())
        })
    }))
}

pub fn session(user: &GooseUser) -> Session {
    user.get_session_data_unchecked::<Session>().clone()
}

pub async fn get(user: &mut GooseUser, name: &str, path: &str) -> Answer {
    send(user, GooseMethod::Get, (name, path), |request| request).await
}

pub async fn post(user: &mut GooseUser, name: &str, path: &str, body: &Value) -> Answer {
    send(user, GooseMethod::Post, (name, path), |request| request.json(body)).await
}

/// Sends a request that is counted under its name; anything but success is an error, and where refusals are
/// allowed they are counted apart and waited out.
pub async fn send(
    user: &mut GooseUser,
    method: GooseMethod,
    (name, path): (&str, &str),
    fill: impl FnOnce(RequestBuilder) -> RequestBuilder,
) -> Answer {
    let path = format!("/api/v1/{path}");
    let session = session(user);
    let request = user.get_request_builder(&method, &path)?.bearer_auth(&session.key);
    let request = GooseRequest::builder()
        .method(method)
        .path(path.as_str())
        .name(name)
        .set_request_builder(fill(request))
        .build();
    let mut answer = user.request(request).await?;
    let response = answer.response?;
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let refused = matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
    if let Some(refusals) = session.refusals.filter(|_| refused) {
        user.set_success(&mut answer.request)?;
        refusals.count.fetch_add(1, Ordering::Relaxed);
        let people = refusals.people.load(Ordering::Relaxed);
        refusals.first.get_or_init(|| (user.started.elapsed(), people));
        tokio::time::sleep(asked_to_wait(&response).min(MOST_PATIENCE)).await;
    }
    Err(Box::new(TransactionError::RequestFailed { raw_request: Box::new(answer.request) }))
}

fn asked_to_wait(response: &Response) -> Duration {
    let header = response.headers().get("retry-after").and_then(|value| value.to_str().ok());
    Duration::from_secs(header.and_then(|text| text.parse().ok()).unwrap_or(1))
}

/// The `id` of what was made.
pub async fn id(response: Response) -> Result<String, Box<TransactionError>> {
    let body: Value = response.json().await?;
    let id = body["id"].as_str().ok_or_else(|| said("an answer without an id"))?;
    Ok(id.to_owned())
}

#[expect(clippy::unnecessary_box_returns, reason = "goose takes errors in boxes")]
pub fn said(what: impl Into<String>) -> Box<TransactionError> {
    Box::new(TransactionError::Custom(what.into()))
}

/// Follows the operation that was accepted to its end; the time from the request on is counted as `OPERATION kind`.
pub async fn follow(
    user: &mut GooseUser,
    kind: &str,
    begun: Instant,
    accepted: Response,
) -> TransactionResult {
    let id = id(accepted).await?;
    let path = format!("operations/{id}/events");
    let response = get(user, "operations/{id}/events", &path).await?;
    let mut events = response.bytes_stream().eventsource();
    let mut end = "a stream that broke off".to_owned();
    while let Some(event) = events.next().await {
        let event = event.map_err(|error| said(error.to_string()))?;
        if matches!(event.event.as_str(), "succeeded" | "failed" | "canceled") {
            end = event.event;
            break;
        }
    }
    let succeeded = end == "succeeded";
    let time = begun.elapsed();
    user.record_custom_request_duration("OPERATION", kind, time, succeeded, None, Some(&end)).await
}

pub fn posting() -> Value {
    json!({ "text": POSTING })
}

/// A resume of ordinary size.
pub fn resume() -> Value {
    let job = |number: u32| {
        json!({
            "name": format!("Example Company {number}"),
            "position": "Backend Engineer",
            "startDate": format!("201{number}-01"),
            "endDate": format!("201{}-12", number + 1),
            "highlights": [
                "Built services in Go and PostgreSQL that handle 2,000 requests a second",
                "Moved 14 services to Kubernetes on AWS and cut deployment time from 40 to 6 minutes",
                "Mentored three engineers"
            ]
        })
    };
    json!({
        "basics": {
            "name": "Robin Example",
            "label": "Backend Engineer",
            "email": "robin@example.com",
            "summary": "Backend engineer with nine years of experience in payments."
        },
        "work": [job(6), job(4), job(2)],
        "education": [{ "institution": "Example University", "area": "Computer Science", "studyType": "BSc", "endDate": "2012" }],
        "skills": [
            { "name": "Languages", "keywords": ["Go", "Java", "SQL"] },
            { "name": "Tools", "keywords": ["PostgreSQL", "Kafka", "Docker", "Kubernetes", "AWS", "Terraform"] }
        ]
    })
}
