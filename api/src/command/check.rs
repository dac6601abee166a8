//! `roleready check`: does each edit say only what its resume says?

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Deserialize;
use serde_json::json;
use shared::resume::json::JsonResume;
use shared::resume::patch::Edit;
use shared::truth;

use super::{Stopped, files};
use crate::console::say;

#[derive(Args)]
pub struct Arguments {
    /// Edits, one JSON object a line: {id, resume, path, original, proposed}
    edits: PathBuf,
    /// The folder of the resumes; `resume` is a file name there without its ending
    #[arg(long)]
    resumes: PathBuf,
    /// Where to write the verdicts, one JSON object a line; standard output otherwise
    #[arg(long)]
    out: Option<PathBuf>,
}

/// One line of the input; other fields are of no interest here.
#[derive(Deserialize)]
struct Line {
    id: serde_json::Value,
    resume: String,
    path: String,
    original: String,
    proposed: String,
}

pub fn run(arguments: &Arguments) -> Result<(), Stopped> {
    let text = std::fs::read_to_string(&arguments.edits).map_err(|error| {
        Stopped::bad_input(format!("cannot read {}: {error}", arguments.edits.display()))
    })?;
    let mut resumes = BTreeMap::new();
    let mut verdicts = String::new();
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let line: Line = serde_json::from_str(line)
            .map_err(|error| Stopped::bad_input(format!("line {}: {error}", number + 1)))?;
        if !resumes.contains_key(&line.resume) {
            resumes.insert(line.resume.clone(), resume(&arguments.resumes, &line.resume)?);
        }
        let judged = judge(&resumes[&line.resume], line);
        writeln!(verdicts, "{judged}").map_err(Stopped::unavailable)?;
    }
    if let Some(out) = &arguments.out {
        return std::fs::write(out, verdicts).map_err(Stopped::unavailable);
    }
    say(verdicts.trim_end());
    Ok(())
}

fn judge(resume: &JsonResume, line: Line) -> serde_json::Value {
    let edit = Edit { path: line.path, before: line.original, after: line.proposed };
    let judgement = truth::judge(resume, &edit);
    json!({ "id": line.id, "verdict": judgement.verdict, "reasons": judgement.reasons })
}

fn resume(folder: &Path, stem: &str) -> Result<JsonResume, Stopped> {
    if Path::new(stem).components().count() != 1 {
        return Err(Stopped::bad_input(format!("`{stem}` is no file name")));
    }
    files::data(&folder.join(format!("{stem}.json")))
}
