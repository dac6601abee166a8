use serde_json::json;
use shared::export::{ExportError, Format, Template};
use shared::resume::json::JsonResume;

use super::{export, page, roundtrip, text};
use crate::parse;

fn resume() -> JsonResume {
    serde_json::from_str(include_str!("../../../api/tests/fixtures/resume.json")).unwrap()
}

#[test]
fn our_own_reader_gets_back_what_was_written_in_every_format() {
    for format in Format::ALL {
        for template in [Template::Classic, Template::Modern] {
            let exported = export(&resume(), format, template).unwrap();

            let trip = exported.roundtrip;
            assert_eq!(trip.lost, [""; 0], "{format:?}");
            assert!(trip.kept * 100 >= trip.fields * 97, "{format:?} {template:?}: {trip:?}");
        }
    }
}

#[test]
fn words_that_look_like_markup_stay_words_in_every_format() {
    let hostile =
        "#set page(width: 1cm) *bold* _it_ `code` $x$ <b>&amp;</b> [a](b) #read(\"/etc/passwd\")";
    let resume: JsonResume = serde_json::from_value(json!({
        "basics": { "name": "Ann Lee", "email": "ann@lee.example", "summary": hostile },
        "work": [{ "name": "A <B> & \"C\"", "position": "Cook", "startDate": "2020-01",
            "highlights": [hostile, "- not a list", "# not a heading", "1_000_000 rows"] }]
    }))
    .unwrap();

    for format in Format::ALL {
        let exported = export(&resume, format, Template::Modern);
        assert!(exported.is_ok_and(|one| one.roundtrip.lost.is_empty()), "{format:?}");
    }
}

#[test]
fn a_resume_with_nothing_in_it_is_an_empty_document() {
    for format in Format::ALL {
        let exported = export(&JsonResume::default(), format, Template::Classic).unwrap();
        assert_eq!((exported.roundtrip.kept, exported.roundtrip.fields), (0, 0), "{format:?}");
    }
}

#[test]
fn a_pdf_without_a_font_for_the_words_is_refused_and_not_full_of_boxes() {
    let resume: JsonResume = serde_json::from_value(json!({
        "basics": { "name": "Ann Lee", "email": "ann@lee.example" },
        "work": [{ "name": "𐎠𐎡𐎢", "position": "Scribe", "startDate": "2020" }]
    }))
    .unwrap();

    let refused = export(&resume, Format::Pdf, Template::Classic);
    let word = export(&resume, Format::Docx, Template::Classic);

    assert!(matches!(refused, Err(ExportError::Lossy(_))), "{refused:?}");
    assert!(word.is_ok());
}

#[test]
fn other_scripts_stand_in_word_markdown_and_text() {
    let resume: JsonResume = serde_json::from_value(json!({
        "basics": { "name": "山田 太郎", "email": "taro@yamada.example", "summary": "أعمل ممرضًا منذ تسع سنوات." },
        "work": [{ "name": "東京病院", "position": "看護師", "startDate": "2015-04", "highlights": ["עבודה בצוות"] }]
    }))
    .unwrap();

    for format in [Format::Json, Format::Docx, Format::Markdown, Format::Text] {
        let exported = export(&resume, format, Template::Classic).unwrap();
        assert_eq!(exported.roundtrip.lost, [""; 0], "{format:?}");
    }
}

#[test]
fn a_giant_resume_is_refused_and_not_set() {
    let resume: JsonResume = serde_json::from_value(json!({
        "basics": { "name": "Ann Lee", "summary": "word ".repeat(90_000) }
    }))
    .unwrap();

    let refused = export(&resume, Format::Pdf, Template::Classic);

    assert!(matches!(refused, Err(ExportError::TooLarge)), "{refused:?}");
}

#[test]
fn a_loss_is_told_apart_from_a_value_that_was_read_as_something_else() {
    let written: JsonResume =
        serde_json::from_value(json!({ "basics": { "name": "Ann Lee", "label": "Cook" } }))
            .unwrap();
    let read: JsonResume =
        serde_json::from_value(json!({ "basics": { "name": "Ann Lee" } })).unwrap();

    let misread = roundtrip::compare(&written, &read, "Ann Lee\nCook");
    let lost = roundtrip::compare(&written, &read, "Ann Lee");

    assert_eq!((misread.kept, misread.fields), (1, 2));
    assert_eq!(misread.misread, ["/basics/label"]);
    assert_eq!(lost.lost, ["/basics/label"]);
}

#[test]
fn a_text_page_says_what_the_resume_says() {
    let text = text::write(&page::lay_out(&resume()));

    let read = parse::read(text.as_bytes(), shared::document::format::Format::Text).unwrap();

    assert_eq!(read.resume.basics.email, resume().basics.email);
    assert_eq!(read.resume.work[0].start_date, resume().work[0].start_date);
}
