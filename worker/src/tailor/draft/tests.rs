use serde_json::json;
use shared::posting::facts;
use shared::tailoring::{Intensity, Mode};

use super::*;
use crate::tailor::verify::verify;

fn resume() -> JsonResume {
    serde_json::from_value(json!({
        "basics": { "name": "Ines Marchetti", "summary": "Backend developer in logistics." },
        "work": [
            { "name": "Harbour", "position": "Developer", "highlights": [
                "Helped cut build times by 40% with the platform team.",
                "Ran 12 services on K8s."
            ]},
            { "name": "Mill", "position": "Trainee", "highlights": ["Wrote tests in Python."] }
        ],
        "skills": [{ "name": "Tools", "keywords": ["Docker", "Kafka", "Python"] }]
    }))
    .unwrap()
}

fn posting() -> PostingFacts {
    facts::read(
        "Platform Engineer\n\nRequirements\n- Kubernetes\n- Kafka\n- Rust\n- Leading a team\n",
    )
}

fn options() -> Options {
    Options { mode: Mode::Full, sections: Vec::new(), intensity: Intensity::Full, tone: None }
}

fn item(path: &str, after: impl Into<Value>) -> Value {
    json!({ "path": path, "after": after.into(), "evidence": [path] })
}

fn read_items(items: &[Value], options: &Options) -> Draft {
    let (resume, facts) = (resume(), posting());
    let asked = Asked { resume: &resume, facts: &facts, options };
    read(&json!({ "edits": items }).to_string(), asked).unwrap()
}

#[test]
fn an_edit_is_completed_from_the_resume() {
    let draft =
        read_items(&[item("/work/0/highlights/1", "Ran 12  services on Kubernetes.")], &options());

    let edit = &draft.edits[0];
    assert_eq!(edit.before, "Ran 12 services on K8s.");
    assert_eq!(edit.after, "Ran 12 services on Kubernetes.");
    assert_eq!(edit.requirement_ids, ["r1"]);
    assert_eq!(edit.evidence[0].quote, "Ran 12 services on K8s.");
    assert_eq!(draft.dropped, 0);
}

#[test]
fn an_edit_serves_the_requirements_that_its_new_words_name() {
    let named = item("/basics/summary", "Backend developer in logistics: Kafka.");
    let order = item("/skills/0/keywords", json!(["Kafka", "Docker", "Python"]));
    let none = item("/work/0/highlights/0", "Cut build times by 40%.");

    let draft = read_items(&[named, order, none], &options());

    let kafka = posting().requirements.into_iter().find(|one| one.name == "Kafka").unwrap().id;
    let served: Vec<_> = draft.edits.iter().map(|edit| edit.requirement_ids.clone()).collect();
    assert_eq!(served, [vec![kafka.clone()], vec![kafka], vec![]]);
    let why: Vec<_> = draft.edits.iter().map(|edit| edit.why.as_str()).collect();
    assert_eq!(
        why,
        [
            "Names what the posting asks for: Kafka.",
            "Says or orders otherwise what the posting asks about: Kafka.",
            "Only says or orders it otherwise; the posting asks for nothing named here.",
        ]
    );
}

