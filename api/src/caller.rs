//! Who calls: every endpoint takes one of these, so none can forget to ask.
//!
//! Each is a rule, and the rule's name stands in the OpenAPI document: `Caller`, `Holder`, `Billing`, `Admin`.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use poem::http::Method;
use poem::{Error, Request, Result};
use poem_openapi::SecurityScheme;
use poem_openapi::auth::Bearer;
use shared::account::api_key::{self, Known, Scope};
use shared::account::{self, Accounts, Role};
use shared::deps::Deps;
use shared::sign_in::identity::Identities;
use shared::sign_in::{Access, Origin, SignIns, token};
use uuid::Uuid;

use crate::problem::{Code, Problem};
use crate::request_id;

pub mod cookie;
pub mod outside;

use cookie::FromCookie;
use outside::{Outside, Refusal};

/// Knows everybody who may call.
#[derive(Clone)]
pub struct Guard {
    accounts: Accounts,
    sign_ins: SignIns,
    identities: Identities,
    outside: Option<Arc<Outside>>,
}

impl Guard {
    pub fn new(deps: &Deps) -> Self {
        Self {
            accounts: deps.accounts.clone(),
            sign_ins: deps.sign_ins.clone(),
            identities: deps.identities.clone(),
            outside: deps.oidc.clone().map(|config| Arc::new(Outside::new(config))),
        }
    }
}

/// Somebody who is known, and by what.
#[derive(Clone, Debug)]
pub struct Identity {
    pub account: account::Model,
    pub by: By,
}

/// How somebody is known.
#[derive(Clone, Debug)]
pub enum By {
    Key(api_key::Model),
    Session(Uuid),
    Outside,
}

/// An API key (`rr_…`) or an access token, as a bearer token; browsers may send the access token as a cookie
#[derive(SecurityScheme)]
#[oai(ty = "bearer", rename = "Caller", checker = "identify_caller")]
pub struct Caller(pub account::Model);

async fn identify_caller(request: &Request, token: Bearer) -> Result<account::Model> {
    let scope = if changes(request) { Scope::Write } else { Scope::Read };
    Ok(identify(request, token, scope).await?.account)
}

/// Like Caller; a key needs the scope `account`
#[derive(SecurityScheme)]
#[oai(ty = "bearer", rename = "Holder", checker = "identify_holder")]
pub struct Holder(pub Identity);

async fn identify_holder(request: &Request, token: Bearer) -> Result<Identity> {
    identify(request, token, Scope::Account).await
}

/// Like Caller, with the role `billing` or `admin`; a key needs the scope `billing`
#[derive(SecurityScheme)]
#[oai(ty = "bearer", rename = "Billing", checker = "identify_billing")]
pub struct Billing(pub account::Model);

async fn identify_billing(request: &Request, token: Bearer) -> Result<account::Model> {
    let account = identify(request, token, Scope::Billing).await?.account;
    match account.role {
        Role::Billing | Role::Admin => Ok(account),
        Role::Candidate | Role::Recruiter | Role::Company => {
            Err(Problem::new(Code::Forbidden, "Only billing may do this.").into())
        }
    }
}

/// Like Caller, with the role `admin`; a key needs the scope `admin`
#[derive(SecurityScheme)]
#[oai(ty = "bearer", rename = "Admin", checker = "identify_admin")]
pub struct Admin(pub account::Model);

async fn identify_admin(request: &Request, token: Bearer) -> Result<account::Model> {
    let account = identify(request, token, Scope::Admin).await?.account;
    match account.role {
        Role::Admin => Ok(account),
        Role::Candidate | Role::Recruiter | Role::Company | Role::Billing => {
            Err(Problem::new(Code::Forbidden, "Only admins may do this.").into())
        }
    }
}

/// The one way in: who it is, and whether what they show is good for this.
async fn identify(request: &Request, token: Bearer, scope: Scope) -> Result<Identity> {
    let identity = know(request, &token.token).await?;
    if request.data::<FromCookie>().is_some() && changes(request) {
        prove_own_page(request, &identity)?;
    }
    if let By::Key(api_key::Model { scopes: Some(scopes), .. }) = &identity.by
        && !scopes.0.contains(&scope)
    {
        let detail = format!("The API key lacks the scope `{}`.", scope.as_str());
        return Err(Problem::new(Code::ScopeMissing, detail).into());
    }
    Ok(identity)
}

async fn know(request: &Request, token: &str) -> Result<Identity> {
    let guard = request.data::<Guard>().expect("the app holds the guard");
    if token.starts_with(api_key::PREFIX) {
        let known = guard.accounts.know_key(token).await.map_err(Problem::from)?;
        let Known { account, key } =
            known.ok_or_else(|| nobody("The API key is not known, was revoked, or is over."))?;
        return Ok(Identity { account, by: By::Key(key) });
    }
    if let (Some(outside), None) = (&guard.outside, token::our_key(token)) {
        let vouched = outside.vouched(token).await.map_err(|refusal| match refusal {
            Refusal::NotBelieved => nobody("The access token is not valid, or has expired."),
            Refusal::Unreachable => {
                let detail = "The issuer of access tokens does not answer right now.";
                Error::from(Problem::new(Code::Unavailable, detail))
            }
        })?;
        let account = guard.identities.find_or_create(&vouched).await.map_err(Problem::from)?;
        return Ok(Identity { account, by: By::Outside });
    }
    let access = guard.sign_ins.find_by_access_token(token).await.map_err(Problem::from)?;
    let Access { account, session_id } = access.ok_or_else(|| {
        nobody("The access token is not valid, has expired, or its session is over.")
    })?;
    Ok(Identity { account, by: By::Session(session_id) })
}

fn nobody(detail: &str) -> Error {
    Problem::new(Code::Unauthenticated, detail).into()
}

/// Browsers send cookies by themselves, also for a page of somebody else.
fn prove_own_page(request: &Request, identity: &Identity) -> Result<()> {
    let guard = request.data::<Guard>().expect("the app holds the guard");
    match &identity.by {
        By::Session(id) if cookie::proves(request, &guard.sign_ins, *id) => Ok(()),
        By::Session(_) => Err(cookie::not_proved().into()),
        By::Key(_) | By::Outside => Err(nobody("Only access tokens of ours may be cookies.")),
    }
}

fn changes(request: &Request) -> bool {
    !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Where a request comes from, for what is counted and written down.
pub fn origin(request: &Request) -> Origin {
    let address = request.remote_addr().as_socket_addr().map(std::net::SocketAddr::ip);
    let address = address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    Origin { address, request_id: request_id::current() }
}
