//! Deciding about edits, versions and exports, over HTTP.

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use shared::account::Tier;
use shared::testing::Installation;

use crate::app::{POSTING, TestApp, accepted, refused};

/// A finished tailoring: the ids of its resume and of itself.
async fn tailored(app: &TestApp) -> (String, String) {
    let resume = app.has_resume().await;
    let path = format!("/api/v1/resumes/{resume}/tailorings");
    let response = app.post(&path, &json!({ "posting_text": POSTING, "engine": "rules" })).await;
    let operation = app.ended(&accepted(response).await).await;
    let tailoring = operation["result"]["tailoring_id"].as_str().unwrap().to_owned();
    (resume, tailoring)
}

async fn show(app: &TestApp, path: &str) -> Value {
    let response = app.get(path).await;
    assert_eq!(response.status(), StatusCode::OK);
    response.json().await.unwrap()
}

async fn patch(app: &TestApp, path: &str, body: &Value) -> Response {
    app.request(Method::PATCH, path).json(body).send().await.unwrap()
}

/// The person changes the resume themselves.
async fn edits(app: &TestApp, resume: &str, change: impl FnOnce(&mut Value)) {
    let path = format!("/api/v1/resumes/{resume}");
    let shown = app.get(&path).await;
    let tag = shown.headers()["etag"].to_str().unwrap().to_owned();
    let mut data = shown.json::<Value>().await.unwrap()["data"].take();
    change(&mut data);
    let put = app.request(Method::PUT, &path).header("If-Match", tag).json(&data);
    assert_eq!(put.send().await.unwrap().status(), StatusCode::OK);
}

