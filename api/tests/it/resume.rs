//! Resumes as data: revisions, pages, whose they are.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use shared::account::Tier;

use crate::app::{TestApp, refused};

#[tokio::test]
async fn what_a_resume_holds_beyond_the_schema_is_kept() {
    let app = TestApp::new().await;
    let resume = json!({
        "basics": { "name": "Ana", "pronouns": "she/her" },
        "x-theme": { "colour": "teal" },
        "work": [{ "name": "Moeda", "team": "Cards", "highlights": null }]
    });

    let response = app.post("/api/v1/resumes", &resume).await;

    let stored: Value = response.json().await.unwrap();
    assert_eq!(stored["data"]["basics"]["pronouns"], "she/her");
    assert_eq!(stored["data"]["x-theme"]["colour"], "teal");
    assert_eq!(stored["data"]["work"][0]["team"], "Cards");
}

#[tokio::test]
async fn a_change_based_on_an_old_revision_is_refused_and_changes_nothing() {
    for app in TestApp::each().await {
        let path = format!("/api/v1/resumes/{}", app.has_resume().await);
        let put = async |tag: &str, name: &str| {
            let body = json!({ "basics": { "name": name } });
            let request = app.request(Method::PUT, &path).header("If-Match", tag).json(&body);
            request.send().await.unwrap()
        };
        let tag = app.get(&path).await.headers()["etag"].to_str().unwrap().to_owned();

        let first = put(&tag, "First").await;
        let second = put(&tag, "Second").await;

        assert_eq!(first.status(), StatusCode::OK);
        assert_eq!(first.headers()["etag"], "\"2\"");
        assert_eq!(refused(second).await, (412, "stale-revision".into()));
        let now: Value = app.get(&path).await.json().await.unwrap();
        assert_eq!(now["data"]["basics"]["name"], "First");
    }
}

#[tokio::test]
async fn a_change_must_say_what_it_is_based_on() {
    let app = TestApp::new().await;
    let path = format!("/api/v1/resumes/{}", app.has_resume().await);

    let response = app.request(Method::PUT, &path).json(&json!({})).send().await.unwrap();

    assert_eq!(refused(response).await, (428, "revision-required".into()));
}

#[tokio::test]
async fn pages_hold_every_resume_once_newest_first() {
    for app in TestApp::each().await {
        let mut created = Vec::new();
        for _ in 0..5 {
            created.push(app.has_resume().await);
        }
        created.reverse();

        let mut seen = Vec::new();
        let mut path = "/api/v1/resumes?limit=2".to_owned();
        loop {
            let page: Value = app.get(&path).await.json().await.unwrap();
            let items = page["items"].as_array().unwrap();
            seen.extend(items.iter().map(|item| item["id"].as_str().unwrap().to_owned()));
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            path = format!("/api/v1/resumes?limit=2&cursor={cursor}");
        }

        assert_eq!(seen, created);
    }
}

#[tokio::test]
async fn another_persons_resume_cannot_be_seen_changed_or_deleted() {
    let mut app = TestApp::new().await;
    let path = format!("/api/v1/resumes/{}", app.has_resume().await);
    app.switch_person(Tier::Premium).await;

    let put = app.request(Method::PUT, &path).header("If-Match", "\"1\"").json(&json!({}));
    let delete = app.request(Method::DELETE, &path);

    let not_found = (404, "resume-not-found".to_owned());
    assert_eq!(refused(app.get(&path).await).await, not_found);
    assert_eq!(refused(put.send().await.unwrap()).await, not_found);
    assert_eq!(refused(delete.send().await.unwrap()).await, not_found);
}

#[tokio::test]
async fn what_hides_is_taken_out_of_names_and_links_that_run_something_are_refused() {
    let app = TestApp::new().await;
    let resume =
        json!({ "basics": { "name": "Maya\u{202E}\nLindqvist", "url": "https://maya.example" } });
    let script = json!({ "work": [{ "name": "A", "url": "javascript:alert(1)" }] });
    let email = json!({ "basics": { "email": "not an address" } });
    let posting = json!({ "text": "We need Rust.", "title": "Engineer\u{202E}\u{7}" });

    let kept: Value = app.post("/api/v1/resumes", &resume).await.json().await.unwrap();
    let refused_link = app.post("/api/v1/resumes", &script).await;
    let refused_email = app.post("/api/v1/resumes", &email).await;
    let posting: Value = app.post("/api/v1/postings", &posting).await.json().await.unwrap();

    assert_eq!(kept["data"]["basics"]["name"], "Maya Lindqvist");
    assert_eq!(posting["title"], "Engineer");
    assert_eq!(refused(refused_link).await, (400, "invalid-request".into()));
    assert_eq!(refused(refused_email).await, (400, "invalid-request".into()));
}
