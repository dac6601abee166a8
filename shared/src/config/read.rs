//! Typed reading of single variables; what is wrong is noted, not raised.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use lettre::{AsyncSmtpTransport, Tokio1Executor};
use secrecy::SecretString;
use url::{Host, Url};

use super::{Blobs, LogFormat, Mail, Mode, ModelConfig, Ocr, Payments, Provider};
use crate::account::Tier;
use crate::spending::price::Prices;

pub(super) struct Variables {
    values: BTreeMap<String, String>,
    pub(super) problems: Vec<String>,
}

impl Variables {
    pub(super) fn new(values: BTreeMap<String, String>) -> Self {
        Self { values, problems: Vec::new() }
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.values.get(name).map(|value| value.trim().to_owned())
    }

    pub(super) fn number<T>(&mut self, name: &str, default: T, allowed: RangeInclusive<T>) -> T
    where
        T: FromStr + PartialOrd + Display + Copy,
    {
        let Some(text) = self.text(name) else { return default };
        match text.parse() {
            Ok(number) if allowed.contains(&number) => number,
            Ok(_) | Err(_) => {
                let (least, most) = (allowed.start(), allowed.end());
                self.problems.push(format!("{name} must be a whole number from {least} to {most}"));
                default
            }
        }
    }

    pub(super) fn address(&mut self) -> SocketAddr {
        let loopback = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let Some(text) = self.text("ROLEREADY_ADDR") else {
            return SocketAddr::new(loopback, self.number("PORT", 8080, 0..=u16::MAX));
        };
        text.parse().unwrap_or_else(|_| {
            self.problems
                .push("ROLEREADY_ADDR must be an address and port, such as 0.0.0.0:8080".into());
            SocketAddr::new(loopback, 8080)
        })
    }

    pub(super) fn mode(&mut self) -> Mode {
        let database = self.url("DATABASE_URL", &["postgres", "postgresql"]);
        let redis = self.url("REDIS_URL", &["redis", "rediss"]);
        match (database, redis) {
            (Some(database), Some(redis)) => {
                let redis_prefix = self.text("REDIS_PREFIX").unwrap_or_else(|| "roleready".into());
                Mode::Distributed { database, redis, redis_prefix }
            }
            (Some(_), None) if self.text("REDIS_URL").is_none() => {
                self.problems.push(
                    "DATABASE_URL is set but REDIS_URL is not: set both, or neither for one process with everything inside".into(),
                );
                Mode::Embedded
            }
            (None, Some(_)) if self.text("DATABASE_URL").is_none() => {
                self.problems.push(
                    "REDIS_URL is set but DATABASE_URL is not: set both, or neither for one process with everything inside".into(),
                );
                Mode::Embedded
            }
            _ => Mode::Embedded,
        }
    }

    fn url(&mut self, name: &str, schemes: &[&str]) -> Option<SecretString> {
        let text = self.text(name)?;
        let fits = Url::parse(&text).is_ok_and(|url| schemes.contains(&url.scheme()));
        if !fits {
            self.problems.push(format!("{name} must be a URL starting with {}://", schemes[0]));
            return None;
        }
        Some(text.into())
    }

    pub(super) fn blobs(&mut self, data: &Path) -> Blobs {
        let Some(text) = self.text("ROLEREADY_BLOBS") else {
            return Blobs::Folder(data.join("blobs"));
        };
        match Url::parse(&text) {
            Ok(url) if url.scheme() == "s3" && url.has_host() => Blobs::S3(url),
            Ok(url) if url.scheme() != "file" => {
                self.problems.push("ROLEREADY_BLOBS must be a folder or s3://bucket/prefix".into());
                Blobs::Folder(data.join("blobs"))
            }
            Ok(url) => Blobs::Folder(PathBuf::from(url.path())),
            Err(_) => Blobs::Folder(PathBuf::from(text)),
        }
    }

    pub(super) fn ocr(&mut self) -> Option<Ocr> {
        let text = self.text("ROLEREADY_OCR")?;
        let (tool, languages) = text.split_once(':').unwrap_or((&text, "eng"));
        let named = languages.split('+').all(|name| {
            !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        });
        if tool != "tesseract" || !named {
            let problem = "ROLEREADY_OCR must be tesseract or, with languages, tesseract:eng+deu";
            self.problems.push(problem.into());
            return None;
        }
        Some(Ocr { languages: languages.to_owned() })
    }

    pub(super) fn mail(&mut self) -> Option<Mail> {
        let (text, from) = (self.text("SMTP_URL"), self.text("MAIL_FROM"));
        if text.is_none() && from.is_none() {
            return None;
        }
        let url = text.filter(|url| {
            AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
                .is_ok_and(|_| Url::parse(url).is_ok_and(|url| url.has_host()))
        });
        if url.is_none() {
            let problem = "SMTP_URL must be a URL such as smtps://user:password@mail.example.com, beside MAIL_FROM";
            self.problems.push(problem.into());
        }
        let from = from.and_then(|from| from.parse().ok());
        if from.is_none() {
            let problem = "MAIL_FROM must be an address such as RoleReady <hello@example.com>, beside SMTP_URL";
            self.problems.push(problem.into());
        }
        Some(Mail { url: url?.into(), from: from? })
    }

