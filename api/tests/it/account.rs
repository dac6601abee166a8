//! Accounts: getting in, staying in, getting out, and what is refused.

use std::collections::BTreeSet;

use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use reqwest::{Method, Response, StatusCode};
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use shared::account::api_key;
use shared::audit::{self, Action};
use shared::sign_in::mail_token::Purpose;
use shared::sign_in::token::Claims;
use shared::testing::{Installation, eventually};

use crate::app::{PASSWORD, TestApp, refused};
use crate::forged;

pub const EMAIL: &str = "dana@example.org";

pub async fn logs_in(app: &TestApp, email: &str, password: &str) -> Response {
    app.post("/api/v1/auth/login", &json!({ "email": email, "password": password })).await
}

async fn refreshes(app: &TestApp, token: &Value) -> Response {
    app.post("/api/v1/auth/refresh", &json!({ "refresh_token": token })).await
}

pub async fn json_of(response: Response) -> Value {
    assert!(response.status().is_success(), "{}", response.status());
    response.json().await.unwrap()
}

/// The status of a request with this token.
async fn status_with(app: &TestApp, token: &Value) -> StatusCode {
    app.get_as(token.as_str().unwrap(), "/api/v1/me").await.status()
}

async fn actions(app: &TestApp) -> Vec<Action> {
    let rows = audit::Entity::find().all(&app.database().await).await.unwrap();
    rows.into_iter().map(|row| row.action).collect()
}

