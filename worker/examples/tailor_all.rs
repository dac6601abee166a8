//! What the rules offer for fitting pairs: `tailor_all RESUMES JOBS FIT`.
#![expect(clippy::print_stdout, reason = "the figures are the point")]

use std::collections::BTreeMap;
use std::path::Path;

use roleready_worker::tailor::rules;
use roleready_worker::tailor::verify::verify;
use shared::ats;
use shared::posting::facts;
use shared::resume::json::JsonResume;
use shared::resume::patch;
use shared::tailoring::totals::Standing;
use shared::tailoring::{Intensity, Mode, Options};

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [resumes, jobs, fit] = arguments.as_slice() else {
        anyhow::bail!("tailor_all RESUMES JOBS FIT");
    };
    let options = Options {
        mode: Mode::Full,
        sections: Vec::new(),
        intensity: Intensity::Keywords,
        tone: None,
    };
    let mut verdicts: BTreeMap<String, usize> = BTreeMap::new();
    let (mut pairs, mut offered, mut withheld, mut helped) = (0, 0, 0, 0);
    let (mut points, mut met) = (0, 0);
    for line in std::fs::read_to_string(fit)?.lines() {
        let mut columns = line.split('\t');
        let (Some(resume), Some(job), Some("strong" | "partial")) =
            (columns.next(), columns.next(), columns.next())
        else {
            continue;
        };
        let resume = std::fs::read(Path::new(resumes).join(format!("{resume}.json")))?;
        let resume: JsonResume = serde_json::from_slice(&resume)?;
        let posting = std::fs::read_to_string(Path::new(jobs).join(format!("{job}.txt")))?;
        let facts = facts::read(&posting);
        let report = ats::check(&resume, Some(&facts), None, None);
        let drafted = rules::draft(&resume, &report, &facts, &options);
        let verified = verify(&resume, &facts, drafted);
        let edited = verified.proposals.iter().fold(resume.clone(), |resume, proposed| {
            patch::apply(&resume, &proposed.edit.edit()).unwrap_or(resume)
        });
        let gain = Standing::measure(&edited, &facts).since(Standing::measure(&resume, &facts));
        pairs += 1;
        offered += verified.proposals.len();
        withheld += verified.withheld.len();
        points += gain.score;
        met += gain.met;
        helped += usize::from(gain.score > 0 || gain.met > 0);
        for proposed in &verified.proposals {
            *verdicts.entry(format!("{:?}", proposed.verdict)).or_default() += 1;
        }
    }
    println!("pairs {pairs}, edits offered {offered} {verdicts:?}, withheld {withheld}");
    println!("points gained {points}, requirements gained {met}, pairs that gain {helped}");
    Ok(())
}
