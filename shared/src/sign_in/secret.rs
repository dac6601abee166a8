//! The installation's secret, and everything that is derived from it.
//!
//! Each use has a key of its own, so that what is proved in one place proves nothing in another.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use uuid::Uuid;

/// Shorter secrets could be guessed.
pub const LEAST_LENGTH: usize = 32;

#[derive(Clone, Debug)]
pub struct Secret(SecretString);

impl Secret {
    pub fn new(secret: SecretString) -> Self {
        Self(secret)
    }

    /// The secret of an embedded installation: a file beside its database, made at the first start.
    pub fn of_folder(folder: &Path) -> io::Result<Self> {
        let file = folder.join("secret");
        match fs::read_to_string(&file) {
            Ok(secret) if secret.trim().len() >= LEAST_LENGTH => {
                Ok(Self(secret.trim().to_owned().into()))
            }
            Ok(_) => Err(io::Error::new(io::ErrorKind::InvalidData, "it is too short")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let secret = hex::encode(rand::random::<[u8; 32]>());
                write_private(&file, &secret)?;
                Ok(Self(secret.into()))
            }
            Err(error) => Err(error),
        }
    }

    /// A code for these parts that only this installation can make, and only for this purpose.
    pub(super) fn mac(&self, purpose: &str, parts: &[&[u8]]) -> Hmac<Sha256> {
        let key = self.0.expose_secret().as_bytes();
        let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
        mac.update(purpose.as_bytes());
        for part in parts {
            // With their lengths, so that no two lists of parts read the same.
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac
    }

    pub(super) fn code(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        self.mac(purpose, parts).finalize().into_bytes().into()
    }

    /// What a browser's page has to say back, so that no other site can act in the session's name.
    pub fn csrf(&self, session_id: Uuid) -> String {
        hex::encode(self.code("csrf", &[session_id.as_bytes()]))
    }

    /// Whether this is the session's word. Compared in a time that does not tell how much was right.
    pub fn is_csrf(&self, session_id: Uuid, said: &str) -> bool {
        hex::decode(said).is_ok_and(|said| {
            self.mac("csrf", &[session_id.as_bytes()]).verify_slice(&said).is_ok()
        })
    }

    fn sealing(&self) -> LessSafeKey {
        let key = UnboundKey::new(&AES_256_GCM, &self.code("seal", &[]));
        LessSafeKey::new(key.expect("a code is as long as a key of AES-256"))
    }

    /// Closes the text for everybody without the secret. It can only be opened under the same name.
    pub(super) fn seal(&self, name: &[u8], text: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE_LEN] = rand::random();
        let mut sealed = text.to_vec();
        self.sealing()
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(name),
                &mut sealed,
            )
            .expect("a short text can be sealed");
        [nonce.as_slice(), &sealed].concat()
    }

    /// None: it was sealed with another secret or under another name.
    pub(super) fn open(&self, name: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, text) = sealed.split_at_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let mut text = text.to_vec();
        let opened = self.sealing().open_in_place(nonce, Aad::from(name), &mut text).ok()?;
        Some(opened.to_vec())
    }
}

/// Under another name first: a process that dies half-way leaves no half secret.
fn write_private(file: &Path, text: &str) -> io::Result<()> {
    let new = file.with_extension("new");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut open = options.open(&new)?;
    open.write_all(text.as_bytes())?;
    open.sync_all()?;
    fs::rename(new, file)
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn what_is_sealed_opens_with_the_same_secret_and_name_only() {
        let secret = Secret::new("a".repeat(32).into());
        let sealed = secret.seal(b"one", b"text");

        assert_eq!(secret.open(b"one", &sealed).as_deref(), Some(b"text".as_slice()));
        assert_eq!(secret.open(b"two", &sealed), None);
        assert_eq!(Secret::new("b".repeat(32).into()).open(b"one", &sealed), None);
        assert_eq!(secret.open(b"one", b"short"), None);
    }

    #[test]
    fn a_folder_keeps_the_secret_that_was_made_for_it() {
        let folder = tempfile::tempdir().unwrap();

        let first = Secret::of_folder(folder.path()).unwrap();
        let again = Secret::of_folder(folder.path()).unwrap();

        assert_eq!(first.code("any", &[]), again.code("any", &[]));
    }
}
