//! How long the pure engines take: `cargo bench -p roleready-shared`.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use roleready_shared::posting::facts;
use roleready_shared::resume::json::JsonResume;
use roleready_shared::resume::patch::Edit;
use roleready_shared::{ats, truth};
use serde::Deserialize;

const RESUME: &str = include_str!("../tests/fixtures/truth/backend_engineer.json");
const POSTING: &str = include_str!("../../docs/examples/posting.txt");
const EDITS: &str = include_str!("../tests/fixtures/truth/edits.jsonl");

#[derive(Deserialize)]
struct Line {
    resume: String,
    path: String,
    before: String,
    after: String,
}

fn resume() -> JsonResume {
    serde_json::from_str(RESUME).expect("a resume")
}

fn matching(criterion: &mut Criterion) {
    let (resume, posting) = (resume(), facts::read(POSTING));
    criterion.bench_function("read a posting", |bench| {
        bench.iter(|| facts::read(black_box(POSTING)));
    });
    criterion.bench_function("match one pair, whole report", |bench| {
        bench.iter(|| ats::check(black_box(&resume), Some(black_box(&posting)), None, None));
    });
}

fn gate(criterion: &mut Criterion) {
    let resume = resume();
    let lines = EDITS.lines().map(|line| serde_json::from_str::<Line>(line).expect("an edit"));
    let edits: Vec<Edit> = lines
        .filter(|line| line.resume == "backend_engineer")
        .map(|Line { path, before, after, .. }| Edit { path, before, after })
        .collect();
    let mut next = edits.iter().cycle();
    criterion.bench_function("judge one edit", |bench| {
        bench.iter(|| truth::judge(black_box(&resume), next.next().expect("an edit")));
    });
}

criterion_group!(engines, matching, gate);
criterion_main!(engines);
