//! What people pay, see and may spend, over HTTP and with a provider that bills.

use std::time::Duration;

use futures::future::join_all;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use sha2::Sha256;
use shared::account::Tier;
use shared::testing::{Installation, eventually};
use worker::model::fake::FakeModel;
use worker::model::fake::script::{Endpoint, Step};

use crate::app::{POSTING, TestApp, accepted, id, refused};

/// Dear enough that a few tailorings use a dollar up.
const DEAR: &str = "version = \"dear\"\n[models.dear]\ninput = 10.0\noutput = 200.0\n\
     [models.vectors]\ninput = 1.0\n";
const SECRET: &str = "whsec_9f2c4e7a1b3d5f60";
const UPDATED: &str = "customer.subscription.updated";

pub async fn with_model(installation: Installation) -> (TestApp, FakeModel) {
    shared::telemetry::install_tls();
    let fake = FakeModel::start().await.unwrap();
    let prices = installation.folder.path().join("prices.toml");
    std::fs::write(&prices, DEAR).unwrap();
    let installation = installation
        .with("OPENAI_BASE_URL", &fake.base_url())
        .with("ROLEREADY_MODEL", "dear")
        .with("ROLEREADY_EMBEDDING_MODEL", "vectors")
        .with("ROLEREADY_PRICES", &prices.display().to_string());
    (TestApp::start(installation).await, fake)
}

async fn read(app: &TestApp, path: &str) -> Value {
    let response = app.get(path).await;
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    response.json().await.unwrap()
}

async fn put(app: &TestApp, path: &str, body: &Value) -> Response {
    app.request(Method::PUT, path).json(body).send().await.unwrap()
}

fn nano(amount: &Value) -> i64 {
    amount["nano_usd"].as_i64().unwrap()
}

#[tokio::test]
async fn a_tailoring_is_quoted_before_and_its_receipt_is_what_was_booked() {
    for installation in Installation::each().await {
        let (app, _fake) = with_model(installation).await;
        let path = format!("/api/v1/resumes/{}/tailorings", app.has_resume().await);
        let body = json!({ "posting_text": POSTING });

        let quote = app.post(&format!("{path}/quote"), &body).await;
        assert_eq!(quote.status(), StatusCode::OK);
        let quote: Value = quote.json().await.unwrap();
        let operation = app.ended(&accepted(app.post(&path, &body).await).await).await;
        let receipt = read(&app, &format!("/api/v1/operations/{}/receipt", id(&operation))).await;

        assert_eq!(operation["result"]["engine"], "model", "{operation}");
        assert_eq!((&quote["model"], &quote["price_version"]), (&json!("dear"), &json!("dear")));
        assert!(nano(&quote["likely"]) <= nano(&quote["worst"]), "{quote}");
        let cost = nano(&receipt["cost"]);
        assert!(cost > 0 && cost <= nano(&quote["worst"]), "{quote} {receipt}");
        assert_eq!((&receipt["calls"], &receipt["is_final"]), (&json!(1), &json!(true)));
        assert_eq!(receipt["entries"][0]["price_version"], "dear");
        assert!(receipt["compressed_tokens"].as_i64().unwrap() > 0, "{receipt}");
        let today = read(&app, "/api/v1/spending/today").await;
        assert_eq!((nano(&today["settled"]), nano(&today["held"])), (cost, 0));
        let history = read(&app, "/api/v1/spending/history?group_by=kind").await;
        assert_eq!(nano(&history["total"]["cost"]), cost);
        assert_eq!(history["items"][0]["name"], "tailor");
        let entries = read(&app, "/api/v1/spending/entries?limit=1").await;
        assert_eq!(nano(&entries["items"][0]["cost"]), cost);
    }
}

