//! The main job: a document becomes a resume, meets a posting, and gets edits with proof.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use shared::account::Tier;

use crate::app::{POSTING, TestApp, accepted, id, refused};

const PDF: &[u8] = include_bytes!("../../../docs/examples/resume.pdf");

async fn parsed(app: &TestApp) -> String {
    let document = id(&app.uploads("resume.pdf", PDF).await.json().await.unwrap());
    let response = app.post("/api/v1/resumes/parse", &json!({ "document_id": document })).await;
    let operation = app.ended(&accepted(response).await).await;
    assert_eq!(operation["state"], "succeeded", "{operation}");
    assert_eq!(operation["result"]["engine"], "rules");
    operation["result"]["resume_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_pdf_becomes_a_resume_that_is_checked_and_tailored_with_proof() {
    for app in TestApp::each().await {
        let resume_id = parsed(&app).await;
        let path = format!("/api/v1/resumes/{resume_id}");
        let resume: Value = app.get(&path).await.json().await.unwrap();
        assert_eq!(resume["data"]["basics"]["email"], "maya.orourke@lindqvist-mail.example");

        let posting = app.post("/api/v1/postings", &json!({ "text": POSTING })).await;
        assert_eq!(posting.status(), StatusCode::CREATED);
        let posting_id = id(&posting.json().await.unwrap());
        let body = json!({ "posting_id": posting_id });
        let check = accepted(app.post(&format!("{path}/ats-checks"), &body).await).await;
        let check = app.ended(&check).await;
        assert_eq!(check["state"], "succeeded", "{check}");
        let report = &check["result"]["report"];
        assert!(report["match"]["score"].as_u64().unwrap() > 0, "{report}");
        assert_eq!(report["match"]["mode"], "keyword_only");

        let tailor = accepted(app.post(&format!("{path}/tailorings"), &body).await).await;
        let tailor = app.ended(&tailor).await;
        assert_eq!(tailor["state"], "succeeded", "{tailor}");
        let tailoring = tailor["result"]["tailoring_id"].as_str().unwrap();
        let tailoring: Value =
            app.get(&format!("/api/v1/tailorings/{tailoring}")).await.json().await.unwrap();
        check_proposals(&tailoring, &resume["data"]);
    }
}

/// Each edit is of the resume as it is, and what proves it stands there.
fn check_proposals(tailoring: &Value, resume: &Value) {
    let proposals = tailoring["proposals"].as_array().unwrap();
    assert!(!proposals.is_empty(), "{tailoring}");
    for proposal in proposals {
        let path = proposal["path"].as_str().unwrap();
        let now = resume.pointer(path).unwrap();
        let before = proposal["before"].as_str().unwrap();
        let same = now.as_str().map_or_else(
            || serde_json::from_str::<Value>(before).unwrap() == *now,
            |text| text == before,
        );
        assert!(same, "{path}: {before}");
        assert_eq!(proposal["verdict"], "faithful", "{proposal}");
        assert_eq!(proposal["decision"], "pending", "{proposal}");
        for evidence in proposal["evidence"].as_array().unwrap() {
            let stands = resume.pointer(evidence["path"].as_str().unwrap()).unwrap().to_string();
            let quote = serde_json::to_string(&evidence["quote"]).unwrap();
            assert!(stands.contains(quote.trim_matches('"')), "{evidence}");
        }
    }
}

#[tokio::test]
async fn a_tailoring_touches_only_the_sections_that_were_chosen() {
    let app = TestApp::new().await;
    let path = format!("/api/v1/resumes/{}/tailorings", app.has_resume().await);
    let body = json!({ "posting_text": POSTING, "mode": "partial", "sections": ["skills"] });

    let operation = app.ended(&accepted(app.post(&path, &body).await).await).await;

    let tailoring = operation["result"]["tailoring_id"].as_str().unwrap();
    let proposals: Value =
        app.get(&format!("/api/v1/tailorings/{tailoring}/proposals")).await.json().await.unwrap();
    let paths = proposals.as_array().unwrap().iter().map(|one| one["path"].as_str().unwrap());
    let paths: Vec<&str> = paths.collect();
    assert!(!paths.is_empty());
    assert!(paths.iter().all(|path| path.starts_with("/skills")), "{paths:?}");
}

#[tokio::test]
async fn a_model_that_is_not_there_is_replaced_by_the_rules_and_the_result_says_so() {
    let app = TestApp::new().await;
    let path = format!("/api/v1/resumes/{}/tailorings", app.has_resume().await);
    let body = json!({ "posting_text": POSTING, "engine": "model" });

    let operation = app.ended(&accepted(app.post(&path, &body).await).await).await;

    assert_eq!(operation["state"], "succeeded");
    assert_eq!(operation["result"]["engine"], "rules");
    assert_eq!(operation["result"]["notices"][0]["code"], "model_not_configured");
}

#[tokio::test]
async fn a_document_that_is_deleted_before_it_is_read_fails_the_operation() {
    let app = TestApp::without_worker(shared::testing::Installation::embedded()).await;
    let document = id(&app.uploads("resume.pdf", PDF).await.json().await.unwrap());
    let response = app.post("/api/v1/resumes/parse", &json!({ "document_id": document })).await;
    let operation = accepted(response).await;
    let path = format!("/api/v1/documents/{document}");
    app.request(Method::DELETE, &path).send().await.unwrap();

    app.starts_working();

    let operation = app.ended(&operation).await;
    assert_eq!(operation["problem"]["code"], "input-deleted");
}

#[tokio::test]
async fn a_tailoring_of_somebody_else_is_not_there() {
    let mut app = TestApp::new().await;
    let path = format!("/api/v1/resumes/{}/tailorings", app.has_resume().await);
    let response = app.post(&path, &json!({ "posting_text": POSTING })).await;
    let operation = app.ended(&accepted(response).await).await;
    let tailoring = operation["result"]["tailoring_id"].as_str().unwrap().to_owned();
    app.switch_person(Tier::Premium).await;

    let response = app.get(&format!("/api/v1/tailorings/{tailoring}")).await;

    assert_eq!(refused(response).await, (404, "tailoring-not-found".into()));
}
