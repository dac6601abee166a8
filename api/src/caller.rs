//! Who calls: every endpoint takes a `Caller`, so none can forget to ask.

use poem::{Error, Request, Result};
use poem_openapi::SecurityScheme;
use poem_openapi::auth::Bearer;
use shared::account::{self, Accounts, Role};

use crate::problem::{Code, Problem};
use crate::usage;

/// An API key, `rr_…`, as a bearer token
#[derive(SecurityScheme)]
#[oai(ty = "bearer", rename = "ApiKey", checker = "identify")]
pub struct Caller(pub account::Model);

async fn identify(request: &Request, token: Bearer) -> Result<account::Model> {
    let accounts = request.data::<Accounts>().expect("the app holds the accounts");
    let known = accounts.find_by_key(&token.token).await.map_err(Problem::from)?;
    if let Some(account) = &known {
        usage::by(account.id);
    }
    known.ok_or_else(|| {
        Error::from(Problem::new(
            Code::Unauthenticated,
            "The API key is not known, or was revoked.",
        ))
    })
}

/// An API key of billing or of an admin, as a bearer token
#[derive(SecurityScheme)]
#[oai(ty = "bearer", rename = "ApiKey", checker = "identify_billing")]
pub struct Billing(pub account::Model);

async fn identify_billing(request: &Request, token: Bearer) -> Result<account::Model> {
    let account = identify(request, token).await?;
    match account.role {
        Role::Billing | Role::Admin => Ok(account),
        Role::Candidate => Err(Problem::new(Code::Forbidden, "Only billing may do this.").into()),
    }
}

/// An API key of an admin, as a bearer token
#[derive(SecurityScheme)]
#[oai(ty = "bearer", rename = "ApiKey", checker = "identify_admin")]
pub struct Admin(pub account::Model);

async fn identify_admin(request: &Request, token: Bearer) -> Result<account::Model> {
    let account = identify(request, token).await?;
    match account.role {
        Role::Admin => Ok(account),
        Role::Candidate | Role::Billing => {
            Err(Problem::new(Code::Forbidden, "Only admins may do this.").into())
        }
    }
}
