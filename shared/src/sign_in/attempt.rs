//! Attempts to get in: after some failures each further one has to wait, longer and longer.
//!
//! Counted per account and per address, in SQL, so that it holds for all processes and over a restart. An
//! attempt is counted before the password is looked at and taken back when it was right: attempts sent all at
//! once gain nothing. Accounts that do not exist are counted like those that do.

use std::net::{IpAddr, Ipv6Addr};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{QueryFilter, Set};

use crate::account::api_key::hash;
use crate::database::begin;
use crate::time;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sign_in_attempt")]
pub struct Model {
    /// What is tried at, or from where.
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject: String,
    pub failures: i64,
    pub last_at: DateTime<Utc>,
}

impl ActiveModelBehavior for ActiveModel {}

/// After so long without a failure everything is forgiven.
const FORGIVEN: TimeDelta = TimeDelta::hours(24);

/// Longest wait: an account cannot be locked for long by somebody else.
const LONGEST: TimeDelta = TimeDelta::minutes(15);

/// What is counted. E-mail addresses and network addresses are kept as hashes only.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject {
    name: String,
    /// Failures that cost no time.
    free: i64,
}

impl Subject {
    /// Passwords tried at one account, or at an e-mail address without one.
    pub fn account(email: &str) -> Self {
        Self { name: format!("account/{}", hash(email)), free: 5 }
    }

    /// Passwords tried from one address. Many people may share one.
    pub fn address(address: IpAddr) -> Self {
        Self { name: format!("address/{}", hash(&network(address))), free: 30 }
    }

    /// Mails asked for to one address.
    pub fn mail(email: &str) -> Self {
        Self { name: format!("mail/{}", hash(email)), free: 3 }
    }

    /// Accounts made, and mails asked for, from one address.
    pub fn asker(address: IpAddr) -> Self {
        Self { name: format!("asker/{}", hash(&network(address))), free: 30 }
    }
}

/// One customer has all of an IPv6 /64, and would never run out of addresses.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).to_string()
        }
    }
}

/// Twice as long with each failure, from one second up.
fn wait(failures: i64, free: i64) -> TimeDelta {
    let beyond = u32::try_from(std::cmp::max(failures - free, 0)).unwrap_or(u32::MAX);
    if beyond == 0 {
        return TimeDelta::zero();
    }
    let seconds = 2_i64.saturating_pow(beyond - 1);
    TimeDelta::seconds(std::cmp::min(seconds, LONGEST.num_seconds()))
}

impl Model {
    /// When the next attempt may be made, if that is not yet.
    fn locked_until(&self, free: i64, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let until = self.last_at + wait(self.failures, free);
        (until > now).then_some(until)
    }
}

/// The attempts.
#[derive(Clone, Debug)]
pub struct Attempts {
    db: DatabaseConnection,
}

impl Attempts {
    pub fn new(db: DatabaseConnection) -> Self {
        Self { db }
    }

    /// Counts an attempt at each of these as failed. When one has to wait, none is counted; the latest time.
    pub async fn count(&self, mut subjects: Vec<Subject>) -> Result<Option<DateTime<Utc>>, DbErr> {
        // Always in the same order, so that two attempts do not wait for each other.
        subjects.sort();
        // A flood of refused attempts takes no write lock.
        if let Some(until) = locked(&self.db, &subjects).await? {
            return Ok(Some(until));
        }
        let transaction = begin(&self.db).await?;
        for subject in &subjects {
            hold(&transaction, subject).await?;
        }
        if let Some(until) = locked(&transaction, &subjects).await? {
            return Ok(Some(until));
        }
        for subject in &subjects {
            count(&transaction, subject).await?;
        }
        transaction.commit().await?;
        Ok(None)
    }

    /// The attempt was right: it does not count, and what was tried at is forgiven.
    pub async fn forgive(&self, tried_at: &Subject, from: &Subject) -> Result<(), DbErr> {
        let forgiven = Entity::delete_many().filter(Column::Subject.eq(&tried_at.name));
        forgiven.exec(&self.db).await?;
        Entity::update_many()
            .col_expr(Column::Failures, Expr::col(Column::Failures).sub(1))
            .filter(Column::Subject.eq(&from.name))
            .filter(Column::Failures.gt(0))
            .exec(&self.db)
            .await?;
        Ok(())
    }

    /// Drops what is forgiven by its age.
    pub async fn forget(&self) -> Result<u64, DbErr> {
        let old = Entity::delete_many().filter(Column::LastAt.lt(time::now() - FORGIVEN));
        Ok(old.exec(&self.db).await?.rows_affected)
    }
}

/// Until when the one that waits longest has to.
async fn locked(
    db: &impl ConnectionTrait,
    subjects: &[Subject],
) -> Result<Option<DateTime<Utc>>, DbErr> {
    let names = subjects.iter().map(|subject| subject.name.as_str());
    let rows = Entity::find().filter(Column::Subject.is_in(names)).all(db).await?;
    let now = time::now();
    let until = |row: &Model| {
        let subject = subjects.iter().find(|subject| subject.name == row.subject)?;
        row.locked_until(subject.free, now)
    };
    Ok(rows.iter().filter_map(until).max())
}

/// Makes the row, or takes hold of it until the transaction ends.
async fn hold(transaction: &impl ConnectionTrait, subject: &Subject) -> Result<(), DbErr> {
    let row = ActiveModel {
        subject: Set(subject.name.clone()),
        failures: Set(0),
        last_at: Set(time::now()),
    };
    let keep = OnConflict::column(Column::Subject)
        .value(Column::Failures, Expr::col((Entity, Column::Failures)))
        .to_owned();
    Entity::insert(row).on_conflict(keep).exec_without_returning(transaction).await?;
    Ok(())
}

async fn count(transaction: &impl ConnectionTrait, subject: &Subject) -> Result<(), DbErr> {
    let now = time::now();
    let row = Entity::find_by_id(&subject.name).one(transaction).await?;
    let recent = row.filter(|row| row.last_at > now - FORGIVEN);
    let failures = recent.map_or(0, |row| row.failures) + 1;
    Entity::update_many()
        .set(ActiveModel { failures: Set(failures), last_at: Set(now), ..Default::default() })
        .filter(Column::Subject.eq(&subject.name))
        .exec(transaction)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::{LONGEST, Subject, network, wait};

    #[test]
    fn the_wait_grows_from_one_second_to_a_quarter_of_an_hour() {
        let waits: Vec<i64> = (4..10).map(|failures| wait(failures, 5).num_seconds()).collect();

        assert_eq!(waits, [0, 0, 1, 2, 4, 8]);
        assert_eq!(wait(16, 5), LONGEST);
        assert_eq!(wait(i64::MAX, 5), LONGEST);
        assert_eq!(wait(0, 5), TimeDelta::zero());
    }

    #[test]
    fn addresses_of_one_network_are_one_subject() {
        let same =
            |one: &str, two: &str| network(one.parse().unwrap()) == network(two.parse().unwrap());

        assert!(same("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"));
        assert!(!same("2001:db8:1:2::1", "2001:db8:1:3::1"));
        assert!(same("::ffff:192.0.2.1", "192.0.2.1"));
        assert!(!same("192.0.2.1", "192.0.2.2"));
        assert_ne!(Subject::account("a@example.org"), Subject::mail("a@example.org"));
    }
}
