//! What people use is noted, summed up for admins, and left alone where somebody wants that.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use shared::account::Tier;
use shared::testing::Installation;

use crate::app::{POSTING, TestApp, accepted, id, refused};

async fn read(app: &TestApp, path: &str) -> Value {
    let response = app.get(path).await;
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    response.json().await.unwrap()
}

/// From the first file to the finished one.
async fn whole_journey(app: &TestApp) {
    let document: Value =
        app.uploads("dana.txt", "Dana Example\n\nSkills\nRust, SQL\n").await.json().await.unwrap();
    let body = json!({ "document_id": id(&document) });
    app.ended(&accepted(app.post("/api/v1/resumes/parse", &body).await).await).await;
    let resume = app.has_resume().await;
    let path = format!("/api/v1/resumes/{resume}/tailorings");
    let body = json!({ "posting_text": POSTING });
    let tailored = app.ended(&accepted(app.post(&path, &body).await).await).await;
    let tailoring = tailored["result"]["tailoring_id"].as_str().unwrap();
    let body = json!({ "verdicts": ["faithful"] });
    let all = app.post(&format!("/api/v1/tailorings/{tailoring}/accept-all"), &body).await;
    assert_eq!(all.status(), StatusCode::OK);
    read_file(app, &format!("/api/v1/resumes/{resume}/export?format=json")).await;
}

async fn read_file(app: &TestApp, path: &str) {
    assert_eq!(app.get(path).await.status(), StatusCode::OK);
}

async fn tells(app: &TestApp, events: Value) -> reqwest::Response {
    app.post("/api/v1/analytics/events", &json!({ "events": events })).await
}

/// How many people came to each step.
async fn funnel(app: &TestApp) -> Vec<i64> {
    app.deps.analytics.write().await.unwrap();
    let funnel = read(app, "/api/v1/admin/analytics/funnel").await;
    funnel["steps"].as_array().unwrap().iter().map(|s| s["people"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn the_funnel_counts_people_by_how_far_they_came_and_forgets_who_wants_that() {
    for installation in Installation::each().await {
        let mut app = TestApp::start(installation).await;
        whole_journey(&app).await;
        let first = app.key();
        app.switch_person(Tier::Premium).await;
        app.uploads("dana.txt", "Dana Example\n").await;
        app.uploads("dana.txt", "Dana Example again\n").await;
        let told = tells(&app, json!([{ "name": "help_opened", "fields": { "topic": "match" } }]));
        assert_eq!(told.await.status(), StatusCode::NO_CONTENT);
        app.switch_to_admin().await;

        let both = funnel(&app).await;
        let features = read(&app, "/api/v1/admin/analytics/features?days=1").await;
        let retention = read(&app, "/api/v1/admin/analytics/retention").await;
        let journey = read(&app, "/api/v1/admin/analytics/journey").await;
        let success = read(&app, "/api/v1/admin/analytics/success").await;
        let admin = app.switch_key(first);
        let path = "/api/v1/analytics/preference";
        let choice = app.request(Method::PUT, path).json(&json!({ "collect": false }));
        assert_eq!(choice.send().await.unwrap().status(), StatusCode::OK);
        app.uploads("dana.txt", "Dana Example\n").await;
        app.switch_key(admin);
        let without_first = funnel(&app).await;

        assert_eq!(both, [2, 1, 1, 1, 1, 1]);
        let feature = |name: &str| {
            let items = features["items"].as_array().unwrap();
            let item = items.iter().find(|item| item["event"] == name).unwrap();
            (item["events"].as_i64().unwrap(), item["people"].as_i64().unwrap())
        };
        assert_eq!(feature("document_uploaded"), (3, 2));
        assert_eq!(feature("help_opened"), (1, 1));
        assert_eq!(feature("resume_exported"), (1, 1));
        let cohort = &retention["cohorts"][0];
        assert_eq!((&cohort["people"], &cohort["active"]), (&json!(3), &json!([2])));
        assert_eq!(journey["passages"][0]["same_day"], 1);
        assert_eq!(success["items"][0]["rate"], 100.0, "{success}");
        assert_eq!(without_first, [1, 0, 0, 0, 0, 0]);
    }
}

#[tokio::test]
async fn words_of_a_person_and_requests_that_want_no_trace_are_not_kept() {
    let mut app = TestApp::without_worker(Installation::embedded()).await;

    let events = json!([{ "name": "help_opened" }, { "name": "help_opened", "fields": { "topic": "Dana" } }]);
    let with_words = refused(tells(&app, events).await).await;
    let unknown = refused(tells(&app, json!([{ "name": "resume_parsed" }])).await).await;
    let events = json!({ "events": [{ "name": "editor_opened" }] });
    let quiet = app.request(Method::POST, "/api/v1/analytics/events").header("sec-gpc", "1");
    let quiet = quiet.json(&events).send().await.unwrap().status();
    app.switch_to_admin().await;
    app.deps.analytics.write().await.unwrap();
    let features = read(&app, "/api/v1/admin/analytics/features").await;

    assert_eq!((with_words, unknown.0), ((400, "invalid-request".to_owned()), 400));
    assert_eq!(quiet, StatusCode::NO_CONTENT);
    let items = features["items"].as_array().unwrap();
    assert!(items.iter().all(|item| item["events"] == 0), "{features}");
}
