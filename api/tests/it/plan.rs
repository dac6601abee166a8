//! No statement reads a whole big table: judged by the plans that Postgres itself chooses, over the rows of
//! thousands of people, while every page is read and every kind of work is done.

use reqwest::StatusCode;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement, TransactionTrait};
use serde_json::{Value, json};
use shared::operation::Kind;
use shared::testing::Installation;
use shared::testing::postgres::PostgresServer;

use crate::app::{POSTING, TestApp, accepted, id};
use crate::money::with_model;

/// So many people have what the first one has.
const PEOPLE: i32 = 3_000;

/// Statements that may read a whole table, by a part of their text, and why.
const MAY_READ_ALL: [(&str, &str); 0] = [];

/// Ids of one person's things.
struct Things {
    account: String,
    resume: String,
    document: String,
    posting: String,
    operation: String,
    tailoring: String,
    version: String,
    batch: String,
}

#[tokio::test(flavor = "multi_thread")]
async fn no_statement_reads_a_whole_big_table() {
    let postgres = PostgresServer::start_telling_plans().await;
    let installation = Installation::distributed().await.with("DATABASE_URL", &postgres.url());
    let (mut app, _fake) = with_model(installation).await;
    let things = things(&app).await;
    let person = app.key();
    let db = Database::connect(postgres.url()).await.unwrap();
    let big = multiply(&db).await;
    assert!(big.len() >= 15, "{big:?}");

    let before = postgres.log().len();
    things_again(&app, &things).await;
    read_all(&app, &things).await;
    app.switch_to_admin().await;
    read_all(&app, &things).await;
    app.switch_key(person);
    app.deps.operations.take_back_expired().await.unwrap();
    app.deps.operations.refresh_usual().await.unwrap();
    app.deps.spending.sweep_holds().await.unwrap();

    let log = postgres.log();
    let found = whole_reads(&log[before..], &big);
    assert!(found.is_empty(), "{} reads:\n{}", found.len(), found.join("\n"));
}

/// Something of everything that a person can have.
async fn things(app: &TestApp) -> Things {
    let document =
        app.uploads("resume.txt", "Ana Sousa\nana@example.com\nSkills\nSQL, Excel\n").await;
    let document = id(&document.json().await.unwrap());
    let body = json!({ "document_id": document, "engine": "rules" });
    let parse = accepted(app.post("/api/v1/resumes/parse", &body).await).await;
    app.ended(&parse).await;
    let resume = app.has_resume().await;
    let posting = app.post("/api/v1/postings", &json!({ "text": POSTING })).await;
    let posting = id(&posting.json().await.unwrap());
    let body = json!({ "posting_id": posting });
    let check = app.post(&format!("/api/v1/resumes/{resume}/ats-checks"), &body).await;
    app.ended(&accepted(check).await).await;
    let tailor = app.post(&format!("/api/v1/resumes/{resume}/tailorings"), &body).await;
    let operation = accepted(tailor).await;
    let ended = app.ended(&operation).await;
    let tailoring = ended["result"]["tailoring_id"].as_str().unwrap().to_owned();
    let all = json!({ "verdicts": ["faithful"] });
    app.post(&format!("/api/v1/tailorings/{tailoring}/accept-all"), &all).await;
    let applied = app.post(&format!("/api/v1/tailorings/{tailoring}/apply"), &json!({})).await;
    assert!(applied.status().is_success(), "{}", applied.text().await.unwrap());
    let versions = read(app, &format!("/api/v1/resumes/{resume}/versions")).await;
    let version = id(&versions["items"][0]);
    app.deps.operations.set_paused(Kind::Tailor, true).await.unwrap();
    let body = json!({ "postings": [{ "posting_id": posting }] });
    let batch = app.post(&format!("/api/v1/resumes/{resume}/tailorings/batch"), &body).await;
    let batch = id(&batch.json().await.unwrap());
    let account = app.person().await.to_string();
    Things { account, resume, document, posting, operation, tailoring, version, batch }
}

/// What writes as well as reads, once more.
async fn things_again(app: &TestApp, things: &Things) {
    let body = json!({ "posting_id": things.posting });
    for path in ["ats-checks", "tailorings", "coverage"] {
        let path = format!("/api/v1/resumes/{}/{path}", things.resume);
        let response = app.post(&path, &body).await;
        assert!(response.status().is_success(), "{path}: {}", response.text().await.unwrap());
    }
    let all = json!({ "all": true, "limit": 5 });
    let (resume, posting) = (&things.resume, &things.posting);
    for path in [format!("resumes/{resume}/matches"), format!("postings/{posting}/matches")] {
        let response = app.post(&format!("/api/v1/{path}"), &all).await;
        assert!(response.status().is_success(), "{path}: {}", response.text().await.unwrap());
    }
}

async fn read(app: &TestApp, path: &str) -> Value {
    let response = app.get(path).await;
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    response.json().await.unwrap()
}

