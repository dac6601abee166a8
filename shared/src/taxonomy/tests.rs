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
