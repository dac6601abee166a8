//! Mail to people: by SMTP, or in the log of a machine of one's own.

use std::time::Duration;

use lettre::message::Mailbox;
use lettre::transport::smtp::AsyncSmtpTransport;
use lettre::{Address, AsyncTransport, Message, Tokio1Executor};
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

/// How long the mail server may take for one mail.
const PATIENCE: Duration = Duration::from_secs(20);

/// Longest e-mail address (RFC 5321).
const LONGEST: usize = 254;

/// `SMTP_URL` and `MAIL_FROM`: who sends, and in whose name.
#[derive(Clone, Debug)]
pub struct MailConfig {
    pub smtp: SecretString,
    pub from: Mailbox,
}

/// A mail to one person.
#[derive(Clone, Debug)]
pub struct Letter {
    pub to: String,
    pub subject: &'static str,
    pub text: String,
}

#[derive(Debug, Error)]
pub enum MailError {
    #[error("the mail cannot be written")]
    Letter(#[from] lettre::error::Error),
    #[error("the address is not one")]
    Address(#[from] lettre::address::AddressError),
    #[error("the mail server did not take the mail")]
    Smtp(#[from] lettre::transport::smtp::Error),
    #[error("the mail server did not answer in time")]
    Late,
    #[error("no mail can be sent here")]
    Off,
}

/// How mail goes out.
#[derive(Clone, Debug)]
pub enum Mailer {
    Smtp {
        transport: AsyncSmtpTransport<Tokio1Executor>,
        from: Mailbox,
    },
    /// Into the log: for the embedded mode, where who runs it is who uses it.
    Log,
    Off,
}

impl Mailer {
    pub fn smtp(config: &MailConfig) -> Result<Self, MailError> {
        let url = config.smtp.expose_secret();
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)?;
        let transport = transport.timeout(Some(PATIENCE / 2)).build();
        Ok(Self::Smtp { transport, from: config.from.clone() })
    }

    pub fn is_off(&self) -> bool {
        matches!(self, Self::Off)
    }

    pub async fn send(&self, letter: Letter) -> Result<(), MailError> {
        match self {
            Self::Smtp { transport, from } => {
                let to = Mailbox::new(None, letter.to.parse()?);
                let message = Message::builder()
                    .from(from.clone())
                    .to(to)
                    .subject(letter.subject)
                    .body(letter.text)?;
                let sent = tokio::time::timeout(PATIENCE, transport.send(message)).await;
                sent.map_err(|_| MailError::Late)??;
                Ok(())
            }
            Self::Log => {
                tracing::info!(mail.text = letter.text, "a mail, which nothing here can send");
                Ok(())
            }
            Self::Off => Err(MailError::Off),
        }
    }
}

/// An e-mail address in the one form that is stored: without spaces around it, in small letters.
pub fn address(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase();
    (text.len() <= LONGEST && text.parse::<Address>().is_ok()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn addresses_have_one_form() {
        assert_eq!(address(" Dana@Example.ORG ").as_deref(), Some("dana@example.org"));
        for wrong in ["", "dana", "dana@", "@example.org", "a b@example.org", "a@b\n.org"] {
            assert_eq!(address(wrong), None, "{wrong:?}");
        }
        assert_eq!(address(&format!("{}@example.org", "a".repeat(260))), None);
    }
}
