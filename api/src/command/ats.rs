//! `roleready ats`: how a resume matches a posting.

use std::path::{Path, PathBuf};

use chrono::Utc;
use clap::Args;
use shared::ats::coverage::{Covered, Status};
use shared::ats::{self, Report};
use shared::posting::facts;
use shared::posting::requirement::Importance;

use super::help::{self, Helper};
use super::{Stopped, files};
use crate::console::say;

mod corpus;

#[derive(Args)]
pub struct Arguments {
    /// A resume: JSON Resume, or any document that can be read
    #[arg(required_unless_present = "corpus")]
    resume: Option<PathBuf>,
    /// The text of a job posting
    #[arg(required_unless_present = "corpus")]
    posting: Option<PathBuf>,
    /// A folder with `resumes/*.json` and `pairs.tsv`: says for each row whether the resume shows the skill
    #[arg(long, requires = "out", conflicts_with_all = ["resume", "json"])]
    corpus: Option<PathBuf>,
    /// With --corpus: where to write the table
    #[arg(long, requires = "corpus")]
    out: Option<PathBuf>,
    /// The whole report, for programs
    #[arg(long)]
    json: bool,
}

pub async fn run(arguments: &Arguments) -> Result<(), Stopped> {
    match arguments {
        Arguments { corpus: Some(corpus), out: Some(out), .. } => corpus::run(corpus, out),
        Arguments { resume: Some(resume), posting: Some(posting), json, .. } => {
            let report = report(resume, posting).await?;
            if *json {
                say(serde_json::to_string(&report).map_err(Stopped::unavailable)?);
            } else {
                print(&report);
            }
            Ok(())
        }
        Arguments { .. } => {
            Err(Stopped { code: 2, message: "a resume and a posting are needed".into() })
        }
    }
}

async fn report(resume: &Path, posting: &Path) -> Result<Report, Stopped> {
    let helper = Helper::connect()?;
    let parsed = helper.read(files::resume(resume).await?).await;
    let facts = facts::read(&files::posting(posting)?);
    if facts.requirements.is_empty() {
        return Err(Stopped::bad_input("no requirement was found in the posting"));
    }
    let document = help::document_facts(&parsed);
    let today = Utc::now().date_naive();
    let report = ats::check(&parsed.resume, Some(&facts), document.as_ref(), Some(today));
    Ok(helper.meaning(&parsed.resume, &facts).await.blend(report))
}

fn print(report: &Report) {
    if let Some(matching) = &report.matching {
        say(format!("Match: {} of 100", matching.score));
        for part in &matching.components {
            say(format!("  {:>5.1} of {:>4.0}  {}", part.points, part.weight, part.why));
        }
    }
    if let Some(coverage) = &report.coverage {
        for (importance, title) in
            [(Importance::Required, "Required"), (Importance::Preferred, "Preferred")]
        {
            let of_kind = coverage.requirements.iter().filter(|one| one.importance == importance);
            let rows: Vec<&Covered> = of_kind.collect();
            if !rows.is_empty() {
                say(format!("\n{title}"));
                rows.into_iter().for_each(print_requirement);
            }
        }
    }
    say(format!("\nReadability: {} of 100", report.readability.score));
    for finding in &report.readability.findings {
        say(format!("  -{}  {}", finding.points, finding.fix));
    }
}

fn print_requirement(covered: &Covered) {
    let mark = match covered.status {
        Status::Met => "met    ",
        Status::Partly => "partly ",
        Status::Missing => "missing",
    };
    let proof = covered.evidence.first();
    let proof = proof.map(|proof| format!("  {} \"{}\"", proof.path, proof.quote));
    say(format!("  {mark}  {}{}", covered.name, proof.unwrap_or_default()));
}
