//! Telling of alerts: each message is a row first, so that it goes out however often it has to be tried.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{QueryFilter, QueryOrder, QuerySelect, Set};
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use sha2::Sha256;
use thiserror::Error;
use url::Url;

use super::alert;
use crate::config::Hook;
use crate::mail::{MailError, Mailer};
use crate::time;

/// How long the other side may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// How often a message is tried, and the longest pause between two tries: about a day in all.
const MOST_ATTEMPTS: i32 = 30;
const LONGEST_PAUSE_MINUTES: i64 = 60;

/// Messages that one round sends.
const BATCH: u64 = 20;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "alert_notice")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub alert_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub event: Event,
    #[sea_orm(primary_key, auto_increment = false)]
    pub channel: ChannelKind,
    pub attempts: i32,
    pub next_at: DateTime<Utc>,
    pub sent_at: Option<DateTime<Utc>>,
}

impl ActiveModelBehavior for ActiveModel {}

/// What is told of an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum Event {
    Opened,
    Worsened,
    Recovered,
}

impl Event {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Worsened => "worsened",
            Self::Recovered => "recovered",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum ChannelKind {
    Webhook,
    Email,
}

/// A way of telling, as it is set up.
#[derive(Clone, Debug)]
pub enum Channel {
    /// Signed when there is a secret.
    Webhook {
        hook: Hook,
        secret: Option<SecretString>,
    },
    Email {
        mailer: Mailer,
        to: String,
    },
}

#[derive(Debug, Error)]
enum NoticeError {
    #[error("the webhook did not take the message")]
    Webhook(#[source] reqwest::Error),
    #[error("the message cannot be signed")]
    Signature,
    #[error("the e-mail did not go out")]
    Mail(#[from] MailError),
}

impl Channel {
    fn kind(&self) -> ChannelKind {
        match self {
            Self::Webhook { .. } => ChannelKind::Webhook,
            Self::Email { .. } => ChannelKind::Email,
        }
    }

    async fn tell(&self, event: Event, alert: &alert::Model) -> Result<(), NoticeError> {
        let headline = headline(event, alert);
        match self {
            Self::Webhook { hook, secret } => {
                post_to(&hook.0, secret.as_ref(), &body(event, alert, &headline)).await
            }
            Self::Email { mailer, to } => {
                let text = format!(
                    "{}\n\nRule: {}\nSince: {}\nAlert: {}\n\nWhat to do: docs/RUNBOOK.md, Alerts.\n",
                    alert.summary,
                    alert.rule.as_str(),
                    alert.opened_at.to_rfc3339(),
                    alert.id,
                );
                Ok(mailer.send(to, &headline, &text).await?)
            }
        }
    }
}

fn headline(event: Event, alert: &alert::Model) -> String {
    let (rule, severity) = (alert.rule.as_str(), alert.severity.as_str());
    let subject = if alert.subject.is_empty() { "" } else { &format!(" of {}", alert.subject) };
    match event {
        Event::Opened => format!("RoleReady {severity}: {rule}{subject}"),
        Event::Worsened => format!("RoleReady now {severity}: {rule}{subject}"),
        Event::Recovered => format!("RoleReady recovered: {rule}{subject}"),
    }
}

/// Slack and what speaks like it show `text`; the rest is for programs.
fn body(event: Event, alert: &alert::Model, headline: &str) -> String {
    let text = format!("*{headline}*\n{}", alert.summary);
    json!({
        "text": text,
        "alert": {
            "id": alert.id,
            "event": event.as_str(),
            "rule": alert.rule.as_str(),
            "subject": alert.subject,
            "severity": alert.severity.as_str(),
            "summary": alert.summary,
            "opened_at": alert.opened_at.to_rfc3339(),
        }
    })
    .to_string()
}

async fn post_to(url: &Url, secret: Option<&SecretString>, body: &str) -> Result<(), NoticeError> {
    let client = reqwest::Client::builder()
        .timeout(TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .map_err(NoticeError::Webhook)?;
    let mut request = client.post(url.clone()).header("content-type", "application/json");
    if let Some(secret) = secret {
        let at = Utc::now().timestamp();
        let signature = sign(secret, at, body).ok_or(NoticeError::Signature)?;
        request = request.header("roleready-signature", format!("t={at},v1={signature}"));
    }
    // The address of such a hook is a secret by itself, and errors would show it.
    let answer = request.body(body.to_owned()).send().await;
    let taken = answer.and_then(reqwest::Response::error_for_status);
    taken.map(drop).map_err(|error| NoticeError::Webhook(error.without_url()))
}

/// Of the time and the body, so that an old message cannot be sent again as a new one.
fn sign(secret: &SecretString, at: i64, body: &str) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()).ok()?;
    mac.update(format!("{at}.{body}").as_bytes());
    Some(hex::encode(mac.finalize().into_bytes()))
}

/// Has it told on every channel, in the transaction of what is told.
pub(super) async fn post(
    transaction: &impl ConnectionTrait,
    alert_id: Uuid,
    event: Event,
    channels: &[Channel],
) -> Result<(), DbErr> {
    for channel in channels {
        let row = ActiveModel {
            alert_id: Set(alert_id),
            event: Set(event),
            channel: Set(channel.kind()),
            attempts: Set(0),
            next_at: Set(time::now()),
            sent_at: Set(None),
        };
        let once = OnConflict::columns([Column::AlertId, Column::Event, Column::Channel])
            .do_nothing()
            .to_owned();
        Entity::insert(row).on_conflict(once).exec_without_returning(transaction).await?;
    }
    Ok(())
}

/// Sends what is due. A process that dies after sending and before noting it sends it again; the
/// alert's id and event tell that it is the same.
pub(super) async fn deliver(db: &DatabaseConnection, channels: &[Channel]) -> Result<(), DbErr> {
    let due = Entity::find()
        .filter(Column::SentAt.is_null())
        .filter(Column::NextAt.lte(time::now()))
        .filter(Column::Attempts.lt(MOST_ATTEMPTS))
        .order_by_asc(Column::NextAt)
        .limit(BATCH)
        .all(db)
        .await?;
    for notice in due {
        let Some(channel) = channels.iter().find(|channel| channel.kind() == notice.channel) else {
            continue;
        };
        let Some(alert) = alert::Entity::find_by_id(notice.alert_id).one(db).await? else {
            continue;
        };
        if !take(db, &notice).await? {
            continue;
        }
        match channel.tell(notice.event, &alert).await {
            Ok(()) => note_sent(db, &notice).await?,
            Err(error) => {
                let cause = std::error::Error::source(&error).map(ToString::to_string);
                tracing::warn!(%error, cause, attempt = notice.attempts + 1, "an alert could not be told");
            }
        }
    }
    Ok(())
}

/// Puts the next try off, so that nobody else sends it meanwhile. `false`: somebody else does.
async fn take(db: &DatabaseConnection, notice: &Model) -> Result<bool, DbErr> {
    let exponent = u32::try_from(notice.attempts.clamp(0, 10)).unwrap_or(0);
    let minutes = 2_i64.pow(exponent).min(LONGEST_PAUSE_MINUTES);
    let change = ActiveModel {
        attempts: Set(notice.attempts + 1),
        next_at: Set(time::now() + TimeDelta::minutes(minutes)),
        ..Default::default()
    };
    let taken = Entity::update_many()
        .set(change)
        .filter(this(notice))
        .filter(Column::Attempts.eq(notice.attempts))
        .exec(db)
        .await?;
    Ok(taken.rows_affected == 1)
}

async fn note_sent(db: &DatabaseConnection, notice: &Model) -> Result<(), DbErr> {
    let sent = ActiveModel { sent_at: Set(Some(time::now())), ..Default::default() };
    Entity::update_many().set(sent).filter(this(notice)).exec(db).await?;
    Ok(())
}

fn this(notice: &Model) -> sea_orm::Condition {
    sea_orm::Condition::all()
        .add(Column::AlertId.eq(notice.alert_id))
        .add(Column::Event.eq(notice.event))
        .add(Column::Channel.eq(notice.channel))
}
