//! What the payment provider tells of subscriptions: each event once, and never an old one over a newer.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{QueryFilter, Set};
use serde::Serialize;

use crate::account::{self, Tier};
use crate::audit::{self, Action, Deed, Mandate};
use crate::database::begin;
use crate::time;

/// Whose subscription it is, and when it was last told of.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "subscription")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub account_id: Uuid,
    /// The provider's time of the newest event, in seconds since 1970.
    pub told_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}

/// Events that were heard.
pub mod heard {
    use chrono::{DateTime, Utc};
    use sea_orm::entity::prelude::*;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "payment_event")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: String,
        pub received_at: DateTime<Utc>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// A change of a subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub event_id: String,
    pub subscription_id: String,
    pub account_id: Uuid,
    /// Seconds since 1970.
    pub at: i64,
    pub tier: Tier,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    Changed,
    /// The same event, or a newer one, was heard before.
    Old,
    NoSuchAccount,
}

#[derive(Clone, Debug)]
pub struct Subscriptions {
    db: DatabaseConnection,
}

impl Subscriptions {
    pub fn new(db: DatabaseConnection) -> Self {
        Self { db }
    }

    /// Changes the tier, once for each event.
    pub async fn hear(&self, told: &Told) -> Result<Heard, DbErr> {
        let transaction = begin(&self.db).await?;
        if !first_time(&transaction, &told.event_id).await? {
            return Ok(Heard::Old);
        }
        if account::Entity::find_by_id(told.account_id).one(&transaction).await?.is_none() {
            transaction.commit().await?;
            return Ok(Heard::NoSuchAccount);
        }
        if !newest(&transaction, told).await? {
            transaction.commit().await?;
            return Ok(Heard::Old);
        }
        let mandate = Mandate {
            actor_id: told.account_id,
            reason: format!("subscription {}", told.subscription_id),
            request_id: None,
        };
        set_tier(&transaction, &mandate, told.account_id, told.tier).await?;
        transaction.commit().await?;
        Ok(Heard::Changed)
    }

    /// Gives a person another tier by an admin's word. None: there is no such person.
    pub async fn set_tier(
        &self,
        mandate: &Mandate,
        account_id: Uuid,
        tier: Tier,
    ) -> Result<Option<account::Model>, DbErr> {
        let transaction = begin(&self.db).await?;
        let changed = set_tier(&transaction, mandate, account_id, tier).await?;
        transaction.commit().await?;
        Ok(changed)
    }

    /// Forgets events heard before this time; the provider repeats none for so long.
    pub async fn forget(&self, before: DateTime<Utc>) -> Result<u64, DbErr> {
        let old = heard::Entity::delete_many().filter(heard::Column::ReceivedAt.lt(before));
        Ok(old.exec(&self.db).await?.rows_affected)
    }
}

async fn first_time(transaction: &impl ConnectionTrait, id: &str) -> Result<bool, DbErr> {
    let row = heard::ActiveModel { id: Set(id.to_owned()), received_at: Set(time::now()) };
    let keep = OnConflict::column(heard::Column::Id).do_nothing().to_owned();
    let added =
        heard::Entity::insert(row).on_conflict(keep).exec_without_returning(transaction).await?;
    Ok(added == 1)
}

/// Notes the event's time, unless a later one is noted.
async fn newest(transaction: &impl ConnectionTrait, told: &Told) -> Result<bool, DbErr> {
    let row = ActiveModel {
        id: Set(told.subscription_id.clone()),
        account_id: Set(told.account_id),
        told_at: Set(told.at),
    };
    let keep = OnConflict::column(Column::Id).do_nothing().to_owned();
    if Entity::insert(row).on_conflict(keep).exec_without_returning(transaction).await? == 1 {
        return Ok(true);
    }
    let later = ActiveModel {
        account_id: Set(told.account_id),
        told_at: Set(told.at),
        ..Default::default()
    };
    let changed = Entity::update_many()
        .set(later)
        .filter(Column::Id.eq(&told.subscription_id))
        .filter(Column::ToldAt.lte(told.at))
        .exec(transaction)
        .await?;
    Ok(changed.rows_affected == 1)
}

async fn set_tier(
    transaction: &impl ConnectionTrait,
    mandate: &Mandate,
    account_id: Uuid,
    tier: Tier,
) -> Result<Option<account::Model>, DbErr> {
    let change = account::ActiveModel { tier: Set(tier), ..Default::default() };
    let changed = account::Entity::update_many()
        .set(change)
        .filter(account::Column::Id.eq(account_id))
        .exec_with_returning(transaction)
        .await?;
    let Some(account) = changed.into_iter().next() else { return Ok(None) };
    let deed = Deed {
        action: Action::SetTier,
        target: format!("account/{account_id}"),
        detail: Some(serde_json::json!({ "tier": tier })),
    };
    audit::append(transaction, mandate, deed).await?;
    Ok(Some(account))
}
