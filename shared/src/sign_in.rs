//! Signing in with an e-mail address and a password: what happens, in order. The parts are below.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::{DatabaseTransaction, QueryFilter, Set, SqlErr};
use secrecy::SecretString;
use thiserror::Error;

use crate::account::{self, Role, Tier};
use crate::audit::{self, Action, Deed, Mandate};
use crate::database::begin;
use crate::time;

pub mod attempt;
pub mod identity;
pub mod mail_token;
pub mod password;
pub mod secret;
pub mod session;
pub mod signing_key;
pub mod token;

use attempt::{Attempts, Subject};
use mail_token::Purpose;
use password::{Busy, Passwords};
use secret::Secret;
use session::Rotation;
use signing_key::SigningKeys;

/// Why somebody is not let in.
#[derive(Debug, Error)]
pub enum SignInError {
    #[error("signing in is not set up")]
    Off,
    #[error("the e-mail address or the password is wrong")]
    Wrong,
    #[error("too many attempts before {0}")]
    Locked(DateTime<Utc>),
    #[error("there is an account with this e-mail address")]
    EmailTaken,
    #[error("the session is over")]
    SignedOut,
    #[error("the token is wrong, old or used")]
    TokenInvalid,
    #[error(transparent)]
    Busy(#[from] Busy),
    #[error("the database did not answer")]
    Database(#[from] DbErr),
}

/// Where a request comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    pub address: IpAddr,
    pub request_id: Option<String>,
}

/// What a person types; the e-mail address in the one form that is stored.
#[derive(Clone, Debug)]
pub struct Credentials {
    pub email: String,
    pub password: SecretString,
}

/// A session, as its owner gets it.
#[derive(Debug)]
pub struct Opened {
    pub account: account::Model,
    pub session: session::Model,
    pub access_token: SecretString,
    pub refresh_token: SecretString,
    pub csrf: String,
}

/// Who calls with an access token, and in which session.
#[derive(Clone, Debug)]
pub struct Access {
    pub account: account::Model,
    pub session_id: Uuid,
}

#[derive(Clone, Debug)]
pub struct SignIns {
    db: DatabaseConnection,
    pub passwords: Passwords,
    pub attempts: Attempts,
    pub keys: SigningKeys,
    /// Absent: nobody can sign in here.
    pub secret: Option<Secret>,
}

impl SignIns {
    pub fn new(db: DatabaseConnection, secret: Option<Secret>) -> Self {
        Self {
            passwords: Passwords::default(),
            attempts: Attempts::new(db.clone()),
            keys: SigningKeys::new(db.clone()),
            secret,
            db,
        }
    }

    /// Whether people can sign in at all.
    pub fn secret(&self) -> Result<&Secret, SignInError> {
        self.secret.as_ref().ok_or(SignInError::Off)
    }

    /// Makes an account and signs it in.
    pub async fn register(&self, new: Credentials, origin: &Origin) -> Result<Opened, SignInError> {
        self.secret()?;
        self.may_try(vec![Subject::asker(origin.address)]).await?;
        let hash = self.passwords.hash(new.password).await?;
        let transaction = begin(&self.db).await?;
        let account = account::ActiveModel {
            id: Set(Uuid::now_v7()),
            email: Set(Some(new.email)),
            role: Set(Role::Candidate),
            tier: Set(Tier::Free),
            created_at: Set(time::now()),
            password_hash: Set(Some(hash)),
            email_verified_at: Set(None),
        };
        let account =
            account.insert(&transaction).await.map_err(|error| match error.sql_err() {
                Some(SqlErr::UniqueConstraintViolation(_)) => SignInError::EmailTaken,
                _ => error.into(),
            })?;
        note(&transaction, account.id, Action::Register, origin).await?;
        self.open(transaction, account).await
    }

    /// Takes as long whether or not there is such an account.
    pub async fn log_in(&self, who: Credentials, origin: &Origin) -> Result<Opened, SignInError> {
        self.secret()?;
        let (tried_at, from) = (Subject::account(&who.email), Subject::address(origin.address));
        self.may_try(vec![tried_at.clone(), from.clone()]).await?;
        let account = self.by_email(&who.email).await?;
        let hash = account.as_ref().and_then(|account| account.password_hash.clone());
        let right = self.passwords.verify(who.password, hash).await?;
        let account = account.filter(|_| right).ok_or(SignInError::Wrong)?;
        self.attempts.forgive(&tried_at, &from).await?;
        let transaction = begin(&self.db).await?;
        note(&transaction, account.id, Action::LogIn, origin).await?;
        self.open(transaction, account).await
    }

