//! A Redis of a test's own, to be stalled, emptied, killed and started again.

use std::collections::BTreeMap;

use tempfile::TempDir;

use super::eventually;
use super::process::Process;
use super::services::free_port;

/// A redis-server on a port of its own. Keeps nothing on disk: a restarted one is empty.
#[derive(Debug)]
pub struct RedisServer {
    folder: TempDir,
    port: u16,
    process: Option<Process>,
}

impl RedisServer {
    pub async fn start() -> Self {
        let folder = TempDir::with_prefix("roleready-redis-").expect("a temporary folder");
        let mut server = Self { folder, port: free_port(), process: None };
        server.restart().await;
        server
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    fn client(&self) -> redis::Client {
        redis::Client::open(self.url()).expect("a valid address")
    }

    /// Starts it again, on the same port and empty.
    pub async fn restart(&mut self) {
        self.stop().await;
        let (port, folder) = (self.port.to_string(), self.folder.path());
        let directory = folder.display().to_string();
        let arguments = ["--port", &port, "--bind", "127.0.0.1", "--save", "", "--dir", &directory];
        let log = folder.join("redis.log");
        self.process = Some(Process::start("redis-server", &arguments, &BTreeMap::new(), &log));
        let client = self.client();
        eventually("redis answers", async || {
            client.get_multiplexed_async_connection().await.ok().map(drop)
        })
        .await;
    }

    /// Kills it.
    pub async fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().await;
        }
    }

    /// It keeps its connections but answers nobody, until it is thawed.
    pub fn freeze(&self) {
        if let Some(process) = &self.process {
            process.freeze();
        }
    }

    pub fn thaw(&self) {
        if let Some(process) = &self.process {
            process.thaw();
        }
    }

    /// Forgets everything.
    pub async fn flush(&self) {
        self.command(&["FLUSHALL"]).await;
    }

    /// Closes all its connections.
    pub async fn disconnect_all(&self) {
        for kind in ["normal", "pubsub"] {
            self.command(&["CLIENT", "KILL", "TYPE", kind, "SKIPME", "yes"]).await;
        }
    }

    /// Bytes that it holds.
    pub async fn used_memory(&self) -> u64 {
        let said: redis::InfoDict = self.ask(&["INFO", "memory"]).await;
        said.get("used_memory").expect("what it says of its memory")
    }

    async fn command(&self, words: &[&str]) {
        let _: redis::Value = self.ask(words).await;
    }

    async fn ask<T: redis::FromRedisValue>(&self, words: &[&str]) -> T {
        let connection = self.client().get_multiplexed_async_connection().await;
        let mut connection = connection.expect("a running redis");
        let mut command = redis::cmd(words.first().expect("the command's name"));
        command.arg(&words[1..]);
        command.query_async(&mut connection).await.expect("a reply")
    }
}
