//! Asking ClamAV about a file: clamd's INSTREAM, over TCP, within a deadline.

use std::path::Path;
use std::time::Duration;

use thiserror::Error;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How long a file's check may take, from the first to the last word.
const DEADLINE: Duration = Duration::from_secs(30);

/// How much of a file is sent at a time.
const CHUNK: usize = 64 * 1024;

/// No answer of clamd's is longer.
const MAX_ANSWER: u64 = 4 * 1024;

/// Where files are checked, and what happens when they cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scanner {
    /// `CLAMD_ADDRESS`: clamd's host and port.
    pub address: String,
    /// `CLAMD_DOWN`: what becomes of files while it does not answer.
    pub when_down: WhenDown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenDown {
    Refuse,
    /// Files are taken unchecked, and the uploader is told.
    Accept,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    Clean,
    /// With clamd's name for what it has found.
    Infected(String),
}

#[derive(Debug, Error)]
pub enum ScanError {
    #[error("the virus scanner cannot be reached, or hung up")]
    Lost(#[from] std::io::Error),
    #[error("the virus scanner did not answer in time")]
    Late(#[from] tokio::time::error::Elapsed),
    #[error("the virus scanner answered `{0}`")]
    Odd(String),
}

impl Scanner {
    pub async fn check(&self, file: &Path) -> Result<Finding, ScanError> {
        let answer = tokio::time::timeout(DEADLINE, self.ask(file)).await??;
        let answer = answer.trim_end_matches('\0').trim();
        match answer.strip_prefix("stream: ") {
            Some("OK") => Ok(Finding::Clean),
            Some(found) if found.ends_with(" FOUND") => {
                Ok(Finding::Infected(found.trim_end_matches(" FOUND").to_owned()))
            }
            Some(_) | None => Err(ScanError::Odd(answer.to_owned())),
        }
    }

    async fn ask(&self, file: &Path) -> std::io::Result<String> {
        let mut file = tokio::fs::File::open(file).await?;
        let mut clamd = TcpStream::connect(&self.address).await?;
        clamd.write_all(b"zINSTREAM\0").await?;
        let mut chunk = vec![0; CHUNK];
        loop {
            let read = file.read(&mut chunk).await?;
            // Its length before each chunk, and zero after the last.
            clamd.write_u32(u32::try_from(read).map_err(std::io::Error::other)?).await?;
            if read == 0 {
                break;
            }
            clamd.write_all(&chunk[..read]).await?;
        }
        clamd.flush().await?;
        let mut answer = String::new();
        clamd.take(MAX_ANSWER).read_to_string(&mut answer).await?;
        Ok(answer)
    }
}
