//! Operations from outside: following, repeating, canceling, waiting one's turn.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use shared::account::Tier;
use shared::testing::Installation;

use crate::app::{POSTING, TestApp, accepted, refused};

#[tokio::test]
async fn a_broken_stream_goes_on_after_the_last_event_that_was_seen() {
    for app in TestApp::each().await {
        let operation = app.has_operation().await;
        let all = app.events(&operation, &[]).await;

        let rest = app.events(&operation, &[("Last-Event-ID", "2")]).await;
        let path = format!("/api/v1/operations/{operation}/events?after=2");
        let by_query = app.get(&path).await.text().await.unwrap();

        let numbers: Vec<String> = (1..=all.len()).map(|number| number.to_string()).collect();
        assert_eq!(all.iter().map(|(id, _)| id.clone()).collect::<Vec<_>>(), numbers);
        assert_eq!(all.first().unwrap().1, "queued");
        assert_eq!(all.last().unwrap().1, "succeeded");
        assert_eq!(rest, all[2..]);
        assert_eq!(by_query.matches("event:").count(), rest.len());
    }
}

#[tokio::test]
async fn a_repeated_request_gives_the_same_operation_and_another_body_a_problem() {
    for app in TestApp::each().await {
        let path = format!("/api/v1/resumes/{}/ats-checks", app.has_resume().await);
        let send = async |text: &str| {
            let request = app.request(Method::POST, &path).header("Idempotency-Key", "one");
            request.json(&json!({ "posting_text": text })).send().await.unwrap()
        };

        let first = accepted(send(POSTING).await).await;
        let second = accepted(send(POSTING).await).await;
        let other = send("Another posting. Rust required.").await;

        assert_eq!(first, second);
        assert_eq!(refused(other).await, (422, "idempotency-key-reused".into()));
    }
}

#[tokio::test]
async fn a_waiting_operation_tells_its_place_and_is_canceled_at_once() {
    for installation in Installation::each().await {
        let app = TestApp::without_worker(installation).await;
        let first = app.has_operation().await;
        let second = app.has_operation().await;

        let waiting: Value =
            app.get(&format!("/api/v1/operations/{second}")).await.json().await.unwrap();
        let path = format!("/api/v1/operations/{first}/cancel");
        let canceled = app.request(Method::POST, &path).send().await.unwrap();

        assert_eq!((&waiting["state"], &waiting["queue_position"]), (&"queued".into(), &2.into()));
        assert!(waiting["seconds_left"].as_u64().unwrap() > 0);
        assert_eq!(canceled.status(), StatusCode::ACCEPTED);
        assert_eq!(app.ended(&first).await["state"], "canceled");
        let again = app.request(Method::POST, &path).send().await.unwrap();
        assert_eq!(again.status(), StatusCode::ACCEPTED, "canceling twice is no error");
    }
}

#[tokio::test]
async fn a_person_who_has_used_up_the_day_is_told_when_it_ends() {
    let mut app = TestApp::without_worker(Installation::embedded()).await;
    app.switch_person(Tier::Free).await;
    for _ in 0..10 {
        app.has_operation().await;
    }
    let path = format!("/api/v1/resumes/{}/ats-checks", app.has_resume().await);

    let response = app.post(&path, &json!({ "posting_text": POSTING })).await;

    assert!(response.headers().contains_key("retry-after"));
    let problem: Value = response.json().await.unwrap();
    assert_eq!(problem["code"], "quota-used-up");
    assert_eq!(problem["detail"], "You've used 10/10 daily checks.");
    assert!(problem["resets_at"].is_string(), "{problem}");
}

#[tokio::test]
async fn operations_are_listed_by_kind_and_state() {
    let app = TestApp::new().await;
    let operation = app.has_operation().await;
    app.ended(&operation).await;
    let count = async |query: &str| {
        let page: Value =
            app.get(&format!("/api/v1/operations?{query}")).await.json().await.unwrap();
        page["items"].as_array().unwrap().len()
    };

    assert_eq!(count("kind=ats&state=succeeded").await, 1);
    assert_eq!(count("kind=parse").await, 0);
    assert_eq!(count("state=queued").await, 0);
    let unknown = app.get("/api/v1/operations?kind=dance").await;
    assert_eq!(refused(unknown).await, (400, "invalid-request".into()));
}

