//! What people may spend on a UTC day, and what they have spent: caps, holds and the ledger.
//!
//! Money is set aside before a call leaves and booked after it came back. One
//! conditional update sets it aside, so that no crowd of calls can pass the cap.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;
use sea_orm::{FromQueryResult, Set, Statement, Value};

use crate::account::Tier;
use crate::audit::{self, Action, Deed, Mandate};
use crate::database::begin;
use crate::money::NanoUsd;
use crate::{account, time};

pub mod cap;
pub mod check;
pub mod cost;
pub mod hold;
pub mod ledger;
pub mod limit;
pub mod price;
pub mod report;
pub mod settle;
pub mod sum;

/// A person's money on a UTC day.
#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "spend_day")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: NaiveDate,
    /// What the day's calls have cost.
    pub settled: NanoUsd,
    /// What is set aside for calls that are out.
    pub held: NanoUsd,
}

impl ActiveModelBehavior for ActiveModel {}

/// Where a person stands today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub cap: NanoUsd,
    pub settled: NanoUsd,
    pub held: NanoUsd,
    pub resets_at: DateTime<Utc>,
}

/// From so many per cent of the cap on, a person is warned.
pub const WARN_FROM: u32 = 80;

impl Standing {
    pub fn used(&self) -> NanoUsd {
        [self.settled, self.held].into_iter().sum()
    }

    pub fn remaining(&self) -> NanoUsd {
        self.cap.less(self.used())
    }

    pub fn percent(&self) -> u32 {
        self.used().percent_of(self.cap)
    }

    /// Whether there is room for so much more.
    pub fn fits(&self, amount: NanoUsd) -> bool {
        self.used().plus(amount).is_some_and(|sum| sum <= self.cap)
    }
}

/// What a person of the tier may spend on a UTC day.
pub const fn cap_of(tier: Tier) -> NanoUsd {
    match tier {
        Tier::Free => NanoUsd::usd(1),
        Tier::Pro => NanoUsd::usd(10),
        Tier::Premium => NanoUsd::usd(100),
    }
}

/// The money of all people.
#[derive(Clone, Debug)]
pub struct Spending {
    pub(crate) db: DatabaseConnection,
}

impl Spending {
    pub fn new(db: DatabaseConnection) -> Self {
        Self { db }
    }

    pub async fn standing(&self, account_id: Uuid) -> Result<Standing, DbErr> {
        standing(&self.db, account_id).await
    }

    /// Gives a person a cap of their own for some days, or takes it away.
    pub async fn set_cap(
        &self,
        mandate: &Mandate,
        account_id: Uuid,
        new: cap::NewCap,
    ) -> Result<Option<Standing>, DbErr> {
        let transaction = begin(&self.db).await?;
        if account::Entity::find_by_id(account_id).one(&transaction).await?.is_none() {
            return Ok(None);
        }
        let until = time::now() + TimeDelta::days(i64::from(new.days));
        let row = cap::ActiveModel {
            account_id: Set(account_id),
            cap: Set(new.cap),
            until: Set(until),
            reason: Set(mandate.reason.clone()),
            set_by: Set(mandate.actor_id),
            set_at: Set(time::now()),
        };
        let replace = OnConflict::column(cap::Column::AccountId)
            .update_columns([
                cap::Column::Cap,
                cap::Column::Until,
                cap::Column::Reason,
                cap::Column::SetBy,
                cap::Column::SetAt,
            ])
            .to_owned();
        cap::Entity::insert(row).on_conflict(replace).exec_without_returning(&transaction).await?;
        let deed = Deed {
            action: Action::SetSpendingCap,
            target: format!("account/{account_id}"),
            detail: Some(serde_json::json!({ "cap_nano_usd": new.cap.0, "days": new.days })),
        };
        audit::append(&transaction, mandate, deed).await?;
        let standing = standing(&transaction, account_id).await?;
        transaction.commit().await?;
        Ok(Some(standing))
    }
}

#[derive(FromQueryResult)]
struct Today {
    cap: i64,
    settled: i64,
    held: i64,
}

/// Where a person stands; nobody that is not there has a cap.
pub(crate) async fn standing(
    db: &impl ConnectionTrait,
    account_id: Uuid,
) -> Result<Standing, DbErr> {
    let now = time::now();
    let day = now.date_naive();
    let sql = format!(
        "SELECT COALESCE({CAP}, 0) AS cap, \
         COALESCE((SELECT settled FROM spend_day WHERE account_id = $1 AND day = $3), 0) AS settled, \
         COALESCE((SELECT held FROM spend_day WHERE account_id = $1 AND day = $3), 0) AS held"
    );
    let statement = statement(db, &sql, [account_id.into(), now.into(), day.into()]);
    let found = Today::find_by_statement(statement).one(db).await?;
    let today = found.unwrap_or(Today { cap: 0, settled: 0, held: 0 });
    Ok(Standing {
        cap: NanoUsd(today.cap),
        settled: NanoUsd(today.settled),
        held: NanoUsd(today.held),
        resets_at: next_day(now),
    })
}

/// The cap of the account `$1` at the time `$2`. A test compares the numbers with [`cap_of`].
const CAP: &str = "(SELECT COALESCE(\
     (SELECT c.cap FROM spend_cap c WHERE c.account_id = a.id AND c.until > $2), \
     CASE a.tier WHEN 'free' THEN 1000000000 WHEN 'pro' THEN 10000000000 ELSE 100000000000 END) \
     FROM account a WHERE a.id = $1)";

/// Both databases number the places of values with a dollar sign.
pub(crate) fn statement<const N: usize>(
    db: &impl ConnectionTrait,
    sql: &str,
    values: [Value; N],
) -> Statement {
    Statement::from_sql_and_values(db.get_database_backend(), sql, values)
}

/// When the day's cap begins anew.
pub fn next_day(now: DateTime<Utc>) -> DateTime<Utc> {
    let tomorrow = now.date_naive().checked_add_days(Days::new(1)).unwrap_or(now.date_naive());
    tomorrow.and_time(NaiveTime::MIN).and_utc()
}
