//! Scores every resume of a folder against every posting.
//!
//! Usage: `match_scores DIR` reads `DIR/resumes/*.json` and `DIR/jobs/*.txt` and writes
//! `resume, job, score` to standard output and the times to standard error.
#![expect(clippy::print_stdout, reason = "the table is what the program is for")]
#![expect(clippy::print_stderr, reason = "the time stands beside the table")]

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use roleready_shared::ats;
use roleready_shared::posting::facts;
use roleready_shared::resume::json::JsonResume;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: match_scores DIR")?;
    let resumes = files(&Path::new(&folder).join("resumes"), "json")?;
    let jobs = files(&Path::new(&folder).join("jobs"), "txt")?;
    let today = NaiveDate::from_ymd_opt(2026, 1, 1);
    let mut times = Vec::new();
    let mut readings = Vec::new();
    for (job, text) in &jobs {
        let start = Instant::now();
        let posting = facts::read(text);
        readings.push(start.elapsed());
        for (name, json) in &resumes {
            let resume: JsonResume = serde_json::from_str(json)?;
            let start = Instant::now();
            let report = ats::check(&resume, Some(&posting), None, today);
            times.push(start.elapsed());
            let score = report.matching.map_or(0, |matching| matching.score);
            println!("{name}\t{job}\t{score}");
        }
    }
    eprintln!("postings: {}", summary(readings));
    eprintln!("pairs: {}", summary(times));
    Ok(())
}

fn summary(mut times: Vec<Duration>) -> String {
    times.sort();
    let median = times.get(times.len() / 2).copied().unwrap_or_default();
    format!("{}, median {median:?}, slowest {:?}", times.len(), times.last())
}

fn files(folder: &Path, extension: &str) -> Result<BTreeMap<String, String>, Box<dyn Error>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|one| one == extension) {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            found.insert(name, std::fs::read_to_string(&path)?);
        }
    }
    Ok(found)
}
