//! Getting in and out: registering, logging in, refreshing, logging out.

use poem::Request;
use poem::web::cookie::CookieJar;
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Object, OpenApi};
use secrecy::ExposeSecret;
use serde::Deserialize;
use shared::account;
use shared::config::Cookies;
use shared::sign_in::password::{LEAST, MOST};
use shared::sign_in::{Credentials, Opened, SignIns, token};

use crate::Tag;
use crate::account::Account;
use crate::caller::{Holder, cookie, origin};
use crate::json::Body;
use crate::problem::answer::{Enter, Refused, SignOut};
use crate::problem::{Code, Problem};
use crate::usage;

pub mod jwks;
pub mod password;
pub mod post;

use post::Post;

pub struct AuthApi {
    pub sign_ins: SignIns,
    pub cookies: Cookies,
    pub post: Post,
}

/// Somebody's e-mail address and password
#[derive(Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct LogIn {
    pub email: String,
    /// 10 to 200 characters
    pub password: String,
    /// Keep the tokens in cookies that no script can read, instead of giving them back
    #[serde(default)]
    #[oai(default)]
    pub cookies: bool,
}

impl Example for LogIn {
    fn example() -> Self {
        Self {
            email: "dana@example.org".into(),
            password: "correct horse battery".into(),
            cookies: false,
        }
    }
}

/// Which session goes on or ends
#[derive(Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct Continue {
    /// Absent when it is in a cookie
    pub refresh_token: Option<String>,
}

impl Example for Continue {
    fn example() -> Self {
        Self { refresh_token: Some(format!("rt_{}", "5f".repeat(32))) }
    }
}

/// A session: who it is, and the tokens
#[derive(Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct Session {
    pub account: Account,
    /// For `Authorization: Bearer`; absent when it is in a cookie
    pub access_token: Option<String>,
    /// Seconds until the access token is over
    pub expires_in: i64,
    /// For `POST /auth/refresh`, once; absent when it is in a cookie
    pub refresh_token: Option<String>,
    /// When somebody has to log in again
    pub session_expires_at: chrono::DateTime<chrono::Utc>,
    /// With cookies: the header `X-CSRF-Token` of every request that changes something
    pub csrf_token: Option<String>,
}

impl Example for Session {
    fn example() -> Self {
        Self {
            account: Account::example(),
            access_token: Some(
                "eyJ0eXAiOiJKV1QiLCJhbGciOiJFZERTQSJ9.eyJzdWIiOiIwMTk4In0.c2ln".into(),
            ),
            expires_in: 900,
            refresh_token: Continue::example().refresh_token,
            session_expires_at: crate::example::time(),
            csrf_token: None,
        }
    }
}

#[derive(ApiResponse)]
pub enum SignedIn {
    /// The session
    #[oai(status = 200)]
    In(Json<Session>, #[oai(header = "Cache-Control")] String),
}

#[derive(ApiResponse)]
pub enum Registered {
    /// The account is made and signed in
    #[oai(status = 201)]
    In(Json<Session>, #[oai(header = "Cache-Control")] String),
}

#[derive(ApiResponse)]
pub enum SignedOut {
    /// The session is over
    #[oai(status = 204)]
    Out,
}

#[OpenApi(prefix_path = "/auth", tag = "Tag::Accounts")]
impl AuthApi {
    /// Make an account
    ///
    /// And sign it in. A mail asks to verify the address; the account works before that.
    #[oai(path = "/register", method = "post", operation_id = "register_account")]
    async fn register(
        &self,
        request: &Request,
        jar: &CookieJar,
        body: Body<LogIn>,
    ) -> Result<Registered, Refused<Enter>> {
        let (email, password) = (email(&body.0.email)?, new_password(body.0.password)?);
        let new = Credentials { email, password: password.into() };
        let opened = self.sign_ins.register(new, &origin(request)).await?;
        usage::by(opened.account.id);
        self.post.verify(opened.account.email.clone().unwrap_or_default());
        let session = self.session(opened, jar, body.0.cookies);
        Ok(Registered::In(Json(session), no_store()))
    }

    /// Log in
    ///
    /// After five wrong passwords each further attempt has to wait, from a second up to a quarter of an hour.
    #[oai(path = "/login", method = "post", operation_id = "log_in")]
    async fn log_in(
        &self,
        request: &Request,
        jar: &CookieJar,
        body: Body<LogIn>,
    ) -> Result<SignedIn, Refused<Enter>> {
        let LogIn { email, password, cookies } = body.0;
        // What is no address, or too long, is wrong like any other; hashing it would cost without end.
        let email = account::email(&email).ok_or_else(wrong)?;
        if password.chars().count() > MOST {
            return Err(wrong().into());
        }
        let who = Credentials { email, password: password.into() };
        let opened = self.sign_ins.log_in(who, &origin(request)).await?;
        Ok(SignedIn::In(Json(self.session(opened, jar, cookies)), no_store()))
    }

