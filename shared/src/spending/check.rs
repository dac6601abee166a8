//! Do the books agree? Every day's totals against the ledger and the open holds, in one look.

use chrono::NaiveDate;
use sea_orm::FromQueryResult;
use sea_orm::entity::prelude::*;

use super::{Spending, statement};

/// A day whose numbers differ. All in nano-dollars.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Mismatch {
    pub account_id: Uuid,
    pub day: NaiveDate,
    pub settled: i64,
    pub entries: i64,
    pub summed: i64,
    pub held: i64,
    pub holds: i64,
}

/// One statement, so that all numbers are of one moment.
const CHECK: &str = "
    SELECT d.account_id, d.day, d.settled, COALESCE(e.total, 0) AS entries,
        COALESCE(s.total, 0) AS summed, d.held, COALESCE(h.total, 0) AS holds
    FROM spend_day d
    LEFT JOIN (SELECT account_id, day, CAST(SUM(amount) AS BIGINT) AS total
        FROM spend_entry WHERE day >= $1 GROUP BY account_id, day) e
        ON e.account_id = d.account_id AND e.day = d.day
    LEFT JOIN (SELECT account_id, day, CAST(SUM(amount) AS BIGINT) AS total
        FROM spend_sum WHERE day >= $1 GROUP BY account_id, day) s
        ON s.account_id = d.account_id AND s.day = d.day
    LEFT JOIN (SELECT account_id, day, CAST(SUM(amount) AS BIGINT) AS total
        FROM spend_hold WHERE state = 'open' GROUP BY account_id, day) h
        ON h.account_id = d.account_id AND h.day = d.day
    WHERE d.day >= $1 AND (d.settled <> COALESCE(e.total, 0)
        OR d.settled <> COALESCE(s.total, 0) OR d.held <> COALESCE(h.total, 0))
    LIMIT 100";

impl Spending {
    /// The days from `since` on whose totals are not what the ledger adds up to.
    pub async fn mismatches(&self, since: NaiveDate) -> Result<Vec<Mismatch>, DbErr> {
        let check = statement(&self.db, CHECK, [since.into()]);
        Mismatch::find_by_statement(check).all(&self.db).await
    }
}
