//! The server that is asked: one that runs, or one that is started here and ended with this process.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail};
use reqwest::Client;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::Arguments;

/// How long it may take to start, to be asked, and to end.
const PATIENCE: Duration = Duration::from_mins(1);

pub struct Server {
    pub host: String,
    /// May pause queues.
    admin: String,
    /// Of premium candidates.
    pub people: Vec<String>,
    client: Client,
    pid: Option<u32>,
    /// Ended when this is dropped, and its folder with it.
    _started: Option<(Child, TempDir)>,
}

/// Each stream is an open connection, and the usual 1,024 files are too few; a server that is started inherits it.
pub fn allow_many_connections() -> anyhow::Result<()> {
    let hard = getrlimit(Resource::Nofile).maximum;
    setrlimit(Resource::Nofile, Rlimit { current: hard, maximum: hard })
        .context("cannot raise the number of open files")
}

pub async fn open(arguments: &Arguments, people: usize) -> anyhow::Result<Server> {
    let server = match (&arguments.host, &arguments.server) {
        (Some(host), _) => running(arguments, host)?,
        (None, Some(program)) => start(program, &arguments.settings, people).await?,
        (None, None) => bail!("neither a server to start nor the address of one that runs"),
    };
    if server.people.len() < people {
        bail!("{people} keys of candidates are needed, and there are {}", server.people.len());
    }
    server.answers().await?;
    Ok(server)
}

fn running(arguments: &Arguments, host: &str) -> anyhow::Result<Server> {
    let file = arguments.keys.as_ref().context("keys are needed")?;
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("cannot read the keys in {}", file.display()))?;
    let mut keys = text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned);
    Ok(Server {
        host: host.trim_end_matches('/').to_owned(),
        admin: keys.next().context("the file with the keys is empty")?,
        people: keys.collect(),
        client: Client::new(),
        pid: arguments.pid,
        _started: None,
    })
}

/// Everything in one process, on a free port.
async fn start(
    program: &Path,
    settings: &[(String, String)],
    people: usize,
) -> anyhow::Result<Server> {
    let folder = TempDir::with_prefix("roleready-load-").context("no temporary folder")?;
    let mut variables = BTreeMap::from([
        ("ROLEREADY_DATA".to_owned(), folder.path().join("data").display().to_string()),
        ("PORT".to_owned(), "0".to_owned()),
        ("RUST_LOG".to_owned(), "warn".to_owned()),
        // Everybody comes from here, and some do not pause.
        ("RATE_ADDRESS".to_owned(), "0".to_owned()),
        ("RATE_FREE".to_owned(), "0".to_owned()),
        ("RATE_PRO".to_owned(), "0".to_owned()),
        ("RATE_PREMIUM".to_owned(), "0".to_owned()),
    ]);
    variables.extend(settings.iter().cloned());
    ask(program, &variables, &["migrate", "up"]).await?;
    let admin = create_key(program, &variables, "admin").await?;
    let mut keys = Vec::with_capacity(people);
    for _ in 0..people {
        keys.push(create_key(program, &variables, "candidate").await?);
    }
    let log = File::create(folder.path().join("server.log")).context("no file for its log")?;
    let mut child = command(program, &variables)
        .arg("serve")
        .stdout(Stdio::piped())
        .stderr(log)
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("cannot start {}", program.display()))?;
    let output = child.stdout.take().context("its standard output")?;
    let mut lines = BufReader::new(output).lines();
    let host = loop {
        let line = tokio::time::timeout(PATIENCE, lines.next_line()).await??;
        let line = line.context("the server ended before it said where it listens")?;
        if let Some((_, rest)) = line.split_once("listens on ") {
            break rest.split_whitespace().next().unwrap_or_default().to_owned();
        }
    };
    // It goes on speaking, and would end if nobody listened.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    let pid = child.id();
    let client = Client::new();
    Ok(Server { host, admin, people: keys, client, pid, _started: Some((child, folder)) })
}

fn command(program: &Path, variables: &BTreeMap<String, String>) -> Command {
    let mut command = Command::new(program);
    command.env_clear().envs(variables).stdin(Stdio::null());
    command
}

async fn create_key(
    program: &Path,
    variables: &BTreeMap<String, String>,
    role: &str,
) -> anyhow::Result<String> {
    let arguments = ["admin", "create-key", "--role", role, "--tier", "premium"];
    let said = ask(program, variables, &arguments).await?;
    let key = said.lines().find_map(|line| line.strip_prefix("key")).context("no key was made")?;
    Ok(key.trim().to_owned())
}

async fn ask(
    program: &Path,
    variables: &BTreeMap<String, String>,
    arguments: &[&str],
) -> anyhow::Result<String> {
    let output = command(program, variables).args(arguments).output().await;
    let output = output.with_context(|| format!("cannot start {}", program.display()))?;
    if !output.status.success() {
        bail!("{arguments:?} failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

impl Server {
    pub fn pid(&self) -> Option<u32> {
        self.pid
    }

    /// Whether it answers, also afterwards.
    pub async fn answers(&self) -> anyhow::Result<()> {
        let url = format!("{}/api/v1/health", self.host);
        let answer = self.client.get(&url).timeout(PATIENCE).send().await;
        answer
            .and_then(reqwest::Response::error_for_status)
            .with_context(|| format!("{url} does not answer"))?;
        Ok(())
    }

    /// Makes something for the person with that key; its id.
    pub async fn make(&self, key: &str, what: &str, body: &Value) -> anyhow::Result<String> {
        let url = format!("{}/api/v1/{what}", self.host);
        let request = self.client.post(&url).bearer_auth(key).json(body).timeout(PATIENCE);
        let answer = request.send().await.and_then(reqwest::Response::error_for_status);
        let made: Value = answer.with_context(|| format!("cannot make {what}"))?.json().await?;
        made["id"].as_str().map(str::to_owned).context("an answer without an id")
    }

    /// Holds the checks back, or lets them go on.
    pub async fn steer_checks(&self, action: &str) -> anyhow::Result<()> {
        let url = format!("{}/api/v1/admin/queues/ats/{action}", self.host);
        let request = self.client.post(&url).bearer_auth(&self.admin);
        let request = request.json(&json!({ "reason": "a load test" })).timeout(PATIENCE);
        let answer = request.send().await.and_then(reqwest::Response::error_for_status);
        answer.with_context(|| format!("cannot {action} the checks"))?;
        Ok(())
    }
}
