//! How often somebody may ask. A bucket per policy and subject (GCRA): in this process always, and in Redis, where
//! processes share one. A Redis that does not answer lets requests through; the process's own buckets still hold.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};
use redis::Script;
use redis::aio::ConnectionManager;

use crate::account::Tier;

/// The window that the quotas are given for.
pub const WINDOW: Duration = Duration::from_mins(1);

/// How long a request waits for Redis to count it.
const DEADLINE: Duration = Duration::from_millis(100);

/// For so long Redis is not asked again after it has not answered.
const PAUSE: Duration = Duration::from_secs(5);

/// Subjects that have been silent are forgotten each time so many requests were counted.
const TIDY_EVERY: u32 = 10_000;

/// The one list of policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// All requests from one network address.
    Address,
    /// Requests from one address that may guess at a password or make an account.
    SignIn,
    /// All requests of one person.
    Person(Tier),
}

impl Policy {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::SignIn => "sign_in",
            Self::Person(_) => "person",
        }
    }
}

/// Requests a minute, by policy. `None`: as many as come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    pub address: Option<NonZeroU32>,
    pub sign_in: Option<NonZeroU32>,
    pub free: Option<NonZeroU32>,
    pub pro: Option<NonZeroU32>,
    pub premium: Option<NonZeroU32>,
}

impl Rates {
    pub const NONE: Self =
        Self { address: None, sign_in: None, free: None, pro: None, premium: None };
}

/// Where a subject stands after a request of theirs was counted, or refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub policy: Policy,
    /// Requests a minute.
    pub quota: NonZeroU32,
    /// Requests that may follow at once.
    pub left: u32,
    /// For a request that was refused: how long until one is let through.
    pub wait: Option<Duration>,
}

impl Standing {
    /// How long until the whole quota is there again.
    pub fn full_in(&self) -> Duration {
        WINDOW * (self.quota.get() - self.left.min(self.quota.get())) / self.quota.get()
    }
}

#[derive(Clone)]
pub struct Limiter {
    local: Arc<Buckets>,
    shared: Option<Shared>,
}

impl Limiter {
    /// For one process.
    pub fn local(rates: Rates) -> Self {
        Self { local: Arc::new(Buckets::new(rates)), shared: None }
    }

    /// For processes that share a Redis.
    pub fn shared(rates: Rates, connection: ConnectionManager, prefix: &str) -> Self {
        let shared = Shared {
            connection,
            prefix: format!("{prefix}:rate"),
            script: Arc::new(Script::new(GCRA)),
            silent_until: Arc::default(),
        };
        Self { shared: Some(shared), ..Self::local(rates) }
    }

    /// Counts a request. `None`: nothing limits it.
    pub async fn count(&self, policy: Policy, subject: &str) -> Option<Standing> {
        let local = self.local.count(policy, subject)?;
        match &self.shared {
            Some(shared) if local.wait.is_none() => {
                Some(shared.count(policy, local.quota, subject).await.unwrap_or(local))
            }
            _ => Some(local),
        }
    }
}

type Bucket =
    RateLimiter<String, DefaultKeyedStateStore<String>, DefaultClock, StateInformationMiddleware>;

/// The buckets of this process.
struct Buckets {
    address: Option<Bucket>,
    sign_in: Option<Bucket>,
    free: Option<Bucket>,
    pro: Option<Bucket>,
    premium: Option<Bucket>,
    clock: DefaultClock,
    counted: AtomicU32,
}

impl Buckets {
    fn new(rates: Rates) -> Self {
        let bucket = |quota: Option<NonZeroU32>| {
            quota.map(|quota| RateLimiter::dashmap(Quota::per_minute(quota)).with_middleware())
        };
        Self {
            address: bucket(rates.address),
            sign_in: bucket(rates.sign_in),
            free: bucket(rates.free),
            pro: bucket(rates.pro),
            premium: bucket(rates.premium),
            clock: DefaultClock::default(),
            counted: AtomicU32::new(0),
        }
    }

    fn bucket(&self, policy: Policy) -> Option<&Bucket> {
        let bucket = match policy {
            Policy::Address => &self.address,
            Policy::SignIn => &self.sign_in,
            Policy::Person(Tier::Free) => &self.free,
            Policy::Person(Tier::Pro) => &self.pro,
            Policy::Person(Tier::Premium) => &self.premium,
        };
        bucket.as_ref()
    }

    fn count(&self, policy: Policy, subject: &str) -> Option<Standing> {
        let bucket = self.bucket(policy)?;
        if self.counted.fetch_add(1, Ordering::Relaxed) % TIDY_EVERY == TIDY_EVERY - 1 {
            bucket.retain_recent();
            bucket.shrink_to_fit();
        }
        Some(match bucket.check_key(&subject.to_owned()) {
            Ok(state) => {
                let quota = state.quota().burst_size();
                Standing { policy, quota, left: state.remaining_burst_capacity(), wait: None }
            }
            Err(refused) => {
                let wait = Some(refused.wait_time_from(self.clock.now()));
                Standing { policy, quota: refused.quota().burst_size(), left: 0, wait }
            }
        })
    }
}

/// The buckets that processes share.
#[derive(Clone)]
struct Shared {
    connection: ConnectionManager,
    prefix: String,
    script: Arc<Script>,
    silent_until: Arc<Mutex<Option<Instant>>>,
}

impl Shared {
    /// `None`: Redis does not answer.
    async fn count(&self, policy: Policy, quota: NonZeroU32, subject: &str) -> Option<Standing> {
        if self.is_silent() {
            return None;
        }
        let key = format!("{}:{}:{subject}", self.prefix, policy.as_str());
        let interval = u64::try_from(WINDOW.as_micros()).ok()? / u64::from(quota.get());
        let mut connection = self.connection.clone();
        let mut call = self.script.prepare_invoke();
        call.key(key).arg(interval).arg(quota.get());
        let counted = tokio::time::timeout(DEADLINE, call.invoke_async(&mut connection)).await;
        let (allowed, left, wait): (bool, u32, u64) = match counted {
            Ok(Ok(counted)) => counted,
            Ok(Err(error)) => return self.falls_silent(&error),
            Err(elapsed) => return self.falls_silent(&elapsed),
        };
        let wait = (!allowed).then(|| Duration::from_micros(wait));
        Some(Standing { policy, quota, left, wait })
    }

    fn is_silent(&self) -> bool {
        let until = self.silent_until.lock().map_or(None, |until| *until);
        until.is_some_and(|until| Instant::now() < until)
    }

    fn falls_silent<T>(&self, error: &dyn std::error::Error) -> Option<T> {
        tracing::warn!(%error, "Redis does not count requests; this process alone limits its own");
        if let Ok(mut until) = self.silent_until.lock() {
            *until = Some(Instant::now() + PAUSE);
        }
        None
    }
}

/// The bucket is one number: when it would be full again. Redis' own clock decides, so that processes agree.
const GCRA: &str = r"
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local interval, quota = tonumber(ARGV[1]), tonumber(ARGV[2])
local full = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now)
local wait = full + interval - interval * quota - now
if wait > 0 then
    return {0, 0, wait}
end
full = full + interval
redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', math.ceil((full - now) / 1000))
return {1, math.floor((now + interval * quota - full) / interval), 0}
";
