use serde_json::{Value, json};

use super::coverage::Status;
use super::hit::shows;
use super::readability::{Code, DocumentFacts};
use super::score::{Mode, Part};
use super::*;
use crate::posting::facts;
use crate::resume::sidecar::{Finding, FindingCode, HiddenText};

fn resume(json: Value) -> JsonResume {
    serde_json::from_value(json).unwrap()
}

/// A resume whose only text is this line of a job.
fn line(text: &str) -> JsonResume {
    resume(json!({ "work": [{ "highlights": [text] }] }))
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn assert_shown(cases: &[(&str, &str)]) {
    for (text, skill) in cases {
        assert!(shows(&line(text), skill).is_some(), "{skill} in: {text}");
    }
}

fn assert_not_shown(cases: &[(&str, &str)]) {
    for (text, skill) in cases {
        let found = shows(&line(text), skill);
        assert!(found.is_none(), "{skill} in: {text}: {found:?}");
    }
}

#[test]
fn a_name_inside_a_longer_name_is_another_thing() {
    assert_not_shown(&[
        ("Wrote JavaScript front ends", "Java"),
        ("Built services on Spring", "Spring Boot"),
        ("Written in C++20", "C"),
        ("Certified CIPP/C", "C"),
        ("Excellent team player", "Excel"),
        ("Holds ILS", "ALS"),
        ("Programmed Siemens PLC panels", "Siemens NX"),
    ]);
}

#[test]
fn everyday_words_are_no_skills() {
    assert_not_shown(&[
        ("Taught students each spring", "Spring"),
        ("Built with classmates in Spring 2024", "Spring"),
        ("A portfolio of R$ 900 million", "R"),
        ("Vice president of the R&D club", "R"),
        ("Led a C$75 million tender", "C"),
        ("Pigeon with birch sap glaze", "SAP"),
        ("A bias for swift delivery", "Swift"),
        ("I react quickly", "React"),
        ("Built the sales force playbook", "Salesforce"),
        ("Started in community outreach", "Outreach"),
        ("Community Outreach Coordinator", "Outreach"),
        ("Made the driver schedule for 60 buses", "Device drivers"),
        ("Raised margin through plant consolidation", "Consolidation"),
        ("Treasurer of the chess club", "Treasury"),
        ("Worked with the go-to-market team", "Go"),
    ]);
}

#[test]
fn what_is_denied_or_only_being_learned_is_not_shown() {
    assert_not_shown(&[
        ("No experience with Scala", "Scala"),
        ("I have no experience with Spark and I am still learning R", "Spark"),
        ("I have no experience with Spark and I am still learning R", "R"),
        ("Currently learning Rust on evenings", "Rust"),
        ("Learning Rust", "Rust"),
        ("Not yet used Zephyr", "Zephyr"),
        ("No experience with Spark, Scala or SAP", "SAP"),
        ("PMP (in progress)", "PMP"),
        ("I want to learn Spanish", "Spanish"),
        ("Keine Erfahrung mit SAP", "SAP"),
        ("Sin experiencia con SAP", "SAP"),
        ("Sans expérience de SAP", "SAP"),
        ("Sem experiência com SAP", "SAP"),
        ("不会Scala，正在学习Rust", "Scala"),
        ("不会Scala，正在学习Rust", "Rust"),
    ]);
}

#[test]
fn a_denial_reaches_no_further_than_its_clause() {
    assert_shown(&[
        ("No experience with Scala, but much with Spark", "Spark"),
        ("Python, Spark, dbt and a lot of SQL. No experience with Scala.", "SQL"),
        ("Comfortable with an oscilloscope. Not yet used Zephyr.", "Oscilloscopes"),
        ("Machine learning with Python", "Python"),
        ("Moved 34 services to AWS with no downtime", "AWS"),
    ]);
}

#[test]
fn a_skill_group_under_learning_is_not_shown() {
    let resume = resume(json!({ "skills": [{ "name": "Learning", "keywords": ["Rust"] }] }));

    assert_eq!(shows(&resume, "Rust"), None);
}

#[test]
fn other_forms_names_and_wordings_are_shown() {
    assert_shown(&[
        ("Moved 34 services to K8s", "Kubernetes"),
        ("Postgres at scale", "PostgreSQL"),
        ("Mentored four junior engineers", "Mentoring"),
        ("Leading a team of 5 teachers", "Team leadership"),
        ("Supervise a team of 5 accountants", "Team management"),
        ("Cleaned six years of branch data with pandas", "Data cleaning"),
        ("Renegotiated prices with five suppliers", "Supplier negotiation"),
        ("Interviewed more than 120 customers", "User research"),
        ("Administer IV medication", "IV therapy"),
        ("Acted as shift coordinator on nights", "Shift coordination"),
        ("Sicher in der Toleranzrechnung", "Tolerance analysis"),
        ("Führung eines Teams von 6 Mitarbeitern", "Team leadership"),
        ("Dirigí un equipo de 14 personas", "Team leadership"),
        ("带领 5 人小组", "Team leadership"),
    ]);
}

#[test]
fn a_requirement_the_taxonomy_does_not_know_is_matched_by_its_words() {
    assert_shown(&[
        ("Ran Zorblax clusters", "Zorblax"),
        ("Polished mirrors for telescopes", "Mirror polishing"),
        ("Holds the WXYZ Category C badge", "WXYZ certification"),
    ]);
    assert_not_shown(&[("Wore a wxyz", "WXYZ"), ("Mirror caps", "Mirror polishing")]);
}

#[test]
fn words_around_a_known_name_do_not_hide_it() {
    assert_shown(&[
        ("Python scripts", "Strong Python skills"),
        ("Tuned the VFD", "VSD/VFD"),
        ("Prepared a dashboard in Tableau", "Dashboard"),
        ("Wrote tests in Zorblax", "Zorblax or Quuxify"),
    ]);
    assert_not_shown(&[("Advanced first aid", "Blorptool (advanced)")]);
}

#[test]
fn names_of_schools_employers_and_referees_prove_no_tool() {
    let resume = resume(json!({
        "basics": { "name": "Ruby Java", "profiles": [{ "network": "GitHub" }] },
        "work": [{ "name": "Oracle Database Ltd" }],
        "education": [{ "institution": "School of Nursing" }],
        "references": [{ "reference": "Knows Python" }]
    }));

    for skill in ["Java", "GitHub", "Oracle Database", "Nursing", "Python"] {
        assert_eq!(shows(&resume, skill), None, "{skill}");
    }
}

#[test]
fn evidence_points_to_the_value_and_quotes_it() {
    let resume = line("Kept calm. Rewrote the service in Go. Went home.");

    let evidence = shows(&resume, "Go").unwrap();
    assert_eq!(evidence.path, "/work/0/highlights/0");
    assert_eq!(evidence.quote, "Rewrote the service in Go.");
}

#[test]
fn hints_make_a_requirement_partly_met() {
    let posting = facts::read("Analyst\nRequirements\n- Tableau\n- SQL");
    let report = check(&line("Power BI reports"), Some(&posting), None, None);

    let coverage = report.coverage.unwrap();
    assert_eq!(coverage.requirements[0].status, Status::Partly);
    assert_eq!(coverage.requirements[0].evidence[0].quote, "Power BI reports");
    assert_eq!(coverage.requirements[1].status, Status::Missing);
    assert_eq!((coverage.required.partly, coverage.required.missing), (1, 1));
}

#[test]
fn without_a_posting_there_is_no_match() {
    let report = check(&line("Go"), None, None, None);

    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["match"], Value::Null);
    assert!(report.notices.contains(&Notice::NoPosting));
}

