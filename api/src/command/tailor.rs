//! `roleready tailor`: edits that make a resume fit a posting, each with its proof.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::Utc;
use clap::Args;
use serde_json::json;
use shared::ats;
use shared::export::{Format, Template};
use shared::posting::facts;
use shared::resume::json::JsonResume;
use shared::resume::patch;
use shared::tailoring::{Intensity, Mode, Options};
use shared::truth::Verdict;
use worker::export;
use worker::help::Case;
use worker::tailor::plan::gaps;
use worker::tailor::verify::{Verified, verify};

use super::help::{self, Helper};
use super::{Stopped, files};
use crate::console::say;

#[derive(Args)]
pub struct Arguments {
    /// A resume: JSON Resume, or any document that can be read
    resume: PathBuf,
    /// The text of a job posting
    posting: PathBuf,
    /// Write the resume with all faithful edits here; the ending says how: .json, .docx, .pdf, .md or .txt
    #[arg(long)]
    out: Option<PathBuf>,
    /// All edits with their proof, for programs
    #[arg(long)]
    json: bool,
}

pub async fn run(arguments: &Arguments) -> Result<(), Stopped> {
    let helper = Helper::connect()?;
    let parsed = helper.read(files::resume(&arguments.resume).await?).await;
    let facts = facts::read(&files::posting(&arguments.posting)?);
    if facts.requirements.is_empty() {
        return Err(Stopped::bad_input("no requirement was found in the posting"));
    }
    let document = help::document_facts(&parsed);
    let today = Utc::now().date_naive();
    let report = ats::check(&parsed.resume, Some(&facts), document.as_ref(), Some(today));
    let case = Case {
        resume: Arc::new(parsed.resume),
        facts: Arc::new(facts),
        report: Arc::new(report),
        options: Options {
            mode: Mode::Full,
            sections: Vec::new(),
            intensity: Intensity::Keywords,
            tone: None,
        },
    };
    let edits = helper.draft(case.clone()).await?;
    let verified = verify(&case.resume, &case.facts, edits);
    if let Some(out) = &arguments.out {
        write(out, &tailored(&case.resume, &verified))?;
    }
    if arguments.json {
        let gaps = gaps(&case.report);
        let all = json!({
            "report": &*case.report,
            "proposals": verified.proposals,
            "withheld": verified.withheld,
            "gaps": gaps,
        });
        say(all);
    } else {
        print(&case, &verified);
    }
    Ok(())
}

/// The resume with every edit that needs nobody's eye.
fn tailored(resume: &JsonResume, verified: &Verified) -> JsonResume {
    let faithful = verified.proposals.iter().filter(|one| one.verdict == Verdict::Faithful);
    faithful.fold(resume.clone(), |resume, proposed| {
        patch::apply(&resume, &proposed.edit.edit()).unwrap_or(resume)
    })
}

fn write(out: &Path, resume: &JsonResume) -> Result<(), Stopped> {
    let ending = out.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let format = Format::ALL.into_iter().find(|format| format.ending() == ending);
    let format = format.ok_or_else(|| Stopped {
        code: 2,
        message: "--out must end in .json, .docx, .pdf, .md or .txt".into(),
    })?;
    let exported =
        export::export(resume, format, Template::default()).map_err(Stopped::bad_input)?;
    std::fs::write(out, exported.bytes)
        .map_err(|error| Stopped::unavailable(format!("cannot write {}: {error}", out.display())))
}

fn print(case: &Case, verified: &Verified) {
    for proposed in &verified.proposals {
        let edit = &proposed.edit;
        let verdict = match proposed.verdict {
            Verdict::Faithful => "faithful",
            Verdict::NeedsReview | Verdict::Fabricated => "needs your eye",
        };
        say(format!("{}  ({verdict})\n  - {}\n  + {}", edit.path, edit.before, edit.after));
        say(format!("  why: {}", edit.why));
        for evidence in &edit.evidence {
            say(format!("  proof: {} \"{}\"", evidence.path, evidence.quote));
        }
        say("");
    }
    if verified.proposals.is_empty() {
        say("The resume stands as it is: no edit would bring it nearer to this posting.\n");
    }
    for withheld in &verified.withheld {
        let reasons: Vec<&str> =
            withheld.reasons.iter().map(|reason| reason.explanation.as_str()).collect();
        say(format!("withheld: {}  {}", withheld.edit.path, reasons.join(" ")));
    }
    for gap in gaps(&case.report) {
        say(format!("not shown: {}. {}", gap.name, gap.question));
    }
}