#[test]
fn a_list_is_replaced_as_a_whole_however_it_was_written() {
    let list = ["Kafka", "Docker", " ", "Kafka", "Python"];
    let written = r#"["Kafka","Docker","Python"]"#;

    for after in [json!(list), json!(written), json!([1, 0, 2]), json!([1, "Docker", 2, 1])] {
        let draft = read_items(&[item("/skills/0/keywords", after)], &options());

        assert_eq!(draft.edits[0].before, r#"["Docker","Kafka","Python"]"#);
        assert_eq!(draft.edits[0].after, written);
    }
}

#[test]
fn what_a_text_quotes_from_a_list_is_the_item_it_names() {
    let mut edit = item("/basics/summary", "Backend developer in logistics. Kafka.");
    edit["evidence"] = json!(["/skills/0/keywords", "/nowhere", "/work", "/basics/summary"]);

    let quotes = read_items(&[edit], &options()).edits.remove(0).evidence;

    let quotes: Vec<&str> = quotes.iter().map(|one| one.quote.as_str()).collect();
    assert_eq!(quotes, ["Kafka", "Backend developer in logistics."]);
}

#[test]
fn an_edit_without_proof_rests_on_the_text_it_changes() {
    let mut edit = item("/work/0/highlights/1", "Ran 12 Kubernetes services.");
    edit["evidence"] = json!(["/work/7/name"]);

    let draft = read_items(&[edit], &options());

    assert_eq!(draft.edits[0].evidence[0].path, "/work/0/highlights/1");
}

#[test]
fn what_is_no_edit_is_dropped_and_counted() {
    let items = [
        item("/basics/name", "Ines M."),
        item("/work/0/position", "Lead Developer"),
        item("/work/9/highlights/0", "Ran services."),
        item("/work/0/highlights/7", "Ran services."),
        item("/basics/label", "Developer"),
        item("/basics", "Developer"),
        item("", "Developer"),
        item("summary", "Developer"),
        item("/basics/summary", "Backend developer  in logistics. "),
        item("/basics/summary", " "),
        item("/basics/summary", json!(["Backend developer"])),
        item("/skills/0/keywords", "Docker, Rust"),
        item("/skills/0/keywords", json!(["Docker", "Kafka", "Python"])),
        item("/skills/0/keywords", json!([])),
        item("/skills/0/keywords", json!([0, 1, 2])),
        item("/skills/0/keywords", json!([2, 3])),
        item("/skills/0/keywords", json!([-1, 0.5])),
        item("/basics/summary", "x".repeat(5_000)),
        json!({ "path": "/basics/summary" }),
        json!("edit"),
        json!(null),
    ];

    let draft = read_items(&items, &options());

    assert_eq!(draft.edits, []);
    assert_eq!(draft.dropped, items.len());
}

#[test]
fn sections_the_person_did_not_choose_stay_as_they_are() {
    let partial = Options { mode: Mode::Partial, sections: vec![Section::Skills], ..options() };
    let items = [
        item("/basics/summary", "Developer."),
        item("/skills/0/keywords", json!(["Kafka", "Docker", "Python"])),
    ];

    let draft = read_items(&items, &partial);

    assert_eq!(draft.edits.len(), 1);
    assert_eq!(draft.edits[0].path, "/skills/0/keywords");
    assert_eq!(draft.dropped, 1);
}

#[test]
fn of_two_edits_of_one_text_the_first_counts() {
    let items = [
        item("/work/0/highlights/1", "Ran 12 Kubernetes services."),
        item("/work/0/highlights/1", "Ran services."),
        item("/work/0/highlights", json!(["Ran 12 services on K8s."])),
    ];

    let draft = read_items(&items, &options());

    assert_eq!(draft.edits.len(), 1);
    assert_eq!(draft.dropped, 2);
}

#[test]
fn an_answer_that_is_none_is_an_error_and_no_panic() {
    let (resume, facts, options) = (resume(), posting(), options());
    for answer in ["", "Sure!", "[]", r#"{"edits":7}"#] {
        let asked = Asked { resume: &resume, facts: &facts, options: &options };
        assert!(read(answer, asked).is_err(), "{answer}");
    }
}

/// What a model wrote that tried to please: two edits are true.
#[test]
fn of_true_and_made_up_edits_only_the_true_are_offered() {
    let items = [
        item("/work/0/highlights/1", "Ran 12 services on Kubernetes."),
        item("/skills/0/keywords", json!(["Kafka", "Docker", "Python"])),
        item("/work/0/highlights/0", "Led the platform team and cut build times by 60%."),
        item("/work/1/highlights/0", "Wrote tests in Python and Rust for Globex."),
        item("/basics/summary", "Senior platform engineer with 10 years of Rust, AWS certified."),
    ];

    let draft = read_items(&items, &options());
    let verified = verify(&resume(), &posting(), draft.edits);

    let offered: Vec<&str> = verified.proposals.iter().map(|one| one.edit.path.as_str()).collect();
    assert_eq!(offered, ["/work/0/highlights/1", "/skills/0/keywords"]);
    assert_eq!(verified.withheld.len(), 3);
    assert!(verified.withheld.iter().all(|one| !one.reasons.is_empty()));
}

#[test]
fn a_claimed_proof_from_elsewhere_does_not_carry_a_made_up_edit() {
    let mut added = item("/skills/0/keywords", json!(["Docker", "Kafka", "Python", "Rust"]));
    added["evidence"] = json!(["/work/0/highlights/1", "/basics/summary"]);
    let mut moved = item("/work/1/highlights/0", "Wrote tests in Python for 12 services on K8s.");
    moved["evidence"] = json!(["/work/0/highlights/1"]);

    let draft = read_items(&[added, moved], &options());
    let verified = verify(&resume(), &posting(), draft.edits);

    assert_eq!(verified.proposals, []);
    assert_eq!(verified.withheld.len(), 2);
}
