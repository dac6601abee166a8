use chrono::DateTime;
use serde_json::json;
use uuid::Uuid;

use super::super::merge::{MergeError, merge};
use super::*;
use crate::tailoring::proposal::Details;
use crate::truth::Evidence;

fn resume(highlights: &[&str]) -> JsonResume {
    serde_json::from_value(json!({
        "work": [{ "name": "Oat & Rye", "position": "Baker", "highlights": highlights }],
        "skills": [{ "keywords": ["Bread", "Cakes"] }]
    }))
    .unwrap()
}

fn proposal(path: &str, before: &str, after: &str) -> Model {
    let evidence = vec![Evidence { path: path.into(), quote: before.into() }];
    Model {
        id: Uuid::nil(),
        tailoring_id: Uuid::nil(),
        position: 0,
        path: path.into(),
        before: before.into(),
        after: after.into(),
        details: Details { evidence, ..Details::default() },
        verdict: Verdict::Faithful,
        decision: Decision::Accepted,
        own: None,
        own_judgement: None,
        lost: None,
        updated_at: DateTime::UNIX_EPOCH,
    }
}

fn bread() -> Model {
    proposal(
        "/work/0/highlights/0",
        "Baked bread for 300 guests a day.",
        "Baked bread daily for 300 guests.",
    )
}

fn carried(resume: &JsonResume, proposals: Vec<Model>) -> Vec<Model> {
    let present = Present { resume, statements: &Statements::default(), posting: None };
    carry_over(&present, proposals)
}

#[test]
fn an_edit_follows_its_text_and_keeps_its_decision() {
    let now = resume(&["Swept.", "Baked bread for 300 guests a day."]);

    let carried = carried(&now, vec![bread()]);

    assert_eq!(carried[0].path, "/work/0/highlights/1");
    assert_eq!(carried[0].details.evidence[0].path, "/work/0/highlights/1");
    assert_eq!((carried[0].decision, carried[0].lost), (Decision::Accepted, None));
}

#[test]
fn an_edit_whose_text_or_proof_is_gone_is_lost_and_says_why() {
    let changed = carried(&resume(&["Baked bread for 200 guests a day."]), vec![bread()]);
    let gone = carried(&JsonResume::default(), vec![bread()]);
    let mut proved = proposal("/skills/0/keywords", r#"["Bread","Cakes"]"#, r#"["Cakes","Bread"]"#);
    proved.details.evidence =
        vec![Evidence { path: "/work/0/highlights/0".into(), quote: "Baked cakes.".into() }];
    let unproved = carried(&resume(&["Swept."]), vec![proved]);

    assert_eq!(changed[0].lost, Some(Lost::TextChanged));
    assert_eq!(gone[0].lost, Some(Lost::PlaceGone));
    assert_eq!(unproved[0].lost, Some(Lost::ProofGone));
    assert!(!changed[0].is_accepted());
}

#[test]
fn an_edit_that_was_proved_and_is_no_more_wants_a_new_look() {
    let raised = proposal(
        "/work/0/highlights/0",
        "Baked bread for 300 guests a day.",
        "Expertly baked bread for 300 guests a day.",
    );

    let carried = carried(&resume(&["Baked bread for 300 guests a day."]), vec![raised]);

    assert_eq!(carried[0].verdict, Verdict::NeedsReview);
    assert_eq!(carried[0].decision, Decision::Rejected);
}

#[test]
fn what_the_row_says_of_an_edit_does_not_get_a_fabrication_into_a_version() {
    let now = resume(&["Baked bread for 300 guests a day."]);
    let lie = proposal(
        "/work/0/highlights/0",
        "Baked bread for 300 guests a day.",
        "Baked bread for 900 guests a day.",
    );
    let mut own = lie.clone();
    (own.own, own.decision) = (Some("Baked for 900.".into()), Decision::Edited);

    let refused = merge(&now, &Statements::default(), &[lie]);
    let theirs = merge(&now, &Statements::default(), &[own]).unwrap();

    assert!(matches!(refused, Err(MergeError::Unsupported(_))), "{refused:?}");
    assert_eq!(theirs.work[0].highlights, ["Baked for 900."]);
}

#[test]
fn nothing_accepted_makes_nothing() {
    let mut rejected = bread();
    rejected.decision = Decision::Rejected;

    let merged = merge(&resume(&["x"]), &Statements::default(), &[rejected]);

    assert!(matches!(merged, Err(MergeError::Nothing)));
}