#[tokio::test]
async fn a_person_registers_logs_in_and_is_known() {
    for mut app in TestApp::each().await {
        let registered = app.registers(" Dana@Example.org ").await;
        let session = json_of(logs_in(&app, "DANA@example.org", PASSWORD).await).await;
        let again = json!({ "email": EMAIL, "password": PASSWORD });
        let taken = app.post("/api/v1/auth/register", &again).await;
        app.switch_key(session["access_token"].as_str().unwrap().to_owned());
        let me = json_of(app.get("/api/v1/me").await).await;
        let resume = app.has_resume().await;

        assert_eq!(registered["account"]["email"], EMAIL);
        assert_eq!(session["expires_in"], 900);
        assert_eq!(refused(taken).await, (409, "email-taken".into()));
        assert_eq!(me["id"], registered["account"]["id"]);
        assert_eq!((&me["role"], &me["tier"]), (&json!("candidate"), &json!("free")));
        assert_eq!(me["email_verified"], false);
        assert_eq!(app.get(&format!("/api/v1/resumes/{resume}")).await.status(), 200);
        let done: BTreeSet<String> =
            actions(&app).await.iter().map(|action| format!("{action:?}")).collect();
        assert!(done.contains("Register") && done.contains("LogIn"), "{done:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_an_account_is_refused() {
    let app = TestApp::new().await;
    let cases = [
        json!({ "email": "dana", "password": PASSWORD }),
        json!({ "email": EMAIL, "password": "short" }),
        json!({ "email": EMAIL, "password": "x".repeat(201) }),
        json!({ "email": format!("{}@example.org", "x".repeat(300)), "password": PASSWORD }),
        json!({ "email": EMAIL, "password": PASSWORD, "role": "admin" }),
    ];

    for body in cases {
        let answer = app.post("/api/v1/auth/register", &body).await;
        assert_eq!(refused(answer).await, (400, "invalid-request".into()), "{body}");
    }
}

#[tokio::test]
async fn a_refresh_token_is_good_once_and_its_second_use_ends_the_session() {
    for app in TestApp::each().await {
        let first = app.registers(EMAIL).await;

        let (one, two) = tokio::join!(
            refreshes(&app, &first["refresh_token"]),
            refreshes(&app, &first["refresh_token"]),
        );
        let (one, two) = (json_of(one).await, json_of(two).await);
        assert_eq!(one["refresh_token"], two["refresh_token"], "two tabs get the same successor");
        assert_ne!(one["refresh_token"], first["refresh_token"]);
        let next = json_of(refreshes(&app, &one["refresh_token"]).await).await;
        assert_eq!(status_with(&app, &next["access_token"]).await, 200);

        let stolen = refreshes(&app, &first["refresh_token"]).await;

        assert_eq!(refused(stolen).await, (401, "signed-out".into()));
        let newest = refreshes(&app, &next["refresh_token"]).await;
        assert_eq!(refused(newest).await, (401, "signed-out".into()));
        assert_eq!(status_with(&app, &next["access_token"]).await, 401);
        assert!(actions(&app).await.contains(&Action::EndStolenSession));
    }
}

#[tokio::test]
async fn logging_out_ends_this_session_and_logging_out_everywhere_all() {
    for mut app in TestApp::each().await {
        let first = app.registers(EMAIL).await;
        let second = json_of(logs_in(&app, EMAIL, PASSWORD).await).await;
        let third = json_of(logs_in(&app, EMAIL, PASSWORD).await).await;

        let body = json!({ "refresh_token": first["refresh_token"] });
        for _ in 0..2 {
            assert_eq!(app.post("/api/v1/auth/logout", &body).await.status(), 204);
        }
        assert_eq!(status_with(&app, &first["access_token"]).await, 401);
        assert_eq!(status_with(&app, &second["access_token"]).await, 200);

        app.switch_key(second["access_token"].as_str().unwrap().to_owned());
        let all = app.post("/api/v1/auth/logout-all", &json!({})).await;
        assert_eq!(all.status(), 204);
        for session in [&second, &third] {
            assert_eq!(status_with(&app, &session["access_token"]).await, 401);
            let again = refreshes(&app, &session["refresh_token"]).await;
            assert_eq!(refused(again).await, (401, "signed-out".into()));
        }
    }
}

#[tokio::test]
async fn a_changed_password_is_the_only_one_and_ends_all_sessions() {
    let mut app = TestApp::new().await;
    let session = app.registers(EMAIL).await;
    app.switch_key(session["access_token"].as_str().unwrap().to_owned());
    let change =
        |present: &str| json!({ "present_password": present, "new_password": "another long one" });

    let wrong = app.post("/api/v1/auth/password/change", &change("not this one")).await;
    let right = app.post("/api/v1/auth/password/change", &change(PASSWORD)).await;
    let new = json_of(right).await;

    assert_eq!(refused(wrong).await, (401, "wrong-credentials".into()));
    assert_eq!(status_with(&app, &session["access_token"]).await, 401);
    assert_eq!(status_with(&app, &new["access_token"]).await, 200);
    assert_eq!(logs_in(&app, EMAIL, PASSWORD).await.status(), 401);
    assert_eq!(logs_in(&app, EMAIL, "another long one").await.status(), 200);
    assert!(actions(&app).await.contains(&Action::ChangePassword));
}

#[tokio::test]
async fn a_token_of_a_mail_works_once_for_what_it_was_sent_for() {
    for app in TestApp::each().await {
        let session = app.registers(EMAIL).await;
        let token =
            async |purpose| app.deps.sign_ins.mail_token(EMAIL, purpose).await.unwrap().unwrap();
        let (reset, other) =
            (token(Purpose::ResetPassword).await, token(Purpose::ResetPassword).await);
        let verify = token(Purpose::VerifyEmail).await;
        let resets = async |token: &str| {
            let body = json!({ "token": token, "new_password": "another long one" });
            app.post("/api/v1/auth/password/reset", &body).await
        };
        let forged = format!("{}{}", &reset[..32], "0".repeat(64));

        for wrong in [verify.as_str(), forged.as_str(), "", "no token"] {
            let answer = resets(wrong).await;
            assert_eq!(refused(answer).await, (400, "mail-token-invalid".into()), "{wrong}");
        }
        assert_eq!(resets(&reset).await.status(), 204);
        for used in [&reset, &other] {
            assert_eq!(refused(resets(used).await).await, (400, "mail-token-invalid".into()));
        }
        assert_eq!(status_with(&app, &session["access_token"]).await, 401);
        let body = json!({ "token": verify });
        assert_eq!(app.post("/api/v1/auth/email/verify", &body).await.status(), 204);
        let twice = app.post("/api/v1/auth/email/verify", &body).await;
        assert_eq!(refused(twice).await, (400, "mail-token-invalid".into()));
        let session = json_of(logs_in(&app, EMAIL, "another long one").await).await;
        assert_eq!(session["account"]["email_verified"], true);
    }
}

#[tokio::test]
async fn a_key_shows_itself_once_and_ends_when_it_should() {
    for mut app in TestApp::each().await {
        let all = app.key();
        let body = json!({ "name": "import", "scopes": ["read", "account"], "days": 1 });
        let made = json_of(app.post("/api/v1/me/keys", &body).await).await;
        let key = made["key"].as_str().unwrap().to_owned();

        app.switch_key(key.clone());
        assert_eq!(app.get("/api/v1/resumes").await.status(), 200);
        for more in [
            json!({ "name": "more" }),
            json!({ "name": "more", "scopes": ["write"], "days": 1 }),
            json!({ "name": "more", "scopes": ["read"], "days": 2 }),
        ] {
            let answer = app.post("/api/v1/me/keys", &more).await;
            assert_eq!(refused(answer).await, (403, "scope-missing".into()), "{more}");
        }
        let listed = eventually("the use of the key is noted", async || {
            let keys = json_of(app.get("/api/v1/me/keys").await).await;
            let own = keys["items"]
                .as_array()
                .unwrap()
                .iter()
                .find(|one| one["id"] == made["id"])?
                .clone();
            own["last_used_at"].is_string().then_some(own)
        })
        .await;
        assert_eq!(listed["prefix"], key[..9]);
        assert!(listed.get("key").is_none());

        let db = app.database().await;
        let rows = api_key::Entity::find().all(&db).await.unwrap();
        assert!(rows.iter().all(|row| row.hash != key && !row.hash.is_empty()));
        app.switch_key(all);
        let path = format!("/api/v1/me/keys/{}", made["id"].as_str().unwrap());
        assert_eq!(app.request(Method::DELETE, &path).send().await.unwrap().status(), 204);
        let twice = app.request(Method::DELETE, &path).send().await.unwrap();
        assert_eq!(refused(twice).await, (404, "key-not-found".into()));
        app.switch_key(key);
        assert_eq!(
            refused(app.get("/api/v1/resumes").await).await,
            (401, "unauthenticated".into())
        );
    }
}

#[tokio::test]
async fn an_admin_gives_a_role_and_it_holds_at_once() {
    let mut app = TestApp::new().await;
    let session = app.registers(EMAIL).await;
    let access = session["access_token"].as_str().unwrap().to_owned();
    app.switch_to_admin().await;
    let path = format!("/api/v1/admin/users/{}/role", session["account"]["id"].as_str().unwrap());
    let body = json!({ "role": "billing", "reason": "Does the books." });

    let changed = app.request(Method::PUT, &path).json(&body).send().await.unwrap();
    assert_eq!(json_of(changed).await["role"], "billing");

    app.switch_key(access);
    assert_eq!(app.get("/api/v1/billing/usage").await.status(), 200);
    assert!(actions(&app).await.contains(&Action::SetRole));
}

#[tokio::test]
async fn others_can_check_a_token_by_the_published_keys() {
    let app = TestApp::new().await;
    let session = app.registers(EMAIL).await;
    let token = session["access_token"].as_str().unwrap();

    let keys: JwkSet = app.get("/.well-known/jwks.json").await.json().await.unwrap();

    let key = keys.find(&decode_header(token).unwrap().kid.unwrap()).unwrap();
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_audience(&["roleready"]);
    let read = decode::<Claims>(token, &DecodingKey::from_jwk(key).unwrap(), &validation).unwrap();
    assert_eq!(read.claims, forged::claims(token));
    assert_eq!(read.claims.exp - read.claims.iat, 900);
}

#[tokio::test]
async fn a_session_outlives_the_process_and_the_secret_is_not_in_the_database() {
    for installation in Installation::each().await {
        let first = installation.open().await;
        let secret = first.sign_ins.secret.clone().unwrap();
        let signer = first.sign_ins.keys.signer(&secret).await.unwrap().id;
        drop(first);

        let second = installation.open().await;
        let again = second.sign_ins.keys.signer(&second.sign_ins.secret.clone().unwrap()).await;

        assert_eq!(again.unwrap().id, signer);
        let other = shared::sign_in::secret::Secret::new("f2d1a07c5b9e48366c0e1f7a92b3d584".into());
        let made = second.sign_ins.keys.signer(&other).await.unwrap().id;
        assert_ne!(made, signer, "without the secret, the stored key signs nothing");
    }
}

#[tokio::test]
async fn what_is_not_set_up_is_said_plainly() {
    let installation = Installation::distributed().await.with("ROLEREADY_SECRET", "");
    let without_secret = TestApp::without_worker(installation).await;
    let without_mail = TestApp::without_worker(Installation::distributed().await).await;
    let forgot = json!({ "email": EMAIL });

    let login = logs_in(&without_secret, EMAIL, PASSWORD).await;
    let mail = without_mail.post("/api/v1/auth/password/forgot", &forgot).await;

    assert_eq!(refused(login).await, (501, "sign-in-off".into()));
    assert_eq!(refused(mail).await, (501, "mail-off".into()));
    assert_eq!(without_secret.get("/api/v1/resumes").await.status(), 200, "keys work all the same");
    without_mail.registers(EMAIL).await;
}
