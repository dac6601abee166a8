use super::*;

#[test]
fn a_term_is_found_by_name_and_alias() {
    let taxonomy = Taxonomy::builtin();

    assert_eq!(taxonomy.find("k8s").unwrap().name, "Kubernetes");
}
