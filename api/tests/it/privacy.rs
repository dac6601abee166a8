//! What a person writes does not show where operators look.

use std::sync::{Arc, Mutex};

use sea_orm::ConnectionTrait;
use serde_json::json;
use shared::testing::eventually;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use worker::model::fake::FakeModel;
use worker::model::fake::script::{Endpoint, Step};

use crate::app::POSTING;
use crate::server::start;
use crate::user::User;

/// Words of the resume, the posting and the file name, as they stand there.
const WORDS: [&str; 6] =
    ["Lindqvist", "settlement service", "lindqvist-mail", "Ledgerline", "on-call", "my-own-name"];

const PDF: &[u8] = include_bytes!("../../../docs/examples/resume.pdf");

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
    let person = User::new(&mut program).await;

    let parsed = person.parses(PDF, "my-own-name.pdf").await;
    person.checks_and_tailors(parsed["result"]["resume_id"].as_str().unwrap()).await;
    let metrics = person.get("/api/v1/health/metrics").await.text().await.unwrap();
    let lines = program.log_after_its_end().await;

    assert!(!model.calls().is_empty(), "the model was asked");
    assert!(lines.contains("operation ended"), "there are log lines");
    assert!(metrics.contains("roleready_model_calls_total"), "there are metrics");
    assert_silent("the log", lines.as_bytes());
    assert_silent("the metrics", metrics.as_bytes());
}

fn assert_silent(place: &str, said: &[u8]) {
    for word in WORDS {
        assert!(!contains(said, word), "{word} stands in {place}");
    }
}

fn contains(said: &[u8], word: &str) -> bool {
    said.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
}

/// The path and the body of a request.
type Heard = (String, Vec<u8>);

/// A place that takes traces and error reports, and remembers what it was sent.
struct Sink {
    address: String,
    heard: Arc<Mutex<Vec<Heard>>>,
}

impl Sink {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let heard: Arc<Mutex<Vec<Heard>>> = Arc::default();
        let kept = heard.clone();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let kept = kept.clone();
                tokio::spawn(async move {
                    // One that hangs up has said nothing.
                    if let Some(request) = hear(stream).await {
                        kept.lock().unwrap().push(request);
                    }
                });
            }
        });
        Self { address, heard }
    }

    /// All bodies that were sent to such a path, one after the other.
    fn heard(&self, path: &str) -> Vec<u8> {
        let heard = self.heard.lock().unwrap();
        heard
            .iter()
            .filter(|(to, _)| to.contains(path))
            .flat_map(|(_, body)| body.clone())
            .collect()
    }
}

/// Takes one request.
async fn hear(stream: TcpStream) -> Option<Heard> {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    stream.read_line(&mut line).await.ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut length = 0;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        match line.trim().split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.trim().parse().ok()?;
            }
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    stream.write_all(answer).await.ok()?;
    Some((path, body))
}

/// A model that quotes what it was asked in everything that goes wrong with it.
async fn quoting_model() -> FakeModel {
    let model = FakeModel::start().await.unwrap();
    let quote = "Lindqvist built the settlement service at Ledgerline, on-call, lindqvist-mail.";
    let broken = json!({ "error": { "message": quote, "code": "invalid_prompt", "type": quote } });
    model.script([
        // The reading, the check and the tailoring, in the order in which they ask.
        Step { on: Some(Endpoint::Chat), ..Step::reply(quote) },
        Step { on: Some(Endpoint::Chat), ..Step::reply(quote) },
        Step { on: Some(Endpoint::Embeddings), ..Step::status(400).with_body(broken.clone()) },
        Step { on: Some(Endpoint::Chat), refusal: Some(quote.into()), ..Step::default() },
        Step { on: Some(Endpoint::Chat), ..Step::status(400).with_body(broken) },
    ]);
    model
}

