use serde_json::json;
use shared::ats;
use shared::posting::facts;
use shared::resume::patch;
use shared::tailoring::{Intensity, Mode, Section, Tone};

use super::*;
use crate::tailor::verify::verify;

const RESUMES: [&str; 3] = [
    include_str!("../../../tests/fixtures/tailor/marketer.json"),
    include_str!("../../../tests/fixtures/tailor/recruiter.json"),
    include_str!("../../../tests/fixtures/tailor/analyst.json"),
];
const POSTINGS: [&str; 3] = [
    include_str!("../../../tests/fixtures/tailor/marketer.txt"),
    include_str!("../../../tests/fixtures/tailor/recruiter.txt"),
    include_str!("../../../tests/fixtures/tailor/analyst.txt"),
];

fn full() -> Options {
    Options { mode: Mode::Full, sections: Vec::new(), intensity: Intensity::Full, tone: None }
}

fn drafted(resume: &JsonResume, posting: &str, options: &Options) -> Vec<DraftEdit> {
    let facts = facts::read(posting);
    let report = ats::check(resume, Some(&facts), None, None);
    draft(resume, &report, &facts, options)
}

fn resume(text: &str) -> JsonResume {
    serde_json::from_str(text).unwrap()
}

fn after<'e>(edits: &'e [DraftEdit], path: &str) -> &'e str {
    edits.iter().find(|edit| edit.path == path).map_or("", |edit| edit.after.as_str())
}

#[test]
fn every_edit_of_the_rules_passes_the_gate_and_is_offered() {
    let tones = [None, Some(Tone::Plain), Some(Tone::Confident), Some(Tone::Formal)];
    let mut offered = 0;
    for (text, posting) in
        RESUMES.iter().flat_map(|resume| POSTINGS.map(|posting| (*resume, posting)))
    {
        for tone in tones {
            let resume = resume(text);
            let edits = drafted(&resume, posting, &Options { tone, ..full() });
            offered += edits.len();

            let verified = verify(&resume, &facts::read(posting), edits.clone());

            assert_eq!(verified.withheld, []);
            assert_eq!(verified.proposals.len(), edits.len());
            for proposal in verified.proposals {
                assert_eq!(proposal.verdict, Verdict::Faithful, "{proposal:?}");
            }
        }
    }
    assert!(offered > 40, "{offered}");
}

#[test]
fn the_same_input_gives_the_same_edits() {
    let resume = resume(RESUMES[0]);

    assert_eq!(drafted(&resume, POSTINGS[0], &full()), drafted(&resume, POSTINGS[0], &full()));
}

#[test]
fn bullets_the_posting_asks_about_come_first_and_none_is_lost() {
    let resume = resume(RESUMES[2]);
    let edits = drafted(&resume, POSTINGS[2], &full());

    let bullets = patch::texts(after(&edits, "/work/0/highlights")).unwrap();

    assert!(
        bullets.iter().position(|b| b.contains("fraud"))
            < bullets.iter().position(|b| b.contains("dictionary"))
    );
    let mut sorted = (bullets, resume.work[0].highlights.clone());
    sorted.0.sort();
    sorted.1.sort();
    assert_eq!(sorted.0, sorted.1);
}

#[test]
fn a_skill_that_only_the_posting_names_is_never_added() {
    for (text, posting) in RESUMES.iter().zip(POSTINGS) {
        for edit in drafted(&resume(text), posting, &full()) {
            for foreign in ["Snowflake", "dbt", "Workday", "Kafka", "SHRM", "PHR"] {
                assert_eq!(edit.after.contains(foreign), edit.before.contains(foreign), "{edit:?}");
            }
        }
    }
}

#[test]
fn a_skill_that_an_entry_shows_is_added_to_the_list_with_the_line_as_proof() {
    let resume = resume(RESUMES[1]);
    let edits = drafted(&resume, "HR Officer\n\nRequirements\n- Payroll\n- Recruitment\n", &full());

    let edit = edits.iter().find(|edit| edit.path == "/skills/0/keywords").unwrap();

    assert!(
        patch::texts(&edit.after)
            .unwrap()
            .iter()
            .any(|skill| skill.eq_ignore_ascii_case("payroll")),
        "{edit:?}"
    );
    assert!(
        edit.evidence.iter().any(|evidence| evidence.path == "/work/0/highlights/5"),
        "{edit:?}"
    );
}

#[test]
fn a_skill_gets_the_name_the_posting_uses_for_the_same_thing() {
    let resume: JsonResume = serde_json::from_value(json!({
        "skills": [{ "name": "Cloud", "keywords": ["K8s", "Docker"] }]
    }))
    .unwrap();

    let edits = drafted(
        &resume,
        "Platform Engineer\n\nRequirements\n- Kubernetes in production\n",
        &full(),
    );

    assert_eq!(after(&edits, "/skills/0/keywords"), r#"["Kubernetes","Docker"]"#);
}

#[test]
fn the_summary_names_listed_skills_and_leaves_out_those_at_a_basic_level() {
    let edits = drafted(&resume(RESUMES[0]), POSTINGS[0], &full());

    let summary = after(&edits, "/basics/summary");

    assert!(summary.contains("Skilled in"), "{edits:?}");
    assert!(summary.contains("Email marketing") && !summary.contains("Photoshop"), "{summary}");
}

#[test]
fn the_headline_changes_only_to_a_title_held() {
    let resume: JsonResume = serde_json::from_value(json!({
        "basics": { "label": "Engineer" },
        "work": [{ "position": "Backend Engineer" }, { "position": "Designer" }]
    }))
    .unwrap();

    let nearer = drafted(&resume, "Senior Backend Engineer\n\nRequirements\n- Go\n", &full());
    let farther = drafted(&resume, "Head Chef\n\nRequirements\n- HACCP\n", &full());

    assert_eq!(after(&nearer, "/basics/label"), "Backend Engineer");
    assert_eq!(after(&farther, "/basics/label"), "");
}

#[test]
fn a_partial_tailoring_touches_only_the_chosen_sections() {
    let options = Options { mode: Mode::Partial, sections: vec![Section::Work], ..full() };

    for (text, posting) in RESUMES.iter().zip(POSTINGS) {
        for edit in drafted(&resume(text), posting, &options) {
            assert!(edit.path.starts_with("/work/"), "{edit:?}");
        }
    }
}
