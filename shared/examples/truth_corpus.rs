//! Judges a file of labelled edits: `truth_corpus EDITS.jsonl RESUMES_DIR PREDICTIONS.jsonl [--explain]`.

use std::{collections::HashMap, env, error::Error, fs, io::Write, path::Path, time::Instant};

use roleready_shared::{
    resume::{json::JsonResume, patch::Edit},
    truth::judge,
};
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let [edits, resumes, predictions, rest @ ..] = arguments.as_slice() else {
        return Err("usage: truth_corpus EDITS RESUMES PREDICTIONS [--explain]".into());
    };
    let mut known: HashMap<String, JsonResume> = HashMap::new();
    let mut out = fs::File::create(predictions)?;
    let mut slowest = 0;
    let mut total = 0;
    for line in fs::read_to_string(edits)?.lines().filter(|line| !line.trim().is_empty()) {
        let row: Value = serde_json::from_str(line)?;
        let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
        let name = text("resume");
        if !known.contains_key(&name) {
            let file = Path::new(resumes).join(format!("{name}.json"));
            known.insert(name.clone(), serde_json::from_str(&fs::read_to_string(file)?)?);
        }
        let edit = Edit { path: text("path"), before: text("original"), after: text("proposed") };
        let start = Instant::now();
        let judgement = judge(&known[&name], &edit);
        let taken = start.elapsed().as_micros();
        total += taken;
        slowest = slowest.max(taken);
        let reasons: Vec<_> = judgement
            .reasons
            .iter()
            .map(|reason| format!("{:?}[{}]", reason.code, reason.words))
            .collect();
        let mut prediction = json!({ "id": row["id"], "verdict": judgement.verdict });
        if rest.first().is_some_and(|option| option == "--explain") {
            prediction["reasons"] = json!(reasons);
        }
        writeln!(out, "{prediction}")?;
    }
    let mut err = std::io::stderr();
    writeln!(err, "judged in {total} us, slowest {slowest} us")?;
    Ok(())
}
