//! Values that the examples of the documentation share.

use chrono::{DateTime, TimeZone, Utc};
use uuid::Uuid;

/// The same few ids everywhere, so that the examples tell one story.
pub fn id(number: u8) -> Uuid {
    Uuid::from_u128(0x0198_f3c2_b1d7_7d0e_9a4c_0000_0000_0000 + u128::from(number))
}

pub fn time() -> DateTime<Utc> {
    Utc.timestamp_opt(1_795_252_800, 0).single().unwrap_or_default()
}
