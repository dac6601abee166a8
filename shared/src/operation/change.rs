//! A change of an operation together with its event: both or neither.

use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Asterisk, CommonTableExpression, Expr, ExprTrait, Query, WithClause};
use sea_orm::{DbBackend, FromQueryResult, Insert, QueryTrait, UpdateMany};

use super::event::{self, append};
use super::{ActiveModel, Column, Entity, Model};
use crate::database::begin;
use crate::time;

/// Makes the change and tells of it. `None`: no row was as the update wants it.
pub(crate) async fn tell(
    db: &DatabaseConnection,
    update: UpdateMany<Entity>,
    kind: event::Kind,
) -> Result<Option<Model>, DbErr> {
    if db.get_database_backend() == DbBackend::Postgres {
        return tell_within(db, update, kind).await;
    }
    let transaction = begin(db).await?;
    let changed = tell_within(&transaction, update, kind).await?;
    transaction.commit().await?;
    Ok(changed)
}

/// The same in the caller's transaction.
///
/// Postgres does both in one statement, so that the change costs one round trip
/// and not one for each of its parts.
pub(crate) async fn tell_within(
    db: &impl ConnectionTrait,
    update: UpdateMany<Entity>,
    kind: event::Kind,
) -> Result<Option<Model>, DbErr> {
    let update = update.col_expr(Column::LastEvent, Expr::col(Column::LastEvent).add(1));
    if db.get_database_backend() == DbBackend::Postgres {
        return at_once(db, update, kind).await;
    }
    let changed = update.exec_with_returning(db).await?;
    let Some(operation) = changed.into_iter().next() else { return Ok(None) };
    append(db, &operation, kind).await?;
    Ok(Some(operation))
}

/// Writes a new row and its first event, on Postgres in one statement.
pub(super) async fn create(
    db: &impl ConnectionTrait,
    operation: &Model,
    insert: Insert<ActiveModel>,
) -> Result<(), DbErr> {
    let kind = event::Kind::Queued;
    if db.get_database_backend() != DbBackend::Postgres {
        insert.exec_without_returning(db).await?;
        return append(db, operation, kind).await;
    }
    let told = CommonTableExpression::new()
        .query(event::row(operation, kind).into_query())
        .table_name(TOLD)
        .to_owned();
    let query = insert.into_query().with(WithClause::new().cte(told).to_owned());
    db.execute(&query).await?;
    Ok(())
}

const CHANGED: &str = "changed";
const TOLD: &str = "told";

async fn at_once(
    db: &impl ConnectionTrait,
    update: UpdateMany<Entity>,
    kind: event::Kind,
) -> Result<Option<Model>, DbErr> {
    let mut update = update.into_query();
    let changed = CommonTableExpression::new()
        .query(update.returning_all().to_owned())
        .table_name(CHANGED)
        .to_owned();
    let told = CommonTableExpression::new().query(event(kind)?).table_name(TOLD).to_owned();
    let all = Query::select().column(Asterisk).from(CHANGED).to_owned();
    let query = all.with(WithClause::new().cte(changed).cte(told).to_owned());
    Model::find_by_statement(DbBackend::Postgres.build(&query)).one(db).await
}

/// The event that [`append`] would write.
fn event(kind: event::Kind) -> Result<sea_orm::sea_query::InsertStatement, DbErr> {
    let row = Query::select()
        .column(Column::Id)
        .column(Column::LastEvent)
        .expr(Expr::val(kind.as_str()))
        .expr(Expr::cust(
            "jsonb_build_object('state', state, 'stage', stage, 'percent', percent, 'attempt', attempt)",
        ))
        .expr(Expr::val(time::now()))
        .from(CHANGED)
        .to_owned();
    let columns = [
        event::Column::OperationId,
        event::Column::Seq,
        event::Column::Kind,
        event::Column::Data,
        event::Column::At,
    ];
    let insert = Query::insert()
        .into_table(event::Entity)
        .columns(columns)
        .select_from(row)
        .map_err(|error| DbErr::Query(sea_orm::RuntimeErr::Internal(error.to_string())))?
        .to_owned();
    Ok(insert)
}
