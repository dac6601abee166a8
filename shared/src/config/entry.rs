//! Settings of who gets in: the secret, the editor, cookies, an outside issuer.

use std::collections::{BTreeMap, BTreeSet};

use secrecy::SecretString;
use url::{Host, Url};

use super::Cookies;
use super::read::Variables;
use crate::account::{Role, Tier};
use crate::sign_in::secret::LEAST_LENGTH;

/// An issuer of access tokens that is not us.
#[derive(Clone, Debug)]
pub struct OidcConfig {
    /// `OIDC_ISSUER`: what its tokens say in `iss`.
    pub issuer: String,
    /// `OIDC_AUDIENCE`: what they say in `aud`.
    pub audience: String,
    /// `OIDC_JWKS_URL`: where its keys are; by default where its discovery document says.
    pub jwks: Option<Url>,
    /// `OIDC_ROLE_CLAIM` and `OIDC_ROLES`: where tokens name roles, and which of ours those are.
    pub roles: Mapping<Role>,
    /// `OIDC_TIER_CLAIM` and `OIDC_TIERS`: the same for tiers.
    pub tiers: Mapping<Tier>,
}

/// What values of a claim mean here. Empty: the claim decides nothing.
#[derive(Clone, Debug)]
pub struct Mapping<T> {
    /// Names with dots between: `realm_access.roles`.
    pub claim: String,
    pub meanings: BTreeMap<String, T>,
}

impl<T: Ord + Copy> Mapping<T> {
    /// The most that any of the values means. None: the claim decides nothing here.
    pub fn meaning<'a>(&self, said: impl IntoIterator<Item = &'a str>, least: T) -> Option<T> {
        if self.meanings.is_empty() {
            return None;
        }
        let meant = said.into_iter().filter_map(|value| self.meanings.get(value).copied());
        Some(meant.max().unwrap_or(least))
    }
}

impl Variables {
    /// A secret of at least so many characters that is not one everybody can read in an example.
    pub(super) fn secret(&mut self, name: &str, least: usize) -> Option<SecretString> {
        let text = self.text(name)?;
        let varied = text.chars().collect::<BTreeSet<_>>().len() >= 8;
        let lower = text.to_lowercase();
        let example = ["example", "changeme", "change-me", "change_me"];
        if text.len() < least || !varied || example.iter().any(|word| lower.contains(word)) {
            self.problems.push(format!(
                "{name} must be at least {least} characters of chance, not an example: `openssl rand -hex 32` makes some"
            ));
            return None;
        }
        Some(text.into())
    }

    pub(super) fn installation_secret(&mut self) -> Option<SecretString> {
        self.secret("ROLEREADY_SECRET", LEAST_LENGTH)
    }

    /// Where the editor is; links in mails lead there.
    pub(super) fn editor(&mut self) -> Option<Url> {
        let text = self.text("EDITOR_URL")?;
        self.web_address("EDITOR_URL", &text)
    }

    pub(super) fn cookies(&mut self, loopback: bool) -> Cookies {
        match self.text("ROLEREADY_COOKIES").as_deref() {
            None | Some("secure") => Cookies::Secure,
            Some("insecure") if loopback => Cookies::Insecure,
            Some(_) => {
                self.problems.push(
                    "ROLEREADY_COOKIES must be secure, or insecure while the API listens on loopback".into(),
                );
                Cookies::Secure
            }
        }
    }

    pub(super) fn oidc(&mut self) -> Option<OidcConfig> {
        let issuer = self.text("OIDC_ISSUER")?;
        self.safe_address("OIDC_ISSUER", &issuer);
        let audience = self.text("OIDC_AUDIENCE");
        if audience.is_none() {
            self.problems.push(
                "OIDC_AUDIENCE must be set beside OIDC_ISSUER: without it, tokens made for others would be taken".into(),
            );
        }
        let jwks = self.text("OIDC_JWKS_URL");
        let jwks = jwks.and_then(|text| self.safe_address("OIDC_JWKS_URL", &text));
        let roles = self.mapping("OIDC_ROLE_CLAIM", "roles", "OIDC_ROLES", Role::from_name);
        let tiers = self.mapping("OIDC_TIER_CLAIM", "tier", "OIDC_TIERS", Tier::from_name);
        Some(OidcConfig { issuer, audience: audience?, jwks, roles, tiers })
    }

    /// Keys that come over an open line could be anybody's.
    fn safe_address(&mut self, name: &str, text: &str) -> Option<Url> {
        let url = self.web_address(name, text)?;
        let here = match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => false,
        };
        if url.scheme() != "https" && !here {
            self.problems.push(format!("{name} must start with https://"));
            return None;
        }
        Some(url)
    }

    fn mapping<T>(
        &mut self,
        claim: &str,
        usual: &str,
        pairs: &str,
        meaning: impl Fn(&str) -> Option<T>,
    ) -> Mapping<T> {
        let claim = self.text(claim).unwrap_or_else(|| usual.to_owned());
        let text = self.text(pairs).unwrap_or_default();
        let mut meanings = BTreeMap::new();
        for pair in text.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
            let known = pair
                .split_once('=')
                .and_then(|(said, ours)| Some((said.trim().to_owned(), meaning(ours.trim())?)));
            match known {
                Some((said, ours)) => drop(meanings.insert(said, ours)),
                None => self.problems.push(format!(
                    "{pairs} must be pairs of theirs=ours with commas between, such as {}",
                    if pairs == "OIDC_ROLES" { "staff=recruiter" } else { "gold=premium" }
                )),
            }
        }
        Mapping { claim, meanings }
    }
}
