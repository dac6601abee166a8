//! How often somebody may ask, and what they are told about it.

use reqwest::{Method, Response};
use serde_json::{Value, json};
use shared::account::Tier;
use shared::testing::Installation;
use shared::testing::redis::RedisServer;

use crate::app::{TestApp, refused};

/// The value of a header, as text.
fn header(response: &Response, name: &str) -> String {
    let value = response.headers().get(name);
    value.map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
}

async fn statuses(app: &TestApp, requests: usize) -> Vec<u16> {
    let mut statuses = Vec::new();
    for _ in 0..requests {
        statuses.push(app.get("/api/v1/resumes").await.status().as_u16());
    }
    statuses
}

#[tokio::test]
async fn a_person_who_asks_too_often_is_told_when_to_go_on_and_others_are_not_held_up() {
    for installation in Installation::each().await {
        let mut app = TestApp::start(installation.with("RATE_FREE", "3")).await;
        app.switch_person(Tier::Free).await;

        let first = app.get("/api/v1/resumes").await;
        let statuses = statuses(&app, 2).await;
        let fourth = app.get("/api/v1/resumes").await;

        assert_eq!(
            header(&first, "ratelimit-policy"),
            r#""address";q=1200;w=60, "person";q=3;w=60"#
        );
        assert!(header(&first, "ratelimit").contains(r#""person";r=2;t=20"#), "{first:?}");
        assert_eq!(statuses, [200, 200]);
        let seconds: u64 = header(&fourth, "retry-after").parse().unwrap();
        assert!((15..=20).contains(&seconds), "{seconds}");
        assert!(header(&fourth, "ratelimit").contains(r#""person";r=0"#), "{fourth:?}");
        assert_eq!(refused(fourth).await, (429, "rate-limited".into()));
        app.switch_person(Tier::Free).await;
        assert_eq!(app.get("/api/v1/resumes").await.status(), 200);
    }
}

#[tokio::test]
async fn processes_that_share_a_redis_count_together() {
    let installation = Installation::distributed().await.with("RATE_FREE", "4");
    let second = installation.open().await;
    let mut app = TestApp::start(installation).await;
    app.switch_person(Tier::Free).await;
    let person = app.person().await.simple().to_string();
    let policy = shared::limits::Policy::Person(Tier::Free);

    for _ in 0..3 {
        second.limiter.count(policy, &person).await.unwrap();
    }

    assert_eq!(statuses(&app, 2).await, [200, 429]);
}

#[tokio::test]
async fn without_redis_requests_are_answered_and_the_process_itself_still_limits() {
    let redis = RedisServer::start().await;
    let installation = Installation::distributed().await;
    let installation = installation.with("REDIS_URL", &redis.url()).with("RATE_FREE", "5");
    let mut app = TestApp::start(installation).await;
    app.switch_person(Tier::Free).await;
    let before = app.get("/api/v1/resumes").await.status();

    redis.freeze();
    let after = statuses(&app, 6).await;

    assert_eq!(before, 200);
    assert_eq!(after, [200, 200, 200, 200, 429, 429]);
}

#[tokio::test]
async fn an_address_is_limited_whoever_calls_from_it_and_health_is_always_told() {
    let installation = Installation::embedded().with("RATE_ADDRESS", "3");
    let mut app = TestApp::start(installation).await;
    app.forget_key();

    let statuses = statuses(&app, 4).await;
    let health = app.get("/api/v1/health").await;

    assert_eq!(statuses, [401, 401, 401, 429]);
    assert_eq!((health.status().as_u16(), header(&health, "ratelimit")), (200, String::new()));
}

#[tokio::test]
async fn attempts_to_sign_in_are_limited_more_strictly_than_all_else() {
    let app = TestApp::start(Installation::embedded().with("RATE_SIGN_IN", "2")).await;
    let body = json!({ "email": "maya@maya.example", "password": "a guess of many" });

    let mut last = 0;
    for _ in 0..3 {
        last = app.post("/api/v1/auth/login", &body).await.status().as_u16();
    }

    assert_eq!(last, 429);
    assert_eq!(app.get("/api/v1/resumes").await.status(), 200);
}

#[tokio::test]
async fn behind_a_trusted_proxy_each_caller_has_an_address_of_their_own() {
    let installation = Installation::embedded().with("RATE_ADDRESS", "2");
    let app = TestApp::start(installation.with("TRUSTED_PROXIES", "127.0.0.0/8")).await;
    let call = |from: &'static str| {
        let request = app.request(Method::GET, "/api/v1/resumes");
        request.header("x-forwarded-for", from).send()
    };

    let mut statuses = Vec::new();
    for from in ["203.0.113.1", "203.0.113.1", "203.0.113.1", "203.0.113.2", "6.6.6.6, 203.0.113.1"]
    {
        statuses.push(call(from).await.unwrap().status().as_u16());
    }

    assert_eq!(statuses, [200, 200, 429, 200, 429]);
}

#[tokio::test]
async fn a_person_sees_all_their_limits_in_one_place() {
    for installation in Installation::each().await {
        let mut app = TestApp::without_worker(installation).await;
        app.switch_person(Tier::Free).await;
        app.has_operation().await;

        let limits: Value = app.get("/api/v1/me/limits").await.json().await.unwrap();

        assert_eq!(limits["tier"], "free");
        let person = limits["rates"].as_array().unwrap();
        let person = person.iter().find(|rate| rate["policy"] == "person").unwrap();
        assert_eq!((&person["per_minute"], &person["remaining"]), (&json!(120), &json!(117)));
        let checks = limits["operations"].as_array().unwrap();
        let checks = checks.iter().find(|limit| limit["kind"] == "ats").unwrap();
        assert_eq!((&checks["used_today"], &checks["remaining_today"]), (&json!(1), &json!(9)));
        assert!(checks["resets_at"].as_str().unwrap().contains("T00:00:00"), "{checks}");
    }
}
