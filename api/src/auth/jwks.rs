//! The public halves of the keys that sign access tokens, for whoever wants to check one.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use poem::http::header::CACHE_CONTROL;
use poem::web::{Data, Json};
use poem::{IntoResponse, Response, Result, handler};
use serde_json::{Value, json};
use shared::sign_in::signing_key::Model;
use shared::sign_in::{SignIns, token};

use crate::problem::Problem;

#[handler]
pub async fn published(sign_ins: Data<&SignIns>) -> Result<Response> {
    let keys: Arc<Vec<Model>> = sign_ins.keys.published().await.map_err(Problem::from)?;
    let keys: Vec<Value> = keys.iter().map(shown).collect();
    // Shorter than a new key waits until it signs.
    let lasts = "public, max-age=300";
    Ok(Json(json!({ "keys": keys })).with_header(CACHE_CONTROL, lasts).into_response())
}

fn shown(key: &Model) -> Value {
    json!({
        "kty": "OKP",
        "crv": "Ed25519",
        "use": "sig",
        "alg": "EdDSA",
        "kid": token::key_name(key.id),
        "x": URL_SAFE_NO_PAD.encode(&key.public),
    })
}