#[test]
fn a_posting_that_asks_for_nothing_gives_no_match() {
    let posting = facts::read("Hello there");
    let report = check(&line("Go"), Some(&posting), None, None);

    assert_eq!(report.matching, None);
    assert!(report.notices.contains(&Notice::NothingAsked));
}

#[test]
fn the_weights_add_up_and_the_points_make_the_score() {
    let posting = facts::read(
        "Backend Engineer\nRequirements\n- 5+ years of experience\n- Go\nNice to have\n- Rust",
    );
    let report = check(&line("Go services"), Some(&posting), None, None);

    let matching = report.matching.unwrap();
    let weights: f64 = matching.components.iter().map(|part| part.weight).sum();
    let points: f64 = matching.components.iter().map(|part| part.points).sum();
    assert!((weights - 100.0).abs() < 1e-6);
    assert!((points - f64::from(matching.score)).abs() <= 0.5 + 1e-6);
    assert_eq!(matching.mode, Mode::KeywordOnly);
    assert_eq!(matching.input_hash.len(), 64);
}

#[test]
fn meaning_is_a_part_of_its_own() {
    let posting = facts::read("Engineer\nRequirements\n- Go");
    let report = check(&line("Go services"), Some(&posting), None, None).with_semantics(1.0);

    let matching = report.matching.unwrap();
    assert_eq!(matching.mode, Mode::Hybrid);
    assert_eq!(matching.components.last().unwrap().name, Part::Meaning);
    assert!(!report.notices.contains(&Notice::KeywordOnly));
}

