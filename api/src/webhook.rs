//! What the payment provider tells: believed only when it is signed, heard only once.

use chrono::Utc;
use hmac::{Hmac, KeyInit, Mac};
use poem::{FromRequest, Request, RequestBody, Result};
use poem_openapi::payload::{Json, Payload};
use poem_openapi::registry::{MetaMediaType, MetaRequest, MetaSchemaRef, Registry};
use poem_openapi::types::{Any, Example, Type};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use poem_openapi::{Object, OpenApi, SecurityScheme, auth::ApiKey};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::Value;
use sha2::Sha256;
use shared::account::Tier;
use shared::analytics::Event as UsageEvent;
use shared::config::Payments;
use shared::subscription::{Heard, Subscriptions, Told};
use uuid::Uuid;

use crate::Tag;
use crate::problem::answer::{Create, Refused};
use crate::problem::{Code, Problem};
use crate::usage;

/// Older signatures are somebody else's copies.
const TOLERANCE_SECONDS: i64 = 300;

pub struct WebhookApi {
    pub subscriptions: Subscriptions,
    /// Absent: nobody may tell anything.
    pub payments: Option<Payments>,
}

/// Stripe's signature of the body
#[derive(SecurityScheme)]
#[oai(ty = "api_key", rename = "StripeSignature", key_name = "Stripe-Signature", key_in = "header")]
pub struct Signature(ApiKey);

/// The body as it came: the signature is of its bytes
pub struct Raw(Vec<u8>);

impl Payload for Raw {
    const CONTENT_TYPE: &'static str = "application/json";

    fn schema_ref() -> MetaSchemaRef {
        Any::<Value>::schema_ref()
    }
}

impl<'a> ApiExtractor<'a> for Raw {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(_: &mut Registry) {}

    fn request_meta() -> Option<MetaRequest> {
        let content =
            vec![MetaMediaType { content_type: Self::CONTENT_TYPE, schema: Self::schema_ref() }];
        Some(MetaRequest { description: None, content, required: true })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _: ExtractParamOptions<()>,
    ) -> Result<Self> {
        Ok(Self(<Vec<u8> as FromRequest>::from_request(request, body).await?))
    }
}

/// What came of an event
#[derive(Debug, Object)]
#[oai(example)]
pub struct EventHeard {
    /// Whether something was changed; events of no concern and repeats change nothing
    pub changed: bool,
}

impl Example for EventHeard {
    fn example() -> Self {
        Self { changed: true }
    }
}

/// An event as far as it concerns us.
#[derive(Deserialize)]
struct Event {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    created: i64,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    object: Value,
}

#[derive(Deserialize)]
struct Subscription {
    id: String,
    status: String,
    metadata: Metadata,
    items: Items,
}

#[derive(Deserialize)]
struct Metadata {
    account_id: Uuid,
}

#[derive(Deserialize)]
struct Items {
    data: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    price: Price,
}

#[derive(Deserialize)]
struct Price {
    id: String,
}

#[OpenApi(prefix_path = "/webhooks", tag = "Tag::Billing")]
impl WebhookApi {
    /// Hear of a subscription
    ///
    /// For Stripe: subscription events change the tier of the account that the subscription's metadata
    /// name as `account_id`. Other events are acknowledged and change nothing.
    #[oai(path = "/stripe", method = "post", operation_id = "hear_stripe")]
    async fn stripe(
        &self,
        signature: Signature,
        body: Raw,
    ) -> Result<Json<EventHeard>, Refused<Create>> {
        let payments = self.payments.as_ref().ok_or_else(not_signed)?;
        let secret = payments.webhook_secret.expose_secret();
        if !is_signed(secret, &signature.0.key, &body.0, Utc::now().timestamp()) {
            return Err(not_signed().into());
        }
        let Some(told) = told(&body.0, payments)? else {
            return Ok(Json(EventHeard { changed: false }));
        };
        let heard = self.subscriptions.hear(&told).await?;
        if heard == Heard::Changed {
            usage::by(told.account_id);
            usage::did(match told.tier {
                Tier::Free => UsageEvent::Downgraded,
                Tier::Pro | Tier::Premium => UsageEvent::Upgraded,
            });
        }
        if heard == Heard::NoSuchAccount {
            tracing::error!(account.id = %told.account_id, "somebody pays for an account that is not there");
        }
        Ok(Json(EventHeard { changed: heard == Heard::Changed }))
    }
}

