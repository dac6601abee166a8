//! Whether the process lives.

use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{Object, OpenApi};

use crate::Tag;

pub struct HealthApi;

/// The process answers
#[derive(Debug, Object)]
#[oai(example)]
pub struct Health {
    pub status: String,
    pub version: String,
}

impl Example for Health {
    fn example() -> Self {
        Self { status: "ok".into(), version: "0.1.0".into() }
    }
}

#[OpenApi(tag = "Tag::Health")]
impl HealthApi {
    /// Say whether the process answers
    #[oai(path = "/health", method = "get", operation_id = "get_health")]
    #[expect(clippy::unused_async, reason = "the macro takes async functions only")]
    async fn get(&self) -> Json<Health> {
        Json(Health { status: "ok".into(), version: env!("CARGO_PKG_VERSION").into() })
    }
}
