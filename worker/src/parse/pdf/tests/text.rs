//! From what is shown to what it says.

use super::build::{at, pages, stream};
use super::*;

fn shown(content: &str) -> String {
    lines(&page(&format!("BT /F1 10 Tf 72 700 Td {content} ET"))).join("\n")
}

#[test]
fn kerning_joins_and_gaps_part_words() {
    assert_eq!(
        shown("[(Exp) -30 (eri) 20 (ence) -300 (and) -250 (more)] TJ"),
        "Experience and more"
    );
}

#[test]
fn letters_spaced_out_are_one_word() {
    assert_eq!(shown("3 Tc (EXPERIENCE) Tj"), "EXPERIENCE");
    assert_eq!(shown("2.5 Tc (WORK HISTORY) Tj"), "WORK HISTORY");
}

#[test]
fn accents_drawn_over_letters_are_joined_with_them() {
    assert_eq!(shown(r"[(Ren) -0 (\264) 445 (e)] TJ"), "René");
}

#[test]
fn letters_drawn_twice_are_bold_not_double() {
    let read = read(&page(&format!(
        "{}{}",
        at(72, 700, "Summary"),
        "BT /F1 10 Tf 72.3 700 Td (Summary) Tj ET"
    )))
    .unwrap();

    assert_eq!(texts(&read), ["Summary"]);
    assert!(read.lines[0].bold);
}

#[test]
fn names_of_glyphs_tell_the_text_of_codes() {
    let font = "<</Type/Font/Subtype/Type1/BaseFont/X/FirstChar 1/LastChar 4/Widths[500 500 500 500]\
        /Encoding<</Type/Encoding/Differences[1/A/fi/uni0159/eacute]>>>>";

    let read = page_with("BT /F3 10 Tf 72 700 Td <01020304> Tj ET", &[font], "");

    assert_eq!(lines(&read), ["Afiřé"]);
}

#[test]
fn a_map_to_unicode_outranks_the_encoding() {
    let font = "<</Type/Font/Subtype/Type3/FontMatrix[0.001 0 0 0.001 0 0]/FontBBox[0 0 0 0]/CharProcs<<>>/FirstChar 1\
        /LastChar 2/Widths[500 500]/Encoding<</Differences[1/g0/A]>>/ToUnicode 7 0 R>>";
    let map = stream("", "2 beginbfchar <01> <0047> <02> <006F> endbfchar");

    let read = page_with("BT /F3 10 Tf 72 700 Td <0102> Tj ET", &[font, &map], "");

    assert_eq!(lines(&read), ["Go"]);
}

#[test]
fn a_published_character_collection_needs_no_map() {
    let font = "<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/DescendantFonts[7 0 R]>>";
    let descendant = "<</Type/Font/Subtype/CIDFontType0/BaseFont/X/DW 1000\
        /CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>>>";

    let read = page_with("BT /F3 10 Tf 72 700 Td <00220023> Tj ET", &[font, descendant], "");

    assert_eq!(lines(&read), ["AB"]);
}

#[test]
fn codes_without_meaning_are_left_out_and_found() {
    let font = "<</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/DescendantFonts[7 0 R]>>";
    let descendant = "<</Type/Font/Subtype/CIDFontType2/BaseFont/X/DW 500>>";
    let content =
        format!("{} BT /F3 10 Tf 72 600 Td <00220023> Tj ET", at(72, 700, "Ada Lovelace"));

    let read = read(&page_with(&content, &[font, descendant], "")).unwrap();

    assert_eq!(texts(&read), ["Ada Lovelace"]);
    assert_eq!(codes(&read), [FindingCode::FontsWithoutMapping]);
}

#[test]
fn actual_text_takes_the_place_of_what_is_drawn() {
    assert_eq!(shown("(a) Tj /Span <</ActualText (ffi)>> BDC (xy) Tj EMC (x) Tj"), "affix");
}

