use proptest::prelude::*;
use serde_json::json;

use super::*;

fn resume(value: Value) -> JsonResume {
    serde_json::from_value(value).unwrap()
}

#[test]
fn equal_resumes_have_no_changes() {
    let resume = resume(json!({ "basics": { "name": "A" }, "x": [1, { "y": 2 }] }));

    assert_eq!(changes(&resume, &resume).unwrap(), []);
}

#[test]
fn changes_name_the_deepest_differing_value_in_document_order() {
    let before =
        resume(json!({ "basics": { "label": "Cook" }, "work": [{ "highlights": ["a"] }] }));
    let after = resume(json!({ "basics": { "label": "Chef" }, "work": [{ "highlights": ["b"] }] }));

    let changes = changes(&before, &after).unwrap();

    let paths: Vec<_> = changes.iter().map(|change| change.path.as_str()).collect();
    assert_eq!(paths, ["/basics/label", "/work/0/highlights/0"]);
    assert_eq!(changes[0].before, Some(json!("Cook")));
    assert_eq!(changes[0].after, Some(json!("Chef")));
}

#[test]
fn a_list_of_texts_of_another_length_is_one_change() {
    let before = resume(json!({ "skills": [{ "keywords": ["a", "b"] }] }));
    let after = resume(json!({ "skills": [{ "keywords": ["a"] }] }));

    let changes = changes(&before, &after).unwrap();

    assert_eq!(changes.len(), 1);
    assert_eq!(changes[0].path, "/skills/0/keywords");
    assert_eq!(changes[0].after, Some(json!(["a"])));
}

#[test]
fn an_added_job_has_no_before_and_a_removed_one_no_after() {
    let one = resume(json!({ "work": [{ "name": "A" }] }));
    let two = resume(json!({ "work": [{ "name": "A" }, { "name": "B" }] }));

    let added = changes(&one, &two).unwrap();
    let removed = changes(&two, &one).unwrap();

    assert_eq!((added[0].path.as_str(), &added[0].before), ("/work/1", &None));
    assert_eq!((removed[0].path.as_str(), &removed[0].after), ("/work/1", &None));
}

#[test]
fn words_show_what_was_removed_and_added() {
    let pieces = words("Led the team of two", "Joined the team of four people");

    let shown: Vec<_> = pieces.iter().map(|piece| (piece.kind, piece.text.as_str())).collect();
    assert_eq!(
        shown,
        [
            (PieceKind::Removed, "Led "),
            (PieceKind::Added, "Joined "),
            (PieceKind::Same, "the team of "),
            (PieceKind::Removed, "two"),
            (PieceKind::Added, "four people"),
        ]
    );
}

#[test]
fn very_long_texts_are_compared_without_the_table() {
    let before = "a ".repeat(3_000);
    let after = "b ".repeat(3_000);

    assert_eq!(words(&before, &after).len(), 2);
}

proptest! {
    #[test]
    fn same_and_removed_words_are_the_old_text_and_same_and_added_the_new(
        before in "[ab ]{0,30}", after in "[ab ]{0,30}",
    ) {
        let pieces = words(&before, &after);

        let joined = |kind: PieceKind| -> String {
            let kept = pieces.iter().filter(|p| p.kind == kind || p.kind == PieceKind::Same);
            kept.map(|piece| piece.text.as_str()).collect()
        };
        let plain = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        prop_assert_eq!(joined(PieceKind::Added), after);
        prop_assert_eq!(plain(&pieces_of(&pieces)), plain(&before));
    }
}

fn pieces_of(pieces: &[Piece]) -> String {
    let kept = pieces.iter().filter(|piece| piece.kind != PieceKind::Added);
    kept.map(|piece| piece.text.as_str()).collect::<Vec<_>>().join(" ")
}
