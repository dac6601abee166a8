//! Access tokens that nobody may be let in with.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, decode_header, encode};
use serde_json::{Value, json};
use shared::sign_in::token::{Claims, ISSUER};

use crate::app::TestApp;

/// What a private key of Ed25519 looks like, of these 32 bytes.
pub fn private_key(seed: [u8; 32]) -> EncodingKey {
    let der = [&hex::decode("302e020100300506032b657004220420").unwrap(), seed.as_slice()].concat();
    EncodingKey::from_ed_der(&der)
}

/// The claims of a token, unchecked.
pub fn claims(token: &str) -> Claims {
    let claims = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap()
}

/// Tokens made of a good one, each wrong in one way.
pub async fn tokens(app: &TestApp, good: &str) -> Vec<(&'static str, String)> {
    let header = decode_header(good).unwrap();
    let claims = claims(good);
    let secret = app.deps.sign_ins.secret.clone().unwrap();
    let signer = app.deps.sign_ins.keys.signer(&secret).await.unwrap();
    let ours = |claims: &Claims| encode(&header, claims, &signer.key).unwrap();
    let parts: Vec<&str> = good.split('.').collect();

    let hour_ago = claims.iat - 3_600;
    let expired = Claims { iat: hour_ago, exp: hour_ago + 900, ..claims.clone() };
    let other_issuer = Claims { iss: "somebody".into(), ..claims.clone() };
    let other_audience = Claims { aud: "somebody".into(), ..claims.clone() };
    let no_session = Claims { sid: uuid::Uuid::nil(), ..claims.clone() };
    let other_account = Claims { sub: uuid::Uuid::nil(), ..claims.clone() };
    let foreign = encode(&header, &claims, &private_key([9; 32])).unwrap();
    let none = json!({ "typ": "JWT", "alg": "none", "kid": header.kid });
    let none = format!("{}.{}.", part(&none), parts[1]);
    let jwks: Value = app.get("/.well-known/jwks.json").await.json().await.unwrap();
    let public = URL_SAFE_NO_PAD.decode(jwks["keys"][0]["x"].as_str().unwrap()).unwrap();
    let mut symmetric = Header::new(Algorithm::HS256);
    symmetric.kid.clone_from(&header.kid);
    let symmetric = encode(&symmetric, &claims, &EncodingKey::from_secret(&public)).unwrap();
    let mut changed = claims.clone();
    changed.exp += 1;
    let changed = format!("{}.{}.{}", parts[0], part(&json!(changed)), parts[2]);
    let mut unknown = header.clone();
    unknown.kid = Some(format!("rr-{}", uuid::Uuid::nil()));
    let unknown = encode(&unknown, &claims, &signer.key).unwrap();
    assert_eq!(claims.iss, ISSUER);

    vec![
        ("expired", ours(&expired)),
        ("of another issuer", ours(&other_issuer)),
        ("for another audience", ours(&other_audience)),
        ("of no session", ours(&no_session)),
        ("of another account", ours(&other_account)),
        ("foreign-signed", foreign),
        ("without algorithm", none),
        ("signed with the public key", symmetric),
        ("changed", changed),
        ("of an unknown key", unknown),
        ("half", parts[..2].join(".")),
        ("no token", "nonsense".into()),
        ("an unknown API key", "rr_0123456789012345678901234567890123456789".into()),
    ]
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(value).unwrap())
}
