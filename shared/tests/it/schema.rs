//! The schema's history can be walked both ways.

use migrations::Migrator;
use roleready_shared::database;
use roleready_shared::testing::Installation;
use sea_orm::ConnectionTrait;
use sea_orm_migration::MigratorTrait;

#[tokio::test]
async fn every_migration_goes_back_and_forth_on_both_databases() {
    for installation in Installation::each().await {
        drop(installation.open().await);
        let db = database::connect(&installation.config()).await.unwrap();

        Migrator::down(&db, None).await.unwrap();
        let pending = database::pending_migrations(&db).await.unwrap();
        database::migrate(&db).await.unwrap();

        assert_eq!(pending.len(), Migrator::migrations().len());
        assert!(database::pending_migrations(&db).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn an_older_version_starts_on_the_schema_of_a_newer_one() {
    for installation in Installation::each().await {
        drop(installation.open().await);
        let db = database::connect(&installation.config()).await.unwrap();
        let newer = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m99991231_000001_newer', 0)";
        db.execute_unprepared(newer).await.unwrap();
        db.close().await.unwrap();

        let deps = installation.open().await;

        assert!(deps.accounts.first().await.unwrap().is_none());
    }
}
