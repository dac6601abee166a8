//! Who others vouch for, and mail to the outside: a scripted issuer and a scripted mail server.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, get_current_timestamp};
use poem::listener::{Acceptor, Listener, TcpListener};
use poem::web::Json;
use poem::{Route, Server, get};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use shared::testing::{Installation, eventually};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

use crate::app::{TestApp, refused};
use crate::forged::private_key;

const SEED: [u8; 32] = [3; 32];

/// An issuer that publishes one key, and counts how often it is asked for it.
struct Issuer {
    url: String,
    asked: Arc<AtomicUsize>,
}

fn public_key() -> String {
    use ring::signature::KeyPair;
    let pair = ring::signature::Ed25519KeyPair::from_seed_unchecked(&SEED).unwrap();
    URL_SAFE_NO_PAD.encode(pair.public_key().as_ref())
}

impl Issuer {
    async fn start() -> Self {
        let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await.unwrap();
        let address = *acceptor.local_addr()[0].as_socket_addr().unwrap();
        let url = format!("http://{address}/realm");
        let asked = Arc::new(AtomicUsize::new(0));
        let discovery = json!({ "issuer": url, "jwks_uri": format!("{url}/keys") });
        let keys = json!({ "keys": [
            { "kty": "nobody knows this kind", "kid": "odd" },
            { "kty": "OKP", "crv": "Ed25519", "kid": "short", "x": "AAAA" },
            { "kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": "one", "x": public_key() },
        ]});
        let count = asked.clone();
        let app = Route::new()
            .at(
                "/realm/.well-known/openid-configuration",
                get(poem::endpoint::make_sync(move |_| Json(discovery.clone()))),
            )
            .at(
                "/realm/keys",
                get(poem::endpoint::make_sync(move |_| {
                    count.fetch_add(1, Ordering::SeqCst);
                    Json(keys.clone())
                })),
            );
        tokio::spawn(Server::new_with_acceptor(acceptor).run(app));
        Self { url, asked }
    }

    fn installation(&self, installation: Installation) -> Installation {
        installation
            .with("OIDC_ISSUER", &self.url)
            .with("OIDC_AUDIENCE", "roleready-test")
            .with("OIDC_ROLE_CLAIM", "realm_access.roles")
            .with("OIDC_ROLES", "agency=recruiter, boss=admin")
            .with("OIDC_TIERS", "gold=premium")
    }

    fn claims(&self, roles: &[&str]) -> Value {
        json!({
            "iss": self.url,
            "aud": ["roleready-test", "others"],
            "sub": "user-7",
            "exp": get_current_timestamp() + 60,
            "tier": "gold",
            "realm_access": { "roles": roles },
        })
    }
}

fn signed(claims: &Value, key: &str) -> String {
    let mut header = Header::new(Algorithm::EdDSA);
    header.kid = Some(key.into());
    encode(&header, claims, &private_key(SEED)).unwrap()
}

async fn me(app: &mut TestApp, token: String) -> Response {
    app.switch_key(token);
    app.get("/api/v1/me").await
}

#[tokio::test]
async fn tokens_of_the_configured_issuer_are_believed_with_their_roles_and_tier() {
    for installation in Installation::each().await {
        let issuer = Issuer::start().await;
        let mut app = TestApp::without_worker(issuer.installation(installation)).await;

        let first: Value = me(&mut app, signed(&issuer.claims(&["agency", "x"]), "one"))
            .await
            .json()
            .await
            .unwrap();
        let later: Value =
            me(&mut app, signed(&issuer.claims(&["boss"]), "one")).await.json().await.unwrap();
        assert_eq!(app.get("/api/v1/admin/queues").await.status(), 200);
        let last: Value =
            me(&mut app, signed(&issuer.claims(&[]), "one")).await.json().await.unwrap();

        assert_eq!((&first["role"], &first["tier"]), (&json!("recruiter"), &json!("premium")));
        assert_eq!((&later["role"], &later["id"]), (&json!("admin"), &first["id"]));
        assert_eq!((&last["role"], &last["id"]), (&json!("candidate"), &first["id"]));
        assert_eq!(app.get("/api/v1/admin/queues").await.status(), 403);
        assert_eq!(issuer.asked.load(Ordering::SeqCst), 1, "its keys are kept");
    }
}