fn ids(tailoring: &Value) -> Vec<String> {
    let proposals = tailoring["proposals"].as_array().unwrap();
    proposals.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn accepted_edits_become_a_version_once_and_the_resume_stays_as_it_is() {
    for app in TestApp::each().await {
        let (resume, id) = tailored(&app).await;
        let path = format!("/api/v1/tailorings/{id}");
        let before = show(&app, &format!("/api/v1/resumes/{resume}")).await;

        let all =
            app.post(&format!("{path}/accept-all"), &json!({ "verdicts": ["faithful"] })).await;
        let all: Value = all.json().await.unwrap();
        let (apply, named, plain) =
            (format!("{path}/apply"), json!({ "label": "For Northgate" }), json!({}));
        let (one, two) = tokio::join!(app.post(&apply, &named), app.post(&apply, &plain));
        let (one, two): (Value, Value) = (one.json().await.unwrap(), two.json().await.unwrap());

        let (offered, met) = (&all["totals"]["accepted"], &all["totals"]["before"]["met"]);
        assert!(offered["met"].as_i64() >= met.as_i64(), "{all}");
        assert_eq!(one["id"], two["id"]);
        assert_eq!(one["kind"], "tailored");
        for proposal in all["proposals"].as_array().unwrap() {
            assert_eq!(proposal["decision"], "accepted");
            let now = one["data"].pointer(proposal["path"].as_str().unwrap()).unwrap();
            let after = proposal["after"].as_str().unwrap();
            let list = serde_json::from_str::<Value>(after).ok();
            assert_eq!(*now, list.unwrap_or_else(|| json!(after)));
        }
        let after = show(&app, &format!("/api/v1/resumes/{resume}")).await;
        assert_eq!(after["data"], before["data"]);
        assert_eq!(show(&app, &path).await["version_id"], one["id"]);
        let late = patch(
            &app,
            &format!("{path}/proposals/{}", ids(&all)[0]),
            &json!({ "decision": "rejected" }),
        )
        .await;
        assert_eq!(refused(late).await, (409, "tailoring-applied".into()));
    }
}

#[tokio::test]
async fn a_persons_own_words_are_flagged_and_never_withheld() {
    let app = TestApp::new().await;
    let (_, id) = tailored(&app).await;
    let path = format!("/api/v1/tailorings/{id}");
    let tailoring = show(&app, &path).await;
    let proposal = tailoring["proposals"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["path"].as_str().unwrap().ends_with("/keywords"))
        .unwrap();
    let place = format!("{path}/proposals/{}", proposal["id"].as_str().unwrap());

    let words = json!({ "after": r#"["Rust","Haskell"]"# });
    let edited: Value = patch(&app, &place, &words).await.json().await.unwrap();
    let version: Value = app.post(&format!("{path}/apply"), &json!({})).await.json().await.unwrap();

    assert_eq!(edited["decision"], "edited");
    assert_eq!(edited["own"]["verdict"], "fabricated");
    assert!(!edited["own"]["reasons"].as_array().unwrap().is_empty());
    let now = version["data"].pointer(proposal["path"].as_str().unwrap()).unwrap();
    assert_eq!(*now, json!(["Rust", "Haskell"]));
}

#[tokio::test]
async fn words_that_do_not_fit_the_place_are_refused() {
    let app = TestApp::new().await;
    let (_, id) = tailored(&app).await;
    let path = format!("/api/v1/tailorings/{id}");
    let tailoring = show(&app, &path).await;
    let list = tailoring["proposals"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["before"].as_str().unwrap().starts_with('['))
        .unwrap();
    let place = format!("{path}/proposals/{}", list["id"].as_str().unwrap());

    for (body, code) in [
        (json!({ "after": "" }), "invalid-request"),
        (json!({ "after": "one text" }), "invalid-request"),
        (json!({ "after": r#"{"a":1}"# }), "invalid-request"),
        (json!({ "after": "x".repeat(4_001) }), "invalid-request"),
        (json!({ "decision": "edited" }), "invalid-request"),
        (json!({ "decision": "accepted", "after": "[]" }), "invalid-request"),
        (json!({}), "invalid-request"),
    ] {
        assert_eq!(refused(patch(&app, &place, &body).await).await, (400, code.into()), "{body}");
    }
    let nobody = format!("{path}/proposals/{id}");
    let response = patch(&app, &nobody, &json!({ "decision": "accepted" })).await;
    assert_eq!(refused(response).await, (404, "proposal-not-found".into()));
}

#[tokio::test]
async fn a_resume_that_changed_underneath_is_told_and_a_rebase_says_what_still_applies() {
    for app in TestApp::each().await {
        let (resume, id) = tailored(&app).await;
        let path = format!("/api/v1/tailorings/{id}");
        let tailoring = show(&app, &path).await;
        let gone = tailoring["proposals"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["path"].as_str().unwrap().starts_with("/skills/"))
            .unwrap()
            .clone();
        edits(&app, &resume, |data| {
            *data.pointer_mut(gone["path"].as_str().unwrap()).unwrap() = json!(["Knitting"]);
            let job =
                json!({ "name": "New Place", "position": "Engineer", "startDate": "2025-01" });
            data["work"].as_array_mut().unwrap().insert(0, job);
        })
        .await;

        let stale = show(&app, &path).await;
        let decided = patch(
            &app,
            &format!("{path}/proposals/{}", ids(&tailoring)[0]),
            &json!({ "decision": "accepted" }),
        )
        .await;
        let applied = app.post(&format!("{path}/apply"), &json!({})).await;
        let rebased: Value =
            app.post(&format!("{path}/rebase"), &json!({})).await.json().await.unwrap();
        let again: Value =
            app.post(&format!("{path}/rebase"), &json!({})).await.json().await.unwrap();

        assert_eq!(stale["stale"], true);
        assert_eq!(refused(decided).await, (409, "resume-changed".into()));
        assert_eq!(refused(applied).await, (409, "resume-changed".into()));
        assert_eq!(rebased["stale"], false);
        assert_eq!(rebased["proposals"], again["proposals"]);
        for (old, new) in tailoring["proposals"]
            .as_array()
            .unwrap()
            .iter()
            .zip(rebased["proposals"].as_array().unwrap())
        {
            if old["id"] == gone["id"] {
                assert_eq!(new["lost"], "text_changed");
            } else if let Some(rest) = old["path"].as_str().unwrap().strip_prefix("/work/0") {
                assert_eq!(new["path"], format!("/work/1{rest}"));
            }
        }
        let lost = format!("{path}/proposals/{}", gone["id"].as_str().unwrap());
        let response = patch(&app, &lost, &json!({ "decision": "accepted" })).await;
        assert_eq!(refused(response).await, (409, "proposal-lost".into()));
    }
}

#[tokio::test]
async fn versions_are_kept_compared_labelled_and_brought_back() {
    for app in TestApp::each().await {
        let resume = app.has_resume().await;
        let path = format!("/api/v1/resumes/{resume}");
        let original = show(&app, &path).await;
        let kept = app.post(&format!("{path}/versions"), &json!({ "label": "First" })).await;
        assert_eq!(kept.status(), StatusCode::CREATED);
        let kept: Value = kept.json().await.unwrap();
        edits(&app, &resume, |data| data["basics"]["label"] = json!("Staff Engineer")).await;

        let list = show(&app, &format!("{path}/versions")).await;
        let base = format!("{path}/versions/{resume}");
        let diff =
            show(&app, &format!("{path}/versions/{}/diff", kept["id"].as_str().unwrap())).await;
        let noted = patch(&app, &base, &json!({ "sent_to": "Northgate" })).await;
        let noted: Value = noted.json().await.unwrap();
        let unseen = app.request(Method::POST, &format!("{base}/restore")).send().await.unwrap();
        let restored = app
            .request(Method::POST, &format!("{base}/restore"))
            .header("If-Match", "\"2\"")
            .send()
            .await
            .unwrap();

        let kinds: Vec<&str> = list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["kind"].as_str().unwrap())
            .collect();
        assert_eq!(kinds, ["draft", "base"]);
        assert!(list["items"][0]["data"].is_null());
        assert_eq!(diff["patch"][0]["op"], "replace");
        assert_eq!(diff["patch"][0]["path"], "/basics/label");
        assert!(diff["changes"][0]["words"].as_array().unwrap().len() >= 2, "{diff}");
        assert_eq!(noted["sent_to"], "Northgate");
        assert!(noted["expires_at"].is_null());
        assert_eq!(refused(unseen).await.0, 428);
        assert_eq!(restored.status(), StatusCode::CREATED);
        assert_eq!(show(&app, &path).await["data"], original["data"]);
        let drafts = show(&app, &format!("{path}/versions")).await;
        let changed = drafts["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["id"].as_str().unwrap().to_owned());
        let mut labels = Vec::new();
        for id in changed {
            labels.push(
                show(&app, &format!("{path}/versions/{id}")).await["data"]["basics"]["label"]
                    .clone(),
            );
        }
        assert!(
            labels.contains(&json!("Staff Engineer")),
            "what it was before is kept: {labels:?}"
        );
    }
}

#[tokio::test]
async fn a_tailored_version_that_is_brought_back_does_not_become_evidence() {
    let app = TestApp::new().await;
    let (resume, id) = tailored(&app).await;
    let path = format!("/api/v1/tailorings/{id}");
    app.post(&format!("{path}/accept-all"), &json!({ "verdicts": ["faithful"] })).await;
    let version: Value = app.post(&format!("{path}/apply"), &json!({})).await.json().await.unwrap();
    let before = show(&app, &format!("/api/v1/resumes/{resume}")).await;

    let restore =
        format!("/api/v1/resumes/{resume}/versions/{}/restore", version["id"].as_str().unwrap());
    let restored =
        app.request(Method::POST, &restore).header("If-Match", "\"1\"").send().await.unwrap();

    let restored: Value = restored.json().await.unwrap();
    assert_eq!((&restored["kind"], &restored["data"]), (&json!("tailored"), &version["data"]));
    assert_eq!(show(&app, &format!("/api/v1/resumes/{resume}")).await["data"], before["data"]);
}

#[tokio::test]
async fn an_export_says_how_much_of_it_was_read_back() {
    let app = TestApp::new().await;
    let resume = app.has_resume().await;
    for (format, start) in
        [("pdf", "%PDF"), ("docx", "PK"), ("md", "# "), ("json", "{"), ("txt", "Maya")]
    {
        let path = format!("/api/v1/resumes/{resume}/export?format={format}");
        let response = app.get(&path).await;

        assert_eq!(response.status(), StatusCode::OK, "{format}");
        let trip = response.headers()["x-roleready-roundtrip"].to_str().unwrap().to_owned();
        let (kept, fields) = trip.split_once('/').unwrap();
        let (kept, fields): (f64, f64) = (kept.parse().unwrap(), fields.parse().unwrap());
        assert!(kept / fields > 0.97, "{format}: {trip}");
        let name = response.headers()["content-disposition"].to_str().unwrap().to_owned();
        assert!(name.contains(&format!("resume.{format}")), "{name}");
        let bytes = response.bytes().await.unwrap();
        assert!(bytes.starts_with(start.as_bytes()), "{format}");
    }
}

#[tokio::test]
async fn what_is_somebody_elses_can_neither_be_decided_nor_read_nor_exported() {
    let mut app = TestApp::start(Installation::embedded()).await;
    let (resume, id) = tailored(&app).await;
    let tailoring = show(&app, &format!("/api/v1/tailorings/{id}")).await;
    let proposal = ids(&tailoring)[0].clone();
    app.switch_person(Tier::Premium).await;

    let path = format!("/api/v1/tailorings/{id}");
    let body = json!({ "decision": "accepted" });
    let answers = [
        patch(&app, &format!("{path}/proposals/{proposal}"), &body).await,
        app.post(&format!("{path}/accept-all"), &json!({ "verdicts": ["faithful"] })).await,
        app.post(&format!("{path}/rebase"), &json!({})).await,
        app.post(&format!("{path}/apply"), &json!({})).await,
        app.get(&format!("/api/v1/resumes/{resume}/versions")).await,
        app.get(&format!("/api/v1/resumes/{resume}/versions/{resume}")).await,
        app.get(&format!("/api/v1/resumes/{resume}/export?format=pdf")).await,
    ];
    for answer in answers {
        assert_eq!(refused(answer).await.0, 404);
    }
}

#[tokio::test]
async fn a_batch_is_one_operation_for_each_posting_and_one_summary() {
    for app in TestApp::each().await {
        let resume = app.has_resume().await;
        let path = format!("/api/v1/resumes/{resume}/tailorings/batch");
        let body = json!({ "engine": "rules", "postings": [
            { "posting_text": POSTING },
            { "posting_id": resume },
            { "posting_text": "Cook\n\nRequirements\n- Rust\n- SQL\n" },
        ]});
        let start = async || {
            let request = app.request(Method::POST, &path).header("Idempotency-Key", "batch-1");
            request.json(&body).send().await.unwrap()
        };

        let (first, second) = (start().await, start().await);

        assert_eq!(first.status(), StatusCode::ACCEPTED);
        let place = first.headers()["location"].to_str().unwrap().to_owned();
        let (first, second): (Value, Value) =
            (first.json().await.unwrap(), second.json().await.unwrap());
        assert_eq!(first["id"], second["id"]);
        assert_eq!(first["items"][1]["refused"], "posting_not_found");
        for at in [0, 2] {
            assert_eq!(first["items"][at]["operation_id"], second["items"][at]["operation_id"]);
            app.ended(first["items"][at]["operation_id"].as_str().unwrap()).await;
        }
        let ended = show(&app, &place).await;
        assert_eq!(
            (&ended["counts"]["succeeded"], &ended["counts"]["refused"]),
            (&json!(2), &json!(1))
        );
        assert!(ended["items"][0]["tailoring_id"].is_string());
    }
}

#[tokio::test]
async fn canceling_a_batch_stops_what_has_not_begun() {
    let app = TestApp::without_worker(Installation::embedded()).await;
    let resume = app.has_resume().await;
    let path = format!("/api/v1/resumes/{resume}/tailorings/batch");
    let postings = vec![json!({ "posting_text": POSTING }); 50];
    let batch = app.post(&path, &json!({ "postings": postings })).await;
    let batch: Value = batch.json().await.unwrap();
    assert_eq!(batch["counts"]["queued"], 50);

    let place = format!("/api/v1/tailoring-batches/{}", batch["id"].as_str().unwrap());
    let canceled: Value =
        app.post(&format!("{place}/cancel"), &json!({})).await.json().await.unwrap();

    assert_eq!(canceled["counts"]["canceled"], 50);
    let many = vec![json!({ "posting_text": POSTING }); 51];
    let refusal = app.post(&path, &json!({ "postings": many })).await;
    assert_eq!(refused(refusal).await, (400, "invalid-request".into()));
}

#[tokio::test]
async fn an_answer_to_a_gap_is_evidence_for_a_redraft_and_marked_as_stated() {
    for app in TestApp::each().await {
        let resume = app.has_resume().await;
        let path = format!("/api/v1/resumes/{resume}/tailorings");
        let posting = "Backend Engineer\n\nRequirements\n- Prometheus\n- Terraform\n- Ansible\n";
        let response = app.post(&path, &json!({ "posting_text": posting })).await;
        let operation = app.ended(&accepted(response).await).await;
        let path =
            format!("/api/v1/tailorings/{}", operation["result"]["tailoring_id"].as_str().unwrap());
        let tailoring = show(&app, &path).await;
        let gap = tailoring["gaps"]
            .as_array()
            .unwrap()
            .iter()
            .find(|gap| gap["name"] == "Ansible")
            .unwrap()["requirement_id"]
            .as_str()
            .unwrap()
            .to_owned();
        let list = tailoring["proposals"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| {
                one["after"].as_str().unwrap().contains("Prometheus")
                    && one["path"].as_str().unwrap().ends_with("/keywords")
            })
            .unwrap();

        let answer =
            json!({ "text": "Ran Ansible playbooks for the ledger hosts.", "entry": "/work/0" });
        let put = app.request(Method::PUT, &format!("{path}/gaps/{gap}")).json(&answer);
        let stated: Value = put.send().await.unwrap().json().await.unwrap();
        let redraft = format!("{path}/proposals/{}/redraft", list["id"].as_str().unwrap());
        let response = app.post(&redraft, &json!({ "instruction": "Use what I said." })).await;
        app.ended(&accepted(response).await).await;

        assert_eq!(stated["statements"][0]["text"], answer["text"]);
        let after = show(&app, &path).await;
        let new = after["proposals"]
            .as_array()
            .unwrap()
            .iter()
            .find(|one| one["id"] == list["id"])
            .unwrap();
        assert!(new["after"].as_str().unwrap().contains("Ansible"), "{new}");
        assert_eq!(new["verdict"], "faithful");
        let marked = new["evidence"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["path"] == format!("/stated_by_you/{gap}"));
        assert!(marked, "{new}");
        app.post(&format!("{path}/accept-all"), &json!({ "verdicts": ["faithful"] })).await;
        let version = app.post(&format!("{path}/apply"), &json!({})).await;
        assert_eq!(version.status(), StatusCode::OK, "{}", version.text().await.unwrap());
        let nobody = app.request(Method::PUT, &format!("{path}/gaps/none")).json(&answer);
        assert_eq!(nobody.send().await.unwrap().status(), StatusCode::CONFLICT);
    }
}
