//! The keys that sign access tokens: made when needed, published, replaced every month.
//!
//! They live in the database, so that all processes sign and believe the same. The private half is sealed with the
//! installation's secret: who reads the database, or a copy of it, can sign nothing. A process whose secret
//! opens none of them makes one of its own; all processes believe all of them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{DecodingKey, EncodingKey};
use ring::signature::{Ed25519KeyPair, KeyPair};
use sea_orm::entity::prelude::*;
use sea_orm::{QueryFilter, QueryOrder, Set};
use tokio::sync::Mutex;

use super::secret::Secret;
use crate::time;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "signing_key")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// 32 bytes of Ed25519.
    pub public: Vec<u8>,
    pub sealed: Vec<u8>,
    pub created_at: DateTime<Utc>,
}

impl ActiveModelBehavior for ActiveModel {}

/// How long a key signs; its successor is made a day earlier.
const SIGNS: TimeDelta = TimeDelta::days(30);
const SUCCESSOR: TimeDelta = TimeDelta::days(29);

/// How long a key is believed: longer than what it signed last.
const BELIEVED: TimeDelta = TimeDelta::days(31);

/// A new key signs when everybody who keeps the published keys for some minutes knows it.
const KNOWN_AFTER: TimeDelta = TimeDelta::minutes(10);

/// How long the keys are kept in memory, and how often an unknown one is looked for at most.
const FRESH: Duration = Duration::from_mins(1);
const LOOKED_FOR: Duration = Duration::from_secs(1);

/// What DER puts before the 32 bytes of a private key of Ed25519 (RFC 8410).
const DER: [u8; 16] = [
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
];

/// What signs, and its id.
pub struct Signer {
    pub id: Uuid,
    pub key: EncodingKey,
}

#[derive(Clone, Debug)]
pub struct SigningKeys {
    db: DatabaseConnection,
    kept: Arc<Mutex<Option<Kept>>>,
}

/// The keys that are believed, the newest first.
#[derive(Clone, Debug)]
struct Kept {
    keys: Arc<Vec<Model>>,
    read: Instant,
}

impl SigningKeys {
    pub fn new(db: DatabaseConnection) -> Self {
        Self { db, kept: Arc::default() }
    }

    /// The key to sign with; makes one when there is none, or the present one is nearly over.
    pub async fn signer(&self, secret: &Secret) -> Result<Signer, DbErr> {
        let keys = self.keys(FRESH).await?;
        if let Some(signer) = choose(&keys, secret, time::now(), SUCCESSOR) {
            return Ok(signer);
        }
        // Somebody else may have made one a moment ago.
        let keys = self.keys(Duration::ZERO).await?;
        if let Some(signer) = choose(&keys, secret, time::now(), SUCCESSOR) {
            return Ok(signer);
        }
        self.create(secret).await?;
        let keys = self.keys(Duration::ZERO).await?;
        choose(&keys, secret, time::now(), SIGNS)
            .ok_or_else(|| DbErr::Custom("the new signing key is not there".into()))
    }

    /// The key that is believed under this id.
    pub async fn find(&self, id: Uuid) -> Result<Option<DecodingKey>, DbErr> {
        let find = |keys: &[Model]| keys.iter().find(|key| key.id == id).cloned();
        let mut found = find(&self.keys(FRESH).await?);
        if found.is_none() {
            found = find(&self.keys(LOOKED_FOR).await?);
        }
        Ok(found.map(|key| DecodingKey::from_ed_der(&key.public)))
    }

    /// All keys that are believed.
    pub async fn published(&self) -> Result<Arc<Vec<Model>>, DbErr> {
        self.keys(FRESH).await
    }

    /// Drops keys that are believed no more.
    pub async fn forget(&self) -> Result<u64, DbErr> {
        let old = Entity::delete_many().filter(Column::CreatedAt.lt(time::now() - BELIEVED));
        Ok(old.exec(&self.db).await?.rows_affected)
    }

