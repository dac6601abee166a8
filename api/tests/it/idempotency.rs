//! The same request again makes nothing again.

use reqwest::multipart::{Form, Part};
use reqwest::{Method, Response};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use shared::database;
use shared::testing::Installation;

use crate::app::{POSTING, TestApp, id, refused};

impl TestApp {
    async fn posts_with_key(&self, path: &str, key: &str, body: &Value) -> Response {
        let request = self.request(Method::POST, path).header("idempotency-key", key);
        request.json(body).send().await.unwrap()
    }

    async fn uploads_with_key(&self, key: &str, content: &'static str) -> Response {
        let form = Form::new().part("file", Part::bytes(content.as_bytes()).file_name("cv.txt"));
        let request = self.request(Method::POST, "/api/v1/documents");
        request.header("idempotency-key", key).multipart(form).send().await.unwrap()
    }

    async fn count(&self, path: &str) -> usize {
        let page: Value = self.get(path).await.json().await.unwrap();
        page["items"].as_array().unwrap().len()
    }
}

#[tokio::test]
async fn each_request_that_creates_answers_a_repeated_key_with_what_it_has_made() {
    for app in TestApp::each().await {
        let resume = app.has_resume().await;
        let versions = format!("/api/v1/resumes/{resume}/versions");
        let cases = [
            ("/api/v1/postings", json!({ "text": POSTING }), json!({ "text": "Another one." })),
            (
                "/api/v1/resumes",
                json!({ "basics": { "name": "Maya" } }),
                json!({ "basics": { "name": "Mia" } }),
            ),
            (versions.as_str(), json!({ "label": "sent" }), json!({ "label": "kept" })),
        ];

        for (path, body, other) in &cases {
            let before = app.count(path).await;
            let first = app.posts_with_key(path, path, body).await;
            let location = first.headers()["location"].clone();
            let first = (first.status(), id(&first.json().await.unwrap()));
            let again = app.posts_with_key(path, path, body).await;
            assert_eq!(again.headers()["location"], location);
            let again = (again.status(), id(&again.json().await.unwrap()));
            let reused = app.posts_with_key(path, path, other).await;

            assert_eq!((first.0.as_u16(), &first), (201, &again), "{path}");
            assert_eq!(refused(reused).await, (422, "idempotency-key-reused".into()), "{path}");
            assert_eq!(app.count(path).await, before + 1, "{path}");
        }
    }
}

#[tokio::test]
async fn a_file_that_is_sent_twice_is_stored_once() {
    for app in TestApp::each().await {
        let first = app.uploads_with_key("k", "Maya Lindqvist\nEngineer").await;
        let again = app.uploads_with_key("k", "Maya Lindqvist\nEngineer").await;
        let other = app.uploads_with_key("k", "Somebody else").await;

        let (first, again): (Value, Value) =
            (first.json().await.unwrap(), again.json().await.unwrap());
        assert_eq!(first, again);
        assert_eq!(refused(other).await, (422, "idempotency-key-reused".into()));
        let content = format!("/api/v1/documents/{}/content", id(&first));
        assert_eq!(app.get(&content).await.text().await.unwrap(), "Maya Lindqvist\nEngineer");
        assert_eq!(app.count("/api/v1/documents").await, 1);
    }
}

#[tokio::test]
async fn a_version_is_brought_back_once_although_the_first_time_has_changed_the_revision() {
    let app = TestApp::new().await;
    let resume = app.has_resume().await;
    let restore = format!("/api/v1/resumes/{resume}/versions/{resume}/restore");
    let send = || {
        let request = app.request(Method::POST, &restore).header("if-match", "\"1\"");
        request.header("idempotency-key", "back").send()
    };

    let first = send().await.unwrap();
    let again = send().await.unwrap();

    assert_eq!((first.status().as_u16(), again.status().as_u16()), (201, 201));
    let (first, again): (Value, Value) = (first.json().await.unwrap(), again.json().await.unwrap());
    assert_eq!(id(&first), id(&again));
}

#[tokio::test]
async fn of_many_equal_requests_at_once_one_creates_and_all_answer_alike() {
    for app in TestApp::each().await {
        let body = json!({ "text": POSTING });
        let requests = (0..12).map(|_| app.posts_with_key("/api/v1/postings", "same", &body));

        let answers = futures::future::join_all(requests).await;

        let mut ids = Vec::new();
        for answer in answers {
            assert_eq!(answer.status(), 201);
            ids.push(id(&answer.json().await.unwrap()));
        }
        ids.dedup();
        assert_eq!(ids.len(), 1, "{ids:?}");
        assert_eq!(app.count("/api/v1/postings").await, 1);
    }
}

#[tokio::test]
async fn a_key_whose_first_request_does_not_end_is_told_to_wait_and_then_answered() {
    let installation = Installation::distributed().await;
    let db = database::connect(&installation.config()).await.unwrap();
    let app = TestApp::start(installation).await;
    let first = database::begin(&db).await.unwrap();
    let row = format!(
        "INSERT INTO idempotency (account_id, key, request_hash, operation_id, created_at) VALUES ('{}', 'slow', '', '{}', now())",
        app.person().await,
        uuid::Uuid::nil()
    );
    first.execute_unprepared(&row).await.unwrap();
    let body = json!({ "text": POSTING });

    let meanwhile = app.posts_with_key("/api/v1/postings", "slow", &body).await;
    first.rollback().await.unwrap();
    let afterwards = app.posts_with_key("/api/v1/postings", "slow", &body).await;

    assert_eq!(refused(meanwhile).await, (409, "request-in-progress".into()));
    assert_eq!(afterwards.status(), 201);
}

#[tokio::test]
async fn what_a_key_has_made_is_not_made_again_after_its_deletion() {
    let app = TestApp::new().await;
    let body = json!({ "text": POSTING });
    let made = app.posts_with_key("/api/v1/postings", "gone", &body).await;
    let path = format!("/api/v1/postings/{}", id(&made.json().await.unwrap()));
    app.request(Method::DELETE, &path).send().await.unwrap();

    let again = app.posts_with_key("/api/v1/postings", "gone", &body).await;

    assert_eq!(refused(again).await, (404, "result-deleted".into()));
    assert_eq!(app.count("/api/v1/postings").await, 0);
}