    /// The next tokens of a session. See [`session`] for what a second use of a token means.
    pub async fn refresh(&self, token: &str, origin: &Origin) -> Result<Opened, SignInError> {
        let secret = self.secret()?;
        let transaction = begin(&self.db).await?;
        let (session, refresh_token) = match session::rotate(&transaction, secret, token).await? {
            Rotation::Next(session, token) => (session, token),
            Rotation::Unknown => return Err(SignInError::SignedOut),
            Rotation::Reused(session) => {
                note(&transaction, session.account_id, Action::EndStolenSession, origin).await?;
                transaction.commit().await?;
                tracing::warn!(account.id = %session.account_id, "a used refresh token came again: its session is ended");
                return Err(SignInError::SignedOut);
            }
        };
        let account = account::Entity::find_by_id(session.account_id).one(&transaction).await?;
        let account = account.ok_or(SignInError::SignedOut)?;
        transaction.commit().await?;
        self.opened(account, session, refresh_token).await
    }

    /// The open session of a refresh token.
    pub async fn session_of(&self, refresh_token: &str) -> Result<Option<session::Model>, DbErr> {
        session::of_token(&self.db, refresh_token).await
    }

    /// Ends a session. One that has ended stays so.
    pub async fn log_out(&self, session_id: Uuid) -> Result<(), DbErr> {
        session::end(&self.db, session::Column::Id.eq(session_id)).await?;
        Ok(())
    }

    /// Ends all sessions of the account; how many there were.
    pub async fn log_out_everywhere(
        &self,
        account_id: Uuid,
        origin: &Origin,
    ) -> Result<u64, SignInError> {
        let transaction = begin(&self.db).await?;
        let ended = session::end(&transaction, session::Column::AccountId.eq(account_id)).await?;
        note(&transaction, account_id, Action::LogOutEverywhere, origin).await?;
        transaction.commit().await?;
        Ok(ended)
    }

    /// Another password, by who knows the present one. All sessions end; a new one begins.
    pub async fn change_password(
        &self,
        account: account::Model,
        present: SecretString,
        new: SecretString,
        origin: &Origin,
    ) -> Result<Opened, SignInError> {
        self.secret()?;
        let name = account.email.clone().unwrap_or_else(|| account.id.to_string());
        let tried_at = Subject::account(&name);
        let from = Subject::address(origin.address);
        self.may_try(vec![tried_at.clone(), from.clone()]).await?;
        let hash = account.password_hash.clone();
        if !self.passwords.verify(present, hash).await? {
            return Err(SignInError::Wrong);
        }
        self.attempts.forgive(&tried_at, &from).await?;
        let hash = self.passwords.hash(new).await?;
        let transaction = begin(&self.db).await?;
        self.set_password(&transaction, account.id, hash).await?;
        note(&transaction, account.id, Action::ChangePassword, origin).await?;
        self.open(transaction, account).await
    }

    /// Counts a request for mail to this address, whether or not somebody has it.
    pub async fn may_ask_for_mail(&self, email: &str, origin: &Origin) -> Result<(), SignInError> {
        self.secret()?;
        self.may_try(vec![Subject::mail(email), Subject::asker(origin.address)]).await
    }

    /// A token to be sent to this address, when an account has it and has a use for it.
    pub async fn mail_token(
        &self,
        email: &str,
        purpose: Purpose,
    ) -> Result<Option<String>, SignInError> {
        let secret = self.secret()?;
        let Some(account) = self.by_email(email).await? else { return Ok(None) };
        if purpose == Purpose::VerifyEmail && account.email_verified_at.is_some() {
            return Ok(None);
        }
        Ok(Some(mail_token::create(&self.db, secret, account.id, purpose).await?))
    }