/// Everything that can go wrong with what a person sends.
async fn everything_fails(person: &User, resume: &str) {
    let mut ended = Vec::new();
    for (content, name) in [
        (b"%PDF-1.4 Lindqvist settlement service".as_slice(), "my-own-name.pdf"),
        (b"PK\x03\x04 Ledgerline lindqvist-mail".as_slice(), "my-own-name.docx"),
        (b"{\\rtf1 Lindqvist".as_slice(), "my-own-name.rtf"),
        (b"\x89PNG Lindqvist".as_slice(), "my-own-name.png"),
        (b" ".as_slice(), "my-own-name.txt"),
        (b"Lindqvist".as_slice(), "../my-own-name.txt"),
    ] {
        let upload = person.uploads(content, name).await;
        if upload.status() == 201 {
            let document: serde_json::Value = upload.json().await.unwrap();
            let body = json!({ "document_id": document["id"] });
            ended.push(person.operates("/api/v1/resumes/parse", &body).await["state"].clone());
        }
    }
    assert!(ended.contains(&json!("failed")), "{ended:?}");
    let path = format!("/api/v1/resumes/{resume}/coverage");
    let refused = [
        ("/api/v1/postings", json!({ "text": ["Lindqvist"] })),
        ("/api/v1/postings", json!({ "Lindqvist": "settlement service" })),
        ("/api/v1/resumes", json!({ "basics": { "name": ["Lindqvist"] } })),
        ("/api/v1/resumes", json!({ "basics": { "summary": "Lindqvist\0" } })),
        ("/api/v1/resumes/Lindqvist/ats-checks", json!({ "posting_text": "Ledgerline" })),
        (path.as_str(), json!({ "posting_text": "Lindqvist" })),
    ];
    for (path, body) in refused {
        let status = person.post(path, &body).await.status();
        assert!(status.is_client_error(), "{status} {path}");
    }
}

#[tokio::test]
async fn no_log_trace_metric_or_error_report_holds_a_word_of_a_resume_whatever_fails() {
    let (model, sink) = (quoting_model().await, Sink::start().await);
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").display().to_string();
    let (base, collector) = (model.base_url(), format!("http://{}", sink.address));
    let dsn = format!("http://key@{}/1", sink.address);
    let variables = [
        ("ROLEREADY_DATA", data.as_str()),
        ("PORT", "0"),
        ("RUST_LOG", "debug"),
        ("LOG_FORMAT", "json"),
        ("OPENAI_BASE_URL", base.as_str()),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.as_str()),
        ("SENTRY_DSN", dsn.as_str()),
    ];
    let mut program = start(&variables, &[]);
    let person = User::new(&mut program).await;

    let parsed = person.parses(PDF, "my-own-name.pdf").await;
    let resume = parsed["result"]["resume_id"].as_str().unwrap();
    person.checks_and_tailors(resume).await;
    everything_fails(&person, resume).await;
    let url = format!("sqlite://{data}/roleready.db");
    let db = shared::database::open_sqlite(&url).await.unwrap();
    db.execute_unprepared("ALTER TABLE posting RENAME TO posting_away").await.unwrap();
    let refused = person.post("/api/v1/postings", &json!({ "text": POSTING })).await.status();
    let metrics = person.get("/api/v1/health/metrics").await.text().await.unwrap();
    eventually("the failure is reported", async || {
        (!sink.heard("/api/1/envelope").is_empty()).then_some(())
    })
    .await;
    let lines = program.log_after_its_end().await;

    assert_eq!(refused, 503);
    let (traces, reports) = (sink.heard("/v1/traces"), sink.heard("/envelope"));
    for span in ["request", "operation", "stage", "call"] {
        assert!(contains(&traces, span), "there is no span `{span}`");
    }
    assert!(contains(&reports, "the database failed"), "the failure is told");
    assert!(lines.contains("\"request.id\":"), "log lines say for which request they are");
    assert_silent("the log", lines.as_bytes());
    assert_silent("the metrics", metrics.as_bytes());
    assert_silent("a trace", &traces);
    assert_silent("an error report", &reports);
}
