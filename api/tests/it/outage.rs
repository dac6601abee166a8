//! The database goes away: callers are told to come again, and what was promised is kept.

use serde_json::json;
use shared::testing::postgres::{Durability, PostgresServer};
use shared::testing::promise;
use shared::testing::redis::RedisServer;
use shared::testing::{Installation, eventually};

use crate::app::{POSTING, TestApp, accepted, refused};

#[tokio::test]
async fn without_its_database_it_asks_to_come_again_and_keeps_what_it_had_promised() {
    let mut postgres = PostgresServer::start(Durability::Disk).await;
    let redis = RedisServer::start().await;
    let installation = Installation::embedded()
        .with("DATABASE_URL", &postgres.url())
        .with("REDIS_URL", &redis.url());
    let app = TestApp::start(installation).await;
    let path = format!("/api/v1/resumes/{}/ats-checks", app.has_resume().await);
    let body = json!({ "posting_text": POSTING });
    let before = accepted(app.post(&path, &body).await).await;

    postgres.stop().await;
    let refusal = app.post(&path, &body).await;
    let retry_after = refusal.headers().get("retry-after").cloned();
    let refusal = refused(refusal).await;
    postgres.restart().await;
    // A connection that was in use a moment before is trusted once more, and then replaced.
    let after = eventually("the database is there for everybody again", async || {
        Some(app.post(&path, &body).await).filter(|response| response.status() == 202)
    });
    let after = accepted(after.await).await;

    assert_eq!(refusal, (503, "unavailable".to_owned()));
    assert_eq!(retry_after.unwrap(), "5");
    for id in [&before, &after] {
        assert_eq!(app.ended(id).await["state"], "succeeded");
    }
    let db = shared::database::open_postgres(&postgres.url(), 1).await.unwrap();
    let broken = promise::all(&db).await.unwrap();
    assert!(broken.iter().all(|(_, count)| *count == 0), "{broken:?}");
    let operations = promise::count(&db, "SELECT count(*) AS count FROM operation").await.unwrap();
    assert_eq!(operations, 2, "nothing is left of the refused request");
}