#[tokio::test]
async fn a_posting_that_asks_for_nothing_fails_the_operation_with_a_problem() {
    let app = TestApp::new().await;
    let path = format!("/api/v1/resumes/{}/ats-checks", app.has_resume().await);
    let response = app.post(&path, &json!({ "posting_text": "Hello there." })).await;

    let operation = app.ended(&accepted(response).await).await;

    assert_eq!(operation["state"], "failed");
    assert_eq!(operation["problem"]["code"], "posting-without-requirements");
}

#[tokio::test]
async fn an_operation_that_waits_says_why_to_its_owner_and_to_nobody_else() {
    for installation in Installation::each().await {
        let mut app = TestApp::without_worker(installation).await;
        let operation = app.has_operation().await;
        let path = format!("/api/v1/operations/{operation}/waiting");

        let waiting: Value = app.get(&path).await.json().await.unwrap();
        app.starts_working();
        app.ended(&operation).await;
        let ended: Value = app.get(&path).await.json().await.unwrap();
        app.switch_person(Tier::Pro).await;
        let other = refused(app.get(&path).await).await;

        assert_eq!(
            (&waiting["reason"], &waiting["position"]),
            (&"no_worker".into(), &1.into()),
            "{waiting}"
        );
        assert!(!waiting["explanation"].as_str().unwrap().is_empty());
        assert_eq!((&ended["state"], ended.get("reason")), (&"succeeded".into(), None));
        assert_eq!(other, (404, "operation-not-found".into()));
    }
}

#[tokio::test]
async fn the_first_event_of_a_waiting_operation_tells_its_place_and_how_long_it_takes() {
    for installation in Installation::each().await {
        let app = TestApp::without_worker(installation).await;
        let operation = app.has_operation().await;

        let path = format!("/api/v1/operations/{operation}/events");
        let mut response = app.get(&path).await;
        let first = response.chunk().await.unwrap().unwrap();

        let first = String::from_utf8(first.to_vec()).unwrap();
        let data = first.lines().find_map(|line| line.strip_prefix("data:")).unwrap();
        let event: Value = serde_json::from_str(data.trim()).unwrap();
        assert_eq!((&event["kind"], &event["queue_position"]), (&"queued".into(), &1.into()));
        assert!(event["seconds_left"].as_u64().unwrap() > 0, "{event}");
    }
}

#[tokio::test]
async fn whoever_has_seen_the_end_is_not_kept_waiting() {
    for app in TestApp::each().await {
        let operation = app.has_operation().await;
        let seen = app.events(&operation, &[]).await.len().to_string();

        let path = format!("/api/v1/operations/{operation}/events");
        let request = app.request(Method::GET, &path).header("Last-Event-ID", seen);
        let response = request.send().await.unwrap();

        assert_eq!(response.status(), StatusCode::NO_CONTENT);
    }
}

#[tokio::test]
async fn a_header_that_decides_something_and_cannot_be_read_is_refused() {
    let app = TestApp::new().await;
    let resume = app.has_resume().await;
    let unreadable = reqwest::header::HeaderValue::from_bytes(b"k\xe9").unwrap();
    let path = format!("/api/v1/resumes/{resume}");

    let delete = app.request(Method::DELETE, &path).header("If-Match", &unreadable);
    let check = app.request(Method::POST, &format!("{path}/ats-checks"));
    let check =
        check.header("Idempotency-Key", &unreadable).json(&json!({ "posting_text": POSTING }));

    let invalid = (400, "invalid-request".to_owned());
    assert_eq!(refused(delete.send().await.unwrap()).await, invalid);
    assert_eq!(refused(check.send().await.unwrap()).await, invalid);
    assert_eq!(app.get(&path).await.status(), StatusCode::OK, "nothing was deleted");
}
