//! Keys that programs call with: `rr_` and 40 random characters, stored hashed.

use chrono::{DateTime, Utc};
use rand::RngExt;
use rand::distr::Alphanumeric;
use sea_orm::entity::prelude::*;
use sha2::{Digest, Sha256};

/// Characters of a key that are shown so that its owner can tell it from others.
pub const PREFIX_LENGTH: usize = 9;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_key")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account_id: Uuid,
    pub prefix: String,
    pub hash: String,
    pub created_at: DateTime<Utc>,
    pub revoked_at: Option<DateTime<Utc>>,
}

impl ActiveModelBehavior for ActiveModel {}

/// A plain hash is enough: a key holds 238 bits of chance, so there is nothing to guess.
pub fn hash(key: &str) -> String {
    hex::encode(Sha256::digest(key.as_bytes()))
}

pub(super) fn generate() -> String {
    let secret = rand::rng().sample_iter(Alphanumeric).take(40).map(char::from);
    "rr_".chars().chain(secret).collect()
}