    /// The keys as they were at most so long ago.
    async fn keys(&self, age: Duration) -> Result<Arc<Vec<Model>>, DbErr> {
        let mut kept = self.kept.lock().await;
        if let Some(kept) = kept.as_ref().filter(|kept| kept.read.elapsed() < age) {
            return Ok(kept.keys.clone());
        }
        let rows = Entity::find()
            .filter(Column::CreatedAt.gt(time::now() - BELIEVED))
            .order_by_desc(Column::CreatedAt)
            .all(&self.db)
            .await?;
        let usable = rows.into_iter().filter(|key| key.public.len() == 32).collect();
        let keys = Arc::new(usable);
        *kept = Some(Kept { keys: Arc::clone(&keys), read: Instant::now() });
        Ok(keys)
    }

    async fn create(&self, secret: &Secret) -> Result<(), DbErr> {
        let seed: [u8; 32] = rand::random();
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed);
        let pair = pair.map_err(|error| DbErr::Custom(format!("no signing key: {error}")))?;
        let id = Uuid::now_v7();
        let row = ActiveModel {
            id: Set(id),
            public: Set(pair.public_key().as_ref().to_vec()),
            sealed: Set(secret.seal(id.as_bytes(), &seed)),
            created_at: Set(time::now()),
        };
        Entity::insert(row).exec_without_returning(&self.db).await?;
        tracing::info!(key.id = %id, "a new key signs access tokens");
        Ok(())
    }
}

/// The newest key that is known everywhere; at the very first start, the one there is. None when even the
/// newest is older than `renewed`, or none can be opened.
fn choose(
    keys: &[Model],
    secret: &Secret,
    now: DateTime<Utc>,
    renewed: TimeDelta,
) -> Option<Signer> {
    let mut opened = keys.iter().filter_map(|key| {
        let seed = secret.open(key.id.as_bytes(), &key.sealed)?;
        (key.created_at > now - SIGNS).then_some((key, seed))
    });
    let newest = opened.next().filter(|(key, _)| key.created_at > now - renewed)?;
    let known = |key: &Model| key.created_at <= now - KNOWN_AFTER;
    let (key, seed) =
        if known(newest.0) { newest } else { opened.find(|(key, _)| known(key)).unwrap_or(newest) };
    Some(Signer { id: key.id, key: EncodingKey::from_ed_der(&[&DER, seed.as_slice()].concat()) })
}

#[cfg(test)]
mod tests {
    use chrono::{TimeDelta, Utc};
    use uuid::Uuid;

    use super::{Model, SIGNS, SUCCESSOR, choose};
    use crate::sign_in::secret::Secret;

    fn key(secret: &Secret, age: TimeDelta) -> Model {
        let id = Uuid::now_v7();
        let sealed = secret.seal(id.as_bytes(), &[7; 32]);
        Model { id, public: vec![0; 32], sealed, created_at: Utc::now() - age }
    }

    #[test]
    fn a_key_signs_once_it_is_known_and_until_its_successor_is() {
        let secret = Secret::new("a".repeat(32).into());
        let (old, new) = (TimeDelta::days(29), TimeDelta::minutes(1));
        let chosen = |keys: &[Model], renewed| {
            choose(keys, &secret, Utc::now(), renewed).map(|signer| signer.id)
        };
        let fresh = [key(&secret, new), key(&secret, old)];
        let known = [key(&secret, TimeDelta::minutes(11)), key(&secret, old)];

        assert_eq!(chosen(&fresh[..1], SUCCESSOR), Some(fresh[0].id));
        assert_eq!(chosen(&fresh, SUCCESSOR), Some(fresh[1].id));
        assert_eq!(chosen(&known, SUCCESSOR), Some(known[0].id));
        assert_eq!(chosen(&known[1..], SUCCESSOR), None, "it is time for another");
        assert_eq!(chosen(&known[1..], SIGNS), Some(known[1].id));
    }

    #[test]
    fn keys_of_another_secret_do_not_sign() {
        let (ours, others) =
            (Secret::new("a".repeat(32).into()), Secret::new("b".repeat(32).into()));
        let keys = [key(&others, TimeDelta::minutes(1)), key(&ours, TimeDelta::minutes(20))];

        let signer = choose(&keys, &ours, Utc::now(), SUCCESSOR).unwrap();

        assert_eq!(signer.id, keys[1].id);
    }
}
