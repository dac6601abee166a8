//! Access tokens of an outside issuer (OIDC), believed by the keys that it publishes.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jsonwebtoken::jwk::{AlgorithmParameters, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use reqwest::Client;
use reqwest::redirect::Policy;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use shared::account::{Role, Tier};
use shared::config::entry::OidcConfig;
use shared::sign_in::identity::Vouched;
use thiserror::Error;
use url::Url;

/// How long the issuer may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long its keys are good without asking again, and how long at most while it does not answer.
const FRESH: Duration = Duration::from_hours(1);
const STALE: Duration = Duration::from_hours(24);

/// How often it is asked at most, however many unknown keys are named.
const ASK_EVERY: Duration = Duration::from_secs(10);

/// Largest answer that is read.
const LARGEST: usize = 256 << 10;

/// Signatures by a key pair. Never a shared secret: a published key is none.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// Why a token is not taken.
#[derive(Debug)]
pub enum Refusal {
    NotBelieved,
    Unreachable,
}

#[derive(Debug, Error)]
enum AskError {
    #[error("it did not answer")]
    Http(#[from] reqwest::Error),
    #[error("its answer is too large")]
    TooLarge,
    #[error("its answer cannot be read")]
    Unreadable(#[from] serde_json::Error),
    #[error("its discovery document names another issuer or an unsafe address")]
    Discovery,
}

pub struct Outside {
    config: OidcConfig,
    client: Client,
    published: Mutex<Published>,
    /// When it was asked last; held while it is asked.
    asked: tokio::sync::Mutex<Option<Instant>>,
}

#[derive(Clone, Default)]
struct Published {
    keys: Arc<Vec<Jwk>>,
    read: Option<Instant>,
}

impl Outside {
    pub fn new(config: OidcConfig) -> Self {
        let client = Client::builder().timeout(PATIENCE).redirect(Policy::none()).build();
        Self {
            config,
            client: client.expect("nothing about these settings depends on anything"),
            published: Mutex::default(),
            asked: tokio::sync::Mutex::default(),
        }
    }

    /// What the issuer says of whoever carries this token.
    pub async fn vouched(&self, token: &str) -> Result<Vouched, Refusal> {
        let header = decode_header(token).map_err(|_| Refusal::NotBelieved)?;
        if !ALGORITHMS.contains(&header.alg) {
            return Err(Refusal::NotBelieved);
        }
        let name = header.kid.ok_or(Refusal::NotBelieved)?;
        let key = self.key(&name).await?;
        if !fits(&key, header.alg) {
            return Err(Refusal::NotBelieved);
        }
        let key = DecodingKey::from_jwk(&key).map_err(|_| Refusal::NotBelieved)?;
        let mut validation = Validation::new(header.alg);
        validation.set_issuer(&[&self.config.issuer]);
        validation.set_audience(&[&self.config.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        validation.validate_nbf = true;
        let claims = decode::<Map<String, Value>>(token, &key, &validation);
        let claims = claims.map_err(|_| Refusal::NotBelieved)?.claims;
        self.read(&claims).ok_or(Refusal::NotBelieved)
    }

    fn read(&self, claims: &Map<String, Value>) -> Option<Vouched> {
        let subject = claims.get("sub")?.as_str().filter(|subject| !subject.is_empty())?;
        let (roles, tiers) = (&self.config.roles, &self.config.tiers);
        Some(Vouched {
            issuer: self.config.issuer.clone(),
            subject: subject.to_owned(),
            role: roles.meaning(values(claims, &roles.claim), Role::Candidate),
            tier: tiers.meaning(values(claims, &tiers.claim), Tier::Free),
        })
    }

    /// The key of that name. Asks the issuer when it is not known, or was read long ago.
    async fn key(&self, name: &str) -> Result<Jwk, Refusal> {
        if let (Some(key), true) = (self.find(name), self.younger_than(FRESH)) {
            return Ok(key);
        }
        self.ask_again().await;
        if !self.younger_than(STALE) {
            return Err(Refusal::Unreachable);
        }
        self.find(name).ok_or(Refusal::NotBelieved)
    }

    fn published(&self) -> Published {
        self.published.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn find(&self, name: &str) -> Option<Jwk> {
        let published = self.published();
        published.keys.iter().find(|key| key.common.key_id.as_deref() == Some(name)).cloned()
    }

    fn younger_than(&self, age: Duration) -> bool {
        self.published().read.is_some_and(|read| read.elapsed() < age)
    }

    async fn ask_again(&self) {
        let mut asked = self.asked.lock().await;
        if asked.is_some_and(|asked| asked.elapsed() < ASK_EVERY) {
            return;
        }
        *asked = Some(Instant::now());
        match self.ask().await {
            Ok(keys) => {
                let published = Published { keys: Arc::new(keys), read: Some(Instant::now()) };
                *self.published.lock().unwrap_or_else(PoisonError::into_inner) = published;
            }
            Err(error) => {
                tracing::warn!(%error, "the keys of the outside issuer were not read");
            }
        }
    }

    async fn ask(&self) -> Result<Vec<Jwk>, AskError> {
        #[derive(Deserialize)]
        struct Keys {
            keys: Vec<Value>,
        }
        let address = match &self.config.jwks {
            Some(address) => address.clone(),
            None => self.discover().await?,
        };
        let published: Keys = self.fetch(address).await?;
        // Kinds of keys that nobody here knows are no reason to refuse the others.
        let known = published.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok());
        Ok(known.filter(is_whole).collect())
    }

    async fn discover(&self) -> Result<Url, AskError> {
        #[derive(Deserialize)]
        struct Discovery {
            issuer: String,
            jwks_uri: Url,
        }
        let issuer = self.config.issuer.trim_end_matches('/');
        let address = format!("{issuer}/.well-known/openid-configuration");
        let address = Url::parse(&address).map_err(|_| AskError::Discovery)?;
        let scheme = address.scheme().to_owned();
        let found: Discovery = self.fetch(address).await?;
        let safe = found.jwks_uri.scheme() == "https" || found.jwks_uri.scheme() == scheme;
        if found.issuer != self.config.issuer || !safe {
            return Err(AskError::Discovery);
        }
        Ok(found.jwks_uri)
    }

    async fn fetch<T: DeserializeOwned>(&self, address: Url) -> Result<T, AskError> {
        let mut answer = self.client.get(address).send().await?.error_for_status()?;
        let mut body = Vec::new();
        while let Some(part) = answer.chunk().await? {
            if body.len() + part.len() > LARGEST {
                return Err(AskError::TooLarge);
            }
            body.extend_from_slice(&part);
        }
        Ok(serde_json::from_slice(&body)?)
    }
}

/// A key says what it is for, and of that only.
fn fits(key: &Jwk, algorithm: Algorithm) -> bool {
    let signs =
        key.common.public_key_use.as_ref().is_none_or(|one| *one == PublicKeyUse::Signature);
    let agrees = key.common.key_algorithm.is_none_or(|one| one == KeyAlgorithm::from(algorithm));
    signs && agrees
}

/// jsonwebtoken 11 panics over an Ed25519 key that is too short.
fn is_whole(key: &Jwk) -> bool {
    match &key.algorithm {
        AlgorithmParameters::OctetKeyPair(pair) => pair.x.len() == 43,
        _ => true,
    }
}

/// What a claim says: one text, or a list of them. Its name as it stands, or with dots into objects.
fn values<'a>(claims: &'a Map<String, Value>, name: &str) -> Vec<&'a str> {
    let inside = || {
        let mut parts = name.split('.');
        let first = claims.get(parts.next()?)?;
        parts.try_fold(first, |value, part| value.get(part))
    };
    match claims.get(name).or_else(inside) {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::values;

    #[test]
    fn claims_are_found_by_their_name_or_inside_objects() {
        let claims = json!({
            "role": "staff",
            "realm_access": { "roles": ["a", "b", 7] },
            "https://example.org/roles": ["c"],
        });
        let claims = claims.as_object().unwrap();

        assert_eq!(values(claims, "role"), ["staff"]);
        assert_eq!(values(claims, "realm_access.roles"), ["a", "b"]);
        assert_eq!(values(claims, "https://example.org/roles"), ["c"]);
        assert!(values(claims, "realm_access.none").is_empty());
    }
}
