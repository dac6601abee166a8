//! The schema's history can be walked both ways.

use migrations::Migrator;
use roleready_shared::database;
use roleready_shared::testing::Installation;
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
