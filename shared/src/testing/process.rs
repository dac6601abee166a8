//! Processes that tests start, stop short, and kill; none outlives the test that started it.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::Path;
use std::process::{ExitStatus, Stdio};

use tokio::process::{Child, Command};

/// A running program. Killed when this is dropped, and when the test process dies.
#[derive(Debug)]
pub struct Process {
    child: Child,
    pid: u32,
}

impl Process {
    /// Starts it with these variables and nothing else of our environment but `PATH`.
    /// What it says goes to the file `log`.
    pub fn start(
        program: impl AsRef<OsStr>,
        arguments: &[&str],
        variables: &BTreeMap<String, String>,
        log: &Path,
    ) -> Self {
        let log = std::fs::File::options().create(true).append(true).open(log);
        let log = log.expect("a file for what the process says");
        let child = bound_to_us(program.as_ref())
            .args(arguments)
            .env_clear()
            .envs(std::env::vars_os().filter(|(name, _)| name == "PATH"))
            .envs(variables)
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a second handle on the file"))
            .stderr(log)
            .spawn()
            .expect("a process that starts");
        let pid = child.id().expect("a process that nobody has waited for");
        Self { child, pid }
    }

    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Sends a signal by its name, such as `TERM`.
    pub fn signal(&self, name: &str) {
        let sent = std::process::Command::new("kill")
            .args(["-s", name, &self.pid.to_string()])
            .stderr(Stdio::null())
            .status();
        sent.expect("a program that sends signals");
    }

    /// Ends it at once, as a power cut would.
    pub async fn kill(&mut self) {
        self.child.kill().await.expect("a process that can be killed");
    }

    /// Stops it short; it does not know.
    pub fn freeze(&self) {
        self.signal("STOP");
    }

    pub fn thaw(&self) {
        self.signal("CONT");
    }

    /// Waits for its own end.
    pub async fn ended(&mut self) -> ExitStatus {
        self.child.wait().await.expect("a process that can be waited for")
    }
}

/// `setpriv` becomes the program, with the kernel's promise to kill it when we die.
fn bound_to_us(program: &OsStr) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", "--"]).arg(program).kill_on_drop(true);
    command
}
