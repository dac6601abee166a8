//! Scores every resume of a folder against every posting.
//!
//! Usage: `match_scores DIR` reads `DIR/resumes/*.json` and `DIR/jobs/*.txt` and writes
//! `resume, job, score` to standard output and the times to standard error; also those of
//! ranking 10,000 pairs by their features, and of a resume of 30,000 lines.
#![expect(clippy::print_stdout, reason = "the table is what the program is for")]
#![expect(clippy::print_stderr, reason = "the time stands beside the table")]

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use roleready_shared::ats;
use roleready_shared::ats::feature::{PostingFeature, ResumeFeature, likely_score};
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
    many(&resumes, &jobs)?;
    long(&jobs)
}

/// Ten thousand pairs by what is kept of them.
fn many(
    resumes: &BTreeMap<String, String>,
    jobs: &BTreeMap<String, String>,
) -> Result<(), Box<dyn Error>> {
    let resume: JsonResume =
        serde_json::from_str(resumes.values().next().ok_or("there is no resume")?)?;
    let start = Instant::now();
    let resume = ResumeFeature::of(&resume, None);
    eprintln!("a resume's features: {:?}", start.elapsed());
    let kept: Vec<String> = jobs
        .values()
        .map(|text| serde_json::to_string(&PostingFeature::of(&facts::read(text))))
        .collect::<Result<_, _>>()?;
    let start = Instant::now();
    let mut best = 0.0_f64;
    for kept in kept.iter().cycle().take(10_000) {
        let posting: PostingFeature = serde_json::from_str(kept)?;
        best = best.max(likely_score(&resume, &posting).unwrap_or(0.0));
    }
    eprintln!("10,000 pairs by their features: {:?}, best {best:.0}", start.elapsed());
    Ok(())
}

fn long(jobs: &BTreeMap<String, String>) -> Result<(), Box<dyn Error>> {
    let posting = facts::read(jobs.values().next().ok_or("there is no posting")?);
    for lines in [3_000, 30_000] {
        let lines: Vec<String> =
            (0..lines).map(|at| format!("Built Go services {at} on SQL, Kafka")).collect();
        let resume = serde_json::json!({ "work": [{ "highlights": lines }] });
        let resume: JsonResume = serde_json::from_value(resume)?;
        let start = Instant::now();
        std::hint::black_box(ats::check(&resume, Some(&posting), None, None));
        eprintln!("a resume of {} lines: {:?}", lines.len(), start.elapsed());
    }
    Ok(())
}

fn summary(mut times: Vec<Duration>) -> String {
    times.sort();
    let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or_default();
    format!("{}, median {:?}, p95 {:?}, slowest {:?}", times.len(), at(50), at(95), times.last())
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
