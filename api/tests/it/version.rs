//! Versions in time, and people with little to tailor.

use chrono::{TimeDelta, Utc};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::app::{POSTING, TestApp, accepted, id};

async fn show(app: &TestApp, path: &str) -> Value {
    let response = app.get(path).await;
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    response.json().await.unwrap()
}

fn kinds(versions: &Value) -> Vec<&str> {
    versions["items"].as_array().unwrap().iter().map(|one| one["kind"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn drafts_go_after_a_month_tailored_versions_after_three_and_the_base_and_what_was_sent_stay()
{
    for app in TestApp::each().await {
        let resume = app.has_resume().await;
        let path = format!("/api/v1/resumes/{resume}/versions");
        let kept = app.post(&path, &json!({ "label": "mine" })).await;
        assert_eq!(kept.status(), StatusCode::CREATED);
        let sent = id(&app.post(&path, &json!({ "label": "sent" })).await.json().await.unwrap());
        let note = json!({ "sent_to": "Northgate" });
        let noted = app.request(Method::PATCH, &format!("{path}/{sent}")).json(&note);
        assert_eq!(noted.send().await.unwrap().status(), StatusCode::OK);
        let tailor = format!("/api/v1/resumes/{resume}/tailorings");
        let body = json!({ "posting_text": POSTING, "engine": "rules" });
        let operation = app.ended(&accepted(app.post(&tailor, &body).await).await).await;
        let tailoring = operation["result"]["tailoring_id"].as_str().unwrap();
        let tailoring = format!("/api/v1/tailorings/{tailoring}");
        let all = json!({ "verdicts": ["faithful"] });
        app.post(&format!("{tailoring}/accept-all"), &all).await;
        app.post(&format!("{tailoring}/apply"), &json!({})).await;
        let before = show(&app, &path).await;
        let after = async |days| {
            app.deps.versions.sweep(Utc::now() + TimeDelta::days(days)).await.unwrap();
            show(&app, &path).await
        };

        let (early, month, quarter) = (after(29).await, after(31).await, after(91).await);

        assert_eq!(early, before);
        let drafts =
            |versions: &Value| kinds(versions).iter().filter(|kind| **kind == "draft").count();
        assert_eq!((drafts(&before), drafts(&month)), (2, 1), "{month}");
        assert!(kinds(&month).contains(&"tailored"), "{month}");
        assert!(!kinds(&quarter).contains(&"tailored"), "{quarter}");
        assert!(kinds(&quarter).contains(&"base"), "{quarter}");
        assert!(quarter.to_string().contains("Northgate"), "{quarter}");
    }
}

#[tokio::test]
async fn somebody_without_any_work_gets_what_their_resume_supports_and_honest_gaps() {
    let app = TestApp::new().await;
    let data = json!({
        "basics": { "name": "Lior Adeyemi", "email": "lior@example.org" },
        "education": [{ "institution": "Northgate College", "studyType": "BSc", "area": "Computing" }],
        "skills": [{ "name": "Tools", "keywords": ["Excel", "Rust", "PostgreSQL"] }]
    });
    let resume = id(&app.post("/api/v1/resumes", &data).await.json().await.unwrap());
    let path = format!("/api/v1/resumes/{resume}/tailorings");
    let body = json!({ "posting_text": POSTING, "engine": "rules" });

    let operation = app.ended(&accepted(app.post(&path, &body).await).await).await;

    assert_eq!(operation["state"], "succeeded", "{operation}");
    let tailoring = operation["result"]["tailoring_id"].as_str().unwrap();
    let tailoring = show(&app, &format!("/api/v1/tailorings/{tailoring}")).await;
    let proposals = tailoring["proposals"].as_array().unwrap();
    assert!(proposals.iter().all(|one| one["verdict"] == "faithful"), "{tailoring}");
    assert!(!tailoring["gaps"].as_array().unwrap().is_empty(), "{tailoring}");
    let export = app.get(&format!("/api/v1/resumes/{resume}/export?format=pdf")).await;
    assert_eq!(export.status(), StatusCode::OK);
}