    /// Go on with a session
    ///
    /// A refresh token is good once and brings its successor. The same token sent again within half a minute
    /// (by another tab, or because the answer got lost) brings the same successor; later, it ends the session,
    /// because somebody else must have it.
    #[oai(path = "/refresh", method = "post", operation_id = "refresh_session")]
    async fn refresh(
        &self,
        request: &Request,
        jar: &CookieJar,
        body: Body<Continue>,
    ) -> Result<SignedIn, Refused<SignOut>> {
        let (token, cookies) = match body.0.refresh_token {
            Some(token) => (token, false),
            None => (self.kept(request, jar).await?.ok_or_else(signed_out)?, true),
        };
        let opened = self.sign_ins.refresh(&token, &origin(request)).await?;
        Ok(SignedIn::In(Json(self.session(opened, jar, cookies)), no_store()))
    }

    /// Log out
    ///
    /// The session's access token is worth nothing from now on. A session that is over stays so.
    #[oai(path = "/logout", method = "post", operation_id = "log_out")]
    async fn log_out(
        &self,
        request: &Request,
        jar: &CookieJar,
        body: Body<Continue>,
    ) -> Result<SignedOut, Refused<SignOut>> {
        let token = match body.0.refresh_token {
            Some(token) => Some(token),
            None => self.kept(request, jar).await?,
        };
        if let Some(token) = token
            && let Some(session) = self.sign_ins.session_of(&token).await?
        {
            self.sign_ins.log_out(session.id).await?;
        }
        cookie::take_away(jar, self.cookies);
        Ok(SignedOut::Out)
    }

    /// Log out everywhere
    ///
    /// Ends all sessions of the account, this one too. API keys stay.
    #[oai(path = "/logout-all", method = "post", operation_id = "log_out_everywhere")]
    async fn log_out_everywhere(
        &self,
        request: &Request,
        jar: &CookieJar,
        holder: Holder,
    ) -> Result<SignedOut, Refused<SignOut>> {
        self.sign_ins.log_out_everywhere(holder.0.account.id, &origin(request)).await?;
        cookie::take_away(jar, self.cookies);
        Ok(SignedOut::Out)
    }
}

impl AuthApi {
    /// The refresh token of the browser, when the request comes from our own page.
    async fn kept(&self, request: &Request, jar: &CookieJar) -> Result<Option<String>, Problem> {
        let Some(cookie) = jar.get(cookie::REFRESH) else { return Ok(None) };
        let token = cookie.value_str().to_owned();
        match self.sign_ins.session_of(&token).await? {
            Some(session) if cookie::proves(request, &self.sign_ins, session.id) => Ok(Some(token)),
            Some(_) => Err(cookie::not_proved()),
            None => Ok(None),
        }
    }

    fn session(&self, opened: Opened, jar: &CookieJar, cookies: bool) -> Session {
        session(opened, cookies.then_some((jar, self.cookies)))
    }
}

/// The session for its owner; with a jar, the tokens go there.
pub(crate) fn session(opened: Opened, jar: Option<(&CookieJar, Cookies)>) -> Session {
    if let Some((jar, cookies)) = jar {
        cookie::keep(jar, cookies, &opened);
    }
    let told = jar.is_none();
    Session {
        access_token: told.then(|| opened.access_token.expose_secret().to_owned()),
        refresh_token: told.then(|| opened.refresh_token.expose_secret().to_owned()),
        csrf_token: (!told).then_some(opened.csrf),
        expires_in: token::LIFE.num_seconds(),
        session_expires_at: opened.session.expires_at,
        account: opened.account.into(),
    }
}

/// Tokens are for their owner, and for no cache on the way.
pub(crate) fn no_store() -> String {
    "no-store".into()
}

fn signed_out() -> Problem {
    Problem::new(Code::SignedOut, "The request carries no refresh token of an open session.")
}

fn wrong() -> Problem {
    Problem::new(Code::WrongCredentials, "The e-mail address or the password is wrong.")
}

pub(crate) fn email(text: &str) -> Result<String, Problem> {
    account::email(text)
        .ok_or_else(|| Problem::new(Code::InvalidRequest, "`email` must be an e-mail address."))
}

/// Length alone makes a password hard to guess; rules about its characters make people reuse one.
pub(crate) fn new_password(text: String) -> Result<String, Problem> {
    let length = text.chars().count();
    if !(LEAST..=MOST).contains(&length) {
        let detail = format!("The password must have {LEAST} to {MOST} characters.");
        return Err(Problem::new(Code::InvalidRequest, detail));
    }
    Ok(text)
}
