//! One request can be followed from its answer to the last line of the work it asked for.

use serde_json::{Value, json};

use crate::server::start;
use crate::user::User;

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

/// The values that a line and the spans around it have under this name.
fn values<'l>(line: &'l Value, name: &str) -> Vec<&'l str> {
    let spans = line["spans"].as_array().into_iter().flatten();
    spans.filter_map(|span| span[name].as_str()).collect()
}

#[tokio::test]
async fn the_lines_of_an_operation_carry_the_request_and_the_trace_that_asked_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").display().to_string();
    let variables = [("ROLEREADY_DATA", data.as_str()), ("PORT", "0"), ("LOG_FORMAT", "json")];
    let mut program = start(&variables, &[]);
    let person = User::new(&mut program).await;
    let document = person.uploads(b"Dana Example\n\nSkills\nRust\n", "dana.txt").await;
    let document: Value = document.json().await.unwrap();

    let parent = format!("00-{TRACE}-b7ad6b7169203331-01");
    let headers = [("traceparent", parent.as_str()), ("x-request-id", "followed-1234")];
    let body = json!({ "document_id": document["id"] });
    let started = person.posts_with("/api/v1/resumes/parse", &body, &headers).await;
    let operation: Value = started.json().await.unwrap();
    person.follows(operation["id"].as_str().unwrap()).await;
    let lines = program.log_after_its_end().await;

    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let followed: Vec<&Value> =
        lines.iter().filter(|line| values(line, "request.id").contains(&"followed-1234")).collect();
    let said: Vec<&str> = followed.iter().filter_map(|line| line["message"].as_str()).collect();
    for message in ["answered", "operation started", "operation ended"] {
        assert!(said.contains(&message), "{message} is not in {said:?}");
    }
    assert!(followed.iter().all(|line| values(line, "trace.id").contains(&TRACE)), "{followed:#?}");
}
