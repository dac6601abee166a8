//! Live coverage, rankings and explanations over HTTP.

use reqwest::StatusCode;
use serde_json::{Value, json};
use shared::account::Tier;

use crate::app::{POSTING, TestApp, id, refused};

async fn keeps_posting(app: &TestApp, text: &str) -> String {
    id(&app.post("/api/v1/postings", &json!({ "text": text })).await.json().await.unwrap())
}

async fn keeps_resume(app: &TestApp, skills: &[&str]) -> String {
    let resume = json!({ "skills": [{ "name": "Skills", "keywords": skills }] });
    id(&app.post("/api/v1/resumes", &resume).await.json().await.unwrap())
}

fn asks(skills: &str) -> String {
    format!("Engineer\n\nRequirements\n{skills}")
}

#[tokio::test]
async fn coverage_follows_what_is_typed_before_it_is_saved() {
    for app in TestApp::each().await {
        let path = format!("/api/v1/resumes/{}/coverage", keeps_resume(&app, &["Kafka"]).await);
        let posting = keeps_posting(&app, &asks("- Kafka\n- Terraform\n")).await;
        let typed = json!({ "skills": [{ "keywords": ["Kafka", "Terraform"] }] });

        let kept = app.post(&path, &json!({ "posting_id": posting })).await;
        let live = app.post(&path, &json!({ "posting_id": posting, "resume": typed })).await;

        let (kept, live): (Value, Value) = (kept.json().await.unwrap(), live.json().await.unwrap());
        assert_eq!(kept["coverage"]["required"]["met"], 1, "{kept}");
        assert_eq!(kept["match"]["mode"], "keyword_only");
        assert_eq!(live["coverage"]["required"]["met"], 2, "{live}");
        let proof = &live["coverage"]["requirements"][1]["evidence"][0];
        assert_eq!(proof["path"], "/skills/0/keywords/1", "{live}");
    }
}

#[tokio::test]
async fn coverage_takes_one_posting_that_asks_for_something() {
    let app = TestApp::new().await;
    let path = format!("/api/v1/resumes/{}/coverage", app.has_resume().await);
    let refusal = async |body: Value| refused(app.post(&path, &body).await).await;

    assert_eq!(refusal(json!({})).await, (400, "invalid-request".into()));
    let nothing = json!({ "text": "Office manager\nWe are nice." });
    assert_eq!(refusal(nothing).await, (422, "posting-without-requirements".into()));
    assert_eq!(refusal(json!({ "text": " " })).await, (400, "posting-empty".into()));
    let long = json!({ "text": "x".repeat(50_001) });
    assert_eq!(refusal(long).await, (400, "posting-too-long".into()));
}

#[tokio::test]
async fn postings_are_ranked_by_their_exact_score_and_follow_every_change() {
    for app in TestApp::each().await {
        let resume = keeps_resume(&app, &["Kafka", "Terraform"]).await;
        let worse = keeps_posting(&app, &asks("- Kafka\n- Welding\n- SQL\n")).await;
        let better = keeps_posting(&app, &asks("- Kafka\n- Terraform\n")).await;
        keeps_posting(&app, "Office manager\nWe are nice.").await;
        let path = format!("/api/v1/resumes/{resume}/matches");

        let all: Value =
            app.post(&path, &json!({ "all": true, "limit": 5 })).await.json().await.unwrap();

        assert_eq!(
            (all["items"][0]["id"].as_str(), all["items"][1]["id"].as_str()),
            (Some(&*better), Some(&*worse)),
            "{all}"
        );
        assert_eq!(all["compared"], 3);
        assert_eq!(all["without_requirements"], 1);
        assert_eq!(all["items"][1]["missing"], json!(["Welding", "SQL"]), "{all}");
        let coverage = format!("/api/v1/resumes/{resume}/coverage");
        let live = app.post(&coverage, &json!({ "posting_id": worse })).await;
        let live: Value = live.json().await.unwrap();
        assert_eq!(all["items"][1]["score"], live["match"]["score"]);

        let body = json!({ "text": asks("- Python\n") });
        let put = app.request(reqwest::Method::PUT, &format!("/api/v1/postings/{better}"));
        let put = put.header("If-Match", "\"1\"").json(&body).send().await.unwrap();
        assert_eq!(put.status(), StatusCode::OK);
        let now: Value = app.post(&path, &json!({ "all": true })).await.json().await.unwrap();
        assert_eq!(now["items"][0]["id"], *worse, "{now}");
        let one: Value =
            app.post(&path, &json!({ "posting_ids": [better] })).await.json().await.unwrap();
        assert_eq!(
            (one["compared"].as_u64(), &one["items"][0]["score"]),
            (Some(1), &json!(0)),
            "{one}"
        );
    }
}

