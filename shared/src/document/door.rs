//! The door to the child process that opens documents: a file may crash it, never us.
//!
//! The child is this program once more, told by its first argument to be nothing else
//! (`worker/src/extract.rs`). It gets a question and the file's bytes on standard input and
//! answers on standard output; it inherits neither environment nor open files. What goes
//! through the door is the person's and is never logged, nor is what the child complains of.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::format::Format;

/// The argument that makes a program the child.
pub const EXTRACT: &str = "extract";

const TOOL_PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// What a child is called in a list of processes.
#[cfg(unix)]
const CHILD: &str = "roleready-extract";

/// The argument that makes a program bound itself and then become another one.
pub const TOOL: &str = "extract-tool";

/// How long a tool may take: recognising a page of text takes seconds.
pub const TOOL_TIME: Duration = Duration::from_mins(2);

/// How long a child may take, the start included.
pub const WALL_TIME: Duration = Duration::from_secs(10);
/// How much a child may answer.
pub const MAX_ANSWER: u64 = 64 << 20;
/// Enough of a child's complaints to tell a full memory from an overflown stack.
const MAX_COMPLAINT: u64 = 4 << 10;

/// What is asked about a file.
#[derive(Serialize, Deserialize)]
pub struct Question {
    pub task: Task,
    pub format: Format,
    /// Travels through the pipe alone: arguments and environments are open to others.
    pub password: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// Answers with the resume in it.
    Read,
    /// Answers with a copy that needs no password.
    Unlock,
}

/// An answer: its words, and bytes behind them for tasks that make a file.
#[derive(Debug)]
pub struct Answer<T> {
    pub words: T,
    pub bytes: Vec<u8>,
}

/// Which bound a child has hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    Memory,
    Processor,
    Time,
    Stack,
    Answer,
    /// It fell over by itself.
    Crash,
}

impl Limit {
    /// As it is called in logs and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Processor => "processor time",
            Self::Time => "time",
            Self::Stack => "stack",
            Self::Answer => "answer",
            Self::Crash => "crash",
        }
    }
}

/// Why there is no answer.
#[derive(Debug, Error)]
pub enum DoorError {
    /// The same file would end the next child in the same way.
    #[error("reading the file was stopped at the limit of its {}", .0.as_str())]
    Stopped(Limit),
    /// Somebody ended the child; the file is not to blame.
    #[error("reading the file was interrupted")]
    Interrupted,
    #[error("no process can be started to read the file")]
    NotStarted(#[source] io::Error),
}

/// Starts children that are this program, or another one that knows how to be the child.
#[derive(Clone, Debug)]
pub struct Door {
    program: PathBuf,
    patience: Duration,
}

impl Door {
    /// On Linux by way of the kernel, which still finds a program whose file was replaced
    /// by a newer version.
    pub fn to_this_program() -> Self {
        let program = if cfg!(target_os = "linux") {
            PathBuf::from("/proc/self/exe")
        } else {
            std::env::current_exe().unwrap_or_default()
        };
        Self::to(program)
    }

    pub fn to(program: impl Into<PathBuf>) -> Self {
        Self { program: program.into(), patience: WALL_TIME }
    }

    /// Asks a new child. Dropping the future ends the child at once.
    pub async fn ask<T: DeserializeOwned>(
        &self,
        question: &Question,
        bytes: &[u8],
    ) -> Result<Answer<T>, DoorError> {
        let mut command = Command::new(&self.program);
        command.arg(EXTRACT);
        let mut head = serde_json::to_vec(question).unwrap_or_default();
        head.push(b'\n');
        let said = self.converse(command, &[&head, bytes]).await?;
        let end = said.iter().position(|byte| *byte == b'\n').unwrap_or(said.len());
        let (words, rest) = said.split_at(end);
        // A child that ends well but says nonsense has fallen over on the way out.
        let words = serde_json::from_slice(words).map_err(|_| DoorError::Stopped(Limit::Crash))?;
        Ok(Answer { words, bytes: rest.get(1..).unwrap_or_default().to_vec() })
    }

