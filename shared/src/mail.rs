//! E-mail of this installation: plain text to one person, over the SMTP server it was given.

use std::time::Duration;

use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::ExposeSecret;
use thiserror::Error;

use crate::config::Mail;

/// How long the server may take for each step of a conversation, and for all of it.
const STEP_TIMEOUT: Duration = Duration::from_secs(10);
const TIMEOUT: Duration = Duration::from_secs(30);

/// Why a message did not go out. The address is not told: it would end up in log lines.
#[derive(Debug, Error)]
pub enum MailError {
    #[error("the recipient is not an e-mail address")]
    Recipient,
    #[error("the message cannot be written")]
    Message(#[source] lettre::error::Error),
    #[error("the mail server did not take the message")]
    Server(#[source] smtp::Error),
    #[error("the mail server did not answer in time")]
    Slow,
}

/// Sends messages.
#[derive(Clone, Debug)]
pub struct Mailer {
    server: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Mailer {
    /// `None`: no mail server is set up.
    pub fn from_config(mail: Option<&Mail>) -> Option<Self> {
        let mail = mail?;
        let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(mail.url.expose_secret());
        let server = server.ok()?.timeout(Some(STEP_TIMEOUT)).build();
        Some(Self { server, from: mail.from.clone() })
    }

    /// Returns when the server has taken the message.
    pub async fn send(&self, to: &str, subject: &str, text: &str) -> Result<(), MailError> {
        let to: Mailbox = to.parse().map_err(|_| MailError::Recipient)?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(subject)
            .header(ContentType::TEXT_PLAIN)
            .body(text.to_owned())
            .map_err(MailError::Message)?;
        let sent = tokio::time::timeout(TIMEOUT, self.server.send(message)).await;
        sent.map_err(|_| MailError::Slow)?.map(drop).map_err(MailError::Server)
    }
}
