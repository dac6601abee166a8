//! Guarding the entry: attempts that have to wait, equal work, and browsers.

use reqwest::Method;
use reqwest::header::SET_COOKIE;
use serde_json::json;

use crate::account::{EMAIL, json_of, logs_in};
use crate::app::{PASSWORD, TestApp, refused};

#[tokio::test]
async fn after_some_failures_every_attempt_waits_whether_or_not_there_is_an_account() {
    for app in TestApp::each().await {
        app.registers(EMAIL).await;

        for email in [EMAIL, "nobody@example.org"] {
            let mut codes = Vec::new();
            for _ in 0..6 {
                codes.push(refused(logs_in(&app, email, "not the password").await).await);
            }
            let wrong = (401, "wrong-credentials".to_owned());
            assert_eq!(codes, vec![wrong; 6], "{email}");
            let locked = logs_in(&app, email, PASSWORD).await;
            assert!(locked.headers().contains_key("retry-after"));
            assert_eq!(refused(locked).await, (429, "too-many-attempts".into()), "{email}");
        }
    }
}

#[tokio::test]
async fn guesses_sent_all_at_once_gain_nothing() {
    for app in TestApp::each().await {
        app.registers(EMAIL).await;
        let before = app.deps.sign_ins.passwords.verified();

        let guesses = (0..30).map(|_| logs_in(&app, EMAIL, "not the password"));
        let answers = futures::future::join_all(guesses).await;

        let checked = app.deps.sign_ins.passwords.verified() - before;
        let waited = answers.iter().filter(|answer| answer.status() == 429).count();
        assert_eq!((checked, waited), (6, 24));
    }
}

#[tokio::test]
async fn the_same_work_is_done_for_a_known_and_an_unknown_address() {
    let app = TestApp::new().await;
    app.registers(EMAIL).await;
    let key = app.key();
    let without_password = app.deps.accounts.find_by_key(&key).await.unwrap().unwrap();
    assert!(without_password.password_hash.is_none());

    for email in [EMAIL, "nobody@example.org"] {
        let before = app.deps.sign_ins.passwords.verified();
        let answer = logs_in(&app, email, "not the password").await;
        assert_eq!(refused(answer).await, (401, "wrong-credentials".into()));
        assert_eq!(app.deps.sign_ins.passwords.verified() - before, 1, "{email}");
    }
}

#[tokio::test]
async fn a_browser_keeps_its_tokens_in_cookies_and_proves_its_own_page() {
    let app = TestApp::new().await;
    app.registers(EMAIL).await;
    let body = json!({ "email": EMAIL, "password": PASSWORD, "cookies": true });
    let answer = app.post("/api/v1/auth/login", &body).await;
    let set: Vec<String> = answer
        .headers()
        .get_all(SET_COOKIE)
        .iter()
        .map(|value| value.to_str().unwrap().to_owned())
        .collect();
    let session = json_of(answer).await;
    let csrf = session["csrf_token"].as_str().unwrap().to_owned();
    let kept: Vec<&str> = set.iter().map(|one| one.split(';').next().unwrap()).collect();
    let kept = kept.join("; ");
    let send = async |method: Method, path: &str, csrf: Option<&str>| {
        let mut request = app.request(method, path).build().unwrap();
        request.headers_mut().remove("authorization");
        request.headers_mut().insert("cookie", kept.parse().unwrap());
        if let Some(csrf) = csrf {
            request.headers_mut().insert("x-csrf-token", csrf.parse().unwrap());
        }
        if request.method() == Method::POST {
            request.headers_mut().insert("content-type", "application/json".parse().unwrap());
            let body =
                if path.ends_with("postings") { json!({ "text": "Rust" }) } else { json!({}) };
            *request.body_mut() = Some(body.to_string().into());
        }
        reqwest::Client::new().execute(request).await.unwrap()
    };

    assert!(session.get("access_token").is_none() && session.get("refresh_token").is_none());
    assert_eq!(set.len(), 3, "{set:?}");
    for one in &set {
        assert!(one.contains("SameSite=Strict") && one.contains("Secure"), "{one}");
        assert_eq!(one.contains("HttpOnly"), !one.starts_with("roleready_csrf="), "{one}");
    }
    assert_eq!(send(Method::GET, "/api/v1/me", None).await.status(), 200);
    for wrong in [None, Some("0".repeat(64))] {
        let answer = send(Method::POST, "/api/v1/postings", wrong.as_deref()).await;
        assert_eq!(refused(answer).await, (403, "csrf-missing".into()));
        let answer = send(Method::POST, "/api/v1/auth/refresh", wrong.as_deref()).await;
        assert_eq!(refused(answer).await, (403, "csrf-missing".into()));
        let answer = send(Method::POST, "/api/v1/auth/logout", wrong.as_deref()).await;
        assert_eq!(refused(answer).await, (403, "csrf-missing".into()));
    }
    assert_eq!(send(Method::POST, "/api/v1/postings", Some(&csrf)).await.status(), 201);
    let refreshed = send(Method::POST, "/api/v1/auth/refresh", Some(&csrf)).await;
    assert_eq!(refreshed.headers().get_all(SET_COOKIE).iter().count(), 3);
    assert_eq!(refreshed.status(), 200);
    assert_eq!(send(Method::POST, "/api/v1/auth/logout", Some(&csrf)).await.status(), 204);
    assert_eq!(send(Method::GET, "/api/v1/me", None).await.status(), 401);
}