    /// Runs a program of the system in a folder, within bounds of its own.
    pub async fn run(&self, tool: &[&str], folder: &Path) -> Result<(), DoorError> {
        let mut command = Command::new(&self.program);
        // Of our environment only where programs are, which is no secret.
        command.arg(TOOL).args(tool).env_clear().env("PATH", TOOL_PATH).current_dir(folder);
        let door = Self { patience: TOOL_TIME, ..self.clone() };
        door.talk_to(command, &[]).await.map(drop)
    }

    /// Runs a command within the bounds and answers with what it says.
    ///
    /// Its own process group keeps the terminal's Ctrl-C from it: that is for us, and we end it.
    async fn converse(&self, mut command: Command, input: &[&[u8]]) -> Result<Vec<u8>, DoorError> {
        command.env_clear().current_dir("/");
        self.talk_to(command, input).await
    }

    async fn talk_to(&self, mut command: Command, input: &[&[u8]]) -> Result<Vec<u8>, DoorError> {
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        #[cfg(unix)]
        command.process_group(0).arg0(CHILD);
        let mut child = command.spawn().map_err(DoorError::NotStarted)?;
        match timeout(self.patience, talk(&mut child, input)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(DoorError::Stopped(Limit::Time)),
        }
    }
}

async fn talk(child: &mut Child, input: &[&[u8]]) -> Result<Vec<u8>, DoorError> {
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let tell = async {
        let Some(mut stdin) = stdin else { return };
        for part in input {
            // A child that has died is known by its status, not by its deaf ear.
            if stdin.write_all(part).await.is_err() {
                return;
            }
        }
    };
    let hear = listen(stdout, MAX_ANSWER + 1);
    let ((), answer, complaint) = tokio::join!(tell, hear, listen(stderr, MAX_COMPLAINT));
    if answer.len() as u64 > MAX_ANSWER {
        return Err(DoorError::Stopped(Limit::Answer));
    }
    let status = child.wait().await.map_err(DoorError::NotStarted)?;
    if status.success() { Ok(answer) } else { Err(blame(status, &complaint)) }
}

async fn listen(from: Option<impl AsyncRead + Unpin>, most: u64) -> Vec<u8> {
    let mut heard = Vec::new();
    if let Some(from) = from {
        // What was heard before an error is judged by the status.
        let _ = from.take(most).read_to_end(&mut heard).await;
    }
    heard
}

/// Which bound it was, by how the child has died and what the runtime says of it.
#[cfg(unix)]
fn blame(status: ExitStatus, complaint: &[u8]) -> DoorError {
    use std::os::unix::process::ExitStatusExt;

    const HANGUP: i32 = 1;
    const INTERRUPT: i32 = 2;
    const KILL: i32 = 9;
    const SEGMENT: i32 = 11;
    const TERMINATE: i32 = 15;
    const PROCESSOR: i32 = 24;
    let says = |words: &str| complaint.windows(words.len()).any(|part| part == words.as_bytes());
    match status.signal() {
        Some(HANGUP | INTERRUPT | KILL | TERMINATE) => DoorError::Interrupted,
        Some(PROCESSOR) => DoorError::Stopped(Limit::Processor),
        _ if says("stack overflow") => DoorError::Stopped(Limit::Stack),
        Some(SEGMENT) => DoorError::Stopped(Limit::Stack),
        _ if says("memory allocation") => DoorError::Stopped(Limit::Memory),
        _ => DoorError::Stopped(Limit::Crash),
    }
}

#[cfg(not(unix))]
fn blame(_: ExitStatus, _: &[u8]) -> DoorError {
    DoorError::Stopped(Limit::Crash)
}

#[cfg(all(test, unix))]
mod tests;
