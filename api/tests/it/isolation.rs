//! What is another person's does not exist: asked of every operation of the OpenAPI document.

use reqwest::{Method, Response};
use sea_orm::{ConnectionTrait, EntityTrait};
use serde_json::{Value, json};
use shared::account::{self, Role, Tier};
use shared::testing::Installation;
use uuid::Uuid;

use crate::app::{POSTING, TestApp, accepted, id, refused};
use crate::forged;

mod operation;

use operation::{Things, nobodys, operations};

/// Who may call an operation; the names stand in the document.
const RULES: [&str; 5] = ["Caller", "Holder", "Billing", "Admin", "StripeSignature"];

/// Operations that anybody may call. An operation that is neither here nor has a rule fails the test.
const PUBLIC: [&str; 11] = [
    "get_health",
    "get_liveness",
    "get_readiness",
    "get_metrics",
    "register_account",
    "log_in",
    "refresh_session",
    "log_out",
    "forget_password",
    "reset_password",
    "verify_email",
];

/// Everything is asked for in one go, from one address.
fn unlimited() -> Installation {
    let installation = Installation::embedded();
    ["RATE_ADDRESS", "RATE_FREE", "RATE_PREMIUM"]
        .into_iter()
        .fold(installation, |installation, rate| installation.with(rate, "0"))
}

/// Somebody who has one of everything.
struct Person {
    key: String,
    access_token: String,
    things: Things,
}

impl Person {
    async fn new(app: &mut TestApp, email: &str) -> Self {
        let session = app.registers(email).await;
        let account: Uuid = session["account"]["id"].as_str().unwrap().parse().unwrap();
        let key = app.deps.accounts.create_key(account).await.unwrap();
        let before = app.switch_key(key.clone());
        let things = things(app).await;
        app.switch_key(before);
        let access_token = session["access_token"].as_str().unwrap().to_owned();
        Self { key, access_token, things }
    }
}

async fn things(app: &TestApp) -> Things {
    let document = app.uploads("dana.txt", "Dana Example\n\nSkills\nRust\n").await;
    let document = id(&document.json().await.unwrap());
    let resume = app.has_resume().await;
    let posting = app.post("/api/v1/postings", &json!({ "text": POSTING })).await;
    let posting = id(&posting.json().await.unwrap());
    let path = format!("/api/v1/resumes/{resume}/tailorings");
    let body = json!({ "posting_id": posting, "mode": "full", "intensity": "keywords" });
    let operation = accepted(app.post(&path, &body).await).await;
    let ended = app.ended(&operation).await;
    let tailoring = ended["result"]["tailoring_id"].as_str().unwrap().to_owned();
    let whole = app.get(&format!("/api/v1/tailorings/{tailoring}")).await;
    let proposal = id(&whole.json::<Value>().await.unwrap()["proposals"][0]);
    let body =
        json!({ "postings": [{ "posting_id": posting }], "mode": "full", "intensity": "keywords" });
    let batch = app.post(&format!("/api/v1/resumes/{resume}/tailorings/batch"), &body).await;
    let batch: Value = batch.json().await.unwrap();
    app.ended(batch["items"][0]["operation_id"].as_str().unwrap()).await;
    let batch = id(&batch);
    let path = format!("/api/v1/resumes/{resume}/versions");
    let version = app.post(&path, &json!({ "label": "mine" })).await;
    let version = id(&version.json().await.unwrap());
    let key = app.post("/api/v1/me/keys", &json!({ "name": "mine" })).await;
    let key = id(&key.json().await.unwrap());
    Things::from([
        ("documents", document),
        ("resumes", resume),
        ("postings", posting),
        ("operations", operation),
        ("tailorings", tailoring),
        ("proposals", proposal),
        ("tailoring-batches", batch),
        ("versions", version),
        ("keys", key),
    ])
}

