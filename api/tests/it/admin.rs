//! What admins see and do over HTTP, and that nobody else does.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use shared::account::Tier;
use shared::testing::{Installation, eventually};

use crate::app::{POSTING, TestApp, refused};

async fn read(app: &TestApp, path: &str) -> Value {
    let response = app.get(path).await;
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    response.json().await.unwrap()
}

async fn steer(app: &TestApp, path: &str) -> Value {
    let response = app.post(path, &json!({ "reason": "a test" })).await;
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    response.json().await.unwrap()
}

/// An installation where a person's operation waits and an admin calls.
async fn with_waiting(installation: Installation) -> (TestApp, String) {
    let mut app = TestApp::without_worker(installation).await;
    let operation = app.has_operation().await;
    app.switch_to_admin().await;
    (app, operation)
}

#[tokio::test]
async fn nobody_but_an_admin_is_let_in() {
    let mut app = TestApp::without_worker(Installation::embedded()).await;
    let document: Value = serde_json::from_str(&roleready_api::openapi()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let admin: Vec<(&String, &Value)> =
        paths.iter().filter(|(path, _)| path.starts_with("/api/v1/admin/")).collect();
    assert!(admin.len() >= 14, "{}", admin.len());

    for (path, methods) in admin {
        let path = path.replace("{kind}", "ats").replace("{id}", &uuid::Uuid::nil().to_string());
        for method in methods.as_object().unwrap().keys() {
            let method: Method = method.to_uppercase().parse().unwrap();
            let request = app.request(method.clone(), &path).json(&json!({ "reason": "a test" }));
            let answer = refused(request.send().await.unwrap()).await;
            assert_eq!(answer, (403, "forbidden".into()), "{method} {path}");
        }
    }

    app.forget_key();
    let answer = refused(app.get("/api/v1/admin/queues").await).await;
    assert_eq!(answer, (401, "unauthenticated".into()));
}

#[tokio::test]
async fn a_paused_queue_keeps_what_is_submitted_and_runs_it_when_it_is_resumed() {
    for installation in Installation::each().await {
        let mut app = TestApp::start(installation).await;
        let person = app.key();
        app.switch_to_admin().await;
        let paused = steer(&app, "/api/v1/admin/queues/ats/pause").await;
        let admin = app.switch_key(person);
        let operation = app.has_operation().await;
        let person = app.switch_key(admin);

        let queue = read(&app, "/api/v1/admin/queues/ats").await;
        let resumed = steer(&app, "/api/v1/admin/queues/ats/resume").await;
        app.switch_key(person);
        let ended = app.ended(&operation).await;

        assert_eq!((&paused["mode"], &resumed["mode"]), (&"paused".into(), &"running".into()));
        assert_eq!((&queue["mode"], &queue["depth"]["queued"]), (&"paused".into(), &1.into()));
        assert!(queue["oldest_waiting"].is_string());
        assert_eq!(ended["state"], "succeeded");
    }
}

#[tokio::test]
async fn a_queue_tells_how_many_ended_how_fast_and_how_many_of_them_failed() {
    for mut app in TestApp::each().await {
        let operation = app.has_operation().await;
        app.ended(&operation).await;
        let path = format!("/api/v1/resumes/{}/ats-checks", app.has_resume().await);
        let response = app.post(&path, &json!({ "posting_text": "Hello there." })).await;
        app.ended(&crate::app::accepted(response).await).await;
        app.switch_to_admin().await;

        let queues = read(&app, "/api/v1/admin/queues").await;

        let kinds: Vec<&Value> =
            queues["items"].as_array().unwrap().iter().map(|queue| &queue["kind"]).collect();
        assert_eq!(kinds, ["parse", "ats", "tailor"]);
        let queue = &queues["items"][1];
        for window in ["last_minute", "last_hour"] {
            assert_eq!(queue[window]["ended"], 2, "{queue}");
            assert_eq!(queue[window]["failure_rate"], 0.5);
        }
        assert!(queue["run"]["p99_ms"].as_u64() >= queue["run"]["p50_ms"].as_u64());
        assert!(queue["wait"]["p50_ms"].is_u64());
        assert!(queues["items"][0].get("run").is_none(), "nothing was parsed");
    }
}

#[tokio::test]
async fn operations_are_found_by_state_kind_person_problem_and_age() {
    for mut app in TestApp::each().await {
        let path = format!("/api/v1/resumes/{}/ats-checks", app.has_resume().await);
        let response = app.post(&path, &json!({ "posting_text": "Hello there." })).await;
        let failed = app.ended(&crate::app::accepted(response).await).await;
        app.switch_person(Tier::Pro).await;
        let operation = app.has_operation().await;
        app.ended(&operation).await;
        app.switch_to_admin().await;
        let found = async |query: &str| {
            let page = read(&app, &format!("/api/v1/admin/operations?{query}")).await;
            let items = page["items"].as_array().unwrap();
            items.iter().map(|item| item["id"].clone()).collect::<Vec<_>>()
        };

        let all = found("").await;
        let (failed, operation) = ([failed["id"].clone()], [Value::from(operation)]);
        assert_eq!(all, [operation.clone(), failed.clone()].concat());
        assert_eq!(found("state=failed").await, failed);
        assert_eq!(found("kind=parse").await, [Value::Null; 0]);
        assert_eq!(found("problem=posting-without-requirements").await, failed);
        assert_eq!(found("problem=worker-lost").await, [Value::Null; 0]);
        assert_eq!(found("older_than_seconds=60").await, [Value::Null; 0]);
        assert_eq!(found("younger_than_seconds=60&kind=ats").await, all);
        let one = read(&app, "/api/v1/admin/operations?limit=1").await;
        assert_eq!(
            found(&format!("cursor={}", one["next_cursor"].as_str().unwrap())).await,
            failed
        );
        let person = one["items"][0]["account_id"].as_str().unwrap().to_owned();
        assert_eq!(found(&format!("account_id={person}")).await, operation);
        let unknown = app.get("/api/v1/admin/operations?problem=bad-luck").await;
        assert_eq!(refused(unknown).await, (400, "invalid-request".into()));
    }
}

#[tokio::test]
async fn an_operation_is_shown_with_its_attempts_but_without_what_it_is_about() {
    for mut app in TestApp::each().await {
        let operation = app.has_operation().await;
        app.ended(&operation).await;
        app.switch_to_admin().await;

        let response = app.get(&format!("/api/v1/admin/operations/{operation}")).await;
        let text = response.text().await.unwrap();

        let detail: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(detail["operation"]["state"], "succeeded");
        assert_eq!(detail["attempts"].as_array().unwrap().len(), 1);
        assert_eq!(detail["attempts"][0]["ending"], "succeeded");
        assert_eq!(detail["events"][0]["kind"], "queued");
        assert_eq!(detail["tokens"]["input"], 0);
        let resume = include_str!("../fixtures/resume.json");
        let resume: Value = serde_json::from_str(resume).unwrap();
        let name = resume["basics"]["name"].as_str().unwrap();
        let skill = POSTING.lines().find(|line| line.len() > 30).unwrap();
        assert!(!text.contains(name) && !text.contains(skill), "{text}");
    }
}

#[tokio::test]
async fn an_operation_is_moved_canceled_retried_and_removed_and_each_is_audited() {
    for installation in Installation::each().await {
        let (app, operation) = with_waiting(installation).await;
        let path = format!("/api/v1/admin/operations/{operation}");

        let body = json!({ "reason": "a test", "place": "first" });
        let moved = app.post(&format!("{path}/reprioritize"), &body).await;
        let canceled = steer(&app, &format!("{path}/cancel")).await;
        let retried = steer(&app, &format!("{path}/retry")).await;
        let body = json!({ "reason": "a test" });
        let again = refused(app.post(&format!("{path}/retry"), &body).await).await;
        let remove = async || {
            let request = app.request(Method::DELETE, &format!("{path}?reason=a%20test"));
            request.send().await.unwrap()
        };
        let early = refused(remove().await).await;
        steer(&app, &format!("{path}/cancel")).await;
        let removed = remove().await;

        assert_eq!(moved.status(), StatusCode::OK);
        assert_eq!((&canceled["state"], &retried["state"]), (&"canceled".into(), &"queued".into()));
        assert_eq!(again, (409, "state-conflict".into()));
        assert_eq!(early, (409, "state-conflict".into()));
        assert_eq!(removed.status(), StatusCode::NO_CONTENT);
        assert_eq!(refused(app.get(&path).await).await, (404, "operation-not-found".into()));
        let query = format!("/api/v1/admin/audit?target=operation/{operation}");
        let audit = read(&app, &query).await;
        let actions: Vec<&str> = audit["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["action"].as_str().unwrap())
            .collect();
        assert_eq!(
            actions,
            [
                "remove_operation",
                "cancel_operation",
                "retry_operation",
                "cancel_operation",
                "reprioritize_operation"
            ]
        );
        assert_eq!(audit["items"][0]["reason"], "a test");
        assert!(audit["items"][0]["request_id"].is_string());
    }
}

#[tokio::test]
async fn an_action_without_a_reason_is_refused() {
    let (app, operation) = with_waiting(Installation::embedded()).await;

    for body in [json!({}), json!({ "reason": "  " }), json!({ "reason": "a".repeat(501) })] {
        let path = format!("/api/v1/admin/operations/{operation}/cancel");
        let answer = refused(app.post(&path, &body).await).await;
        assert_eq!(answer, (400, "invalid-request".into()), "{body}");
    }

    let audit = read(&app, "/api/v1/admin/audit").await;
    assert_eq!(audit["items"], json!([]));
}

#[tokio::test]
async fn operations_that_failed_on_our_side_are_dead_letters_until_they_are_retried() {
    for installation in Installation::each().await {
        let (app, operation) = with_waiting(installation).await;
        let id = operation.parse().unwrap();
        let row = app.deps.operations.claim(id, "worker").await.unwrap().unwrap();
        let claim = shared::operation::claim::Claim { operation_id: row.id, fence: row.fence };
        let code = shared::operation::failure::FailureCode::Internal;
        app.deps.operations.fail(claim, code).await.unwrap();

        let dead = read(&app, "/api/v1/admin/dead-letters").await;
        let retried = steer(&app, "/api/v1/admin/queues/ats/retry-failed").await;
        let after = read(&app, "/api/v1/admin/dead-letters").await;

        assert_eq!(dead["items"][0]["id"], operation);
        assert_eq!(dead["deliveries"][1], json!({ "kind": "ats", "count": 0 }));
        assert_eq!(retried["retried"], 1);
        assert_eq!(after["items"], json!([]));
    }
}

#[tokio::test]
async fn a_worker_is_listed_with_what_it_runs() {
    for installation in Installation::each().await {
        let (app, operation) = with_waiting(installation).await;
        let who = shared::fleet::Introduction {
            id: "worker".into(),
            host: "here".into(),
            concurrency: shared::config::Concurrency { parse: 5, ats: 3, tailor: 2 },
            started_at: chrono::Utc::now(),
        };
        app.deps.fleet.beat(&who).await.unwrap();
        app.deps.operations.claim(operation.parse().unwrap(), "worker").await.unwrap().unwrap();

        let workers = read(&app, "/api/v1/admin/workers").await;

        let worker = &workers["items"][0];
        assert_eq!((&worker["id"], &worker["host"]), (&"worker".into(), &"here".into()));
        assert_eq!(worker["concurrency"], json!({ "parse": 5, "ats": 3, "tailor": 2 }));
        assert_eq!(worker["running"][0]["id"], operation);
    }
}

#[tokio::test]
async fn what_is_kept_how_long_and_what_was_forgotten_is_told() {
    let mut app = TestApp::new().await;
    app.switch_to_admin().await;

    let rules = eventually("everything was looked at", async || {
        let report: Value = app.get("/api/v1/admin/retention").await.json().await.unwrap();
        let rules = report["rules"].as_array().unwrap().clone();
        rules.iter().all(|rule| rule["ran_at"].is_string()).then_some(rules)
    })
    .await;

    let days: Vec<(&str, u64)> = rules
        .iter()
        .map(|rule| (rule["what"].as_str().unwrap(), rule["days"].as_u64().unwrap()))
        .collect();
    assert_eq!(
        days,
        [
            ("operations", 365),
            ("drafts", 30),
            ("tailored", 90),
            ("analytics", 90),
            ("exports", 1),
            ("accounts", 7)
        ]
    );
}
