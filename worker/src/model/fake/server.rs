//! The fake's routes, and what a step of the script does to a request.

use std::future::pending;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, Request};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use serde_json::{Value, json};
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use crate::model::Usage;
use crate::model::fake::completion::Work;
use crate::model::fake::ledger::Call;
use crate::model::fake::reply::{self, Reply};
use crate::model::fake::script::{Endpoint, Fault, Step, Steps};
use crate::model::fake::{State, answer, completion};

const MAX_REQUEST: usize = 32 << 20;
const PAGE: &str = "<!doctype html><title>Bad gateway</title><h1>Bad gateway</h1>";
const NOT_JSON: &str = "{\"id\": \"chatcmpl-fake\", \"choices\": [";

/// An error closes the connection without an answer.
pub async fn answer(state: Arc<State>, request: Request<Incoming>) -> Result<Reply, io::Error> {
    let (head, body) = request.into_parts();
    let path = head.uri.path().to_owned();
    let Ok(body) = Limited::new(body, MAX_REQUEST).collect().await else {
        return Ok(refused(413, "the request is too large"));
    };
    let body = body.to_bytes();
    match (head.method, path.as_str()) {
        (Method::POST, path) if path.ends_with("/chat/completions") => {
            call(
                &state,
                Asked { endpoint: Endpoint::Chat, path, headers: &head.headers, body: &body },
            )
            .await
        }
        (Method::POST, path) if path.ends_with("/embeddings") => {
            call(
                &state,
                Asked { endpoint: Endpoint::Embeddings, path, headers: &head.headers, body: &body },
            )
            .await
        }
        (Method::GET, path) if path.ends_with("/models") => Ok(reply::json(200, &models())),
        (Method::POST, "/script") => Ok(take_script(&state, &body)),
        (Method::DELETE, "/script") => {
            state.script.clear();
            Ok(reply::json(200, &json!({})))
        }
        (Method::GET, "/calls") => Ok(reply::json(
            200,
            &json!({ "calls": state.ledger.calls(), "billed": state.ledger.billed() }),
        )),
        (Method::DELETE, "/calls") => {
            state.ledger.clear();
            Ok(reply::json(200, &json!({})))
        }
        _ => Ok(refused(404, "there is nothing here")),
    }
}

struct Asked<'a> {
    endpoint: Endpoint,
    path: &'a str,
    headers: &'a HeaderMap,
    body: &'a Bytes,
}

async fn call(state: &State, asked: Asked<'_>) -> Result<Reply, io::Error> {
    let Ok(request) = serde_json::from_slice::<Value>(asked.body) else {
        return Ok(refused(400, "the body is not JSON"));
    };
    let step = state.script.next(asked.endpoint);
    let model = model(&request, asked.path);
    let entry = entry(&asked, &request, &model);
    let endpoint = asked.endpoint;
    let latency = Duration::from_millis(step.latency_ms);
    // Counting loads a vocabulary the first time, and takes a while for long prompts.
    let (work, step) = spawn_blocking(move || {
        let work = match endpoint {
            Endpoint::Chat => completion::chat(&model, &request, &step),
            Endpoint::Embeddings => completion::embeddings(&model, &request, &step),
        };
        (work, step)
    })
    .await?;
    let number = state.ledger.billed().calls + 1;
    state.ledger.record(Call { status: status(&step), billed: billed(&step, work.usage), ..entry });
    if !latency.is_zero() {
        sleep(latency).await;
    }
    let reply = perform(&step, work).await?;
    let reply = reply::with_headers(reply, [("x-request-id", format!("fake-{number}").as_str())]);
    Ok(reply::with_headers(
        reply,
        step.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())),
    ))
}

async fn perform(step: &Step, work: Work) -> Result<Reply, io::Error> {
    let status = step.status.unwrap_or(200);
    match step.fault {
        Some(Fault::Hang) => pending().await,
        Some(Fault::Drop) => Err(io::ErrorKind::ConnectionAborted.into()),
        Some(Fault::Cut) => Ok(reply::cut(status, work.content_type, work.body)),
        Some(Fault::Html) => Ok(reply::whole(
            step.status.unwrap_or(502),
            reply::HTML,
            Bytes::from_static(PAGE.as_bytes()),
        )),
        Some(Fault::Malformed) => {
            Ok(reply::whole(status, reply::JSON, Bytes::from_static(NOT_JSON.as_bytes())))
        }
        None => Ok(match (&step.body, status) {
            (Some(Value::String(text)), _) => {
                reply::whole(status, reply::JSON, text.clone().into())
            }
            (Some(body), _) => reply::json(status, body),
            (None, 200) => reply::whole(200, work.content_type, work.body),
            (None, _) => refused(status, "the script says so"),
        }),
    }
}

/// What goes out on the wire, if anything does.
fn status(step: &Step) -> Option<u16> {
    match step.fault {
        Some(Fault::Hang | Fault::Drop) => None,
        Some(Fault::Html) => step.status.or(Some(502)),
        Some(Fault::Cut | Fault::Malformed) | None => step.status.or(Some(200)),
    }
}

/// A provider bills for what it worked on, whether or not the answer arrives.
fn billed(step: &Step, usage: Usage) -> Option<Usage> {
    let refused = step.status.is_some_and(|status| status != 200);
    (!refused && step.fault != Some(Fault::Html)).then_some(usage)
}

fn entry(asked: &Asked, request: &Value, model: &str) -> Call {
    let texts = match asked.endpoint {
        Endpoint::Chat => completion::messages(request),
        Endpoint::Embeddings => completion::texts(request),
    };
    Call {
        endpoint: asked.endpoint,
        path: asked.path.to_owned(),
        model: model.to_owned(),
        schema: answer::schema_name(request).map(str::to_owned),
        format: answer::format(request).map(str::to_owned),
        fields: request
            .as_object()
            .map(|fields| fields.keys().cloned().collect())
            .unwrap_or_default(),
        key_header: ["authorization", "api-key"]
            .into_iter()
            .find(|name| asked.headers.contains_key(*name)),
        prompt: texts.join("\n"),
        status: None,
        billed: None,
    }
}

/// Azure names the model in the path.
fn model(request: &Value, path: &str) -> String {
    let deployment =
        path.strip_prefix("/openai/deployments/").and_then(|rest| rest.split('/').next());
    let named = request.get("model").and_then(Value::as_str).filter(|name| !name.is_empty());
    deployment.or(named).unwrap_or("fake").to_owned()
}

fn models() -> Value {
    json!({ "object": "list", "data": [{ "id": "fake", "object": "model", "created": 0, "owned_by": "roleready" }] })
}

fn take_script(state: &State, body: &[u8]) -> Reply {
    match serde_json::from_slice(body) {
        Ok(Steps::Many(steps)) => state.script.push(steps),
        Ok(Steps::One(step)) => state.script.push([*step]),
        Err(_) => return refused(400, "the body is not a step or a list of steps"),
    }
    reply::json(200, &json!({}))
}

/// An error in the provider's own shape.
fn refused(status: u16, message: &str) -> Reply {
    let error = json!({ "message": message, "type": "fake_error", "param": null, "code": null });
    reply::json(status, &json!({ "error": error }))
}
