//! The OpenAPI document: fresh, and complete where a frontend relies on it.

use serde_json::Value;

fn document() -> Value {
    serde_json::from_str(&roleready_api::openapi()).unwrap()
}

fn operations(document: &Value) -> Vec<(String, Value)> {
    let paths = document["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().unwrap();
            methods
                .iter()
                .map(move |(method, operation)| (format!("{method} {path}"), operation.clone()))
        })
        .collect()
}

#[test]
fn the_committed_document_is_what_the_server_offers() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi/openapi.json");
    let committed = std::fs::read_to_string(path).unwrap();

    assert!(
        committed.trim() == roleready_api::openapi().trim(),
        "run: cargo run -- openapi > openapi/openapi.json"
    );
}

/// What answers anybody, so that orchestrators and Prometheus need no key.
const PUBLIC: [&str; 4] = ["get_health", "get_liveness", "get_readiness", "get_metrics"];

#[test]
fn every_operation_has_a_name_of_its_own_a_summary_and_problems() {
    let document = document();
    let operations = operations(&document);
    let mut names: Vec<&str> = Vec::new();

    for (place, operation) in &operations {
        let name = operation["operationId"].as_str().unwrap_or_default();
        assert!(name.contains('_'), "{place} has no operation id");
        names.push(name);
        assert!(operation["summary"].is_string(), "{place} has no summary");
        if PUBLIC.contains(&name) {
            continue;
        }
        let problems = operation["responses"].as_object().unwrap();
        for status in ["400", "500", "503"] {
            let content = &problems[status]["content"]["application/problem+json"];
            assert!(content.is_object(), "{place} does not document {status}");
        }
        if operation["security"].is_array() {
            for status in ["401", "403"] {
                let content = &problems[status]["content"]["application/problem+json"];
                let asked = status == "401" || name != "hear_stripe";
                assert!(content.is_object() || !asked, "{place} does not document {status}");
            }
        }
    }

    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all, "a name is used twice");
}

#[test]
fn every_post_that_creates_or_starts_something_takes_an_idempotency_key() {
    let document = document();

    for (place, operation) in operations(&document) {
        let answers = operation["responses"].as_object().unwrap();
        let creates = ["201", "202"].iter().any(|status| answers.contains_key(*status));
        let exempt = TAKES_NO_KEY.iter().any(|start| place.starts_with(start));
        if !place.starts_with("post ") || !creates || exempt {
            continue;
        }
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let mut names = parameters.filter_map(|parameter| parameter["name"].as_str());
        assert!(names.any(|name| name == "Idempotency-Key"), "{place} takes no key");
    }
}

/// What these start is the same however often they are sent: an address has one account, and its mails are counted.
/// A new API key is shown once, so that a repetition could not show it.
const TAKES_NO_KEY: [&str; 3] =
    ["post /api/v1/operations/{id}/cancel", "post /api/v1/auth/", "post /api/v1/me/keys"];

#[test]
fn every_body_has_an_example() {
    let document = document();

    for (place, operation) in operations(&document) {
        let request = &operation["requestBody"];
        let responses = operation["responses"].as_object().unwrap().values();
        for body in responses.chain([request]) {
            for (kind, media) in body["content"].as_object().into_iter().flatten() {
                let schema = &media["schema"];
                let schema = if schema["type"] == "array" { &schema["items"] } else { schema };
                let Some(reference) = schema["$ref"].as_str() else { continue };
                let name = reference.rsplit('/').next().unwrap();
                let example = &document["components"]["schemas"][name]["example"];
                assert!(example.is_object(), "{place} {kind}: {name} has no example");
            }
        }
    }
}