#[tokio::test]
async fn quotes_of_checks_and_readings_start_nothing() {
    let (app, fake) = with_model(Installation::embedded()).await;
    let resume = app.has_resume().await;
    let body = json!({ "posting_text": POSTING });

    let check = app.post(&format!("/api/v1/resumes/{resume}/ats-checks/quote"), &body).await;
    let rules = json!({ "posting_text": POSTING, "engine": "rules" });
    let rules = app.post(&format!("/api/v1/resumes/{resume}/ats-checks/quote"), &rules).await;
    let document = id(&app.uploads("resume.txt", "Ana Sousa").await.json().await.unwrap());
    let parse = json!({ "document_id": document });
    let parse = app.post("/api/v1/resumes/parse/quote", &parse).await;

    let check: Value = check.json().await.unwrap();
    assert!(nano(&check["worst"]) >= nano(&check["likely"]) && nano(&check["likely"]) > 0);
    let rules: Value = rules.json().await.unwrap();
    assert_eq!((nano(&rules["worst"]), &rules["model"]), (0, &Value::Null));
    assert!(nano(&parse.json::<Value>().await.unwrap()["worst"]) > 0);
    assert_eq!(fake.calls().len(), 0);
    assert_eq!(read(&app, "/api/v1/operations").await["items"], json!([]));
}

#[tokio::test]
async fn a_batch_is_quoted_as_the_sum_of_its_tailorings() {
    let (app, fake) = with_model(Installation::embedded()).await;
    let path = format!("/api/v1/resumes/{}/tailorings", app.has_resume().await);
    let one = json!({ "posting_text": POSTING });

    let single: Value = app.post(&format!("{path}/quote"), &one).await.json().await.unwrap();
    let path = format!("{path}/batch/quote");
    let twelve = json!({ "postings": vec![&one; 12] });
    let batch: Value = app.post(&path, &twelve).await.json().await.unwrap();
    let empty = app.post(&path, &json!({ "postings": [] })).await;

    assert_eq!(nano(&batch["worst"]), 12 * nano(&single["worst"]));
    assert_eq!(nano(&batch["likely"]), 12 * nano(&single["likely"]));
    assert_eq!(batch["model"], single["model"]);
    // Ten at a time is what the premium tier runs.
    assert_eq!(batch["seconds"].as_u64(), single["seconds"].as_u64().map(|one| 2 * one));
    assert_eq!(empty.status(), StatusCode::BAD_REQUEST);
    assert_eq!(fake.calls().len(), 0);
}

#[tokio::test]
async fn work_that_insists_on_a_model_waits_while_it_is_left_alone_and_says_so() {
    for installation in Installation::each().await {
        let (app, fake) = with_model(installation).await;
        let breaker = app.model.as_ref().unwrap().breaker("dear");
        app.deps.breakers.open(&breaker, Duration::from_mins(1)).await.unwrap();
        let path = format!("/api/v1/resumes/{}/tailorings", app.has_resume().await);
        let body = json!({ "posting_text": POSTING, "engine": "model" });

        let operation = accepted(app.post(&path, &body).await).await;

        let waiting = eventually("it waits for the model", async || {
            let waiting = read(&app, &format!("/api/v1/operations/{operation}/waiting")).await;
            (waiting["reason"] == "breaker_open").then_some(waiting)
        });
        let waiting = waiting.await;
        assert_eq!(waiting["state"], "queued");
        assert!(waiting["retry_at"].is_string(), "{waiting}");
        assert_eq!(fake.calls().len(), 0);
        let today = read(&app, "/api/v1/spending/today").await;
        assert_eq!((nano(&today["settled"]), nano(&today["held"])), (0, 0));
    }
}

