//! Traps of lopdf 0.47 and files made to exhaust the reader.

use super::build::{at, stream};
use super::*;

#[test]
fn a_page_count_that_lies_reserves_nothing() {
    let node = |kid: u32| {
        format!("<</Type/Pages/Parent 2 0 R/Kids[{kid} 0 R]/Count 9223372036854775807>>")
    };
    let leaf = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 9 0 R/Resources<</Font<</F1 10 0 R>>>>>>";
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R 4 0 R 5 0 R]/Count 3>>".to_owned(),
        node(6),
        node(7),
        node(8),
        leaf.to_owned(),
        leaf.to_owned(),
        leaf.to_owned(),
        stream("", &at(72, 400, "Ada")),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_owned(),
    ];

    assert_eq!(lines(&file(&objects)), ["Ada", "Ada", "Ada"]);
}

#[test]
fn a_character_map_of_all_codes_is_read_at_once() {
    let map = stream("", "1 beginbfrange <00000000> <FFFFFFFF> <0041> endbfrange");
    let font = "<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/DescendantFonts[7 0 R]/ToUnicode 8 0 R>>";
    let descendant = "<</Type/Font/Subtype/CIDFontType2/BaseFont/A/DW 500/W[0 4294967295 600]>>";

    let read = page_with("BT /F3 12 Tf 72 700 Td <00000001> Tj ET", &[font, descendant, &map], "");

    assert_eq!(lines(&read), ["AB"]);
}

#[test]
fn a_bad_token_does_not_cost_the_rest_of_the_page() {
    let content =
        format!("{}) >> }} --5 nonsense ] {}", at(72, 700, "before"), at(72, 600, "after"));

    assert_eq!(lines(&page(&content)), ["before", "after"]);
}

#[test]
fn object_streams_without_end_are_refused_before_they_are_read() {
    let objects = vec!["<</Type/ObjStm/N 0/First 0/Length 0>>stream\n\nendstream".to_owned(); 200];

    assert_eq!(read(&file(&objects)), Err(ParseError::TooComplex));
}

#[test]
fn an_object_stream_beyond_the_limit_is_not_parsed() {
    let numbers = "1 ".repeat(limit::LOADED);
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        stream("/Type/ObjStm/N 1/First 4", &format!("2 0 [{numbers}]")),
    ];

    assert_eq!(read(&file(&objects)), Err(ParseError::Damaged));
}

#[test]
fn a_form_that_draws_itself_ends() {
    let form = stream(
        "/Type/XObject/Subtype/Form/BBox[0 0 612 792]/Resources 5 0 R",
        &format!("{} /X Do", at(72, 700, "Ada")),
    );

    let read = page_with("/X Do", &[&form], "/XObject<</X 6 0 R>>");

    assert_eq!(lines(&read), ["Ada"]);
}

#[test]
fn forms_of_forms_of_forms_come_to_an_end() {
    let level = |next: u32| {
        let draw = "/X Do ".repeat(100);
        stream(
            &format!("/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X {next} 0 R>>>>"),
            &draw,
        )
    };
    let forms: Vec<String> = (7..13).map(level).collect();
    let forms: Vec<&str> = forms.iter().map(String::as_str).collect();

    let read = read(&page_with("/X Do", &forms, "/XObject<</X 6 0 R>>"));

    assert_eq!(read, Err(ParseError::TooComplex));
}

#[test]
fn a_document_beyond_the_page_limit_is_cut_and_says_so() {
    let contents = vec!["BT /F1 10 Tf 72 400 Td (page) Tj ET"; limit::PAGES + 1];

    let read = read(&build::pages(&contents, &[], "")).unwrap();

    assert_eq!(read.lines.len(), limit::PAGES);
    assert_eq!(codes(&read), [FindingCode::Truncated]);
}

#[test]
fn numbers_out_of_all_bounds_place_nothing() {
    let content = format!(
        "BT /F1 1e9999999 Tf 99999999999999999999999999999999999999999 0 Td (lost) Tj ET {}",
        at(72, 700, "Ada")
    );

    assert_eq!(lines(&page(&content)), ["Ada"]);
}

#[test]
fn graphics_states_saved_without_end_are_dropped() {
    let content = format!("{} {}", "q ".repeat(100_000), at(72, 700, "Ada"));

    assert_eq!(lines(&page(&content)), ["Ada"]);
}

#[test]
fn half_a_file_yields_what_it_holds() {
    let mut bytes = build::pages(
        &["BT /F1 10 Tf 72 400 Td (first) Tj ET", "BT /F1 10 Tf 72 400 Td (second) Tj ET"],
        &[],
        "",
    );
    let cut = bytes.windows(8).position(|window| window == b"(second)").unwrap();
    bytes.truncate(cut);

    assert_eq!(lines(&bytes), ["first"]);
}

#[test]
fn a_table_that_leads_astray_is_not_trusted_in_the_end() {
    let sound = String::from_utf8(page(&at(72, 700, "Ada"))).unwrap();
    let astray = sound.replace("/MediaBox", "/Rotate 0/Lang(en)/MediaBox");

    assert_eq!(lines(astray.as_bytes()), ["Ada"]);
}

#[test]
fn no_damage_makes_the_reader_panic() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/pdf");
    let sound = std::fs::read(format!("{folder}/columns.pdf")).unwrap();
    let mut seed: usize = 1;
    let mut next = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        seed >> 33
    };
    for _ in 0..60 {
        let mut damaged = sound.clone();
        for _ in 0..next() % 20 {
            let place = next() % damaged.len();
            damaged[place] = u8::try_from(next() % 256).unwrap();
        }
        damaged.truncate(damaged.len() - next() % 4 * 1000);

        let _ = read(&damaged);
    }
}
