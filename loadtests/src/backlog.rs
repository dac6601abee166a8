//! A long queue that was there before.

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr};

/// How many of them belong to one person, as many as one person may have waiting.
const EACH: usize = 20;

/// Rows written by one statement.
const BATCH: usize = 20_000;

/// Adds that many waiting ats checks of free people, as copies of the operation that waits already.
/// They go after the operations of premium people, so they are the queue behind what is measured.
pub async fn pile_up(db: &DatabaseConnection, count: usize) -> Result<(), DbErr> {
    let mut left = count;
    while left > 0 {
        let batch = left.min(BATCH);
        write(db, batch).await?;
        left -= batch;
    }
    if db.get_database_backend() == DbBackend::Postgres {
        db.execute_unprepared("ANALYZE operation").await?;
    }
    Ok(())
}

async fn write(db: &DatabaseConnection, count: usize) -> Result<(), DbErr> {
    let (numbers, id) = match db.get_database_backend() {
        DbBackend::Postgres => ("SELECT generate_series(1, {n}) AS n", "gen_random_uuid()"),
        _ => (
            "SELECT n FROM (WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {n}) SELECT n FROM c)",
            "randomblob(16)",
        ),
    };
    let numbers = |upto: usize| numbers.replace("{n}", &upto.to_string());
    let people = format!(
        "CREATE TABLE pile AS SELECT {id} AS account_id, n FROM ({}) AS numbers",
        numbers(count.div_ceil(EACH))
    );
    let accounts = "INSERT INTO account (id, role, tier, created_at) \
         SELECT account_id, 'candidate', 'free', (SELECT min(created_at) FROM account) FROM pile";
    let operations = format!(
        "INSERT INTO operation (id, account_id, kind, tier, state, input, percent, attempt, fence, run_at, \
             cancel_requested, rank, last_event, created_at) \
         SELECT {id}, pile.account_id, one.kind, 'free', 'queued', one.input, 0, 0, 0, one.run_at, \
             one.cancel_requested, one.rank + 300000 + turn.n * 30000 + pile.n, 0, one.created_at \
         FROM (SELECT * FROM operation WHERE state = 'queued' AND tier = 'premium' LIMIT 1) AS one, \
             pile, ({}) AS turn",
        numbers(EACH.min(count))
    );
    for statement in [people.as_str(), accounts, &operations, "DROP TABLE pile"] {
        db.execute_unprepared(statement).await?;
    }
    Ok(())
}
