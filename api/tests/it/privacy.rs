//! What a person writes does not show where operators look.

use reqwest::Client;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use worker::model::fake::FakeModel;

use crate::app::POSTING;
use crate::server::{Program, start};

/// Words of the resume, the posting and the file name, as they stand there.
const WORDS: [&str; 6] =
    ["Lindqvist", "settlement service", "lindqvist-mail", "Ledgerline", "on-call", "my-own-name"];

async fn operate(client: &Client, address: &str, key: &str, path: &str, body: Value) -> Value {
    let post = client.post(format!("{address}{path}")).bearer_auth(key).json(&body);
    let operation: Value = post.send().await.unwrap().json().await.unwrap();
    let own = format!("{address}/api/v1/operations/{}", operation["id"].as_str().unwrap());
    let events = client.get(format!("{own}/events")).bearer_auth(key).send().await.unwrap();
    events.text().await.unwrap();
    client.get(own).bearer_auth(key).send().await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn no_log_line_holds_a_word_of_a_resume_or_posting() {
    let model = FakeModel::start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").display().to_string();
    let base = model.base_url();
    let variables = [
        ("ROLEREADY_DATA", data.as_str()),
        ("PORT", "0"),
        ("RUST_LOG", "debug"),
        ("OPENAI_BASE_URL", base.as_str()),
    ];
    let mut program = start(&variables, &[]);
    let (address, key) = program.is_ready().await;
    let client = Client::new();

    let pdf = include_bytes!("../../../docs/examples/resume.pdf");
    let part = Part::bytes(pdf.as_slice()).file_name("my-own-name.pdf");
    let upload = client.post(format!("{address}/api/v1/documents")).bearer_auth(&key);
    let upload = upload.multipart(Form::new().part("file", part)).send().await.unwrap();
    let document: Value = upload.json().await.unwrap();
    let body = json!({ "document_id": document["id"] });
    let parsed = operate(&client, &address, &key, "/api/v1/resumes/parse", body).await;
    let resume = parsed["result"]["resume_id"].as_str().unwrap().to_owned();
    for work in ["ats-checks", "tailorings"] {
        let path = format!("/api/v1/resumes/{resume}/{work}");
        let body = json!({ "posting_text": POSTING });
        assert_eq!(operate(&client, &address, &key, &path, body).await["state"], "succeeded");
    }
    let lines = program.log_after_its_end().await;

    assert!(!model.calls().is_empty(), "the model was asked");
    assert!(lines.contains("operation ended"), "there are log lines");
    for word in WORDS {
        assert!(!lines.contains(word), "{word} stands in the log");
    }
}
