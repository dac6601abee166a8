//! How many operations of a kind a person may start on a UTC day.

use chrono::NaiveDate;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{QueryFilter, Set};
use serde::Serialize;

use crate::account::Tier;
use crate::operation::{self, Kind};
use crate::time;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "quota_day")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: NaiveDate,
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: Kind,
    pub used: i32,
}

impl ActiveModelBehavior for ActiveModel {}

/// Operations of a kind per UTC day.
pub fn per_day(tier: Tier, kind: Kind) -> i32 {
    match (kind, tier) {
        (Kind::Parse | Kind::Ats, Tier::Free) => 10,
        (Kind::Parse | Kind::Ats, Tier::Pro) => 50,
        (Kind::Parse | Kind::Ats, Tier::Premium) => 500,
        (Kind::Tailor, Tier::Free) => 3,
        (Kind::Tailor, Tier::Pro) => 20,
        (Kind::Tailor, Tier::Premium) => 200,
    }
}

/// What people have used of their quotas.
#[derive(Clone, Debug)]
pub struct Quotas {
    db: DatabaseConnection,
}

impl Quotas {
    pub fn new(db: DatabaseConnection) -> Self {
        Self { db }
    }

    /// How many operations of each kind a person has started today.
    pub async fn used_today(&self, account_id: Uuid) -> Result<Vec<(Kind, i32)>, DbErr> {
        let rows = Entity::find()
            .filter(Column::AccountId.eq(account_id))
            .filter(Column::Day.eq(time::now().date_naive()))
            .all(&self.db)
            .await?;
        let used = |kind| rows.iter().find(|row| row.kind == kind).map_or(0, |row| row.used);
        Ok(Kind::ALL.into_iter().map(|kind| (kind, used(kind))).collect())
    }
}

/// Counts one more in the caller's transaction. `false`: the day's quota is used up.
pub(crate) async fn take(
    transaction: &impl ConnectionTrait,
    account_id: Uuid,
    tier: Tier,
    kind: Kind,
) -> Result<bool, DbErr> {
    let day = time::now().date_naive();
    let first =
        ActiveModel { account_id: Set(account_id), day: Set(day), kind: Set(kind), used: Set(1) };
    let used = || Expr::col((Entity, Column::Used));
    let one_more = OnConflict::columns([Column::AccountId, Column::Day, Column::Kind])
        .value(Column::Used, used().add(1))
        .action_and_where(used().lt(per_day(tier, kind)))
        .to_owned();
    let counted =
        Entity::insert(first).on_conflict(one_more).exec_without_returning(transaction).await?;
    Ok(counted == 1)
}

/// Gives the use back that the operation had taken, on the day it was taken. An
/// operation that is retried and fails again had taken one use all the same.
pub(crate) async fn refund(
    transaction: &impl ConnectionTrait,
    operation: &operation::Model,
) -> Result<(), DbErr> {
    let first = operation::Entity::update_many()
        .col_expr(operation::Column::Refunded, Expr::val(true))
        .filter(operation::Column::Id.eq(operation.id))
        .filter(operation::Column::Refunded.eq(false))
        .exec(transaction)
        .await?;
    if first.rows_affected == 0 {
        return Ok(());
    }
    row(operation.account_id, operation.created_at.date_naive(), operation.kind)
        .col_expr(Column::Used, Expr::col(Column::Used).sub(1))
        .filter(Column::Used.gt(0))
        .exec(transaction)
        .await?;
    Ok(())
}

fn row(account_id: Uuid, day: NaiveDate, kind: Kind) -> sea_orm::UpdateMany<Entity> {
    Entity::update_many()
        .filter(Column::AccountId.eq(account_id))
        .filter(Column::Day.eq(day))
        .filter(Column::Kind.eq(kind))
}
