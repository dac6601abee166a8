//! Backups are made of a running installation, restored into an empty one, and are then the same.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sea_orm::{ConnectionTrait, DatabaseBackend, DatabaseConnection, Statement};
use serde_json::Value;
use shared::database;
use shared::testing::Installation;
use tokio::process::Command;

use crate::app::{TestApp, id};

/// Runs `roleready admin` on an installation: its exit code and what it says.
async fn admin(variables: &BTreeMap<String, String>, arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_roleready"))
        .arg("admin")
        .args(arguments)
        .env_clear()
        .envs(variables)
        .output()
        .await
        .unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(said).unwrap())
}

fn backups(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

async fn texts(db: &DatabaseConnection, sql: &str) -> Vec<String> {
    let rows =
        db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index::<String>(0).unwrap()).collect()
}

/// All rows of all tables, each as a line of text.
async fn rows(db: &DatabaseConnection) -> BTreeMap<String, Vec<String>> {
    let postgres = db.get_database_backend() == DatabaseBackend::Postgres;
    let names = if postgres {
        "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'"
    } else {
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    };
    let mut all = BTreeMap::new();
    for name in texts(db, names).await {
        let line = if postgres {
            format!("{name}::text")
        } else {
            let columns =
                format!("SELECT 'quote(' || name || ')' FROM pragma_table_info('{name}')");
            texts(db, &columns).await.join(" || '|' || ")
        };
        let mut lines = texts(db, &format!("SELECT {line} FROM {name}")).await;
        lines.sort_unstable();
        all.insert(name, lines);
    }
    all
}

#[tokio::test]
async fn a_backup_of_a_running_installation_restored_into_an_empty_one_is_the_same() {
    for (installation, empty) in [
        (Installation::embedded(), Installation::embedded()),
        (Installation::distributed().await, Installation::unmigrated().await),
    ] {
        let variables = installation.variables().clone();
        let folder = tempfile::tempdir().unwrap();
        let to = folder.path().display().to_string();
        let db = database::connect(&installation.config()).await.unwrap();
        // No worker: nothing changes while two databases are compared.
        let app = TestApp::without_worker(installation).await;
        app.has_operation().await;
        let document: Value = app.uploads("cv.txt", "Maya Lindqvist").await.json().await.unwrap();

        let made = admin(&variables, &["backup", "--to", &to]).await;
        assert_eq!(made.0, 0, "{}", made.1);
        let backup = backups(folder.path()).remove(0).display().to_string();
        let verified = admin(&variables, &["verify", "--from", &backup]).await;
        let onto_itself = admin(&variables, &["restore", "--from", &backup]).await;
        let restored = admin(empty.variables(), &["restore", "--from", &backup]).await;

        assert_eq!(verified.0, 0, "{}", verified.1);
        assert_eq!(onto_itself.0, 65, "{}", onto_itself.1);
        assert!(onto_itself.1.contains("is not empty"), "{}", onto_itself.1);
        assert_eq!(restored.0, 0, "{}", restored.1);
        let copy = database::connect(&empty.config()).await.unwrap();
        let (original, copy) = (rows(&db).await, rows(&copy).await);
        assert!(original["resume"].len() == 1 && original["operation"].len() == 1);
        assert_eq!(original, copy);
        let key = app.key();
        let mut again = TestApp::without_worker(empty).await;
        again.switch_key(key);
        let path = format!("/api/v1/documents/{}/content", id(&document));
        assert_eq!(again.get(&path).await.text().await.unwrap(), "Maya Lindqvist");
    }
}

#[tokio::test]
async fn a_backup_that_has_changed_or_lacks_something_is_not_restored() {
    let installation = Installation::embedded();
    let variables = installation.variables().clone();
    let empty = Installation::embedded();
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().display().to_string();
    let app = TestApp::without_worker(installation).await;
    app.uploads("cv.txt", "Maya Lindqvist").await;
    admin(&variables, &["backup", "--to", &to]).await;
    let backup = backups(folder.path()).remove(0);
    let from = backup.display().to_string();
    let blob = find_file(&backup.join("blobs"));

    std::fs::write(&blob, "Somebody else!").unwrap();
    let changed = admin(empty.variables(), &["restore", "--from", &from]).await;
    std::fs::remove_file(&blob).unwrap();
    let missing = admin(empty.variables(), &["verify", "--from", &from]).await;
    let nothing = admin(empty.variables(), &["verify", "--from", &to]).await;

    assert_eq!(changed.0, 65);
    assert!(changed.1.contains("has changed"), "{}", changed.1);
    assert!(missing.0 == 65 && missing.1.contains("is missing"), "{}", missing.1);
    assert!(nothing.0 == 65 && nothing.1.contains("holds no backup"), "{}", nothing.1);
    assert!(!empty.folder.path().join("data/roleready.db").exists());
}

fn find_file(folder: &Path) -> PathBuf {
    let entry = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
    if entry.is_dir() { find_file(&entry) } else { entry }
}

#[tokio::test]
async fn old_backups_go_and_the_newest_stays_however_old_it_is() {
    let installation = Installation::embedded();
    let variables = installation.variables().clone();
    drop(installation.open().await);
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().display().to_string();
    for _ in 0..2 {
        admin(&variables, &["backup", "--to", &to]).await;
    }
    for backup in backups(folder.path()) {
        let path = backup.join("manifest.json");
        let mut manifest: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        manifest["made_at"] = "2020-01-01T00:00:00Z".into();
        std::fs::write(&path, manifest.to_string()).unwrap();
    }

    let old = shared::backup::forget(folder.path(), chrono::Utc::now()).unwrap();
    let left = backups(folder.path());
    let third = admin(&variables, &["backup", "--to", &to, "--keep-days", "30"]).await;

    assert_eq!((old.len(), left.len()), (1, 1));
    assert!(third.1.contains("deleted "), "{}", third.1);
    assert_eq!(backups(folder.path()).len(), 1);
}
