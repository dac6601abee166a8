//! Rate limits at the edge: each request is counted, and each answer says how much is left.

use std::fmt::Write;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use poem::http::{HeaderName, HeaderValue, Method};
use poem::{Endpoint, IntoResponse, Middleware, Request, Response, Result};
use shared::account;
use shared::limits::{Limiter, Policy, Standing, WINDOW};

use crate::problem::{Code, Problem};
use crate::proxy::Proxies;

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// Addresses that machines ask again and again, and that cost nothing.
const FREE: [&str; 3] = ["/api/v1/health", "/health", "/metrics"];

/// Where passwords and secrets can be guessed at, accounts made and mails sent. Not where a session goes on: whole
/// offices do that from one address.
const SIGN_IN: [&str; 4] = [
    "/api/v1/auth/login",
    "/api/v1/auth/register",
    "/api/v1/auth/password/",
    "/api/v1/auth/email/",
];

/// The address of whoever calls, as far as it is known.
#[derive(Clone, Copy, Debug)]
pub struct ClientAddress(pub IpAddr);

/// What a request was counted by so far.
#[derive(Clone)]
struct Counts {
    limiter: Limiter,
    standings: Arc<Mutex<Vec<Standing>>>,
}

impl Counts {
    async fn count(&self, policy: Policy, subject: &str) -> Result<(), Problem> {
        let Some(standing) = self.limiter.count(policy, subject).await else { return Ok(()) };
        if let Ok(mut standings) = self.standings.lock() {
            standings.push(standing);
        }
        standing.wait.map_or(Ok(()), |wait| Err(refusal(standing, wait)))
    }

    fn standings(&self) -> Vec<Standing> {
        self.standings.lock().map(|standings| standings.clone()).unwrap_or_default()
    }
}

fn refusal(standing: Standing, wait: std::time::Duration) -> Problem {
    let quota = standing.quota;
    let detail = match standing.policy {
        Policy::Address => {
            format!("More than {quota} requests a minute come from your network address.")
        }
        Policy::SignIn => {
            format!("More than {quota} attempts a minute come from your network address.")
        }
        Policy::Person(tier) => {
            format!("Your tier, {}, may send {quota} requests a minute.", tier.as_str())
        }
    };
    let resets_at = Some(chrono::Utc::now() + wait);
    Problem { resets_at, ..Problem::new(Code::RateLimited, detail) }
}

/// Counts a request of somebody who is known by now.
pub async fn count_person(request: &Request, account: &account::Model) -> Result<(), Problem> {
    let Some(counts) = request.data::<Counts>() else { return Ok(()) };
    counts.count(Policy::Person(account.tier), &account.id.simple().to_string()).await
}

/// Where the caller of this request stands.
pub fn standings(request: &Request) -> Vec<Standing> {
    request.data::<Counts>().map(Counts::standings).unwrap_or_default()
}

pub struct RateLimits {
    pub limiter: Limiter,
    pub proxies: Proxies,
}

impl<E: Endpoint> Middleware<E> for RateLimits {
    type Output = WithRateLimits<E>;

    fn transform(&self, inner: E) -> Self::Output {
        WithRateLimits { inner, limiter: self.limiter.clone(), proxies: self.proxies.clone() }
    }
}

pub struct WithRateLimits<E> {
    inner: E,
    limiter: Limiter,
    proxies: Proxies,
}

impl<E: Endpoint> Endpoint for WithRateLimits<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> Result<Response> {
        let address = self.proxies.address(&request);
        let counts = Counts { limiter: self.limiter.clone(), standings: Arc::default() };
        request.set_data(ClientAddress(address));
        request.set_data(counts.clone());
        let mut response = match count_address(&counts, &request, address).await {
            Ok(()) => self.inner.call(request).await?.into_response(),
            Err(problem) => problem.into_response(),
        };
        tell(&mut response, &counts.standings());
        Ok(response)
    }
}

async fn count_address(counts: &Counts, request: &Request, address: IpAddr) -> Result<(), Problem> {
    let path = request.uri().path();
    if FREE.iter().any(|free| path.starts_with(free)) {
        return Ok(());
    }
    let subject = subject(address);
    counts.count(Policy::Address, &subject).await?;
    let signs_in = SIGN_IN.iter().any(|place| path.starts_with(place));
    if request.method() == Method::POST && signs_in {
        counts.count(Policy::SignIn, &subject).await?;
    }
    Ok(())
}

/// Whoever holds an IPv6 address holds its whole /64. Hashed, so that Redis keeps no address.
fn subject(address: IpAddr) -> String {
    let network = match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets()[..8].to_vec(),
    };
    shared::call::hash(&network)[..24].to_owned()
}

/// `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers).
fn tell(response: &mut Response, standings: &[Standing]) {
    let (mut policies, mut limits) = (String::new(), String::new());
    for standing in standings {
        let (name, quota) = (standing.policy.as_str(), standing.quota);
        let seconds = standing.full_in().as_secs_f64().ceil();
        let comma = if policies.is_empty() { "" } else { ", " };
        let _ = write!(policies, "{comma}\"{name}\";q={quota};w={}", WINDOW.as_secs());
        let _ = write!(limits, "{comma}\"{name}\";r={};t={seconds}", standing.left);
    }
    for (name, text) in [(POLICY, policies), (LIMIT, limits)] {
        if let (false, Ok(value)) = (text.is_empty(), HeaderValue::from_str(&text)) {
            response.headers_mut().insert(name, value);
        }
    }
}