    pub(super) fn log_format(&mut self) -> LogFormat {
        match self.text("LOG_FORMAT").as_deref() {
            None | Some("pretty") => LogFormat::Pretty,
            Some("json") => LogFormat::Json,
            Some(_) => {
                self.problems.push("LOG_FORMAT must be pretty or json".into());
                LogFormat::Pretty
            }
        }
    }

    pub(super) fn model(&mut self) -> Option<ModelConfig> {
        let provider = self.provider()?;
        let chat = self.text("ROLEREADY_MODEL");
        if matches!(provider, Provider::Azure { .. }) && chat.is_none() {
            self.problems.push("ROLEREADY_MODEL must name your Azure deployment".into());
        }
        let embedding = self
            .text("ROLEREADY_EMBEDDING_MODEL")
            .unwrap_or_else(|| "text-embedding-3-small".into());
        let fallbacks = self.text("ROLEREADY_FALLBACK_MODELS").unwrap_or_default();
        let fallbacks = fallbacks.split(',').map(str::trim).filter(|name| !name.is_empty());
        let config = ModelConfig {
            prices: self.prices().on_this_machine(provider.is_local()),
            provider,
            chat: chat.unwrap_or_else(|| "gpt-4o-mini".into()),
            embedding: (embedding != "none").then_some(embedding),
            fallbacks: fallbacks.map(str::to_owned).collect(),
        };
        for name in config.names().filter(|name| config.prices.find(name).is_none()) {
            self.problems.push(format!(
                "nobody knows what the model `{name}` costs: name it in a price table and set ROLEREADY_PRICES to that file (docs/RUNBOOK.md, Prices)"
            ));
        }
        Some(config)
    }

    fn prices(&mut self) -> Prices {
        let Some(file) = self.text("ROLEREADY_PRICES") else { return Prices::builtin() };
        let table = match std::fs::read_to_string(&file) {
            Ok(table) => Prices::with_table(&table).map_err(|error| error.to_string()),
            Err(error) => Err(format!("it cannot be read: {error}")),
        };
        table.unwrap_or_else(|error| {
            self.problems.push(format!("ROLEREADY_PRICES names {file}, but {error}"));
            Prices::builtin()
        })
    }

    pub(super) fn payments(&mut self) -> Option<Payments> {
        let secret = self.secret("STRIPE_WEBHOOK_SECRET", 16);
        let prices = self.text("STRIPE_PRICES").unwrap_or_default();
        let mut tiers = BTreeMap::new();
        for pair in prices.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
            let known = pair.split_once('=').and_then(|(price, tier)| {
                Some((price.trim().to_owned(), Tier::from_name(tier.trim())?))
            });
            match known {
                Some((price, tier)) => drop(tiers.insert(price, tier)),
                None => self.problems.push(
                    "STRIPE_PRICES must be pairs such as price_123=pro, with commas between".into(),
                ),
            }
        }
        Some(Payments { webhook_secret: secret?, tiers })
    }

    fn provider(&mut self) -> Option<Provider> {
        let azure = self.text("AZURE_OPENAI_ENDPOINT");
        let key = self.text("OPENAI_API_KEY");
        let base = self.text("OPENAI_BASE_URL");
        if azure.is_some() && (key.is_some() || base.is_some()) {
            self.problems.push(
                "AZURE_OPENAI_ENDPOINT and OPENAI_API_KEY or OPENAI_BASE_URL are both set: choose one provider".into(),
            );
            return None;
        }
        match azure {
            Some(endpoint) => self.azure(&endpoint),
            None if key.is_some() || base.is_some() => self.openai(key, base),
            None => None,
        }
    }

    fn azure(&mut self, endpoint: &str) -> Option<Provider> {
        let endpoint = self.web_address("AZURE_OPENAI_ENDPOINT", endpoint);
        let key = self.text("AZURE_OPENAI_API_KEY");
        if key.is_none() {
            self.problems
                .push("AZURE_OPENAI_API_KEY must be set beside AZURE_OPENAI_ENDPOINT".into());
        }
        let api_version =
            self.text("AZURE_OPENAI_API_VERSION").unwrap_or_else(|| "2024-10-21".into());
        Some(Provider::Azure { endpoint: endpoint?, key: key?.into(), api_version })
    }

    fn openai(&mut self, key: Option<String>, base: Option<String>) -> Option<Provider> {
        let base = base.unwrap_or_else(|| "https://api.openai.com/v1".into());
        let base_url = self.web_address("OPENAI_BASE_URL", &base)?;
        Some(Provider::OpenAi { base_url, key: key.map(SecretString::from) })
    }

    pub(super) fn web_address(&mut self, name: &str, text: &str) -> Option<Url> {
        match Url::parse(text) {
            Ok(url) if matches!(url.scheme(), "http" | "https") => Some(url),
            Ok(_) | Err(_) => {
                self.problems
                    .push(format!("{name} must be a URL starting with https:// or http://"));
                None
            }
        }
    }
}

impl Provider {
    /// Whether it answers from this very machine.
    fn is_local(&self) -> bool {
        let url = match self {
            Self::OpenAi { base_url, .. } => base_url,
            Self::Azure { endpoint, .. } => endpoint,
        };
        match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
    }
}

impl ModelConfig {
    /// All models that may be asked.
    fn names(&self) -> impl Iterator<Item = &str> {
        let chats = std::iter::once(&self.chat).chain(&self.fallbacks);
        chats.chain(&self.embedding).map(String::as_str)
    }
}
