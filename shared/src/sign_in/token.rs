//! Access tokens: who calls, for a quarter of an hour, signed.

use chrono::{TimeDelta, Utc};
use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header, encode};
use sea_orm::DbErr;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::secret::Secret;
use super::signing_key::SigningKeys;
use crate::account::Role;

pub const LIFE: TimeDelta = TimeDelta::minutes(15);

/// Who signs, and for whom: tokens are believed here only, or by who reads `/.well-known/jwks.json`.
pub const ISSUER: &str = "roleready";

/// Ids of our own keys begin so; others are those of an outside issuer.
const KEY_PREFIX: &str = "rr-";

/// Seconds that the clocks of two processes may differ.
const LEEWAY: u64 = 5;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    pub iss: String,
    pub aud: String,
    /// The account.
    pub sub: Uuid,
    /// The session; when that ends, the token is worth nothing here.
    pub sid: Uuid,
    /// For others who read the token. Here the account itself is asked.
    pub role: Role,
    pub iat: i64,
    pub exp: i64,
}

pub fn key_name(id: Uuid) -> String {
    format!("{KEY_PREFIX}{id}")
}

pub(super) async fn issue(
    keys: &SigningKeys,
    secret: &Secret,
    account: &crate::account::Model,
    session_id: Uuid,
) -> Result<String, DbErr> {
    let signer = keys.signer(secret).await?;
    let now = Utc::now();
    let claims = Claims {
        iss: ISSUER.into(),
        aud: ISSUER.into(),
        sub: account.id,
        sid: session_id,
        role: account.role,
        iat: now.timestamp(),
        exp: (now + LIFE).timestamp(),
    };
    let mut header = Header::new(Algorithm::EdDSA);
    header.kid = Some(key_name(signer.id));
    encode(&header, &claims, &signer.key)
        .map_err(|error| DbErr::Custom(format!("an access token was not signed: {error}")))
}

/// Which of our keys the token names; none when it is not one of ours.
pub fn our_key(token: &str) -> Option<Uuid> {
    decode_header(token).ok()?.kid?.strip_prefix(KEY_PREFIX)?.parse().ok()
}

/// What the token says, when it is ours, rightly signed and not over.
pub(super) async fn read(keys: &SigningKeys, token: &str) -> Result<Option<Claims>, DbErr> {
    let Some(id) = our_key(token) else { return Ok(None) };
    let Some(key) = keys.find(id).await? else { return Ok(None) };
    // One algorithm, whatever the token's header says: neither `none` nor a public key used as a secret.
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.leeway = LEEWAY;
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[ISSUER]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    Ok(decode::<Claims>(token, &key, &validation).ok().map(|token| token.claims))
}
