//! Every refusal is a problem in our own words.

use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{TestApp, refused};

/// Words of the framework and of Rust that no caller should read.
const JARGON: [&str; 8] =
    ["poem", "serde", "param0", "payload", "Option", "failed to parse", "panicked", "sqlx"];

#[tokio::test]
async fn bad_requests_are_refused_with_the_right_problem() {
    let app = TestApp::new().await;
    let nobody = "00000000-0000-7000-8000-000000000000";
    let long = "a".repeat(50_001);
    let cases: [(Method, String, &str, (u16, &str)); 15] = [
        (Method::POST, "/api/v1/postings".into(), "{", (400, "invalid-request")),
        (Method::POST, "/api/v1/postings".into(), "[]", (400, "invalid-request")),
        (Method::POST, "/api/v1/postings".into(), "{}", (400, "invalid-request")),
        (Method::POST, "/api/v1/postings".into(), r#"["t", "x", "y"]"#, (400, "invalid-request")),
        (Method::POST, "/api/v1/postings".into(), r#"{"text": 7}"#, (400, "invalid-request")),
        (Method::POST, "/api/v1/postings".into(), r#"{"text": "  "}"#, (400, "posting-empty")),
        (
            Method::POST,
            "/api/v1/postings".into(),
            r#"{"text": "a", "colour": "blue"}"#,
            (400, "invalid-request"),
        ),
        (Method::POST, "/api/v1/resumes".into(), r#""no""#, (400, "invalid-request")),
        (Method::POST, "/api/v1/resumes".into(), r#"{"work": 7}"#, (400, "invalid-request")),
        (Method::GET, "/api/v1/resumes/not-an-id".into(), "", (404, "not-found")),
        (Method::GET, format!("/api/v1/resumes/{nobody}"), "", (404, "resume-not-found")),
        (Method::GET, "/api/v1/resumes?limit=1000".into(), "", (400, "invalid-request")),
        (Method::GET, "/api/v1/nowhere".into(), "", (404, "not-found")),
        (Method::PATCH, "/api/v1/resumes".into(), "{}", (405, "method-not-allowed")),
        (
            Method::POST,
            "/api/v1/resumes/parse".into(),
            r#"{"document_id": "00000000-0000-7000-8000-000000000000"}"#,
            (404, "document-not-found"),
        ),
    ];

    for (method, path, body, expected) in cases {
        let request = app.request(method, &path).header("content-type", "application/json");
        let response = request.body(body.to_owned()).send().await.unwrap();
        let (status, code) = refused(response).await;
        assert_eq!((status, code.as_str()), expected, "{path} {body}");
    }
    let response = app.post("/api/v1/postings", &json!({ "text": long })).await;
    assert_eq!(refused(response).await, (400, "posting-too-long".into()));
}

#[tokio::test]
async fn no_problem_speaks_the_language_of_the_framework() {
    let app = TestApp::new().await;
    let bodies = [
        "{",
        "[]",
        "{}",
        r#"{"text": 7}"#,
        r#"{"text": null}"#,
        r#"{"text": "a", "x": 1}"#,
        "\u{0}",
    ];

    for body in bodies {
        let request = app.request(Method::POST, "/api/v1/postings");
        let request = request.header("content-type", "application/json").body(body);
        let problem: Value = request.send().await.unwrap().json().await.unwrap();
        let text = format!("{} {}", problem["detail"], problem["remedy"]);
        for word in JARGON {
            assert!(!text.contains(word), "{body} was answered with {text}");
        }
    }
}

#[tokio::test]
async fn a_caller_without_a_valid_key_is_nobody() {
    let mut app = TestApp::new().await;
    app.forget_key();
    let wrong = app.request(Method::GET, "/api/v1/resumes").bearer_auth("rr_wrong");

    let without = refused(app.get("/api/v1/resumes").await).await;
    let with_wrong = refused(wrong.send().await.unwrap()).await;

    assert_eq!(without, (401, "unauthenticated".into()));
    assert_eq!(with_wrong, (401, "unauthenticated".into()));
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_whether_or_not_it_says_so() {
    let app = TestApp::new().await;
    let large = format!(r#"{{"basics": {{"summary": "{}"}}}}"#, "a".repeat(2 << 20));
    let chunks: Vec<Result<String, std::io::Error>> =
        large.as_bytes().chunks(64 << 10).map(|c| Ok(String::from_utf8_lossy(c).into())).collect();
    let post = |body: reqwest::Body| {
        let request = app.request(Method::POST, "/api/v1/resumes");
        request.header("content-type", "application/json").body(body).send()
    };

    let announced = post(large.into()).await.unwrap();
    let streamed = post(reqwest::Body::wrap_stream(futures::stream::iter(chunks))).await.unwrap();

    assert_eq!(refused(announced).await, (413, "too-large".into()));
    assert_eq!(refused(streamed).await, (413, "too-large".into()));
}

#[tokio::test]
async fn a_body_of_another_type_is_refused() {
    let app = TestApp::new().await;
    let request = app.request(Method::POST, "/api/v1/postings");

    let response = request.header("content-type", "text/plain").body("Hi").send().await.unwrap();

    assert_eq!(refused(response).await, (415, "unsupported-media-type".into()));
}