/// Two hundred tailorings at once, each asked for until it is taken or refused for money.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_submits_at_once_stay_within_a_dollar_and_the_rest_is_402() {
    let installation = Installation::distributed().await.with("DATABASE_CONNECTIONS", "30");
    let (mut app, fake) = with_model(installation).await;
    fake.script([Step { latency_ms: 300, on: Some(Endpoint::Chat), ..Step::default() }.times(999)]);
    // As many operations as premium people may start, and as much money as free ones may spend.
    let (person, key) = (app.person().await, app.key());
    app.switch_to_admin().await;
    let cap = json!({ "cap_nano_usd": 1_000_000_000, "days": 1, "reason": "a test" });
    let path = format!("/api/v1/admin/users/{person}/spending-cap");
    assert_eq!(put(&app, &path, &cap).await.status(), StatusCode::OK);
    app.switch_key(key);
    let resume = app.has_resume().await;

    let submits = (0..200).map(|number| {
        let (app, resume) = (&app, &resume);
        async move {
            let body = json!({ "posting_text": format!("{POSTING}\n- Posting {number}") });
            loop {
                let path = format!("/api/v1/resumes/{resume}/tailorings");
                let response = app.post(&path, &body).await;
                match response.status() {
                    // Both ask to come again later.
                    StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {}
                    _ => return response,
                }
                tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            }
        }
    });
    let responses = join_all(submits).await;

    let (mut taken, mut refused) = (Vec::new(), Vec::new());
    for response in responses {
        match response.status() {
            StatusCode::ACCEPTED => taken.push(accepted(response).await),
            StatusCode::PAYMENT_REQUIRED => refused.push(response.json::<Value>().await.unwrap()),
            other => panic!("{other}"),
        }
    }
    for operation in &taken {
        assert_eq!(app.ended(operation).await["state"], "succeeded");
    }
    assert!(!taken.is_empty() && !refused.is_empty(), "{} {}", taken.len(), refused.len());
    let standing = app.deps.spending.standing(person).await.unwrap();
    assert!(standing.settled <= standing.cap, "{standing:?}");
    assert_eq!(standing.held.0, 0);
    let usage = fake.billed().usage;
    let bill = i64::try_from(usage.input * 10_000 + usage.output * 200_000).unwrap();
    assert_eq!(standing.settled.0, bill);
    check_refusal(&refused[0]);
    let rules = json!({ "posting_text": POSTING, "engine": "rules" });
    let free = app.post(&format!("/api/v1/resumes/{resume}/tailorings"), &rules).await;
    accepted(free).await;
}

fn check_refusal(problem: &Value) {
    assert_eq!(problem["code"], "spending-cap-reached");
    assert!(problem["remedy"].as_str().unwrap().contains("engine: \"rules\""), "{problem}");
    assert!(problem["resets_at"].is_string());
    let room = &problem["spending"];
    let [cap, settled, held, needed] =
        ["cap", "settled", "held", "needed"].map(|name| nano(&room[name]));
    assert!(settled + held + needed > cap, "{problem}");
}

#[tokio::test]
async fn work_that_could_cost_more_than_allowed_is_done_by_the_rules() {
    let (app, fake) = with_model(Installation::embedded()).await;
    let resume = app.has_resume().await;
    let body = json!({ "posting_text": POSTING, "max_cost": { "nano_usd": 1_000 } });

    let response = app.post(&format!("/api/v1/resumes/{resume}/tailorings"), &body).await;
    let operation = app.ended(&accepted(response).await).await;

    assert_eq!(operation["state"], "succeeded");
    assert_eq!(operation["result"]["engine"], "rules");
    assert_eq!(operation["result"]["notices"][0]["code"], "spending_cap_reached");
    assert_eq!(fake.calls().len(), 0);
    assert_eq!(nano(&read(&app, "/api/v1/spending/today").await["settled"]), 0);
}

