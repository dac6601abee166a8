//! What must hold of all operations together, whatever happened to the processes that ran them.

use sea_orm::{DatabaseConnection, DbBackend, DbErr, FromQueryResult, Statement};

/// Each counts rows that must not be there, on Postgres.
const PROMISES: [(&str, &str); 10] = [
    (
        "operations that never ended",
        "SELECT count(*) AS count FROM operation WHERE state IN ('queued', 'running')",
    ),
    (
        "parse operations without their one resume",
        "SELECT count(*) AS count FROM operation o WHERE o.kind = 'parse' AND o.state = 'succeeded' \
         AND NOT EXISTS (SELECT 1 FROM resume r WHERE r.id::text = o.result->>'resume_id')",
    ),
    (
        "resumes that no operation answers for",
        "SELECT count(*) AS count FROM resume r WHERE r.document_id IS NOT NULL AND NOT EXISTS \
         (SELECT 1 FROM operation o WHERE o.kind = 'parse' AND r.id::text = o.result->>'resume_id')",
    ),
    (
        "tailorings that no operation answers for, or lost ones",
        "SELECT abs((SELECT count(*) FROM tailoring) - (SELECT count(*) FROM operation \
         WHERE kind = 'tailor' AND state = 'succeeded')) AS count",
    ),
    (
        "operations that ended twice",
        "SELECT count(*) AS count FROM (SELECT operation_id FROM operation_event \
         WHERE kind IN ('succeeded', 'failed', 'canceled') GROUP BY operation_id HAVING count(*) > 1) AS twice",
    ),
    (
        "operations with a gap in their events",
        "SELECT count(*) AS count FROM operation o JOIN (SELECT operation_id, count(*) AS told, max(seq) AS last \
         FROM operation_event GROUP BY operation_id) e ON e.operation_id = o.id \
         WHERE e.told <> e.last OR e.last <> o.last_event",
    ),
    (
        "day counts that do not add up",
        "SELECT count(*) AS count FROM quota_day q WHERE q.used <> (SELECT count(*) FROM operation o \
         WHERE o.account_id = q.account_id AND o.kind = q.kind \
         AND NOT (o.state = 'failed' AND o.problem->>'code' IN ('worker_lost', 'internal')))",
    ),
    (
        "answers kept twice",
        "SELECT count(*) AS count FROM (SELECT 1 FROM call GROUP BY operation_id, step, input_hash \
         HAVING count(*) > 1) AS twice",
    ),
    (
        "answers that no line of the ledger is for",
        "SELECT count(*) AS count FROM call c WHERE NOT EXISTS (SELECT 1 FROM spend_entry e \
         WHERE e.operation_id = c.operation_id AND e.step = c.step AND e.what IN ('settled', 'correction'))",
    ),
    (
        "days whose totals are not what the ledger and the holds add up to",
        "SELECT count(*) AS count FROM spend_day d WHERE d.settled <> COALESCE((SELECT sum(amount) \
         FROM spend_entry e WHERE e.account_id = d.account_id AND e.day = d.day), 0) \
         OR d.held <> COALESCE((SELECT sum(amount) FROM spend_hold h \
         WHERE h.account_id = d.account_id AND h.day = d.day AND h.state = 'open'), 0)",
    ),
];

/// Every promise, and how often it is broken.
pub async fn all(db: &DatabaseConnection) -> Result<Vec<(&'static str, i64)>, DbErr> {
    let mut counts = Vec::new();
    for (promise, sql) in PROMISES {
        counts.push((promise, count(db, sql).await?));
    }
    Ok(counts)
}

/// How many operations have not ended.
pub async fn unended(db: &DatabaseConnection) -> Result<i64, DbErr> {
    let [(_, sql), ..] = PROMISES;
    count(db, sql).await
}

/// The number that a statement answers as `count`.
pub async fn count(db: &DatabaseConnection, sql: &str) -> Result<i64, DbErr> {
    #[derive(FromQueryResult)]
    struct Count {
        count: i64,
    }
    let statement = Statement::from_string(DbBackend::Postgres, sql);
    let count = Count::find_by_statement(statement).one(db).await?;
    Ok(count.map_or(0, |count| count.count))
}