/// Everything the person sees of their things.
async fn seen(app: &mut TestApp, person: &Person) -> Vec<String> {
    let before = app.switch_key(person.key.clone());
    let mut all = Vec::new();
    let operations = operations();
    let reads = operations.iter().filter(|one| {
        one.method == Method::GET
            && one.rule.as_deref() == Some("Caller")
            && one.names_things(&person.things)
            && !one.path.contains("/events")
            && !one.path.contains("/export")
    });
    for read in reads {
        let answer = read.asks_for(app, &[&person.things]).await;
        let status = answer.status();
        let text = answer.text().await.unwrap();
        let text = if status.is_success() { text } else { String::new() };
        all.push(format!("{} {status} {text}", read.name));
    }
    app.switch_key(before);
    all
}

async fn is_missing(answer: Response, operation: &str) {
    let status = answer.status();
    assert!(status.is_client_error(), "{operation}: {status} {}", answer.text().await.unwrap());
    let (status, code) = refused(answer).await;
    assert_eq!(status, 404, "{operation}: {code}");
}

#[test]
fn every_operation_says_who_may_call_it() {
    for operation in operations() {
        let public = PUBLIC.contains(&operation.name.as_str());
        match operation.rule {
            Some(rule) => {
                assert!(RULES.contains(&rule.as_str()), "{}: what is {rule}?", operation.name);
                assert!(!public, "{} has a rule and is public", operation.name);
            }
            None => assert!(public, "{} does not say who may call it", operation.name),
        }
    }
}

#[tokio::test]
async fn nobody_gets_in_without_a_token_or_with_a_forged_one() {
    let mut app = TestApp::start(unlimited()).await;
    let person = Person::new(&mut app, "dana@example.org").await;
    let mut tokens = forged::tokens(&app, &person.access_token).await;
    tokens.push(("none at all", String::new()));
    let tried = app.key();

    for (what, token) in tokens {
        app.switch_key(token);
        for operation in operations().iter().filter(|one| one.rule.is_some()) {
            let answer = operation.asks_for(&app, &[&person.things]).await;
            let (status, _) = refused(answer).await;
            assert_eq!(status, 401, "{} with a token that is {what}", operation.name);
        }
    }

    app.switch_key(tried);
    app.switch_key(person.access_token);
    assert_eq!(app.get("/api/v1/me").await.status(), 200, "the token they were made of is good");
}

#[tokio::test]
async fn what_needs_a_role_is_refused_to_all_others() {
    let mut app = TestApp::start(unlimited()).await;
    let things = Things::new();
    let roles = [Role::Candidate, Role::Recruiter, Role::Company, Role::Billing];

    for role in roles {
        let account = app.deps.accounts.create(role, Tier::Free).await.unwrap();
        app.switch_key(app.deps.accounts.create_key(account.id).await.unwrap());
        for operation in operations() {
            let may = match operation.rule.as_deref() {
                Some("Admin") => false,
                Some("Billing") => role == Role::Billing,
                _ => continue,
            };
            let answer = operation.asks_for(&app, &[&things]).await;
            let is_refused = answer.status() == 403;
            assert_eq!(is_refused, !may, "{} for {role:?}: {}", operation.name, answer.status());
        }
    }
}

#[tokio::test]
async fn a_key_does_what_its_scopes_say_and_nothing_else() {
    let mut app = TestApp::start(unlimited()).await;
    app.switch_to_admin().await;
    let things = Things::new();
    let everything = app.key();

    for scope in ["read", "write", "account", "billing", "admin"] {
        app.switch_key(everything.clone());
        let body = json!({ "name": scope, "scopes": [scope] });
        let made: Value = app.post("/api/v1/me/keys", &body).await.json().await.unwrap();
        app.switch_key(made["key"].as_str().unwrap().to_owned());
        // What takes a file takes longer to refuse, and steering would stop the queue.
        for operation in operations().iter().filter(|one| !one.path.contains("/queues/")) {
            let reads = operation.method == Method::GET;
            let needed = match operation.rule.as_deref() {
                Some("Caller") => {
                    if reads {
                        "read"
                    } else {
                        "write"
                    }
                }
                Some("Holder") => "account",
                Some("Billing") => "billing",
                Some("Admin") => "admin",
                _ => continue,
            };
            if needed == scope {
                continue;
            }
            let answer = refused(operation.asks_for(&app, &[&things]).await).await;
            assert_eq!(answer, (403, "scope-missing".into()), "{} with {scope}", operation.name);
        }
    }
}