#[tokio::test]
async fn billing_reads_every_nano_dollar_and_the_same_bytes_again() {
    for installation in Installation::each().await {
        let (mut app, _fake) = with_model(installation).await;
        let operation = app.has_operation().await;
        app.ended(&operation).await;
        let person = app.person().await;
        let today = read(&app, "/api/v1/spending/today").await;
        assert_eq!(
            refused(app.get("/api/v1/billing/usage").await).await,
            (403, "forbidden".into())
        );
        app.switch_to_billing().await;

        let usage = read(&app, "/api/v1/billing/usage?group_by=user").await;
        let month = &usage["to"].as_str().unwrap()[..7];
        let statement =
            read(&app, &format!("/api/v1/billing/users/{person}/statement?month={month}")).await;
        let table = app.get("/api/v1/billing/usage?group_by=user&format=csv").await;
        let kind = table.headers()["content-type"].to_str().unwrap().to_owned();
        let table = table.text().await.unwrap();
        let feed = app.get("/api/v1/billing/entries?after=0&limit=1").await.bytes().await.unwrap();
        let again = app.get("/api/v1/billing/entries?after=0&limit=1").await.bytes().await.unwrap();

        let settled = nano(&today["settled"]);
        assert!(settled > 0, "{today}");
        assert_eq!(usage["items"][0]["name"], person.to_string());
        assert_eq!(nano(&usage["items"][0]["cost"]), settled);
        assert_eq!(nano(&statement["total"]["cost"]), settled);
        assert_eq!(nano(&statement["by_model"][0]["cost"]), settled);
        assert!(kind.starts_with("text/csv"), "{kind}");
        assert!(table.starts_with("name,calls,") && table.contains(&person.to_string()), "{table}");
        assert_eq!(table.lines().count(), 2, "{table}");
        assert_eq!(feed, again);
        let feed: Value = serde_json::from_slice(&feed).unwrap();
        assert_eq!(nano(&feed["entries"][0]["cost"]), settled);
        let nobody = format!("/api/v1/billing/users/{}/statement?month={month}", uuid::Uuid::nil());
        assert_eq!(refused(app.get(&nobody).await).await, (404, "account-not-found".into()));
        for path in
            ["?from=2026-13-01", "?from=2026-01-02&to=2026-01-01", "?limit=0", "?group_by=x"]
        {
            let response = app.get(&format!("/api/v1/billing/usage{path}")).await;
            assert_eq!(refused(response).await.0, 400, "{path}");
        }
    }
}

#[tokio::test]
async fn admins_see_what_is_spent_and_change_caps_and_tiers() {
    for installation in Installation::each().await {
        let (mut app, _fake) = with_model(installation).await;
        let operation = app.has_operation().await;
        app.ended(&operation).await;
        let person = app.person().await;
        let settled = nano(&read(&app, "/api/v1/spending/today").await["settled"]);
        app.switch_to_admin().await;

        let overview = read(&app, "/api/v1/admin/costs/overview").await;
        let top = read(&app, "/api/v1/admin/costs/top-users").await;
        let trend = read(&app, "/api/v1/admin/costs/trend").await;
        let spikes = read(&app, "/api/v1/admin/costs/spikes").await;
        let table =
            app.get("/api/v1/admin/costs/export?group_by=model").await.text().await.unwrap();
        let path = format!("/api/v1/admin/users/{person}");
        let cap = json!({ "cap_nano_usd": settled, "days": 2, "reason": "too dear" });
        let cap = put(&app, &format!("{path}/spending-cap"), &cap).await;
        let near = read(&app, "/api/v1/admin/costs/near-cap").await;
        let tier = json!({ "tier": "pro", "reason": "paid by invoice" });
        let tier = put(&app, &format!("{path}/tier"), &tier).await;
        let nobody = format!("/api/v1/admin/users/{}/tier", uuid::Uuid::nil());
        let nobody = put(&app, &nobody, &json!({ "tier": "pro", "reason": "x" })).await;

        assert_eq!(nano(&overview["total"]["cost"]), settled);
        assert_eq!(nano(&overview["by_kind"][0]["cost"]), settled);
        assert_eq!(top["items"][0]["name"], person.to_string());
        assert_eq!(trend["last_30_days"].as_array().unwrap().len(), 30);
        assert_eq!(nano(&trend["last_7_days"][6]["cost"]), settled);
        assert_eq!(spikes["people"], json!([]));
        assert!(table.contains("vectors,"), "{table}");
        let cap: Value = cap.json().await.unwrap();
        assert_eq!((nano(&cap["cap"]), &cap["percent"]), (settled, &json!(100)));
        assert!(cap["warning"].as_str().unwrap().contains("100 %"));
        assert_eq!(near["items"][0]["account_id"], person.to_string());
        assert_eq!(tier.json::<Value>().await.unwrap()["tier"], "pro");
        assert_eq!(refused(nobody).await, (404, "account-not-found".into()));
        let audit = read(&app, &format!("/api/v1/admin/audit?target=account/{person}")).await;
        let actions: Vec<&Value> =
            audit["items"].as_array().unwrap().iter().map(|one| &one["action"]).collect();
        assert_eq!(actions, ["set_tier", "set_spending_cap"]);
    }
}

