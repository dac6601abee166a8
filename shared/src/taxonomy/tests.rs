use super::*;

fn names(text: &str) -> Vec<&'static str> {
    let mut names: Vec<&str> = Taxonomy::builtin()
        .mentions(text)
        .into_iter()
        .map(|mention| mention.term.name.as_str())
        .collect();
    names.dedup();
    names
}

#[test]
fn a_term_is_found_by_name_and_alias() {
    let taxonomy = Taxonomy::builtin();

    assert_eq!(taxonomy.find("k8s").unwrap().name, "Kubernetes");
}

#[test]
fn every_name_a_table_refers_to_is_defined() {
    assert_eq!(load::dangling_names(), Vec::<String>::new());
}

#[test]
fn at_least_1500_terms_are_known_and_no_name_is_given_twice() {
    let taxonomy = Taxonomy::builtin();
    let mut names: Vec<String> =
        taxonomy.terms().iter().map(|term| token::fold(&term.name)).collect();
    let all = names.len();
    names.sort();
    let twice: Vec<&String> =
        names.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| &pair[0]).collect();

    assert_eq!(twice, Vec::<&String>::new());
    assert!(all >= 1500, "{all}");
}

#[test]
fn everyday_words_are_not_tools() {
    for text in [
        "Ready to go above and beyond; ships in R&D and the R$ market",
        "Raised C$75 million at C-level",
        "We react fast and give swift answers each spring in Spring 2024",
        "Swift, safe releases",
        "Duck with birch sap glaze and rust-coloured sauce",
        "Excel at everything, and excellent at the rest",
        "led the sales force",
        "React fast (not the framework!)",
    ] {
        assert!(
            !names(text).iter().any(|name| [
                "Go",
                "R",
                "C",
                "Swift",
                "React",
                "Spring",
                "SAP",
                "Rust",
                "Excel",
                "Salesforce"
            ]
            .contains(name)),
            "{text}: {:?}",
            names(text)
        );
    }
}

#[test]
fn the_same_words_are_tools_in_lists_and_beside_telling_words() {
    for (text, name) in [
        ("Python, Go and R", "Go"),
        ("Python, Go and R", "R"),
        ("Rewrote the service in Go, cutting latency", "Go"),
        ("go", "Go"),
        ("Embedded C and C++", "C"),
        ("C/C++", "C"),
        ("Built with Spring Boot and React Native", "Spring Boot"),
        ("Analyses long time series in R and teaches", "R"),
        ("deployed SAP to nine plants", "SAP"),
    ] {
        assert!(names(text).contains(&name), "{text}: {:?}", names(text));
    }
}

#[test]
fn a_tool_inside_the_name_of_another_tool_is_not_named() {
    assert!(!names("Apps in React Native").contains(&"React"));
    assert!(!names("PL/SQL packages").contains(&"R"));
}

#[test]
fn java_is_not_javascript_and_c_is_not_cplusplus() {
    assert_eq!(names("JavaScript"), ["JavaScript"]);
    assert_eq!(names("C++20"), ["C++"]);
    assert_eq!(names("CIPP/C"), ["CIPP/C"]);
}

#[test]
fn a_narrower_tool_shows_the_broader_one_as_derived() {
    let mentions = Taxonomy::builtin().mentions("Key user for SAP FICO");

    let sap = mentions.iter().find(|mention| mention.term.name == "SAP").unwrap();
    assert_eq!(sap.how, How::Derived);
}

#[test]
fn a_mention_tells_where_it_stands_and_how() {
    let text = "Läuft auf K8s in Produktion";
    let mentions = Taxonomy::builtin().mentions(text);

    let found = mentions.iter().find(|mention| mention.term.name == "Kubernetes").unwrap();
    assert_eq!(text.get(found.start..found.end), Some("K8s"));
    assert_eq!(found.how, How::Alias);
}

#[test]
fn chinese_terms_are_found_without_word_breaks() {
    let found = names("熟悉Python开发，负责机器学习项目");

    assert!(found.contains(&"Python") && found.contains(&"Machine learning"), "{found:?}");
}

#[test]
fn a_german_compound_names_its_first_part() {
    let found = names("Prüfung der Umsatzsteuervoranmeldungen und der Bilanz");

    assert!(found.contains(&"VAT"), "{found:?}");
}

#[test]
fn a_language_counts_only_where_it_is_spoken() {
    assert!(names("Fluent English and Portuguese").contains(&"Portuguese"));
    assert!(!names("Cooked for a French restaurant").contains(&"French"));
}

#[test]
fn british_and_american_spelling_are_one() {
    assert_eq!(Taxonomy::builtin().find("Containerisation").unwrap().name, "Containers");
    assert!(names("Data visualisation").contains(&"Data visualization"));
}

#[test]
fn a_verb_that_shares_its_stem_with_a_noun_is_not_the_noun() {
    let found = names("A valid offer that would let us hire you");

    assert_eq!(found, Vec::<&str>::new());
}

#[test]
fn any_text_is_read_without_panic_and_in_range() {
    proptest::proptest!(|(text in "\\PC{0,80}")| {
        for mention in Taxonomy::builtin().mentions(&text) {
            proptest::prop_assert!(text.get(mention.start..mention.end).is_some());
        }
    });
}
