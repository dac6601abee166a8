//! How the API meets the world: proxies, browsers, rates.

use std::num::NonZeroU32;

pub use ipnet::IpNet;
use url::Url;

use super::read::Variables;
use crate::limits::Rates;

/// What the API believes of requests, and how many it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Http {
    /// `TRUSTED_PROXIES`: whose word counts about where a request came from, and whether by HTTPS.
    pub trusted_proxies: Vec<IpNet>,
    /// `CORS_ORIGINS`: pages of other origins that may call from a browser.
    pub cors_origins: Vec<String>,
    /// `RATE_ADDRESS`, `RATE_SIGN_IN`, `RATE_FREE`, `RATE_PRO`, `RATE_PREMIUM`: requests a minute, 0 for no limit.
    pub rates: Rates,
}

impl Http {
    /// Nobody is trusted, and nothing limited.
    pub const PLAIN: Self =
        Self { trusted_proxies: Vec::new(), cors_origins: Vec::new(), rates: Rates::NONE };
}

impl Variables {
    pub(super) fn http(&mut self) -> Http {
        Http {
            trusted_proxies: self.proxies(),
            cors_origins: self.origins(),
            rates: Rates {
                address: self.rate("RATE_ADDRESS", 1_200),
                sign_in: self.rate("RATE_SIGN_IN", 20),
                free: self.rate("RATE_FREE", 120),
                pro: self.rate("RATE_PRO", 300),
                premium: self.rate("RATE_PREMIUM", 1_200),
            },
        }
    }

    fn rate(&mut self, name: &str, default: u32) -> Option<NonZeroU32> {
        NonZeroU32::new(self.number(name, default, 0..=1_000_000))
    }

    fn proxies(&mut self) -> Vec<IpNet> {
        let listed = self.list("TRUSTED_PROXIES");
        let read = |text: &String| {
            text.parse().or_else(|_| text.parse().map(|address: std::net::IpAddr| address.into()))
        };
        let proxies: Result<Vec<IpNet>, _> = listed.iter().map(read).collect();
        proxies.unwrap_or_else(|_| {
            self.problems.push(
                "TRUSTED_PROXIES must be addresses or networks such as 10.0.0.0/8, with commas between".into(),
            );
            Vec::new()
        })
    }

    fn origins(&mut self) -> Vec<String> {
        let origins = self.list("CORS_ORIGINS");
        for origin in &origins {
            let whole = Url::parse(origin).is_ok_and(|url| {
                url.origin().is_tuple() && url.origin().ascii_serialization() == *origin
            });
            if !whole {
                self.problems.push(format!(
                    "CORS_ORIGINS holds {origin}, which must be an origin such as https://app.example, without a path"
                ));
            }
        }
        origins
    }

    fn list(&self, name: &str) -> Vec<String> {
        let text = self.text(name).unwrap_or_default();
        text.split(',').map(str::trim).filter(|one| !one.is_empty()).map(str::to_owned).collect()
    }
}
