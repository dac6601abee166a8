//! What the tailor prompt costs beside a plain one, and what a full rewrite would cost beside edits.
//!
//! `cargo run -p roleready-worker --example tokens -- RESUMES JOBS FIT.tsv [MODEL]`
//!
//! `FIT.tsv` holds `resume<TAB>job<TAB>fit` lines; pairs that fit strongly or partly are counted.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use shared::posting::facts;
use shared::resume::json::JsonResume;
use shared::tailoring::{Intensity, Mode, Options};
use worker::model::{ChatRequest, tokens};
use worker::tailor::prompt;

struct Row {
    pair: String,
    naive: u64,
    compressed: u64,
    schema: u64,
    rewrite: u64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut path = || arguments.next().map(PathBuf::from).ok_or("RESUMES JOBS FIT.tsv [MODEL]");
    let (resumes, jobs, fit) = (path()?, path()?, path()?);
    let model = arguments.next().unwrap_or_else(|| "gpt-4.1-mini".to_owned());
    let mut rows = Vec::new();
    for line in fs::read_to_string(fit)?.lines() {
        let parts: Vec<&str> = line.split('\t').collect();
        if let [resume, job, "strong" | "partial"] = *parts.as_slice() {
            rows.push(count(&resumes.join(resume), &jobs.join(job), &model)?);
        }
    }
    print(&rows);
    Ok(())
}

fn count(resume: &Path, job: &Path, model: &str) -> Result<Row, Box<dyn Error>> {
    let resume_text = fs::read_to_string(resume.with_added_extension("json"))?;
    let posting = fs::read_to_string(job.with_added_extension("txt"))?;
    let resume_data: JsonResume = serde_json::from_str(&resume_text)?;
    let options =
        Options { mode: Mode::Full, sections: Vec::new(), intensity: Intensity::Full, tone: None };
    let request = prompt::question(&resume_data, &facts::read(&posting), &options, model);
    let bare = ChatRequest { schema: None, ..request.clone() };
    let pretty = serde_json::to_string_pretty(&resume_data)?;
    let plain = ChatRequest { user: format!("{pretty}\n\n{posting}"), ..bare.clone() };
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Row {
        pair: format!("{} x {}", name(resume), name(job)),
        naive: tokens::prompt(&plain),
        compressed: tokens::prompt(&bare),
        schema: tokens::prompt(&request) - tokens::prompt(&bare),
        rewrite: tokens::count(model, &serde_json::to_string(&resume_data)?).tokens,
    })
}

#[expect(clippy::print_stdout, reason = "the table is what this is for")]
fn print(rows: &[Row]) {
    println!("{:<52}{:>8}{:>12}{:>8}{:>10}", "pair", "naive", "compressed", "saved", "rewrite");
    for row in rows {
        println!(
            "{:<52}{:>8}{:>12}{:>7}%{:>10}",
            row.pair,
            row.naive,
            row.compressed,
            saved(row.naive, row.compressed),
            row.rewrite
        );
    }
    let sum = |of: fn(&Row) -> u64| rows.iter().map(of).sum::<u64>();
    let (naive, compressed) = (sum(|row| row.naive), sum(|row| row.compressed));
    println!("all: {naive} to {compressed}, {}% saved", saved(naive, compressed));
    println!(
        "the schema adds at most {} to each",
        rows.iter().map(|row| row.schema).max().unwrap_or(0)
    );
}

/// Per cent, rounded down.
fn saved(before: u64, after: u64) -> u64 {
    100 * before.saturating_sub(after) / before.max(1)
}