fn event(
    id: &str,
    account: uuid::Uuid,
    created: i64,
    (kind, status, price): (&str, &str, &str),
) -> String {
    let object = json!({
        "id": "sub_1",
        "status": status,
        "metadata": { "account_id": account },
        "items": { "data": [{ "price": { "id": price } }] },
    });
    let event = json!({ "id": id, "type": kind, "created": created, "data": { "object": object } });
    event.to_string()
}

async fn tells(app: &TestApp, secret: &str, body: &str) -> Response {
    let time = chrono::Utc::now().timestamp();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{time}.{body}").as_bytes());
    let signature = format!("t={time},v1={}", hex::encode(mac.finalize().into_bytes()));
    app.request(Method::POST, "/api/v1/webhooks/stripe")
        .header("stripe-signature", signature)
        .header("content-type", "application/json; charset=utf-8")
        .body(body.to_owned())
        .send()
        .await
        .unwrap()
}

async fn changed(response: Response) -> bool {
    assert_eq!(response.status(), StatusCode::OK);
    response.json::<Value>().await.unwrap()["changed"].as_bool().unwrap()
}

#[tokio::test]
async fn a_payment_changes_the_tier_once_and_only_when_signed() {
    for installation in Installation::each().await {
        let installation = installation
            .with("STRIPE_WEBHOOK_SECRET", SECRET)
            .with("STRIPE_PRICES", "price_1=pro, price_2=premium");
        let mut app = TestApp::without_worker(installation).await;
        app.switch_person(Tier::Free).await;
        let (person, key) = (app.person().await, app.key());
        app.forget_key();
        let tier = async || app.deps.accounts.find_by_key(&key).await.unwrap().unwrap().tier;

        let bought = event("evt_1", person, 100, (UPDATED, "active", "price_1"));
        let forged = tells(&app, "whsec_other", &bought).await;
        assert_eq!(refused(forged).await, (401, "unauthenticated".into()));
        assert_eq!(tier().await, Tier::Free);
        assert!(changed(tells(&app, SECRET, &bought).await).await);
        assert_eq!(tier().await, Tier::Pro);

        assert!(!changed(tells(&app, SECRET, &bought).await).await, "a replay");
        let upgrade = event("evt_3", person, 300, (UPDATED, "active", "price_2"));
        assert!(changed(tells(&app, SECRET, &upgrade).await).await);
        let late = event("evt_2", person, 200, (UPDATED, "active", "price_1"));
        assert!(!changed(tells(&app, SECRET, &late).await).await, "an old event after a newer");
        assert_eq!(tier().await, Tier::Premium);

        let other = json!({ "id": "evt_4", "type": "invoice.paid", "created": 1, "data": { "object": {} } });
        assert!(!changed(tells(&app, SECRET, &other.to_string()).await).await);
        let ended = ("customer.subscription.deleted", "canceled", "price_2");
        assert!(changed(tells(&app, SECRET, &event("evt_5", person, 400, ended)).await).await);
        assert_eq!(tier().await, Tier::Free);
    }
}

#[tokio::test]
async fn a_provider_that_is_gone_leaves_nothing_set_aside() {
    let (app, fake) = with_model(Installation::embedded()).await;
    drop(fake);
    let operation = app.has_operation().await;

    let operation = app.ended(&operation).await;

    assert_eq!(operation["state"], "succeeded");
    let person = app.person().await;
    eventually("nothing is set aside", async || {
        let standing = app.deps.spending.standing(person).await.unwrap();
        (standing.held.0 == 0 && standing.settled.0 == 0).then_some(())
    })
    .await;
}
