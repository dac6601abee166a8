//! Lists what the rules read out of each posting of a folder.
//!
//! Usage: `posting_corpus DIR` reads `DIR/jobs/*.txt` and writes `job, skill` lines to standard
//! output and the other facts to standard error.
#![expect(clippy::print_stdout, reason = "the table is what the program is for")]
#![expect(clippy::print_stderr, reason = "the facts stand beside the table")]

use std::error::Error;
use std::path::Path;

use roleready_shared::posting::facts;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: posting_corpus DIR")?;
    for entry in std::fs::read_dir(Path::new(&folder).join("jobs"))? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "txt") {
            continue;
        }
        let job = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let mut facts = facts::read(&std::fs::read_to_string(&path)?);
        for requirement in &facts.requirements {
            for alias in &requirement.aliases {
                println!("{job}\t{alias}");
            }
            println!(
                "{job}\t{}\t{:?}\t{:?}",
                requirement.name, requirement.kind, requirement.importance
            );
        }
        facts.requirements.clear();
        eprintln!("{job}: {facts:#?}");
    }
    Ok(())
}
