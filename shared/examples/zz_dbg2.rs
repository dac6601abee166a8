#![allow(clippy::all)]
use roleready_shared::ats::hit::shows;
use roleready_shared::resume::json::JsonResume;
fn main() {
    let f = std::env::args().nth(1).unwrap();
    for l in std::fs::read_to_string(f).unwrap().lines() {
        let c: Vec<&str> = l.split('|').map(str::trim).collect();
        if c.len() < 3 {
            continue;
        }
        let r: JsonResume =
            serde_json::from_str(&serde_json::json!({"work":[{"highlights":[c[2]]}]}).to_string())
                .unwrap();
        let s = shows(&r, c[1]);
        if s.is_some() != (c[0] == "1") {
            println!("{} | {} | {} -> {:?}", c[0], c[1], c[2], s.map(|s| s.how));
        }
    }
}
