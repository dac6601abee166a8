//! Says for each line of a labelled corpus whether the resume shows the skill.
//!
//! Usage: `match_corpus DIR` reads `DIR/resumes/*.json` and `DIR/pairs.tsv`
//! (resume, job, skill, importance) and writes `resume, job, skill, 0|1, path` to standard output.
#![expect(clippy::print_stdout, reason = "the table is what the program is for")]

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use roleready_shared::ats::reading::Reading;
use roleready_shared::resume::json::JsonResume;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: match_corpus DIR")?;
    let folder = Path::new(&folder);
    let mut resumes: BTreeMap<String, JsonResume> = BTreeMap::new();
    for entry in std::fs::read_dir(folder.join("resumes"))? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        resumes.insert(name, serde_json::from_str(&std::fs::read_to_string(&path)?)?);
    }
    let readings: BTreeMap<&str, Reading> =
        resumes.iter().map(|(name, resume)| (name.as_str(), Reading::of(resume))).collect();
    let pairs = std::fs::read_to_string(folder.join("pairs.tsv"))?;
    for line in pairs.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [resume, job, skill, ..] = cells.as_slice() else { continue };
        let Some(reading) = readings.get(resume) else { continue };
        let evidence = reading.shows(skill, &[]).into_iter().next();
        let path = evidence.as_ref().map_or("", |evidence| evidence.path.as_str());
        println!("{resume}\t{job}\t{skill}\t{}\t{path}", u8::from(evidence.is_some()));
    }
    Ok(())
}
