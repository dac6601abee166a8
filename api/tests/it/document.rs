//! Uploading files.

use reqwest::multipart::{Form, Part};
use reqwest::{Method, StatusCode};
use serde_json::Value;
use shared::account::Tier;

use crate::app::{TestApp, id, refused};

const PDF: &[u8] = include_bytes!("../../../docs/examples/resume.pdf");

#[tokio::test]
async fn an_uploaded_file_comes_back_byte_for_byte_as_an_attachment() {
    let app = TestApp::new().await;

    let response = app.uploads("Lebenslauf Jürgen.pdf", PDF).await;

    assert_eq!(response.status(), StatusCode::CREATED);
    let document: Value = response.json().await.unwrap();
    assert_eq!((&document["format"], &document["kind"]), (&"pdf".into(), &"resume".into()));
    assert_eq!(document["size"], PDF.len());
    let content = app.get(&format!("/api/v1/documents/{}/content", id(&document))).await;
    assert_eq!(content.headers()["content-type"], "application/pdf");
    let disposition = content.headers()["content-disposition"].to_str().unwrap();
    assert!(disposition.starts_with("attachment;"), "{disposition}");
    assert!(disposition.ends_with("Lebenslauf%20J%C3%BCrgen.pdf"), "{disposition}");
    assert_eq!(content.bytes().await.unwrap(), PDF);
}

#[tokio::test]
async fn each_unacceptable_file_is_refused_with_a_problem_of_its_own() {
    let app = TestApp::new().await;
    let mut large = PDF.to_vec();
    large.resize(10 * 1024 * 1024 + 1, b' ');
    let cases: [(&str, &[u8], (u16, &str)); 10] = [
        ("resume.pdf", b"", (400, "file-empty")),
        ("resume.pdf", &large, (413, "too-large")),
        ("resume.exe", b"MZ\x90\0\x03", (415, "file-type-unsupported")),
        ("resume.pdf", b"MZ\x90\0\x03", (415, "file-type-unsupported")),
        ("photo.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", (415, "file-type-unsupported")),
        ("resume.docx", PDF, (400, "file-type-mismatch")),
        ("resume.pdf", b"Just text, honestly.", (400, "file-type-mismatch")),
        ("../../etc/passwd", b"root", (400, "file-name-suspicious")),
        ("nul.pdf", PDF, (400, "file-name-suspicious")),
        ("archive.docx", b"PK\x03\x04not a word file", (415, "file-type-unsupported")),
    ];

    for (name, content, expected) in cases {
        let (status, code) = refused(app.uploads(name, content).await).await;
        assert_eq!((status, code.as_str()), expected, "{name}");
    }
}

#[tokio::test]
async fn an_upload_whose_declared_type_disagrees_with_its_content_is_refused() {
    let app = TestApp::new().await;
    let part = Part::bytes(PDF).file_name("resume.pdf").mime_str("image/png").unwrap();

    let request = app.request(Method::POST, "/api/v1/documents");
    let response = request.multipart(Form::new().part("file", part)).send().await.unwrap();

    assert_eq!(refused(response).await, (400, "file-type-mismatch".into()));
}

#[tokio::test]
async fn an_upload_without_a_file_or_with_a_strange_part_is_refused() {
    let app = TestApp::new().await;
    let send = async |form: Form| {
        let request = app.request(Method::POST, "/api/v1/documents").multipart(form);
        refused(request.send().await.unwrap()).await
    };

    let without = send(Form::new().text("kind", "resume")).await;
    let strange = send(Form::new().text("colour", "blue")).await;
    let unknown = send(Form::new().text("kind", "novel")).await;

    assert_eq!(without, (400, "file-missing".into()));
    assert_eq!(strange, (400, "invalid-request".into()));
    assert_eq!(unknown, (400, "invalid-request".into()));
}

#[tokio::test]
async fn a_deleted_document_is_gone_and_anothers_is_never_there() {
    let mut app = TestApp::new().await;
    let document = id(&app.uploads("resume.pdf", PDF).await.json().await.unwrap());
    let path = format!("/api/v1/documents/{document}");

    let deleted = app.request(Method::DELETE, &path).send().await.unwrap();
    let again = id(&app.uploads("resume.pdf", PDF).await.json().await.unwrap());
    app.switch_person(Tier::Free).await;
    let foreign = app.get(&format!("/api/v1/documents/{again}")).await;

    assert_eq!(deleted.status(), StatusCode::NO_CONTENT);
    assert_eq!(refused(app.get(&path).await).await, (404, "document-not-found".into()));
    assert_eq!(refused(foreign).await, (404, "document-not-found".into()));
}

#[tokio::test]
async fn a_document_is_renamed_by_whoever_has_seen_it_as_it_is() {
    let app = TestApp::new().await;
    let document = id(&app.uploads("resume.pdf", PDF).await.json().await.unwrap());
    let path = format!("/api/v1/documents/{document}");
    let put = async |tag: &str, name: &str| {
        let body = serde_json::json!({ "name": name, "kind": "portfolio" });
        let request = app.request(Method::PUT, &path).header("If-Match", tag).json(&body);
        request.send().await.unwrap()
    };

    let renamed = put("\"1\"", "work.pdf").await;
    let stale = put("\"1\"", "other.pdf").await;
    let disguised = put("\"2\"", "work.docx").await;

    assert_eq!(renamed.headers()["etag"], "\"2\"");
    let renamed: Value = renamed.json().await.unwrap();
    assert_eq!((&renamed["name"], &renamed["kind"]), (&"work.pdf".into(), &"portfolio".into()));
    assert_eq!(refused(stale).await, (412, "stale-revision".into()));
    assert_eq!(refused(disguised).await, (400, "file-type-mismatch".into()));
}