#[test]
fn what_was_typed_into_a_form_field_is_read() {
    let field = "<</Subtype/Widget/Rect[100 500 300 520]/AP<</N 7 0 R>>>>";
    let hidden = field.replace("/Rect", "/F 2/Rect");
    let look = stream(
        "/Subtype/Form/BBox[0 0 100 10]/Resources 5 0 R",
        "BT /F1 5 Tf 0 2 Td (Ada Lovelace) Tj ET",
    );

    let shown = read(&page_with("", &[field, &look], "")).unwrap();

    assert_eq!(texts(&shown), ["Ada Lovelace"]);
    assert!(
        (shown.lines[0].size - 10.0).abs() < 0.01 && (shown.lines[0].x0 - 100.0).abs() < 0.01,
        "{shown:?}"
    );
    assert_eq!(read(&page_with("", &[&hidden, &look], "")), Err(ParseError::Empty));
}

#[test]
fn a_form_is_drawn_where_its_matrix_says() {
    let form = stream(
        "/Subtype/Form/Matrix[1 0 0 1 0 -100]/BBox[0 0 612 792]/Resources 5 0 R",
        &at(72, 700, "form"),
    );
    let content = format!("{} /X Do", at(72, 650, "page"));

    let read = read(&page_with(&content, &[&form], "/XObject<</X 6 0 R>>")).unwrap();

    assert_eq!(texts(&read), ["page", "form"]);
    assert!((read.lines[1].y - 192.0).abs() < 0.01, "{:?}", read.lines[1]);
}

#[test]
fn a_turned_page_is_read_as_it_is_shown() {
    let content = "BT /F1 10 Tf 0 1 -1 0 100 72 Tm (first) Tj ET BT /F1 10 Tf 0 1 -1 0 120 72 Tm (second) Tj ET";

    let read = read(&build::page_having("/Rotate 90", content)).unwrap();

    assert_eq!(texts(&read), ["first", "second"]);
    assert!((read.lines[0].x0 - 72.0).abs() < 0.01, "{:?}", read.lines[0]);
}

#[test]
fn places_count_from_the_corner_of_what_is_shown() {
    let cropped = build::page_having("/CropBox[50 50 600 750]", &at(72, 700, "Ada"));

    let read = read(&cropped).unwrap();

    assert!((read.lines[0].x0 - 22.0).abs() < 0.01, "{:?}", read.lines[0]);
    assert!((read.lines[0].y - 50.0).abs() < 0.01, "{:?}", read.lines[0]);
}

#[test]
fn links_go_with_the_letters_they_cover() {
    let link =
        "<</Type/Annot/Subtype/Link/Rect[100 695 130 712]/A<</S/URI/URI(https://ada.example)>>>>";
    let content = "BT /F1 10 Tf 72 700 Td (mail) Tj 30 0 Td (site) Tj ET";

    let read = read(&page_with(content, &[link], "")).unwrap();

    let links: Vec<(&str, Option<&str>)> =
        read.lines[0].spans.iter().map(|span| (span.text.as_str(), span.link.as_deref())).collect();
    assert_eq!(links, [("mail", None), ("site", Some("https://ada.example"))]);
}

#[test]
fn weight_and_size_are_of_the_letters_as_shown() {
    let content = "q 2 0 0 2 0 0 cm BT /F2 8 Tf 36 350 Td (Ada) Tj ET Q BT /F1 10 Tf 72 600 Td (plain ) Tj /F2 10 Tf (bold) Tj ET";

    let read = read(&page(content)).unwrap();

    assert!(read.lines[0].bold && (read.lines[0].size - 16.0).abs() < 0.01);
    assert!(!read.lines[1].bold);
    let spans: Vec<(&str, bool)> =
        read.lines[1].spans.iter().map(|span| (span.text.as_str(), span.bold)).collect();
    assert_eq!(spans, [("plain", false), ("bold", true)]);
}

#[test]
fn headers_are_said_once_and_page_numbers_never() {
    let first = format!(
        "{}{}{}",
        at(72, 770, "Ada Lovelace"),
        at(72, 500, "one"),
        at(300, 20, "Page 1 of 2")
    );
    let second = format!(
        "{}{}{}",
        at(72, 770, "Ada Lovelace"),
        at(72, 500, "two"),
        at(300, 20, "Page 2 of 2")
    );

    let read = read(&pages(&[&first, &second], &[], "")).unwrap();

    assert_eq!(texts(&read), ["Ada Lovelace", "one", "two"]);
    assert_eq!(read.pages, 2);
}