/// Every page that the OpenAPI document offers, whether or not the caller may see it.
async fn read_all(app: &TestApp, things: &Things) {
    let document: Value = serde_json::from_str(&roleready_api::openapi()).unwrap();
    for (path, methods) in document["paths"].as_object().unwrap() {
        if methods["get"].is_object() && !path.ends_with("/events") {
            let path = with_ids(path, things);
            let response = app.get(&path).await;
            assert!(response.status().as_u16() < 500, "{path}");
            response.bytes().await.unwrap();
        }
    }
}

fn with_ids(path: &str, things: &Things) -> String {
    let own = match path.split('/').nth(3).unwrap_or_default() {
        "documents" => &things.document,
        "postings" => &things.posting,
        "tailorings" => &things.tailoring,
        "tailoring-batches" => &things.batch,
        "resumes" => &things.resume,
        _ if path.contains("/users/") => &things.account,
        _ => &things.operation,
    };
    let path = path.replace("{id}", own).replace("{vid}", &things.version).replace("{kind}", "ats");
    if path.ends_with("/export") {
        format!("{path}?format=json")
    } else if path.ends_with("/statement") {
        format!("{path}?month={}", shared::time::now().format("%Y-%m"))
    } else {
        path
    }
}

/// Copies every row of every table that belongs to people; the tables that are big now.
async fn multiply(db: &DatabaseConnection) -> Vec<String> {
    let transaction = db.begin().await.unwrap();
    transaction.execute_unprepared("SET LOCAL session_replication_role = replica").await.unwrap();
    transaction.execute_unprepared(&COPY.replace("PEOPLE", &PEOPLE.to_string())).await.unwrap();
    transaction.commit().await.unwrap();
    db.execute_unprepared("VACUUM ANALYZE").await.unwrap();
    let sql = format!(
        "SELECT relname::text AS name FROM pg_class WHERE relkind = 'r' AND reltuples >= {PEOPLE}"
    );
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let rows = db.query_all_raw(statement).await.unwrap();
    rows.iter().map(|row| row.try_get("", "name").unwrap()).collect()
}

/// Ids, names that are unique and times differ from copy to copy; what belongs together in the first still does.
const COPY: &str = "
DO $$
DECLARE
    one record;
    names text;
    parts text;
BEGIN
    FOR one IN
        SELECT c.oid, c.relname FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace
        WHERE c.relkind = 'r' AND s.nspname = 'public' AND EXISTS (
            SELECT 1 FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0
            AND a.atttypid = 'uuid'::regtype)
    LOOP
        SELECT string_agg(quote_ident(a.attname), ', '), string_agg(CASE
            WHEN a.atttypid = 'uuid'::regtype
                THEN format('md5(%I::text || n)::uuid', a.attname)
            WHEN a.atttypid = 'timestamptz'::regtype
                THEN format('%I - n * interval ''10 minutes''', a.attname)
            WHEN a.atttypid = 'date'::regtype THEN format('%I - n %% 300', a.attname)
            WHEN a.atttypid IN ('text'::regtype, 'varchar'::regtype) AND EXISTS (
                SELECT 1 FROM pg_index i WHERE i.indrelid = one.oid AND i.indisunique
                AND a.attnum = ANY (i.indkey) AND NOT EXISTS (
                    SELECT 1 FROM pg_attribute u WHERE u.attrelid = one.oid
                    AND u.attnum = ANY (i.indkey) AND u.atttypid = 'uuid'::regtype))
                THEN format('%I || n', a.attname)
            ELSE quote_ident(a.attname) END, ', ')
        INTO names, parts
        FROM pg_attribute a
        WHERE a.attrelid = one.oid AND a.attnum > 0 AND NOT a.attisdropped
            AND a.attgenerated = '' AND a.attidentity = ''
            AND NOT EXISTS (SELECT 1 FROM pg_attrdef d WHERE d.adrelid = one.oid
                AND d.adnum = a.attnum AND pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval%');
        EXECUTE format('INSERT INTO %I (%s) SELECT %s FROM %I, generate_series(1, PEOPLE) n',
            one.relname, names, parts, one.relname);
    END LOOP;
END $$";

/// The statements of the log whose plan reads one of these tables from end to end.
fn whole_reads(log: &str, big: &[String]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for entry in log.split("Query Text: ").skip(1) {
        let allowed = MAY_READ_ALL.iter().any(|(part, _)| entry.contains(part));
        for read in entry.split("Seq Scan on ").skip(1) {
            let name = |letter: &char| letter.is_alphanumeric() || *letter == '_';
            let table: String = read.chars().take_while(name).collect();
            let statement: String = entry.chars().take(1_000).collect();
            let line = format!("{table}: {statement}");
            if !allowed && big.contains(&table) && !found.contains(&line) {
                found.push(line);
            }
        }
    }
    found
}
