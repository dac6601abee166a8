//! What orchestrators, balancers and Prometheus are told.

use std::collections::BTreeSet;

use reqwest::StatusCode;
use serde_json::{Value, json};
use shared::testing::postgres::{Durability, PostgresServer};
use shared::testing::redis::RedisServer;
use shared::testing::{Installation, eventually};

use crate::app::{TestApp, refused};
use crate::server::start;
use crate::user::User;

async fn read(app: &TestApp, path: &str) -> Value {
    let response = app.get(path).await;
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    response.json().await.unwrap()
}

/// The names of the parts that are not well.
fn troubles(ready: &Value) -> Vec<&str> {
    let parts = ready["parts"].as_array().unwrap().iter();
    parts.filter(|part| part["ok"] == false).map(|part| part["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_fleet_that_is_whole_is_ok_and_one_without_a_worker_is_degraded() {
    for installation in Installation::each().await {
        let app = TestApp::without_worker(installation).await;

        let without = read(&app, "/api/v1/health/ready").await;
        app.starts_working();
        let with = eventually("a worker has beaten", async || {
            let ready = read(&app, "/api/v1/health/ready").await;
            (ready["status"] == "ok").then_some(ready)
        });

        assert_eq!((&without["status"], troubles(&without)), (&json!("degraded"), vec!["workers"]));
        assert!(troubles(&with.await).is_empty());
        assert_eq!(read(&app, "/api/v1/health").await["status"], "ok");
    }
}

#[tokio::test]
async fn without_redis_it_is_degraded_and_without_the_database_it_is_down_but_lives() {
    let mut postgres = PostgresServer::start(Durability::Disk).await;
    let mut redis = RedisServer::start().await;
    let installation = Installation::embedded()
        .with("DATABASE_URL", &postgres.url())
        .with("REDIS_URL", &redis.url());
    let app = TestApp::start(installation).await;
    eventually("a worker has beaten", async || {
        (read(&app, "/api/v1/health/ready").await["status"] == "ok").then_some(())
    })
    .await;

    redis.freeze();
    let frozen = read(&app, "/api/v1/health/ready").await;
    redis.thaw();
    redis.stop().await;
    let gone = read(&app, "/api/v1/health/ready").await;
    postgres.stop().await;
    let down = refused(app.get("/api/v1/health/ready").await).await;
    let whole = refused(app.get("/api/v1/health").await).await;
    let alive = app.get("/api/v1/health/live").await.status();

    for ready in [frozen, gone] {
        assert_eq!((&ready["status"], troubles(&ready)), (&json!("degraded"), vec!["redis"]));
    }
    assert_eq!((&down, &whole), (&(503, "unavailable".to_owned()), &down));
    assert_eq!(alive, StatusCode::OK);
}

#[tokio::test]
async fn an_admin_sees_how_everything_stands_and_nobody_else_does() {
    let mut app = TestApp::without_worker(Installation::distributed().await).await;
    let refusal = refused(app.get("/api/v1/health/detailed").await).await;
    app.has_operation().await;
    app.switch_to_admin().await;

    let detailed = read(&app, "/api/v1/health/detailed").await;

    assert_eq!(refusal.0, 403);
    let waiting =
        detailed["queues"].as_array().unwrap().iter().find(|queue| queue["kind"] == "ats");
    assert_eq!(waiting.unwrap()["waiting"], 1, "{detailed}");
    assert!(detailed["pool"]["open"].as_u64().unwrap() > 0, "{detailed}");
    assert!(detailed["disk"]["free_bytes"].as_u64().unwrap() > 0, "{detailed}");
}

/// Series by name and labels, bounds of histograms aside.
fn series(metrics: &str) -> BTreeSet<String> {
    let lines = metrics.lines().filter(|line| line.starts_with("roleready_"));
    let names = lines.filter_map(|line| line.rsplit_once(' ')).map(|(name, _)| name.to_owned());
    names.filter(|name| !name.contains("le=\"")).collect()
}

/// A person's whole journey, with all that may go wrong in addresses.
async fn journey(person: &User, name: &str) -> String {
    let parsed = person.parses(b"Dana Example\n\nSkills\nRust\n", "dana.txt").await;
    let resume = parsed["result"]["resume_id"].as_str().unwrap();
    person.checks_and_tailors(resume).await;
    for path in ["/api/v1/resumes/{id}?name={name}", "/{name}/{id}", "/api/v1/resumes/{name}"] {
        person.get(&path.replace("{id}", resume).replace("{name}", name)).await;
    }
    let brew = "BREW".parse().unwrap();
    person.request(brew, &format!("/api/v1/{name}")).await;
    person.get("/api/v1/health/metrics").await;
    person.get("/api/v1/health/metrics").await.text().await.unwrap()
}

#[tokio::test]
async fn the_number_of_series_does_not_grow_with_ids_or_made_up_addresses() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").display().to_string();
    let mut program = start(&[("ROLEREADY_DATA", data.as_str()), ("PORT", "0")], &[]);
    let person = User::new(&mut program).await;

    let first = series(&journey(&person, "first").await);
    journey(&person, "second").await;
    let last = series(&journey(&person, "third").await);

    let text = last.iter().cloned().collect::<Vec<_>>().join("\n");
    for what in [
        "roleready_http_requests_total{route=\"/api/v1/resumes/:param0/tailorings\",method=\"POST\",status=\"202\"}",
        "roleready_operations_total{kind=\"tailor\",engine=\"auto\",state=\"succeeded\",problem=\"none\"}",
        "roleready_http_requests_total{route=\"unmatched\"",
        "method=\"other\"",
        "roleready_queue_waiting{kind=\"ats\"}",
        "roleready_problems_total{code=\"not-found\"}",
    ] {
        assert!(text.contains(what), "{what} is not in\n{text}");
    }
    let new: Vec<&String> = last.difference(&first).collect();
    assert!(new.is_empty(), "{new:?}");
    assert!(last.len() < 150, "{}", last.len());
}

#[tokio::test]
async fn metrics_with_an_address_of_their_own_are_there_and_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").display().to_string();
    let address = format!("127.0.0.1:{}", shared::testing::services::free_port());
    let variables =
        [("ROLEREADY_DATA", data.as_str()), ("PORT", "0"), ("METRICS_ADDR", address.as_str())];
    let mut program = start(&variables, &[]);
    let person = User::new(&mut program).await;

    let here = person.get("/api/v1/health/metrics").await.status();
    let there = reqwest::get(format!("http://{address}/metrics")).await.unwrap();
    let there = there.text().await.unwrap();

    assert_eq!(here, StatusCode::NOT_FOUND);
    assert!(there.contains("roleready_http_requests_total"), "{there}");
}
