//! Browsers that keep their tokens as cookies, which no script can read.
//!
//! They go to our own pages only (`SameSite=Strict`), and whoever changes something with them has to send a word
//! along that only our own page can know: a code of the session, in the header `X-CSRF-Token`.

use std::time::Duration;

use poem::http::header::{AUTHORIZATION, HeaderValue};
use poem::web::cookie::{Cookie, CookieJar, SameSite};
use poem::{Endpoint, FromRequest, Middleware, Request, Result};
use secrecy::ExposeSecret;
use shared::config::Cookies;
use shared::sign_in::{Opened, SignIns, session, token};
use uuid::Uuid;

use crate::problem::{Code, Problem};

const ACCESS: &str = "roleready_access";
pub const REFRESH: &str = "roleready_refresh";
const CSRF: &str = "roleready_csrf";
const HEADER: &str = "x-csrf-token";

/// Takes the access token from its cookie when the request names no other.
pub struct AccessCookie;

/// The request is in the name of a cookie.
#[derive(Clone)]
pub struct FromCookie;

impl<E: Endpoint> Middleware<E> for AccessCookie {
    type Output = WithAccessCookie<E>;

    fn transform(&self, inner: E) -> Self::Output {
        WithAccessCookie { inner }
    }
}

pub struct WithAccessCookie<E> {
    inner: E,
}

impl<E: Endpoint> Endpoint for WithAccessCookie<E> {
    type Output = E::Output;

    async fn call(&self, mut request: Request) -> Result<Self::Output> {
        if !request.headers().contains_key(AUTHORIZATION) {
            let jar = <&CookieJar>::from_request_without_body(&request).await?;
            let kept = jar.get(ACCESS).map(|cookie| format!("Bearer {}", cookie.value_str()));
            if let Some(value) = kept.and_then(|token| HeaderValue::from_str(&token).ok()) {
                request.headers_mut().insert(AUTHORIZATION, value);
                request.set_data(FromCookie);
            }
        }
        self.inner.call(request).await
    }
}

/// Whether the request carries the session's word.
pub fn proves(request: &Request, sign_ins: &SignIns, session_id: Uuid) -> bool {
    let said = request.headers().get(HEADER).and_then(|said| said.to_str().ok());
    match (said, &sign_ins.secret) {
        (Some(said), Some(secret)) => secret.is_csrf(session_id, said),
        _ => false,
    }
}

pub fn not_proved() -> Problem {
    let detail = "A request with cookies that changes something needs the header `X-CSRF-Token`.";
    Problem::new(Code::CsrfMissing, detail)
}

/// Gives the session's tokens to the browser.
pub fn keep(jar: &CookieJar, cookies: Cookies, opened: &Opened) {
    let access = cookie(ACCESS, opened.access_token.expose_secret(), cookies);
    let refresh = cookie(REFRESH, opened.refresh_token.expose_secret(), cookies);
    let csrf = cookie(CSRF, &opened.csrf, cookies);
    let shapes = [
        (access, "/api", token::LIFE),
        (refresh, "/api/v1/auth", session::LIFE),
        (csrf, "/", session::LIFE),
    ];
    for (mut cookie, path, life) in shapes {
        // The page has to read its word, and nothing else.
        cookie.set_http_only(cookie.name() != CSRF);
        cookie.set_path(path);
        cookie.set_max_age(life.to_std().unwrap_or(Duration::ZERO));
        jar.add(cookie);
    }
}

/// Takes them away again.
pub fn take_away(jar: &CookieJar, cookies: Cookies) {
    for (name, path) in [(ACCESS, "/api"), (REFRESH, "/api/v1/auth"), (CSRF, "/")] {
        let mut gone = cookie(name, "", cookies);
        gone.set_path(path);
        gone.set_max_age(Duration::ZERO);
        jar.add(gone);
    }
}

fn cookie(name: &str, value: &str, cookies: Cookies) -> Cookie {
    let mut cookie = Cookie::new_with_str(name, value);
    cookie.set_secure(cookies == Cookies::Secure);
    cookie.set_same_site(SameSite::Strict);
    cookie
}
