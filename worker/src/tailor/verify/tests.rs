use serde_json::json;
use shared::posting::facts;
use shared::truth::Evidence;

use super::*;

fn resume() -> JsonResume {
    serde_json::from_value(json!({
        "basics": { "summary": "Baker with four years in hotels." },
        "work": [{ "name": "Oat & Rye", "position": "Baker", "highlights": [
            "Helped   open a second shop.",
            "Baked bread for 300 guests a day."
        ]}],
        "meta": { "lastModified": "2025-01-01", "note": "Head baker" }
    }))
    .unwrap()
}

fn posting() -> PostingFacts {
    facts::read("Baker\n\nRequirements\n- Bread baking\n- Python\n")
}

fn draft(path: &str, before: &str, after: &str) -> DraftEdit {
    let quote = "Baked bread for 300 guests a day.".to_owned();
    DraftEdit {
        path: path.to_owned(),
        before: before.to_owned(),
        after: after.to_owned(),
        requirement_ids: Vec::new(),
        evidence: vec![Evidence { path: "/work/0/highlights/1".to_owned(), quote }],
        why: String::new(),
    }
}

fn bread(after: &str) -> DraftEdit {
    draft("/work/0/highlights/1", "Baked bread for 300 guests a day.", after)
}

fn codes(verified: &Verified) -> Vec<Code> {
    verified.withheld.iter().flat_map(|edit| &edit.reasons).map(|reason| reason.code).collect()
}

#[test]
fn a_faithful_edit_is_offered_with_what_it_gains() {
    let verified = verify(&resume(), &posting(), vec![bread("Baked bread daily for 300 guests.")]);

    assert_eq!(verified.withheld, []);
    assert_eq!(verified.proposals[0].verdict, Verdict::Faithful);
    assert_eq!(verified.proposals[0].coverage_delta.met, 0);
}

#[test]
fn the_gain_is_that_of_the_edit_alone() {
    let resume: JsonResume = serde_json::from_value(json!({
        "work": [{ "highlights": ["Wrote tools in Python."] }],
        "skills": [{ "keywords": ["JavaScript", "K8s"] }]
    }))
    .unwrap();
    let posting = facts::read("Engineer\n\nRequirements\n- Python\n- JavaScript\n");
    let mut edit = draft("/skills/0/keywords", r#"["JavaScript","K8s"]"#, r#"["K8s"]"#);
    edit.evidence = vec![Evidence { path: "/skills/0/keywords".into(), quote: "K8s".into() }];

    let verified = verify(&resume, &posting, vec![edit]);

    assert_eq!(verified.proposals[0].coverage_delta.met, -1);
    assert!(verified.proposals[0].coverage_delta.score < 0);
}

#[test]
fn a_fabricated_edit_is_withheld_with_the_words_that_are_not_supported() {
    let verified = verify(&resume(), &posting(), vec![bread("Baked bread for 900 guests a day.")]);

    assert_eq!(verified.proposals, []);
    assert_eq!(codes(&verified), [Code::NumberChanged]);
    assert_eq!(verified.withheld[0].reasons[0].words, "900");
}

#[test]
fn an_edit_that_needs_review_is_offered_with_its_reasons() {
    let verified =
        verify(&resume(), &posting(), vec![bread("Expertly baked bread for 300 guests a day.")]);

    assert_eq!(verified.proposals[0].verdict, Verdict::NeedsReview);
    assert_eq!(verified.proposals[0].reasons[0].words, "Expertly");
}

#[test]
fn a_quote_must_stand_word_for_word_at_its_path_but_white_space_is_free() {
    let mut spaced = bread("Baked bread daily for 300 guests.");
    spaced.evidence = vec![Evidence {
        path: "/work/0/highlights/0".into(),
        quote: "Helped open a\nsecond shop.".into(),
    }];
    let mut invented = spaced.clone();
    invented.evidence[0].quote = "Opened a second shop.".into();
    let mut misplaced = spaced.clone();
    misplaced.evidence[0].path = "/basics/summary".into();
    let mut recorded = spaced.clone();
    recorded.evidence[0] = Evidence { path: "/meta/note".into(), quote: "Head baker".into() };

    assert_eq!(verify(&resume(), &posting(), vec![spaced]).proposals.len(), 1);
    for edit in [invented, misplaced, recorded] {
        assert_eq!(codes(&verify(&resume(), &posting(), vec![edit])), [Code::QuoteNotFound]);
    }
}

#[test]
fn an_edit_without_a_quote_is_withheld() {
    let mut edit = bread("Baked bread daily for 300 guests.");
    edit.evidence.clear();

    assert_eq!(codes(&verify(&resume(), &posting(), vec![edit])), [Code::NoQuote]);
}

#[test]
fn a_stale_edit_and_one_of_a_place_that_does_not_exist_are_withheld() {
    let stale = draft("/work/0/highlights/1", "Baked cakes.", "Baked bread.");
    let nowhere = draft("/work/7/name", "A", "B");
    let whole = draft("/work/0", "{}", "{}  ");

    assert_eq!(
        codes(&verify(&resume(), &posting(), vec![stale, nowhere])),
        [Code::Stale, Code::Stale]
    );
    assert_eq!(verify(&resume(), &posting(), vec![whole]), Verified::default());
}

#[test]
fn of_edits_of_one_place_the_first_is_kept() {
    let first = bread("Baked bread daily for 300 guests.");
    let same = first.clone();
    let other = bread("Baked bread for 300 guests each day.");
    let nothing = bread("Baked  bread for 300 guests a day.");
    let around = draft(
        "/work/0/highlights",
        r#"["Helped   open a second shop.","Baked bread for 300 guests a day."]"#,
        r#"["Baked bread for 300 guests a day."]"#,
    );

    let verified = verify(&resume(), &posting(), vec![first.clone(), same, other, nothing, around]);

    assert_eq!(verified.proposals.iter().map(|one| &one.edit).collect::<Vec<_>>(), [&first]);
    assert_eq!(codes(&verified), [Code::Overlap, Code::Overlap]);
}