fn not_signed() -> Problem {
    Problem::new(Code::Unauthenticated, "The body is not signed as it should be.")
}

/// Whether one of the signatures is the secret's, and new. Compared in a time that does not tell how much was right.
fn is_signed(secret: &str, header: &str, body: &[u8], now: i64) -> bool {
    let parts = || header.split(',').filter_map(|part| part.trim().split_once('='));
    let Some((_, time)) = parts().find(|(name, _)| *name == "t") else { return false };
    let fresh =
        time.parse().is_ok_and(|time: i64| now.saturating_sub(time).abs() <= TOLERANCE_SECONDS);
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return false };
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(body);
    let signatures =
        parts().filter(|(name, _)| *name == "v1").filter_map(|(_, one)| hex::decode(one).ok());
    fresh && signatures.into_iter().any(|one| mac.clone().verify_slice(&one).is_ok())
}

/// The change that an event tells of; none when it is of no concern.
fn told(body: &[u8], payments: &Payments) -> Result<Option<Told>, Problem> {
    let event: Event = serde_json::from_slice(body)
        .map_err(|_| Problem::new(Code::InvalidRequest, "The body is not an event."))?;
    let ended = match event.kind.as_str() {
        "customer.subscription.created" | "customer.subscription.updated" => false,
        "customer.subscription.deleted" => true,
        _ => return Ok(None),
    };
    let Ok(subscription) = serde_json::from_value::<Subscription>(event.data.object) else {
        tracing::error!(event.kind, "a subscription names no account in its metadata");
        return Ok(None);
    };
    let Some(tier) = tier(&subscription, ended, payments) else {
        tracing::error!(event.kind, "STRIPE_PRICES does not say which tier a price buys");
        return Ok(None);
    };
    Ok(Some(Told {
        event_id: event.id,
        subscription_id: subscription.id,
        account_id: subscription.metadata.account_id,
        at: event.created,
        tier,
    }))
}

fn tier(subscription: &Subscription, ended: bool, payments: &Payments) -> Option<Tier> {
    match subscription.status.as_str() {
        // A payment that failed is tried again for some days; the tier stays meanwhile.
        "active" | "trialing" | "past_due" if !ended => {
            let bought = subscription.items.data.iter();
            bought.filter_map(|item| payments.tiers.get(&item.price.id)).copied().next()
        }
        _ => Some(Tier::Free),
    }
}

#[cfg(test)]
mod tests {
    use hmac::{Hmac, KeyInit, Mac};
    use sha2::Sha256;

    use super::is_signed;

    fn sign(secret: &str, time: i64, body: &[u8]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(format!("{time}.").as_bytes());
        mac.update(body);
        format!("t={time},v0=00,v1={}", hex::encode(mac.finalize().into_bytes()))
    }

    #[test]
    fn only_the_secrets_own_fresh_signature_of_this_body_counts() {
        let header = sign("whsec", 1_000, b"{}");

        assert!(is_signed("whsec", &header, b"{}", 1_200));
        assert!(!is_signed("whsec", &header, b"{ }", 1_200), "another body");
        assert!(!is_signed("other", &header, b"{}", 1_200), "another secret");
        assert!(!is_signed("whsec", &header, b"{}", 1_301), "an old copy");
        assert!(!is_signed("whsec", &header, b"{}", 699), "from the future");
        for header in ["", "t=1000", "v1=00", "t=x,v1=00", "t=1000,v1=zz"] {
            assert!(!is_signed("whsec", header, b"{}", 1_000), "{header}");
        }
    }
}