#[tokio::test]
async fn another_persons_things_are_not_there() {
    let mut app = TestApp::start(unlimited()).await;
    let owner = Person::new(&mut app, "owner@example.org").await;
    let stranger = Person::new(&mut app, "stranger@example.org").await;
    let nobody = nobodys(&owner.things);
    let before = seen(&mut app, &owner).await;
    app.switch_key(stranger.key.clone());
    let mut asked = 0;

    let mine = ["Caller", "Holder"];
    let operations = operations();
    let of_people = operations
        .iter()
        .filter(|one| one.rule.as_deref().is_some_and(|rule| mine.contains(&rule)));
    for operation in of_people {
        let name = &operation.name;
        if operation.names_things(&owner.things) {
            for things in [&owner.things, &nobody] {
                is_missing(operation.asks_for(&app, &[things]).await, name).await;
                asked += 1;
            }
        }
        // One's own at the front of the address, the other's behind it.
        if operation.parameters().len() > 1 && !operation.path.contains("gaps") {
            let answer = operation.asks_for(&app, &[&stranger.things, &owner.things]).await;
            is_missing(answer, name).await;
            asked += 1;
        }
        // One's own address, the other's things in the body.
        if let (Some(body), true) = operation.body(&owner.things) {
            let address = operation.address(&[&stranger.things]);
            let answer = operation.call(&app, &address, Some(&body)).await;
            if name == "start_batch" {
                // Each posting has an answer of its own there.
                let batch: Value = answer.json().await.unwrap();
                assert_eq!(batch["items"][0]["refused"], "posting_not_found", "{batch}");
            } else {
                is_missing(answer, name).await;
            }
            asked += 1;
        }
        // Lists hold nothing of the other's.
        if operation.method == Method::GET && operation.parameters().is_empty() {
            let text = operation.asks_for(&app, &[&stranger.things]).await.text().await.unwrap();
            for id in owner.things.values() {
                assert!(!text.contains(id.as_str()), "{name} shows what is another's");
            }
        }
    }

    assert!(asked > 80, "only {asked} requests were made");
    assert_eq!(seen(&mut app, &owner).await, before, "the owner's things are as they were");
}

#[tokio::test]
async fn who_is_gone_gets_in_nowhere() {
    let mut app = TestApp::start(unlimited()).await;
    let session = app.registers("gone@example.org").await;
    let account: Uuid = session["account"]["id"].as_str().unwrap().parse().unwrap();
    let key = app.deps.accounts.create_key(account).await.unwrap();
    let access_token = session["access_token"].as_str().unwrap().to_owned();
    let db = app.database().await;
    account::Entity::delete_by_id(account).exec(&db).await.unwrap();
    let left = db.query_one_raw(sea_orm::Statement::from_string(
        db.get_database_backend(),
        "SELECT id FROM session",
    ));
    assert!(left.await.unwrap().is_none(), "sessions go with their account");

    for token in [key, access_token] {
        app.switch_key(token);
        for operation in operations().iter().filter(|one| one.rule.is_some()) {
            let answer = operation.asks_for(&app, &[&Things::new()]).await;
            assert_eq!(refused(answer).await.0, 401, "{}", operation.name);
        }
    }
    let refresh = json!({ "refresh_token": session["refresh_token"] });
    let refreshed = app.post("/api/v1/auth/refresh", &refresh).await;
    assert_eq!(refused(refreshed).await, (401, "signed-out".into()));
    assert!(app.deps.accounts.create_key(account).await.is_err(), "no key for who is gone");
}