#[test]
fn months_worked_twice_count_once() {
    let resume = resume(json!({ "work": [
        { "startDate": "2020-01", "endDate": "2020-12" },
        { "startDate": "2020-07", "endDate": "2021-06" },
        { "startDate": "2023-01" }
    ]}));

    let months = |today| experience::Experience::of(&resume, today).months;
    assert_eq!(months(Some(day("2023-03-15"))), 18 + 3);
    assert_eq!(months(None), 18);
}

#[test]
fn a_current_job_ends_when_the_resume_was_last_modified() {
    let resume = resume(json!({
        "work": [{ "startDate": "2020-01" }], "meta": { "lastModified": "2020-06-30T10:00:00Z" }
    }));

    assert_eq!(experience::last_modified(&resume), Some(day("2020-06-30")));
}

#[test]
fn readability_loses_points_per_finding_and_is_capped_by_blockers() {
    let resume = resume(json!({
        "basics": { "name": "A", "email": "a@b.example", "phone": "1" },
        "work": [{ "startDate": "2020" }], "education": [{}], "skills": [{ "keywords": ["Go"] }]
    }));
    let finding = |page| Finding { code: FindingCode::FontsWithoutMapping, page: Some(page) };
    let document = DocumentFacts {
        findings: vec![finding(1), finding(2)],
        hidden_text: Some(HiddenText { characters: 9, pages: vec![2] }),
        pages: 2,
    };

    let clean = readability::judge(&resume, Some(&DocumentFacts::default()));
    let report = readability::judge(&resume, Some(&document));

    assert_eq!((clean.score, clean.findings.len()), (100, 0));
    assert_eq!((report.score, report.capped_by), (25, Some(Code::FontsWithoutMapping)));
    assert_eq!(report.findings[0].place, ["page 1", "page 2"]);
    assert_eq!(report.findings[1].code, Code::HiddenText);
}

#[test]
fn tips_change_no_score() {
    let posting = facts::read("Engineer\nRequirements\n- Go");
    let plain = resume(json!({ "work": [{ "highlights": ["Rewrote the service in Go"] }] }));
    let weak = resume(json!({ "work": [{ "highlights": ["Responsible for the service in Go"] }] }));

    let plain = check(&plain, Some(&posting), None, None);
    let weak = check(&weak, Some(&posting), None, None);
    assert!(weak.tips.len() > plain.tips.len());
    assert_eq!(weak.matching.unwrap().score, plain.matching.unwrap().score);
    assert_eq!(weak.readability, plain.readability);
}

