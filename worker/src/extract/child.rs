//! The child: bounds itself, reads one document from standard input, answers, ends.
//!
//! Its environment is empty (the parent clears it) and it can open nothing: with no file
//! descriptor beyond the three it was given, there are no files and no network for it.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::ExitCode;

use serde::Serialize;
use shared::document::MAX_BYTES;
use shared::document::door::{EXTRACT, Question, TOOL, Task};
use shared::operation::failure::FailureCode;

use crate::parse::{self, unlock};

/// Address space, in bytes. Real resumes need a tenth.
pub const MEMORY: u64 = 512 << 20;
/// Processor time, in seconds.
pub const PROCESSOR: u64 = 10;
/// Standard input, output and error.
const DESCRIPTORS: u64 = 3;
/// A question is a line of this many bytes at most.
const MAX_QUESTION: u64 = 4 << 10;

/// Does the child's work when this process was started as one; `None`: it was not.
///
/// To be called first in `main`, before any thread or runtime exists.
pub fn answer_if_asked() -> Option<ExitCode> {
    let asked = std::env::args_os().nth(1)?;
    let outcome = if asked == EXTRACT {
        answer()
    } else if asked == TOOL {
        become_tool()
    } else {
        return None;
    };
    Some(if outcome.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Takes the place of this process with the tool named by the arguments. Its bounds are wider:
/// it writes files and recognises text.
#[cfg(unix)]
fn become_tool() -> std::io::Result<()> {
    use std::os::unix::process::CommandExt;

    let mut arguments = std::env::args_os().skip(2);
    let program = arguments.next().unwrap_or_default();
    confine(Bounds { memory: 1 << 30, processor: 120, descriptors: 64, file: 256 << 20 })?;
    Err(std::process::Command::new(program).args(arguments).exec())
}

#[cfg(not(unix))]
fn become_tool() -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}

/// What a process may use at most.
#[derive(Clone, Copy)]
struct Bounds {
    /// Address space, in bytes.
    memory: u64,
    /// Seconds.
    processor: u64,
    descriptors: u64,
    /// Bytes of a file it writes.
    file: u64,
}

fn answer() -> std::io::Result<()> {
    // A panic's words may quote the document.
    std::panic::set_hook(Box::new(|_| {}));
    confine(Bounds { memory: MEMORY, processor: PROCESSOR, descriptors: DESCRIPTORS, file: 0 })?;
    let mut input = BufReader::new(std::io::stdin().lock());
    let mut head = Vec::new();
    input.by_ref().take(MAX_QUESTION).read_until(b'\n', &mut head)?;
    let question: Question = serde_json::from_slice(&head)?;
    let mut bytes = Vec::new();
    input.take(MAX_BYTES).read_to_end(&mut bytes)?;
    match question.task {
        Task::Read => say(&parse::read(&bytes, question.format), &[]),
        Task::Unlock => {
            let password = question.password.unwrap_or_default();
            match unlock::copy(&bytes, question.format, &password) {
                Ok(copy) => say(&Ok::<(), FailureCode>(()), &copy),
                Err(error) => say(&Err::<(), FailureCode>(error.into()), &[]),
            }
        }
    }
}

fn say(words: &impl Serialize, bytes: &[u8]) -> std::io::Result<()> {
    let mut answer = serde_json::to_vec(words)?;
    answer.push(b'\n');
    let mut output = std::io::stdout().lock();
    output.write_all(&answer)?;
    output.write_all(bytes)?;
    output.flush()
}

/// Takes away what reading a document does not need. A core dump would hold the document.
#[cfg(unix)]
fn confine(bounds: Bounds) -> std::io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};

    let bound = |resource, soft, hard| {
        setrlimit(resource, Rlimit { current: Some(soft), maximum: Some(hard) })
    };
    bound(Resource::Core, 0, 0)?;
    bound(Resource::Fsize, bounds.file, bounds.file)?;
    bound(Resource::Nofile, bounds.descriptors, bounds.descriptors)?;
    // At the first number the kernel tells, which shows in how the child ended; at the second it kills.
    bound(Resource::Cpu, bounds.processor, bounds.processor + 1)?;
    // macOS knows the limit and does not enforce it; the other limits hold there.
    let memory = bound(Resource::As, bounds.memory, bounds.memory);
    if cfg!(target_os = "linux") {
        memory?;
    }
    Ok(())
}

/// Elsewhere the parent's limits on time and answer have to do.
#[cfg(not(unix))]
fn confine(_: Bounds) -> std::io::Result<()> {
    Ok(())
}
