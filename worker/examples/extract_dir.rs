//! Reads every document below folders through child processes: `extract_dir PROGRAM FOLDER…`.
//!
//! Prints, per format, how each ended, the time with the child (p50, p95, worst), and with GNU
//! time installed the child's peak memory. PROGRAM is `roleready` or `roleready-worker`.

#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use shared::document::door::{Answer, Door, DoorError, EXTRACT, Question, Task};
use shared::document::format::Format;

#[derive(Default)]
struct Row {
    outcomes: BTreeMap<String, usize>,
    milliseconds: Vec<f64>,
    kibibytes: u64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let Some(program) = arguments.next() else {
        println!("extract_dir PROGRAM FOLDER…");
        return Ok(());
    };
    let mut rows: BTreeMap<&str, Row> = BTreeMap::new();
    for folder in arguments {
        let mut files: Vec<PathBuf> =
            std::fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path())).collect();
        files.sort();
        for file in files {
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let Some(format) = Format::from_name(&name).filter(|_| !name.contains(".gold.")) else {
                continue;
            };
            let row = rows.entry(format.extensions()[0]).or_default();
            read(&program, &file, format, row).await?;
        }
    }
    for (format, mut row) in rows {
        row.milliseconds.sort_by(f64::total_cmp);
        let share = |percent: usize| row.milliseconds[(row.milliseconds.len() - 1) * percent / 100];
        println!(
            "{format}: {} files, p50 {:.1} ms, p95 {:.1} ms, worst {:.0} ms, peak {} MiB, {:?}",
            row.milliseconds.len(),
            share(50),
            share(95),
            share(100),
            row.kibibytes / 1024,
            row.outcomes
        );
    }
    Ok(())
}

async fn read(program: &str, file: &Path, format: Format, row: &mut Row) -> std::io::Result<()> {
    let bytes = std::fs::read(file)?;
    let question = Question { task: Task::Read, format, password: None };
    let begun = Instant::now();
    let answer =
        Door::to(program).ask::<Result<serde_json::Value, String>>(&question, &bytes).await;
    row.milliseconds.push(begun.elapsed().as_secs_f64() * 1000.0);
    let outcome = match answer {
        Ok(Answer { words: Ok(_), .. }) => "read".to_owned(),
        Ok(Answer { words: Err(refusal), .. }) => refusal,
        Err(DoorError::Stopped(limit)) => format!("stopped: {}", limit.as_str()),
        Err(error) => error.to_string(),
    };
    if outcome.starts_with("stopped") {
        println!("{}: {outcome}", file.display());
    }
    *row.outcomes.entry(outcome).or_default() += 1;
    row.kibibytes = row.kibibytes.max(peak(program, &question, &bytes).unwrap_or(0));
    Ok(())
}

/// What GNU time says the child took at its peak, in KiB.
fn peak(program: &str, question: &Question, bytes: &[u8]) -> Option<u64> {
    let mut child = Command::new("/usr/bin/time")
        .args(["-f", "%M", program, EXTRACT])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    let mut stdin = child.stdin.take()?;
    let mut head = serde_json::to_vec(question).ok()?;
    head.push(b'\n');
    // A child that has died does not listen.
    let _ = stdin.write_all(&head).and_then(|()| stdin.write_all(bytes));
    drop(stdin);
    let said = child.wait_with_output().ok()?.stderr;
    String::from_utf8_lossy(&said).lines().last()?.trim().parse().ok()
}
