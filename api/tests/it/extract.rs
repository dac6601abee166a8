//! What becomes of a document whose reader dies, is stopped, or needs a password.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use shared::document::door::Door;
use shared::testing::eventually;
use tempfile::TempDir;

use crate::app::{TestApp, accepted, id, refused};

const LOCKED: &[u8] = include_bytes!("../../../worker/tests/fixtures/pdf/locked.pdf");

/// A shell script in the place of the child that reads documents.
fn reader(script: &str) -> (Door, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("reader");
    let script = format!("#!/bin/sh\ncd '{}'\n{script}\n", folder.path().display());
    std::fs::write(&program, script).unwrap();
    std::fs::set_permissions(&program, PermissionsExt::from_mode(0o700)).unwrap();
    (Door::to(program), folder)
}

async fn document(app: &TestApp) -> String {
    id(&app.uploads("resume.txt", "Ada Example").await.json().await.unwrap())
}

async fn parse(app: &TestApp, document: &str) -> String {
    let body = json!({ "document_id": document, "engine": "rules" });
    accepted(app.post("/api/v1/resumes/parse", &body).await).await
}

async fn child(folder: &Path) -> String {
    eventually("the reader has begun", async || {
        std::fs::read_to_string(folder.join("pid")).ok().filter(|pid| pid.ends_with('\n'))
    })
    .await
}

#[tokio::test]
async fn a_document_its_reader_dies_of_is_too_complex_and_stays() {
    let (door, _folder) = reader("kill -SEGV $$");
    let app = TestApp::with_door(door).await;
    let document = document(&app).await;

    let ended = app.ended(&parse(&app, &document).await).await;

    assert_eq!(ended["problem"]["code"], "document-too-complex");
    assert!(ended["problem"]["remedy"].as_str().unwrap().contains("Save it anew"));
    let content = app.get(&format!("/api/v1/documents/{document}/content")).await;
    assert_eq!(content.text().await.unwrap(), "Ada Example");
}

#[tokio::test]
async fn a_document_whose_reader_others_have_ended_is_read_again() {
    let (door, _folder) = reader(
        "if [ -e tried ]; then cat > input; printf '{\"Err\":\"empty\"}'; else touch tried; kill -TERM $$; fi",
    );
    let app = TestApp::with_door(door).await;

    let ended = app.ended(&parse(&app, &document(&app).await).await).await;

    assert_eq!(
        (&ended["problem"]["code"], &ended["attempt"]),
        (&json!("document-empty"), &json!(2))
    );
}

#[tokio::test]
async fn canceling_an_operation_ends_the_reader_of_its_document() {
    let (door, folder) = reader("echo $$ > pid; exec sleep 600");
    let app = TestApp::with_door(door).await;
    let operation = parse(&app, &document(&app).await).await;
    let pid = child(folder.path()).await;

    let path = format!("/api/v1/operations/{operation}/cancel");
    let canceled = app.request(Method::POST, &path).send().await.unwrap();

    assert!(canceled.status().is_success(), "{}", canceled.status());
    eventually("the reader is gone", async || {
        let line = std::fs::read(format!("/proc/{}/cmdline", pid.trim())).unwrap_or_default();
        line.is_empty().then_some(())
    })
    .await;
    assert_eq!(app.ended(&operation).await["state"], "canceled");
}

#[tokio::test]
async fn a_locked_file_is_kept_unlocked_when_its_password_comes_with_it() {
    let app = TestApp::new().await;

    let locked: Value = app.uploads("resume.pdf", LOCKED).await.json().await.unwrap();
    let refusal = app.uploads_locked(LOCKED, "wrong").await;
    let unlocked = app.uploads_locked(LOCKED, "open sesame").await;

    assert_eq!(refused(refusal).await, (422, "document-encrypted".into()));
    assert_eq!(unlocked.status(), StatusCode::CREATED);
    let unlocked: Value = unlocked.json().await.unwrap();
    let content = app.get(&format!("/api/v1/documents/{}/content", id(&unlocked))).await;
    let content = content.bytes().await.unwrap();
    assert_eq!(unlocked["size"], content.len());
    assert!(!content.windows(8).any(|part| part == b"/Encrypt"));
    let read = app.ended(&parse(&app, &id(&unlocked)).await).await;
    assert_eq!(read["state"], "succeeded");
    let read = app.ended(&parse(&app, &id(&locked)).await).await;
    assert_eq!(read["problem"]["code"], "document-encrypted");
}