#[tokio::test]
async fn tokens_that_the_issuer_did_not_make_for_us_are_not_believed() {
    let issuer = Issuer::start().await;
    let mut app = TestApp::without_worker(issuer.installation(Installation::embedded())).await;
    let good = issuer.claims(&[]);
    let but = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        signed(&claims, "one")
    };
    let mut symmetric = Header::new(Algorithm::HS256);
    symmetric.kid = Some("one".into());
    let public = EncodingKey::from_secret(&URL_SAFE_NO_PAD.decode(public_key()).unwrap());

    let wrong = [
        but("aud", json!("others")),
        but("iss", json!("https://id.example.org")),
        but("exp", json!(get_current_timestamp() - 600)),
        but("nbf", json!(get_current_timestamp() + 600)),
        but("sub", json!("")),
        signed(&good, "unknown"),
        signed(&good, "short"),
        signed(&good, "odd"),
        encode(&symmetric, &good, &public).unwrap(),
    ];
    for token in wrong {
        let answer = me(&mut app, token).await;
        assert_eq!(refused(answer).await, (401, "unauthenticated".into()));
    }

    assert_eq!(issuer.asked.load(Ordering::SeqCst), 1, "unknown keys do not make us ask and ask");
    assert_eq!(me(&mut app, signed(&good, "one")).await.status(), 200);
}

#[tokio::test]
async fn an_issuer_that_does_not_answer_is_not_the_callers_fault() {
    let installation = Installation::embedded()
        .with("OIDC_ISSUER", "http://127.0.0.1:9/realm")
        .with("OIDC_AUDIENCE", "roleready-test");
    let mut app = TestApp::without_worker(installation).await;
    let own = app.key();
    let token = signed(&json!({ "sub": "x", "exp": get_current_timestamp() + 60 }), "one");

    assert_eq!(refused(me(&mut app, token).await).await, (503, "unavailable".into()));
    assert_eq!(me(&mut app, own).await.status(), 200);
}

/// A mail server that takes everything and remembers it.
async fn mail_server() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let taken = Arc::new(Mutex::new(Vec::new()));
    let mails = taken.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mails = mails.clone();
            tokio::spawn(async move { take_mail(stream, &mails).await });
        }
    });
    (format!("smtp://{address}"), taken)
}

async fn take_mail(stream: tokio::net::TcpStream, mails: &Mutex<Vec<String>>) -> Option<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 here\r\n").await.ok()?;
    while let Some(line) = lines.next_line().await.ok()? {
        let answer: &[u8] = match line.get(..4).unwrap_or_default() {
            "DATA" => {
                write.write_all(b"354 go on\r\n").await.ok()?;
                let mut mail = String::new();
                while let Some(line) = lines.next_line().await.ok()?.filter(|line| line != ".") {
                    mail.push_str(&line);
                    mail.push('\n');
                }
                mails.lock().unwrap().push(mail);
                b"250 taken\r\n"
            }
            "QUIT" => b"221 bye\r\n",
            _ => b"250 yes\r\n",
        };
        write.write_all(answer).await.ok()?;
    }
    Some(())
}

#[tokio::test]
async fn a_forgotten_password_is_mailed_to_who_has_an_account_and_to_nobody_else() {
    let (smtp, mails) = mail_server().await;
    let installation = Installation::distributed()
        .await
        .with("SMTP_URL", &smtp)
        .with("MAIL_FROM", "RoleReady <mail@roleready.example>")
        .with("EDITOR_URL", "https://app.roleready.example");
    let app = TestApp::without_worker(installation).await;
    let forgets = async |email: &str| {
        let body = json!({ "email": email });
        app.post("/api/v1/auth/password/forgot", &body).await.status()
    };
    let mail = async |subject: &str| {
        eventually("the mail arrives", async || {
            mails.lock().unwrap().iter().find(|mail| mail.contains(subject)).cloned()
        })
        .await
    };

    app.registers("dana@example.org").await;
    let verify = mail("Subject: Your e-mail address").await;
    assert_eq!(forgets("nobody@example.org").await, StatusCode::ACCEPTED);
    assert_eq!(forgets("dana@example.org").await, StatusCode::ACCEPTED);
    let reset = mail("Subject: A new password").await;

    let all = mails.lock().unwrap().clone();
    assert!(all.iter().all(|mail| mail.contains("To: dana@example.org")), "{all:?}");
    assert!(verify.contains("verify-email#token"), "{verify}");
    let plain = reset.replace("=\n", "").replace("=3D", "=");
    let token = plain.split("#token=").nth(1).unwrap().split_whitespace().next().unwrap();
    let body = json!({ "token": token, "new_password": "another long one" });
    let done = app.request(Method::POST, "/api/v1/auth/password/reset").json(&body);
    assert_eq!(done.send().await.unwrap().status(), 204);
}
