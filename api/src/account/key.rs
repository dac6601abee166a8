//! The API keys of an account: made, listed, revoked by who holds it.

use chrono::{DateTime, TimeDelta, Utc};
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Object, OpenApi};
use serde::Deserialize;
use shared::account::Accounts;
use shared::account::api_key::{MOST, Model, NewKey, Scope as DomainScope};
use shared::audit::Mandate;
use uuid::Uuid;

use crate::Tag;
use crate::caller::{By, Holder, Identity};
use crate::json::Body;
use crate::mirror::mirror;
use crate::problem::answer::{MakeKey, Read, Refused};
use crate::problem::{Code, Problem};
use crate::request_id;

/// Longest name, in characters.
const LONGEST_NAME: usize = 100;

/// Longest life of a key that ends, in days.
const MOST_DAYS: u32 = 3_650;

pub struct KeyApi {
    pub accounts: Accounts,
}

mirror! {
    /// What a key may be used for: `read` and `write` what is the account's, manage the `account` itself, and
    /// what its role allows as `billing` and `admin`
    KeyScope of DomainScope { Read, Write, Account, Billing, Admin }
}

/// A key to be made
#[derive(Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct CreateKey {
    /// 1 to 100 characters, for yourself
    pub name: String,
    /// Absent: everything the account may do
    pub scopes: Option<Vec<KeyScope>>,
    /// For how many days from now, 1 to 3,650; absent: until it is revoked
    pub days: Option<u32>,
}

impl Example for CreateKey {
    fn example() -> Self {
        Self {
            name: "nightly import".into(),
            scopes: Some(vec![KeyScope::Read, KeyScope::Write]),
            days: Some(90),
        }
    }
}

/// A key, without the key itself
#[derive(Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct Key {
    pub id: Uuid,
    pub name: Option<String>,
    /// What it begins with
    pub prefix: String,
    /// Absent: everything the account may do
    pub scopes: Option<Vec<KeyScope>>,
    pub created_at: DateTime<Utc>,
    pub expires_at: Option<DateTime<Utc>>,
    /// To the minute
    pub last_used_at: Option<DateTime<Utc>>,
}

impl From<Model> for Key {
    fn from(row: Model) -> Self {
        let scopes = row.scopes.map(|scopes| scopes.0.into_iter().map(Into::into).collect());
        Self {
            id: row.id,
            name: row.name,
            prefix: row.prefix,
            scopes,
            created_at: row.created_at,
            expires_at: row.expires_at,
            last_used_at: row.last_used_at,
        }
    }
}

impl Example for Key {
    fn example() -> Self {
        Self {
            id: crate::example::id(13),
            name: Some("nightly import".into()),
            prefix: "rr_8Kd2xQ".into(),
            scopes: Some(vec![KeyScope::Read, KeyScope::Write]),
            created_at: crate::example::time(),
            expires_at: None,
            last_used_at: None,
        }
    }
}

/// A new key. It is shown this once only
#[derive(Object)]
#[oai(example)]
pub struct NewApiKey {
    /// For `Authorization: Bearer`
    pub key: String,
    #[oai(flatten)]
    pub about: Key,
}

impl Example for NewApiKey {
    fn example() -> Self {
        Self { key: format!("rr_8Kd2xQ{}", "v".repeat(34)), about: Key::example() }
    }
}

/// The keys that can be used, the newest first
#[derive(Debug, Object)]
#[oai(example)]
pub struct Keys {
    pub items: Vec<Key>,
}

impl Example for Keys {
    fn example() -> Self {
        Self { items: vec![Key::example()] }
    }
}

#[derive(ApiResponse)]
pub enum CreatedKey {
    /// The key; it is not shown again
    #[oai(status = 201)]
    Created(Json<NewApiKey>, #[oai(header = "Cache-Control")] String),
}

#[derive(ApiResponse)]
pub enum Revoked {
    /// It is worth nothing now
    #[oai(status = 204)]
    Revoked,
}

#[OpenApi(prefix_path = "/me/keys", tag = "Tag::Accounts")]
impl KeyApi {
    /// Make an API key
    ///
    /// Who calls with a key can make keys within its scopes and its time only.
    #[oai(path = "/", method = "post", operation_id = "create_key")]
    async fn create(
        &self,
        holder: Holder,
        body: Body<CreateKey>,
    ) -> Result<CreatedKey, Refused<MakeKey>> {
        let new = checked(body.0)?;
        within(&holder.0, &new)?;
        let mandate = mandate(&holder.0, "made an API key");
        let made = self.accounts.add_key(&mandate, new).await?;
        let (key, row) = made.ok_or_else(|| {
            let detail = format!("The account has {MOST} keys already.");
            Problem::new(Code::TooManyKeys, detail)
        })?;
        let shown = NewApiKey { key, about: row.into() };
        Ok(CreatedKey::Created(Json(shown), crate::auth::no_store()))
    }

    /// List my API keys
    #[oai(path = "/", method = "get", operation_id = "list_keys")]
    async fn list(&self, holder: Holder) -> Result<Json<Keys>, Refused<Read>> {
        let rows = self.accounts.list_keys(holder.0.account.id).await?;
        Ok(Json(Keys { items: rows.into_iter().map(Key::from).collect() }))
    }

    /// Revoke an API key
    #[oai(path = "/:id", method = "delete", operation_id = "revoke_key")]
    async fn revoke(&self, holder: Holder, id: Path<Uuid>) -> Result<Revoked, Refused<Read>> {
        let mandate = mandate(&holder.0, "revoked an API key");
        if self.accounts.revoke_key(&mandate, id.0).await? {
            return Ok(Revoked::Revoked);
        }
        Err(Problem::new(Code::KeyNotFound, "You have no such API key.").into())
    }
}

fn mandate(holder: &Identity, reason: &str) -> Mandate {
    Mandate {
        actor_id: holder.account.id,
        reason: reason.into(),
        request_id: request_id::current(),
    }
}

fn checked(new: CreateKey) -> Result<NewKey, Problem> {
    let name = new.name.trim();
    let length = name.chars().count();
    let readable = !name.chars().any(char::is_control);
    let lasts = new.days.is_none_or(|days| (1..=MOST_DAYS).contains(&days));
    let some = new.scopes.as_ref().is_none_or(|scopes| !scopes.is_empty());
    if !(1..=LONGEST_NAME).contains(&length) || !readable || !lasts || !some {
        let detail = format!(
            "`name` must have 1 to {LONGEST_NAME} characters, `days` must be from 1 to {MOST_DAYS}, and `scopes` must name one at least."
        );
        return Err(Problem::new(Code::InvalidRequest, detail));
    }
    let expires_at = new.days.map(|days| shared::time::now() + TimeDelta::days(i64::from(days)));
    let scopes = new.scopes.map(|scopes| scopes.into_iter().map(Into::into).collect());
    Ok(NewKey { name: Some(name.to_owned()), scopes, expires_at })
}

/// Otherwise a key that may little, for a short time, could make one that may everything for ever.
fn within(holder: &Identity, new: &NewKey) -> Result<(), Problem> {
    let By::Key(key) = &holder.by else { return Ok(()) };
    let scopes = key.scopes.as_ref().is_none_or(|own| {
        new.scopes.as_ref().is_some_and(|all| all.iter().all(|scope| own.0.contains(scope)))
    });
    let time = key.expires_at.is_none_or(|end| new.expires_at.is_some_and(|new| new <= end));
    if scopes && time {
        return Ok(());
    }
    let detail = "This API key can make keys within its own scopes and time only.";
    Err(Problem::new(Code::ScopeMissing, detail))
}
