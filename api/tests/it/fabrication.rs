//! A model that lies: none of what it makes up reaches a version, whichever way the person goes.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use shared::testing::Installation;
use worker::model::fake::FakeModel;
use worker::model::fake::script::{Endpoint, Step};

use crate::app::{TestApp, accepted, id};

const EDITS: &str = include_str!("../fixtures/truth/edits.jsonl");

macro_rules! person {
    ($name:literal) => {
        (
            $name,
            include_str!(concat!("../fixtures/truth/", $name, ".json")),
            include_str!(concat!("../fixtures/truth/", $name, ".txt")),
        )
    };
}

/// People and the posting each is tailored to.
const PEOPLE: [(&str, &str, &str); 5] = [
    person!("accountant"),
    person!("backend_engineer"),
    person!("icu_nurse"),
    person!("mechanical_engineer"),
    person!("school_teacher"),
];

/// The edits of a person in rounds: in each, every text is changed once.
fn rounds(name: &str) -> Vec<Vec<Value>> {
    let mut rounds: Vec<Vec<Value>> = Vec::new();
    let edits = EDITS.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    for edit in edits.filter(|edit| edit["resume"] == name) {
        let free = |round: &Vec<Value>| {
            round.len() < 20 && round.iter().all(|other| other["path"] != edit["path"])
        };
        match rounds.iter_mut().find(|round| free(round)) {
            Some(round) => round.push(edit),
            None => rounds.push(vec![edit]),
        }
    }
    rounds
}

/// What the model answers: the edits as they are, each with the text it changes as its proof.
fn answer(round: &[Value]) -> String {
    let edits: Vec<Value> = round
        .iter()
        .map(|edit| {
            let text = edit["proposed"].as_str().unwrap();
            let after =
                serde_json::from_str::<Vec<String>>(text).map_or(json!(text), |list| json!(list));
            json!({ "path": edit["path"], "after": after, "evidence": [edit["path"]] })
        })
        .collect();
    json!({ "edits": edits }).to_string()
}

async fn with_model(model: &FakeModel) -> TestApp {
    let installation = Installation::embedded()
        .with("OPENAI_BASE_URL", &model.base_url())
        .with("ROLEREADY_MODEL", "gpt-4o-mini")
        .with("ROLEREADY_EMBEDDING_MODEL", "none");
    TestApp::start(installation).await
}

/// All texts of a version, lists as one and item by item.
fn texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => found.push(text.clone()),
        Value::Array(items) => {
            found.push(value.to_string());
            for item in items {
                texts(item, found);
            }
        }
        Value::Object(fields) => fields.values().for_each(|item| texts(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn said(text: &str) -> String {
    serde_json::from_str::<Value>(text).map_or_else(|_| text.to_owned(), |list| list.to_string())
}

#[tokio::test]
async fn nothing_a_model_makes_up_reaches_a_version_by_any_route() {
    let model = FakeModel::start().await.unwrap();
    let app = with_model(&model).await;
    let (mut faithful, mut fabricated) = (0, 0);

    for (name, resume, posting) in PEOPLE {
        let resume: Value = serde_json::from_str(resume).unwrap();
        let resume = id(&app.post("/api/v1/resumes", &resume).await.json().await.unwrap());
        for round in rounds(name) {
            model.script([Step { on: Some(Endpoint::Chat), ..Step::reply(answer(&round)) }]);
            let path = format!("/api/v1/resumes/{resume}/tailorings");
            let body = json!({ "posting_text": posting, "intensity": "full", "engine": "model" });
            let operation = app.ended(&accepted(app.post(&path, &body).await).await).await;
            assert_eq!(operation["result"]["engine"], "model", "{operation}");
            let tailoring = operation["result"]["tailoring_id"].as_str().unwrap();
            let path = format!("/api/v1/tailorings/{tailoring}");

            app.post(&format!("{path}/rebase"), &json!({})).await;
            let all = json!({ "verdicts": ["faithful"] });
            app.post(&format!("{path}/accept-all"), &all).await;
            app.post(&format!("{path}/rebase"), &json!({})).await;
            let applied = app.post(&format!("{path}/apply"), &json!({})).await;
            if applied.status() == StatusCode::CONFLICT {
                continue;
            }
            let version: Value = applied.json().await.unwrap();

            let mut stands = Vec::new();
            texts(&version["data"], &mut stands);
            for edit in round {
                let there = stands.contains(&said(edit["proposed"].as_str().unwrap()));
                if edit["verdict"] == "fabricated" {
                    fabricated += 1;
                    assert!(!there, "{edit}");
                } else {
                    faithful += usize::from(there);
                }
            }
        }
        app.request(Method::DELETE, &format!("/api/v1/resumes/{resume}")).send().await.unwrap();
    }

    assert!(fabricated > 150, "{fabricated} made up edits were tried");
    assert!(faithful > 50, "{faithful} true ones have arrived");
}

#[tokio::test]
async fn a_redraft_goes_through_the_same_gate() {
    let model = FakeModel::start().await.unwrap();
    let app = with_model(&model).await;
    let (name, resume, posting) = PEOPLE[1];
    let resume: Value = serde_json::from_str(resume).unwrap();
    let resume = id(&app.post("/api/v1/resumes", &resume).await.json().await.unwrap());
    let edits: Vec<Value> = EDITS.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |verdict: &str, path: &Value| {
        edits
            .iter()
            .filter(|edit| edit["resume"] == name && edit["verdict"] == verdict)
            .find(|edit| path.is_null() || edit["path"] == *path)
            .filter(|edit| edit["path"].as_str().unwrap().contains("/highlights/"))
            .cloned()
    };
    let pairs = edits.iter().filter_map(|edit| {
        Some((of("faithful", &edit["path"])?, of("fabricated", &edit["path"])?))
    });
    let (faithful, fabricated) = pairs.take(1).next().unwrap();
    model.script([
        Step { on: Some(Endpoint::Chat), ..Step::reply(answer(std::slice::from_ref(&faithful))) },
        Step { on: Some(Endpoint::Chat), ..Step::reply(answer(std::slice::from_ref(&fabricated))) },
    ]);
    let body = json!({ "posting_text": posting, "intensity": "full" });
    let path = format!("/api/v1/resumes/{resume}/tailorings");
    let operation = app.ended(&accepted(app.post(&path, &body).await).await).await;
    let path =
        format!("/api/v1/tailorings/{}", operation["result"]["tailoring_id"].as_str().unwrap());
    let tailoring: Value = app.get(&path).await.json().await.unwrap();
    let proposal = tailoring["proposals"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["path"] == faithful["path"])
        .unwrap();

    let redraft = format!("{path}/proposals/{}/redraft", proposal["id"].as_str().unwrap());
    let response = app.post(&redraft, &json!({ "instruction": "Make it sound bigger." })).await;
    let operation = app.ended(&accepted(response).await).await;

    assert_eq!(operation["result"]["notices"][0]["code"], "nothing_changed", "{operation}");
    let after: Value = app.get(&path).await.json().await.unwrap();
    assert_eq!(after["proposals"], tailoring["proposals"]);
    let withheld = after["withheld"].as_array().unwrap();
    assert!(withheld.iter().any(|one| one["after"] == fabricated["proposed"]), "{withheld:?}");
}
