//! Passwords: hashed with argon2id, few at once, and with the same work whether or not there is one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::available_parallelism;
use std::time::Duration;

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use unicode_normalization::UnicodeNormalization;

/// Shortest and longest password, in characters.
pub const LEAST: usize = 10;
pub const MOST: usize = 200;

/// How long somebody waits for a place before they are told to come again.
const PATIENCE: Duration = Duration::from_secs(5);

/// Compared with when there is no such account: the hash of a password that nobody knows, made with the same
/// parameters, so that the answer takes as long.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$Fzy2l5KGSP0oYcyImsZwsA$m4lZWL0aJMoMdv0HWcAWa2bVkk3mA+2VRRZ2sLI4NdI";

#[derive(Debug, Error)]
#[error("too many passwords are being checked")]
pub struct Busy;

/// Each takes 19 MiB and some 20 ms of one core, so as many at once as there are cores.
#[derive(Clone, Debug)]
pub struct Passwords {
    places: Arc<Semaphore>,
    verified: Arc<AtomicU64>,
}

impl Default for Passwords {
    fn default() -> Self {
        let cores = available_parallelism().map_or(2, usize::from);
        Self { places: Arc::new(Semaphore::new(cores)), verified: Arc::default() }
    }
}

impl Passwords {
    /// How many passwords were compared with a hash, whether right or wrong.
    pub fn verified(&self) -> u64 {
        self.verified.load(Ordering::Relaxed)
    }

    /// argon2id with OWASP's parameters (19 MiB, two passes, one lane), which are the library's own.
    pub async fn hash(&self, password: SecretString) -> Result<String, Busy> {
        let place = self.place().await?;
        blocking(place, move || {
            let salt: [u8; 16] = rand::random();
            let hash = Argon2::default().hash_password_with_salt(&plain(&password), &salt);
            hash.expect("a password and a salt of allowed lengths").to_string()
        })
        .await
    }

    /// Whether the password is the one that was hashed. Without a hash it is not, after the same work.
    pub async fn verify(&self, password: SecretString, hash: Option<String>) -> Result<bool, Busy> {
        let place = self.place().await?;
        let verified = self.verified.clone();
        blocking(place, move || {
            let known = hash.is_some();
            let hash = hash.as_deref().unwrap_or(NOBODYS);
            let right = Argon2::default().verify_password(&plain(&password), hash).is_ok();
            verified.fetch_add(1, Ordering::Relaxed);
            right && known
        })
        .await
    }

    async fn place(&self) -> Result<OwnedSemaphorePermit, Busy> {
        let place = tokio::time::timeout(PATIENCE, self.places.clone().acquire_owned()).await;
        place.map_err(|_| Busy)?.map_err(|_| Busy)
    }
}

/// The place is given back when the work ends, also when nobody waits for it any more.
async fn blocking<T: Send + 'static>(
    place: OwnedSemaphorePermit,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Busy> {
    let work = move || {
        let done = work();
        drop(place);
        done
    };
    tokio::task::spawn_blocking(work).await.map_err(|_| Busy)
}

/// The same letters, whichever way a keyboard composes them.
fn plain(password: &SecretString) -> Vec<u8> {
    password.expose_secret().nfkc().collect::<String>().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::{NOBODYS, Passwords};

    #[tokio::test]
    async fn a_password_is_known_again_and_no_other() {
        let passwords = Passwords::default();
        // The same letter, composed and as two characters.
        let hash = passwords.hash("caf\u{e9} au lait".into()).await.unwrap();

        assert!(passwords.verify("cafe\u{301} au lait".into(), Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify("cafe au lait".into(), Some(hash)).await.unwrap());
        assert!(!passwords.verify("anything at all".into(), None).await.unwrap());
        assert_eq!(passwords.verified(), 3);
    }

    #[tokio::test]
    async fn nobodys_hash_asks_for_the_same_work() {
        let hash = Passwords::default().hash("a password".into()).await.unwrap();
        let parameters = |hash: &str| hash.rsplitn(3, '$').last().map(str::to_owned);
        let length = |hash: &str| hash.split('$').map(str::len).collect::<Vec<_>>();

        assert_eq!(parameters(&hash), parameters(NOBODYS));
        assert_eq!(length(&hash), length(NOBODYS));
    }
}
