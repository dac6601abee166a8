use super::*;

fn read(text: &str) -> Text {
    Text::read(text, Lexicon::builtin())
}

fn words(text: &str) -> Vec<String> {
    read(text).tokens.into_iter().map(|token| token.word).collect()
}

#[test]
fn names_with_signs_inside_stay_whole() {
    assert_eq!(
        words("B.S.Ed., C++ and GD&T for R&D"),
        ["bsed", "c++", "and", "gd&t", "for", "r&d"]
    );
}

#[test]
fn spellings_of_both_sides_of_the_atlantic_are_one() {
    let stems =
        |text: &str| read(text).tokens.into_iter().map(|token| token.stem).collect::<Vec<_>>();

    assert_eq!(stems("organised travelling programmes"), stems("organized traveling programs"));
    assert_eq!(stems("moulding analysed disc"), stems("molding analyzed disk"));
    assert_eq!(words("selling filling"), ["selling", "filling"]);
}

#[test]
fn a_percentile_is_a_name_and_not_a_number() {
    let text = read("latency at the 95th percentile");

    assert!(text.quantities.is_empty());
    assert!(text.tokens.iter().any(|token| token.stem == "p95"));
}

#[test]
fn a_token_points_back_into_the_text() {
    let raw = "Café – 5 kW; “naïve”";

    for token in read(raw).tokens {
        assert!(raw.get(token.start..token.end).is_some_and(|slice| !slice.is_empty()));
    }
}
