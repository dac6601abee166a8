use super::*;
#[test]
fn dbg() {
    let l = lexicon::Lexicon::builtin();
    for (a, b) in [
        ("Took part in the selection of a new ERP, planned to go live in 2026.", "x"),
        ("Took part in a trial of a loyalty app in three stores.", "x"),
    ] {
        for m in read(a).matches {
            if !m.term.limits.is_empty() {
                println!(
                    "{:?} {:?}",
                    m.term,
                    m.term.limits.iter().map(|i| &l.limits[usize::from(*i)]).collect::<Vec<_>>()
                );
            }
        }
        println!("{b}");
    }
}
