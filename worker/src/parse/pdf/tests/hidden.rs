//! Text that a reader of the page cannot see.

use super::build::at;
use super::*;

const SHOWN: &str = "BT /F1 10 Tf 72 500 Td (Ada Lovelace) Tj ET ";

/// Whether text drawn so is kept apart.
fn is_hidden(content: &str) -> bool {
    let read = read(&page(&format!("{SHOWN}{content}"))).unwrap();
    let shown = texts(&read) == ["Ada Lovelace"];
    let hidden =
        read.hidden.as_ref().is_some_and(|hidden| hidden.characters == 6 && hidden.pages == [1]);
    assert_eq!(shown, hidden, "{read:?}");
    assert_eq!(codes(&read) == [FindingCode::HiddenText], hidden);
    hidden
}

#[test]
fn white_text_is_hidden_on_white_and_seen_on_a_dark_ground() {
    let white = format!("1 g {}", at(72, 300, "Python"));

    assert!(is_hidden(&white));
    assert!(is_hidden(&format!("0 0 0 0 k {}", at(72, 300, "Python"))));
    assert!(!is_hidden(&format!("0.1 0.2 0.4 rg 0 200 612 200 re f {white}")));
}

#[test]
fn text_in_the_colour_of_its_coloured_ground_is_hidden() {
    let ground = "0.1 0.2 0.4 rg 0 200 612 200 re f";

    assert!(is_hidden(&format!("{ground} 0.1 0.22 0.4 rg {}", at(72, 300, "Python"))));
}

#[test]
fn invisible_text_is_hidden() {
    assert!(is_hidden(&format!("3 Tr {}", at(72, 300, "Python"))));
}

#[test]
fn text_off_the_page_is_hidden() {
    assert!(is_hidden(&at(-300, 300, "Python")));
    assert!(is_hidden(&at(72, -40, "Python")));
}

#[test]
fn text_too_small_to_read_is_hidden() {
    assert!(is_hidden("BT /F1 1 Tf 72 300 Td (Python) Tj ET"));
    assert!(is_hidden("q 0.1 0 0 0.1 0 0 cm BT /F1 10 Tf 720 3000 Td (Python) Tj ET Q"));
    assert!(!is_hidden("BT /F1 7 Tf 72 300 Td (Python) Tj ET"));
}

#[test]
fn text_painted_over_is_hidden() {
    assert!(is_hidden(&format!("{} 1 g 0 200 612 200 re f", at(72, 300, "Python"))));
}

#[test]
fn an_underline_hides_nothing() {
    assert!(!is_hidden(&format!("{} 0 g 70 298 60 1 re f", at(72, 300, "Python"))));
}

#[test]
fn the_invisible_text_of_a_scan_is_read() {
    let image = "<</Type/XObject/Subtype/Image/Width 1/Height 1/Length 1>>stream\n0\nendstream";
    let words = "one two three four five six seven eight nine ten ".repeat(2);
    let content = format!("q 612 0 0 792 0 0 cm /X Do Q 3 Tr {}", at(20, 300, &words));

    let read = read(&page_with(&content, &[image], "/XObject<</X 6 0 R>>")).unwrap();

    assert_eq!(texts(&read), [words.trim()]);
    assert_eq!(read.hidden, None);
    assert_eq!(codes(&read), [FindingCode::ImagesOfText]);
}
