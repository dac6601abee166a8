//! A person's data is theirs: they get all of it, and nothing of them stays when they leave.

use std::io::{Cursor, Read};

use reqwest::{Method, Response};
use sea_orm::{ConnectionTrait, DatabaseBackend, DatabaseConnection, Statement};
use serde_json::{Value, json};
use shared::account::Tier;
use shared::database;
use shared::testing::{Installation, eventually};

use crate::app::{POSTING, TestApp, id, refused};

impl TestApp {
    async fn has_everything(&self) {
        let uploaded = self.uploads("cv.txt", "Maya Lindqvist\nEngineer").await;
        assert_eq!(uploaded.status(), 201);
        let operation = self.has_operation().await;
        self.ended(&operation).await;
        let resume = self.has_resume().await;
        let path = format!("/api/v1/resumes/{resume}/tailorings");
        let body = json!({ "posting_text": POSTING });
        let started: Value = self.post(&path, &body).await.json().await.unwrap();
        self.ended(&id(&started)).await;
    }

    /// Asks for the file until it is there.
    async fn exported(&self) -> Response {
        eventually("the file is written", async || {
            let response = self.get("/api/v1/me/export").await;
            (response.status() == 200).then_some(response)
        })
        .await
    }

    async fn leaves(&self) -> Response {
        self.request(Method::DELETE, "/api/v1/me").send().await.unwrap()
    }
}

fn read(archive: &mut zip::ZipArchive<Cursor<Vec<u8>>>, name: &str) -> String {
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[tokio::test]
async fn a_person_gets_all_of_their_data_and_nothing_of_anybody_elses() {
    for mut app in TestApp::each().await {
        app.post("/api/v1/postings", &json!({ "text": "Somebody else's secret." })).await;
        app.switch_person(Tier::Premium).await;
        app.has_everything().await;

        let first = app.get("/api/v1/me/export").await;
        assert_eq!(
            (first.status().as_u16(), &first.headers()["retry-after"]),
            (202, &"5".parse().unwrap())
        );
        let response = app.exported().await;

        assert_eq!(response.headers()["content-type"], "application/zip");
        let disposition = response.headers()["content-disposition"].to_str().unwrap();
        assert!(disposition.starts_with("attachment; filename=\"roleready-"), "{disposition}");
        let bytes = response.bytes().await.unwrap().to_vec();
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let names: Vec<String> =
            archive.file_names().map(|name| name.unwrap().into_owned()).collect();
        let document = names.iter().find(|name| name.ends_with("/cv.txt")).unwrap();
        assert_eq!(read(&mut archive, document), "Maya Lindqvist\nEngineer");
        let account: Value = serde_json::from_str(&read(&mut archive, "account.json")).unwrap();
        assert_eq!(account["id"], app.person().await.to_string());
        assert!(!account["api_keys"][0].to_string().contains("hash"));
        for (name, least) in [
            ("documents", 1),
            ("resumes", 2),
            ("versions", 2),
            ("postings", 2),
            ("operations", 2),
            ("events", 4),
            ("tailorings", 1),
            ("proposals", 1),
            ("quotas", 2),
        ] {
            let text = read(&mut archive, &format!("{name}.json"));
            assert!(!text.contains("Somebody else's"), "{name}");
            let rows: Vec<Value> = serde_json::from_str(&text).unwrap();
            assert!(rows.len() >= least, "{name}: {}", rows.len());
        }
    }
}

/// Tables with rows of an account that stay: money, and what was done. Neither says who it was.
const STAY: [&str; 5] = ["spend_day", "spend_entry", "spend_hold", "spend_sum", "audit"];

async fn texts(db: &DatabaseConnection, sql: &str) -> Vec<String> {
    let rows =
        db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    rows.iter().map(|row| row.try_get_by_index::<String>(0).unwrap()).collect()
}

async fn tables(db: &DatabaseConnection) -> Vec<String> {
    let sql = match db.get_database_backend() {
        DatabaseBackend::Postgres => {
            "SELECT table_name::text FROM information_schema.columns WHERE column_name = 'account_id' AND table_schema = 'public'"
        }
        _ => {
            "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c ON c.name = 'account_id' WHERE m.type = 'table'"
        }
    };
    texts(db, sql).await
}

#[tokio::test]
async fn whoever_leaves_is_gone_after_a_week_from_every_table_and_with_every_file() {
    for installation in Installation::each().await {
        let db = database::connect(&installation.config()).await.unwrap();
        let blobs = installation.folder.path().join("data/blobs");
        let mut app = TestApp::start(installation).await;
        app.has_everything().await;
        app.exported().await;
        let person = app.person().await;
        let leaver = app.key();
        app.switch_person(Tier::Free).await;
        app.has_everything().await;
        let stayer = app.switch_key(leaver);
        let files = || walk(&blobs);
        let before = files();

        let left = app.leaves().await;
        let again = app.leaves().await;
        let now = chrono::Utc::now();
        let early = app.deps.erasures.carry_out(&app.deps.blobs, now + chrono::TimeDelta::days(6));
        assert_eq!(early.await.unwrap(), 0);
        assert_eq!(app.get("/api/v1/resumes").await.status(), 200);
        let late = app.deps.erasures.carry_out(&app.deps.blobs, now + chrono::TimeDelta::days(8));
        assert_eq!(late.await.unwrap(), 1);

        let (left, again): (Value, Value) =
            (left.json().await.unwrap(), again.json().await.unwrap());
        assert_eq!(left, again);
        assert_eq!(refused(app.get("/api/v1/resumes").await).await.0, 401);
        let tables = tables(&db).await;
        assert!(tables.len() > 10, "{tables:?}");
        let id = match db.get_database_backend() {
            DatabaseBackend::Postgres => format!("'{person}'"),
            _ => format!("x'{}'", person.simple()),
        };
        for table in tables.iter().filter(|table| !STAY.contains(&table.as_str())) {
            let sql = format!("SELECT '{table}' FROM {table} WHERE account_id = {id}");
            assert_eq!(texts(&db, &sql).await, Vec::<String>::new(), "{table}");
        }
        assert_eq!((before, files()), (3, 1));
        app.switch_key(stayer);
        let documents: Value = app.get("/api/v1/documents").await.json().await.unwrap();
        let path = format!("/api/v1/documents/{}/content", id_of_first(&documents));
        assert_eq!(app.get(&path).await.text().await.unwrap(), "Maya Lindqvist\nEngineer");
    }
}

fn id_of_first(page: &Value) -> String {
    id(&page["items"][0])
}

/// How many files there are below a folder.
fn walk(folder: &std::path::Path) -> usize {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| if entry.path().is_dir() { walk(&entry.path()) } else { 1 }).sum()
}

#[tokio::test]
async fn whoever_changes_their_mind_stays() {
    let app = TestApp::new().await;
    let restore = || app.request(Method::POST, "/api/v1/me/restore").send();

    let not_asked = restore().await.unwrap();
    assert_eq!(app.leaves().await.status(), 202);
    let restored = restore().await.unwrap();

    assert_eq!(refused(not_asked).await, (409, "state-conflict".into()));
    assert_eq!(restored.status(), 204);
    let later = chrono::Utc::now() + chrono::TimeDelta::days(30);
    assert_eq!(app.deps.erasures.carry_out(&app.deps.blobs, later).await.unwrap(), 0);
    assert_eq!(app.get("/api/v1/resumes").await.status(), 200);
}