#[test]
fn a_term_written_all_over_is_reported_as_stuffing() {
    let report = check(&line(&["Kubernetes work"; 9].join(", ")), None, None, None);

    assert_eq!(report.stuffing[0].term, "Kubernetes");
    assert_eq!(report.stuffing[0].count, 9);
    assert!(check(&line("Kubernetes twice, Kubernetes"), None, None, None).stuffing.is_empty());
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let posting = facts::read("Engineer\nRequirements\n- Go\n- Team leadership");
    let resume = line("Led a team of 5 in Go");
    let bytes = || {
        let report = check(&resume, Some(&posting), None, Some(day("2026-01-01")));
        serde_json::to_string(&report).unwrap()
    };

    assert_eq!(bytes(), bytes());
}

const SKILLS: [&str; 8] =
    ["Go", "SQL", "Terraform", "Mentoring", "Welding", "HACCP", "German", "Zorblax"];

fn with_skills(chosen: &[bool]) -> JsonResume {
    let keywords: Vec<&str> =
        SKILLS.iter().zip(chosen).filter(|(_, chosen)| **chosen).map(|(skill, _)| *skill).collect();
    resume(json!({ "skills": [{ "keywords": keywords }], "work": [{ "startDate": "2020-01" }] }))
}

fn number(resume: &JsonResume) -> u8 {
    let posting = facts::read(
        "Engineer\nRequirements\n- 8+ years of experience\n- BSc or similar\n- Go, SQL, Terraform, \
         Mentoring\nNice to have\n- Welding, HACCP, Fluent German, Zorblax",
    );
    let report = check(resume, Some(&posting), None, Some(day("2026-01-01")));
    report.matching.unwrap().score
}

#[test]
fn showing_one_more_requirement_never_lowers_the_score() {
    proptest::proptest!(
        proptest::prelude::ProptestConfig::with_cases(40),
        |(chosen in proptest::collection::vec(proptest::bool::ANY, 8), more in 0_usize..8)| {
            let mut richer = chosen.clone();
            richer[more] = true;
            proptest::prop_assert!(number(&with_skills(&richer)) >= number(&with_skills(&chosen)));
        }
    );
}

#[test]
fn fields_that_prove_nothing_never_change_the_score() {
    proptest::proptest!(
        proptest::prelude::ProptestConfig::with_cases(40),
        |(text in "[A-Za-z ]{0,20}", chosen in proptest::collection::vec(proptest::bool::ANY, 8))| {
            let plain = with_skills(&chosen);
            let mut other = plain.clone();
            other.basics.name = Some(format!("{text} Go Terraform"));
            other.basics.image = Some(text.clone());
            other.basics.location.city = Some(text.clone());
            other.basics.url = Some(format!("https://{text}.example/SQL"));
            other.meta.insert("theme".to_owned(), text.into());
            proptest::prop_assert_eq!(number(&plain), number(&other));
        }
    );
}

#[test]
fn asking_for_something_the_resume_shows_never_lowers_the_score() {
    let resume = line("Go services with Terraform");
    let score =
        |text: &str| check(&resume, Some(&facts::read(text)), None, None).matching.unwrap().score;

    let before = score("Engineer\nRequirements\n- Go\n- Java\n- Scala");
    let after = score("Engineer\nRequirements\n- Go\n- Java\n- Scala\n- Terraform");
    assert!(after >= before, "{after} < {before}");
}

#[test]
fn a_huge_hostile_resume_is_read_in_reasonable_time() {
    let text = "no Go, R and C in Spring with SAP managed people team led; ".repeat(4_000);
    let start = std::time::Instant::now();

    let report = check(&line(&text), None, None, None);

    assert!(!report.stuffing.is_empty());
    assert!(start.elapsed().as_secs() < 30, "{:?}", start.elapsed());
}
