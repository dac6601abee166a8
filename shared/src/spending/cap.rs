//! Caps that an admin gave to single people, for a time.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

use crate::money::NanoUsd;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "spend_cap")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: Uuid,
    pub cap: NanoUsd,
    pub until: DateTime<Utc>,
    pub reason: String,
    pub set_by: Uuid,
    pub set_at: DateTime<Utc>,
}

impl ActiveModelBehavior for ActiveModel {}

/// A cap to give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewCap {
    pub cap: NanoUsd,
    pub days: u32,
}
