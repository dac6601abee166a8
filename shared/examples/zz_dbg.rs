#![allow(clippy::all)]
use roleready_shared::ats::reading::Reading;
use roleready_shared::resume::json::JsonResume;
use roleready_shared::taxonomy::Taxonomy;
fn main() {
    for f in std::env::args().skip(1) {
        let r: JsonResume = serde_json::from_str(&std::fs::read_to_string(&f).unwrap()).unwrap();
        println!("== {f}");
        let rd = Reading::of(&r);
        let t = Taxonomy::builtin();
        for p in &rd.passages {
            for s in &p.shown {
                let how = format!("{:?}", s.how);
                if how != "Exact" {
                    println!(
                        "{:28} {:8} [{}] {}",
                        t.terms()[s.term].name,
                        how,
                        &p.passage.text[s.start..s.end],
                        p.passage.path
                    );
                }
            }
        }
    }
}
