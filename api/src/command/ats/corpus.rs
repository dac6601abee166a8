//! `roleready ats --corpus`: which resumes of a folder show which skills.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use shared::ats::hit::shows;
use shared::resume::json::JsonResume;

use crate::command::{Stopped, files};

/// For each row of `pairs.tsv` (resume, job, skill, importance) a row with whether
/// the resume shows the skill, by its name and the taxonomy alone.
pub fn run(corpus: &Path, out: &Path) -> Result<(), Stopped> {
    let pairs = corpus.join("pairs.tsv");
    let text = std::fs::read_to_string(&pairs)
        .map_err(|error| Stopped::bad_input(format!("cannot read {}: {error}", pairs.display())))?;
    let mut resumes: BTreeMap<String, JsonResume> = BTreeMap::new();
    let mut rows = String::from("resume\tjob\tskill\tpresent\n");
    for row in text.lines().skip(1) {
        let cells: Vec<&str> = row.split('\t').collect();
        let [resume, job, skill, ..] = cells[..] else {
            return Err(Stopped::bad_input(format!("`{row}` has fewer than three columns")));
        };
        if !resumes.contains_key(resume) {
            let file = corpus.join("resumes").join(format!("{resume}.json"));
            resumes.insert(resume.to_owned(), files::data(&file)?);
        }
        let shown = shows(&resumes[resume], skill).is_some();
        writeln!(rows, "{resume}\t{job}\t{skill}\t{}", u8::from(shown))
            .map_err(Stopped::unavailable)?;
    }
    std::fs::write(out, rows).map_err(Stopped::unavailable)
}
