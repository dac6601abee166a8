//! The program itself: what it prints, how it starts and how it ends.

use std::process::Stdio;

use shared::testing::Installation;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

pub struct Program {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

/// Starts it with these variables and no others.
pub fn start(variables: &[(&str, &str)], arguments: &[&str]) -> Program {
    // The test's own client needs it too.
    shared::telemetry::install_tls();
    let mut child = Command::new(env!("CARGO_BIN_EXE_roleready"))
        .args(arguments)
        .env_clear()
        .envs(variables.iter().copied())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    Program { child, lines }
}

impl Program {
    /// Reads on until a line holds the text; what follows it in that line.
    async fn says(&mut self, text: &str) -> String {
        loop {
            let line = self.lines.next_line().await.unwrap().expect("the program still talks");
            if let Some((_, rest)) = line.split_once(text) {
                return rest.to_owned();
            }
        }
    }

    /// Its address, and the key it shows at the first start.
    pub async fn is_ready(&mut self) -> (String, String) {
        let address = self.says("listens on ").await;
        let address = address.split_whitespace().next().unwrap().to_owned();
        (address, self.says("shown this once only: ").await)
    }

    /// Ends it; everything it wrote to standard error.
    pub async fn log_after_its_end(self) -> String {
        let pid = self.child.id().unwrap().to_string();
        Command::new("kill").args(["-TERM", &pid]).status().await.unwrap();
        let output = self.child.wait_with_output().await.unwrap();
        String::from_utf8(output.stderr).unwrap()
    }

    async fn terminates(mut self) -> Option<i32> {
        let pid = self.child.id().unwrap().to_string();
        Command::new("kill").args(["-TERM", &pid]).status().await.unwrap();
        self.child.wait().await.unwrap().code()
    }
}

#[tokio::test]
async fn the_first_start_shows_a_key_that_works_and_the_second_shows_none() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").display().to_string();
    let variables = [("ROLEREADY_DATA", data.as_str()), ("PORT", "0")];

    let mut first = start(&variables, &[]);
    let (address, key) = first.is_ready().await;
    let response = reqwest::Client::new()
        .get(format!("{address}/api/v1/resumes"))
        .bearer_auth(&key)
        .send()
        .await
        .unwrap();
    let ended = first.terminates().await;
    let mut second = start(&variables, &[]);
    let said = second.says("Your API key ").await;

    assert!(key.starts_with("rr_"), "{key}");
    assert_eq!(response.status(), 200);
    assert_eq!(ended, Some(0));
    assert!(said.starts_with("was shown at the first start"), "{said}");
    assert_eq!(second.terminates().await, Some(0));
}

#[tokio::test]
async fn a_configuration_with_several_problems_stops_the_start_with_all_of_them() {
    let variables = [
        ("REDIS_URL", "redis://127.0.0.1"),
        ("PORT", "many"),
        ("PARSE_CONCURRENCY", "0"),
        ("LOG_FORMAT", "loud"),
    ];
    let program = start(&variables, &["serve"]);

    let output = program.child.wait_with_output().await.unwrap();

    let told = String::from_utf8(output.stderr).unwrap();
    for name in ["REDIS_URL is set but DATABASE_URL", "PORT", "PARSE_CONCURRENCY", "LOG_FORMAT"] {
        assert!(told.contains(name), "{name}: {told}");
    }
    assert_eq!(output.status.code(), Some(78));
}

#[tokio::test]
async fn a_shared_database_that_is_behind_stops_the_start_until_it_is_migrated() {
    let installation = Installation::unmigrated().await.with("PORT", "0");
    let variables = installation.variables();
    let variables: Vec<(&str, &str)> =
        variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();

    let refused = start(&variables, &["serve"]).child.wait_with_output().await.unwrap();
    let migrated = start(&variables, &["migrate", "up"]).child.wait().await.unwrap();
    let mut served = start(&variables, &["serve"]);
    served.says("listens on ").await;

    assert_eq!(refused.status.code(), Some(69));
    let told = String::from_utf8(refused.stderr).unwrap();
    assert!(told.contains("roleready migrate up"), "{told}");
    assert!(migrated.success());
    assert_eq!(served.terminates().await, Some(0));
}

#[tokio::test]
async fn a_second_process_on_the_same_folder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data").display().to_string();
    let variables = [("ROLEREADY_DATA", data.as_str()), ("PORT", "0")];
    let mut first = start(&variables, &[]);
    first.is_ready().await;

    let second = start(&variables, &[]).child.wait_with_output().await.unwrap();

    assert_eq!(second.status.code(), Some(69));
    let told = String::from_utf8(second.stderr).unwrap();
    assert!(told.contains("in use by another roleready process"), "{told}");
    assert_eq!(first.terminates().await, Some(0));
}