    /// Another password, by who reads the account's mail. All sessions end.
    pub async fn reset_password(
        &self,
        token: &str,
        new: SecretString,
        origin: &Origin,
    ) -> Result<(), SignInError> {
        let secret = self.secret()?;
        if !mail_token::is_signed(secret, token, Purpose::ResetPassword) {
            return Err(SignInError::TokenInvalid);
        }
        let hash = self.passwords.hash(new).await?;
        let transaction = begin(&self.db).await?;
        let spent = mail_token::spend(&transaction, secret, token, Purpose::ResetPassword).await?;
        let account_id = spent.ok_or(SignInError::TokenInvalid)?;
        self.set_password(&transaction, account_id, hash).await?;
        // Who got the mail reads the address.
        verified(&transaction, account_id).await?;
        note(&transaction, account_id, Action::ResetPassword, origin).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Notes that the account's mail is read by who made the account.
    pub async fn verify_email(&self, token: &str, origin: &Origin) -> Result<(), SignInError> {
        let secret = self.secret()?;
        let transaction = begin(&self.db).await?;
        let spent = mail_token::spend(&transaction, secret, token, Purpose::VerifyEmail).await?;
        let account_id = spent.ok_or(SignInError::TokenInvalid)?;
        verified(&transaction, account_id).await?;
        note(&transaction, account_id, Action::VerifyEmail, origin).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Who calls with this access token of ours: only while its session is open.
    pub async fn find_by_access_token(&self, token: &str) -> Result<Option<Access>, DbErr> {
        let Some(claims) = token::read(&self.keys, token).await? else { return Ok(None) };
        let session = session::Entity::find_by_id(claims.sid).one(&self.db).await?;
        let open = session.filter(|one| one.is_open() && one.account_id == claims.sub);
        let Some(session) = open else { return Ok(None) };
        let account = account::Entity::find_by_id(session.account_id).one(&self.db).await?;
        Ok(account.map(|account| Access { account, session_id: session.id }))
    }

    /// Drops what is over: sessions, tokens, keys, attempts.
    pub async fn forget(&self) -> Result<(), DbErr> {
        session::forget(&self.db).await?;
        mail_token::forget(&self.db).await?;
        self.keys.forget().await?;
        self.attempts.forget().await?;
        Ok(())
    }

    async fn may_try(&self, subjects: Vec<Subject>) -> Result<(), SignInError> {
        match self.attempts.count(subjects).await? {
            Some(until) => Err(SignInError::Locked(until)),
            None => Ok(()),
        }
    }

    async fn by_email(&self, email: &str) -> Result<Option<account::Model>, DbErr> {
        account::Entity::find().filter(account::Column::Email.eq(email)).one(&self.db).await
    }

    /// Whoever was signed in with the old password, or had asked for another, is out.
    async fn set_password(
        &self,
        transaction: &DatabaseTransaction,
        account_id: Uuid,
        hash: String,
    ) -> Result<(), DbErr> {
        let change = account::ActiveModel { password_hash: Set(Some(hash)), ..Default::default() };
        account::Entity::update_many()
            .set(change)
            .filter(account::Column::Id.eq(account_id))
            .exec(transaction)
            .await?;
        session::end(transaction, session::Column::AccountId.eq(account_id)).await?;
        mail_token::void(transaction, account_id, Purpose::ResetPassword).await
    }

    async fn open(
        &self,
        transaction: DatabaseTransaction,
        account: account::Model,
    ) -> Result<Opened, SignInError> {
        let (session, refresh_token) = session::open(&transaction, account.id).await?;
        transaction.commit().await?;
        self.opened(account, session, refresh_token).await
    }

    async fn opened(
        &self,
        account: account::Model,
        session: session::Model,
        refresh_token: String,
    ) -> Result<Opened, SignInError> {
        let secret = self.secret()?;
        let access_token = token::issue(&self.keys, secret, &account, session.id).await?;
        Ok(Opened {
            csrf: secret.csrf(session.id),
            account,
            session,
            access_token: access_token.into(),
            refresh_token: refresh_token.into(),
        })
    }
}

async fn verified(transaction: &DatabaseTransaction, account_id: Uuid) -> Result<(), DbErr> {
    account::Entity::update_many()
        .set(account::ActiveModel {
            email_verified_at: Set(Some(time::now())),
            ..Default::default()
        })
        .filter(account::Column::Id.eq(account_id))
        .filter(account::Column::EmailVerifiedAt.is_null())
        .exec(transaction)
        .await?;
    Ok(())
}

/// Writes down what a person did with their own account.
async fn note(
    transaction: &DatabaseTransaction,
    account_id: Uuid,
    action: Action,
    origin: &Origin,
) -> Result<(), DbErr> {
    let mandate = Mandate {
        actor_id: account_id,
        reason: "by the account's owner".into(),
        request_id: origin.request_id.clone(),
    };
    let deed = Deed { action, target: format!("account/{account_id}"), detail: None };
    audit::append(transaction, &mandate, deed).await
}
