use super::*;
use build::{file, page, page_with};

mod build;
mod hazard;
mod hidden;
mod order;
mod text;

fn lines(bytes: &[u8]) -> Vec<String> {
    texts(&read(bytes).unwrap())
}

fn texts(read: &Lines) -> Vec<String> {
    read.lines.iter().map(|line| line.text.clone()).collect()
}

fn codes(read: &Lines) -> Vec<FindingCode> {
    read.findings.iter().map(|finding| finding.code).collect()
}

#[test]
fn the_fixtures_read_as_they_are_printed() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/pdf");
    for name in ["columns", "engineer", "labels", "latex"] {
        let expected = std::fs::read_to_string(format!("{folder}/{name}.txt")).unwrap();

        let read = read(&std::fs::read(format!("{folder}/{name}.pdf")).unwrap()).unwrap();

        let marked =
            |line: &Line| format!("{}{}\n", if line.bullet { "• " } else { "" }, line.text);
        assert_eq!(read.lines.iter().map(marked).collect::<String>(), expected, "{name}");
    }
}

#[test]
fn a_file_without_text_is_empty() {
    assert_eq!(read(&page("0 0 m 10 10 l S")), Err(ParseError::Empty));
}

#[test]
fn a_page_that_is_one_picture_is_a_scan() {
    let image = "<</Type/XObject/Subtype/Image/Width 1/Height 1/Length 1>>stream\n0\nendstream";

    let scan = page_with("q 612 0 0 792 0 0 cm /X Do Q", &[image], "/XObject<</X 6 0 R>>");

    assert_eq!(read(&scan), Err(ParseError::Scanned));
}

#[test]
fn bytes_that_are_no_pdf_are_damaged() {
    assert_eq!(read(b""), Err(ParseError::Damaged));
    assert_eq!(read(b"MZ\x90\x00 not a document"), Err(ParseError::Damaged));
}

#[test]
fn only_an_empty_password_opens_a_file() {
    let open = build::encrypted(&page("BT /F1 12 Tf 72 700 Td (Ada Lovelace) Tj ET"), "");
    let closed = build::encrypted(&page("BT /F1 12 Tf 72 700 Td (Ada Lovelace) Tj ET"), "secret");

    assert_eq!(lines(&open), ["Ada Lovelace"]);
    assert_eq!(read(&closed), Err(ParseError::Encrypted));
}

#[test]
fn garbled_text_is_found() {
    let noise = "BT /F1 12 Tf 72 700 Td (#$%& {}[] <>?! ==== ++++ ~~~~ ^^^^ #### $$$$ %%%% &&&& @@@@ !!!! ????) Tj \
        0 -20 Td (#$%& {}[] <>?! ==== ++++ ~~~~ ^^^^) Tj ET";

    assert_eq!(codes(&read(&page(noise)).unwrap()), [FindingCode::LowTextQuality]);
}
