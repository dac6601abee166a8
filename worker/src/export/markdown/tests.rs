use serde_json::json;
use shared::document::format::Format;
use shared::resume::json::JsonResume;

use super::write;
use crate::parse;

fn resume() -> JsonResume {
    serde_json::from_value(json!({
        "basics": {
            "name": "Maya Lindqvist", "label": "Backend Engineer", "email": "maya@mail.example",
            "summary": "Backend engineer with nine years of payment systems."
        },
        "work": [{
            "name": "Tallyport", "position": "Senior Engineer", "startDate": "2019-03",
            "highlights": ["Cut the settlement run from 4 hours to 25 minutes.", "Led a team of five."]
        }],
        "education": [{
            "institution": "College of Connacht", "studyType": "BSc", "area": "Mathematics",
            "startDate": "2010", "endDate": "2014"
        }],
        "skills": [{ "name": "Backend", "keywords": ["Rust", "PostgreSQL"] }],
        "languages": [{ "language": "Irish", "fluency": "Native" }]
    }))
    .expect("a resume")
}

#[test]
fn our_own_reader_gets_back_what_was_written() {
    let before = resume();

    let read = parse::read(write(&before).as_bytes(), Format::Markdown).expect("a readable page");

    let after = read.resume;
    assert_eq!(after.basics.name, before.basics.name);
    assert_eq!(after.basics.email, before.basics.email);
    assert_eq!(after.basics.summary, before.basics.summary);
    assert_eq!(after.work[0].name, before.work[0].name);
    assert_eq!(after.work[0].position, before.work[0].position);
    assert_eq!(after.work[0].start_date, before.work[0].start_date);
    assert_eq!(after.work[0].end_date, None);
    assert_eq!(after.work[0].highlights, before.work[0].highlights);
    assert_eq!(after.skills[0].keywords, before.skills[0].keywords);
}

#[test]
fn an_empty_resume_is_a_page_with_a_title_and_nothing_else() {
    assert_eq!(write(&JsonResume::default()), "# Resume\n");
}
