//! What the tailor prompt costs beside a plain one, and what a full rewrite would cost beside edits.
//!
//! `cargo run -p roleready-worker --example tokens -- RESUMES JOBS FIT.tsv [MODEL]`
//!
//! `FIT.tsv` holds `resume<TAB>job<TAB>fit` lines; pairs that fit strongly or partly are counted.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use roleready_worker::model::{ChatRequest, tokens};
use roleready_worker::tailor::{DraftEdit, editable, prompt, rules};
use serde_json::{Value, json};
use shared::ats;
use shared::posting::facts::{self, PostingFacts};
use shared::resume::json::JsonResume;
use shared::resume::patch;
use shared::tailoring::{Intensity, Mode, Options};

struct Row {
    pair: String,
    naive: u64,
    compressed: u64,
    schema: u64,
    /// What stays the same for the same resume and another posting.
    prefix: u64,
    /// The whole resume as compact JSON.
    rewrite: u64,
    /// The rules' own edits in the form a model answers in.
    edits: u64,
    /// Requirements and words with digits that the prompt should show and does not.
    lost: usize,
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
    let posting = fs::read_to_string(job.with_added_extension("txt"))?;
    let resume_text = fs::read_to_string(resume.with_added_extension("json"))?;
    let resume_data: JsonResume = serde_json::from_str(&resume_text)?;
    let facts = facts::read(&posting);
    let options =
        Options { mode: Mode::Full, sections: Vec::new(), intensity: Intensity::Full, tone: None };
    let request = prompt::question(&resume_data, &facts, &options, model);
    let bare = ChatRequest { schema: None, ..request.clone() };
    let pretty = serde_json::to_string_pretty(&resume_data)?;
    let plain = ChatRequest { user: format!("{pretty}\n\n{posting}"), ..bare.clone() };
    let report = ats::check(&resume_data, Some(&facts), None, None);
    let edits = rules::draft(&resume_data, &report, &facts, &options);
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Row {
        pair: format!("{} x {}", name(resume), name(job)),
        naive: tokens::prompt(&plain),
        compressed: tokens::prompt(&bare),
        schema: tokens::prompt(&request) - tokens::prompt(&bare),
        prefix: prefix(&request),
        rewrite: tokens::count(model, &serde_json::to_string(&resume_data)?).tokens,
        edits: tokens::count(model, &answer(&edits).to_string()).tokens,
        lost: lost(&request.user, &facts, &editable::passages(&resume_data, &options)),
    })
}

/// Rules and resume: a provider that has seen them bills them as cached.
fn prefix(request: &ChatRequest) -> u64 {
    let same = request.user.split("<posting>").next().unwrap_or_default();
    tokens::prompt(&ChatRequest { user: same.to_owned(), schema: None, ..request.clone() })
}

fn answer(edits: &[DraftEdit]) -> Value {
    let edits = edits.iter().map(|edit| {
        let after = match (patch::texts(&edit.before), patch::texts(&edit.after)) {
            (Some(before), Some(after)) => after.iter().map(|item| entry(&before, item)).collect(),
            _ => json!(edit.after),
        };
        let others = edit.evidence.iter().map(|one| &one.path).filter(|path| **path != edit.path);
        let evidence: Vec<_> = others.collect();
        json!({ "path": edit.path, "after": after, "evidence": evidence })
    });
    json!({ "edits": edits.collect::<Vec<_>>() })
}

fn entry(before: &[String], item: &String) -> Value {
    before.iter().position(|old| old == item).map_or_else(|| json!(item), |at| json!(at))
}

fn lost(prompt: &str, facts: &PostingFacts, passages: &[(String, Value)]) -> usize {
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let asked = facts.requirements.iter().filter(|one| !prompt.contains(&words(&one.line)));
    let numbers = passages.iter().map(|(_, value)| value.to_string());
    let numbers = numbers.flat_map(|text| {
        let words = text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        words.into_iter().filter(|word| word.contains(|one: char| one.is_ascii_digit()))
    });
    asked.count() + numbers.filter(|number| !prompt.contains(number.as_str())).count()
}

#[expect(clippy::print_stdout, reason = "the table is what this is for")]
fn print(rows: &[Row]) {
    println!(
        "{:<52}{:>8}{:>12}{:>8}{:>10}{:>8}{:>7}",
        "pair", "naive", "compressed", "saved", "rewrite", "edits", "lost"
    );
    for row in rows {
        let saved = saved(row.naive, row.compressed);
        println!(
            "{:<52}{:>8}{:>12}{saved:>7}%{:>10}{:>8}{:>7}",
            row.pair, row.naive, row.compressed, row.rewrite, row.edits, row.lost
        );
    }
    let sum = |of: fn(&Row) -> u64| rows.iter().map(of).sum::<u64>();
    let (naive, compressed) = (sum(|row| row.naive), sum(|row| row.compressed));
    let (rewrite, edits) = (sum(|row| row.rewrite), sum(|row| row.edits));
    println!("input: {naive} to {compressed}, {}% saved", saved(naive, compressed));
    println!("output: {rewrite} to {edits}, {}% saved", saved(rewrite, edits));
    let schema = rows.iter().map(|row| row.schema).max().unwrap_or(0);
    println!("the schema adds at most {schema} to each prompt");
    let prefix = sum(|row| row.prefix);
    println!(
        "prefix that stays for another posting: {prefix}, {}%",
        100 * prefix / compressed.max(1)
    );
    let most = |of: fn(&Row) -> u64| rows.iter().map(of).max().unwrap_or(0);
    let (input, output) = (most(|row| row.compressed + row.schema), most(|row| row.edits));
    println!("the longest prompt with its schema: {input}; the longest answer: {output}");
}

/// Per cent, rounded down.
fn saved(before: u64, after: u64) -> u64 {
    100 * before.saturating_sub(after) / before.max(1)
}