#[tokio::test]
async fn a_persons_own_resumes_are_ranked_for_a_posting() {
    let mut app = TestApp::new().await;
    let owner = app.key();
    app.switch_person(Tier::Free).await;
    let foreign = keeps_resume(&app, &["Kafka", "Terraform", "SQL"]).await;
    app.switch_key(owner);
    let worse = keeps_resume(&app, &["Kafka"]).await;
    let better = keeps_resume(&app, &["Kafka", "SQL"]).await;
    let posting = keeps_posting(&app, &asks("- Kafka\n- SQL\n")).await;
    let path = format!("/api/v1/postings/{posting}/matches");

    let all: Value = app.post(&path, &json!({ "all": true })).await.json().await.unwrap();
    let theirs: Value =
        app.post(&path, &json!({ "resume_ids": [foreign, worse] })).await.json().await.unwrap();

    let ids = |ranking: &Value| -> Vec<String> {
        ranking["items"].as_array().unwrap().iter().map(id).collect()
    };
    assert_eq!(ids(&all), [better, worse.clone()]);
    assert_eq!(ids(&theirs), [worse]);
}

#[tokio::test]
async fn what_is_somebody_elses_is_not_there() {
    let mut app = TestApp::new().await;
    let resume = app.has_resume().await;
    let posting = keeps_posting(&app, POSTING).await;
    let operation = app.has_operation().await;
    app.switch_person(Tier::Free).await;
    let all = json!({ "all": true });

    for (path, code) in [
        (format!("/api/v1/resumes/{resume}/coverage"), "resume-not-found"),
        (format!("/api/v1/resumes/{resume}/matches"), "resume-not-found"),
        (format!("/api/v1/postings/{posting}/matches"), "posting-not-found"),
    ] {
        let body =
            if path.ends_with("coverage") { json!({ "posting_id": posting }) } else { all.clone() };
        assert_eq!(refused(app.post(&path, &body).await).await, (404, code.into()), "{path}");
    }
    let own = app.has_resume().await;
    let body = json!({ "posting_id": posting });
    let response = app.post(&format!("/api/v1/resumes/{own}/coverage"), &body).await;
    assert_eq!(refused(response).await, (404, "posting-not-found".into()));
    let response = app.get(&format!("/api/v1/operations/{operation}/explanation")).await;
    assert_eq!(refused(response).await, (404, "operation-not-found".into()));
}

#[tokio::test]
async fn a_finished_match_is_told_in_plain_words() {
    let app = TestApp::new().await;
    let operation = app.has_operation().await;
    let ended = app.ended(&operation).await;
    let path = format!("/api/v1/operations/{operation}/explanation");

    let text = app.get(&path).await;
    let data: Value = app.get(&format!("{path}?format=json")).await.json().await.unwrap();

    assert_eq!(text.headers()["content-type"], "text/markdown; charset=utf-8");
    let text = text.text().await.unwrap();
    let score = &ended["result"]["report"]["match"]["score"];
    assert!(text.contains(&format!("matches the posting with {score} of 100")), "{text}");
    assert!(text.contains("## What did not count") || text.contains("## What counted"), "{text}");
    assert!(data["summary"].as_str().unwrap().contains(&score.to_string()), "{data}");
}

#[tokio::test]
async fn only_a_match_that_has_succeeded_is_explained() {
    let app = TestApp::without_worker(shared::testing::Installation::embedded()).await;
    let operation = app.has_operation().await;

    let response = app.get(&format!("/api/v1/operations/{operation}/explanation")).await;

    assert_eq!(refused(response).await, (409, "state-conflict".into()));
}
