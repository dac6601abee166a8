use serde_json::json;
use shared::posting::facts;

use super::*;

fn resume() -> JsonResume {
    serde_json::from_value(json!({
        "basics": { "name": "Ines Marchetti", "summary": "Developer of payment systems." },
        "work": [{ "name": "Harbour", "position": "Developer", "highlights": [
            "Ran message brokers for a bank.",
            "Ran message  brokers for a bank."
        ]}],
        "skills": [
            { "name": "Tools", "keywords": ["Docker"] },
            { "name": "Later", "level": "learning", "keywords": ["Rust"] }
        ],
        "languages": [{ "language": "Danish" }]
    }))
    .unwrap()
}

fn posting() -> PostingFacts {
    facts::read(
        "Engineer\n\nRequirements\n- 5+ years of experience\n- Kafka and RabbitMQ\n- Docker\n",
    )
}

/// Unit vectors: the axis of each text, by what it is about.
fn vectors(texts: &Texts, about: impl Fn(&str) -> usize) -> Vec<Vec<f32>> {
    let axis = |text: &String| {
        let mut vector = vec![0.0; 8];
        vector[about(text)] = 2.0;
        vector
    };
    texts.texts.iter().map(axis).collect()
}

fn by_topic(text: &str) -> usize {
    match text {
        text if text.contains("Kafka") || text.contains("brokers") => 0,
        text if text.contains("Docker") => 1,
        _ => 2,
    }
}

#[test]
fn what_is_compared_is_said_once_and_means_something() {
    let texts = texts(&resume(), &posting()).texts;

    for wanted in ["Kafka and RabbitMQ", "Docker", "Ran message brokers for a bank."] {
        assert_eq!(texts.iter().filter(|text| *text == wanted).count(), 1, "{wanted} in {texts:?}");
    }
    for left_out in ["Ines", "Harbour", "years", "Danish", "Rust"] {
        assert!(!texts.iter().any(|text| text.contains(left_out)), "{left_out} in {texts:?}");
    }
}

#[test]
fn texts_are_few_and_short_whatever_comes_in() {
    let mut long = resume();
    long.work[0].highlights = (0..900).map(|at| format!("{at} {}", "word ".repeat(400))).collect();

    let texts = texts(&long, &posting()).texts;

    assert_eq!(texts.len(), 200);
    assert!(texts.iter().all(|text| text.chars().count() <= 600));
}

#[test]
fn a_passage_near_a_requirement_is_related_to_it() {
    let texts = texts(&resume(), &posting());

    let semantics = similarities(&texts, &vectors(&texts, by_topic)).unwrap();

    let facts = posting();
    let id =
        |name: &str| facts.requirements.iter().find(|one| one.name == name).unwrap().id.clone();
    let related = |name: &str| {
        let of = semantics.related.iter().filter(|one| one.requirement_id == id(name));
        of.map(|one| (one.path.as_str(), one.quote.as_str())).collect::<Vec<_>>()
    };
    assert_eq!(related("Kafka")[0], ("/work/0/highlights/0", "Ran message brokers for a bank."));
    assert_eq!(related("Docker"), [("/skills/0/keywords/0", "Docker")]);
}

#[test]
fn a_resume_that_answers_is_closer_than_one_that_does_not() {
    let cook = serde_json::from_value(json!({
        "work": [{ "highlights": ["Cooked soups.", "Ran a kitchen.", "Baked bread."] }],
        "skills": [{ "keywords": ["Pastry"] }]
    }))
    .unwrap();
    let likeness = |resume: &JsonResume| {
        let texts = texts(resume, &posting());
        similarities(&texts, &vectors(&texts, by_topic)).unwrap().likeness
    };

    let (near, far) = (likeness(&resume()), likeness(&cook));

    assert!((near - 1.0).abs() < 1e-9, "{near}");
    assert!(far.abs() < 1e-9, "{far}");
}

#[test]
fn what_any_two_texts_have_in_common_is_not_taken_for_closeness() {
    let texts = texts(&resume(), &posting());
    let plain = vectors(&texts, by_topic);
    let mut lifted = plain.clone();
    for vector in &mut lifted {
        vector[7] = 4.0;
    }

    let (plain, lifted) =
        (similarities(&texts, &plain).unwrap(), similarities(&texts, &lifted).unwrap());

    assert!((plain.likeness - lifted.likeness).abs() < 1e-9, "{plain:?} {lifted:?}");
    assert_eq!(plain.related, lifted.related);
}

#[test]
fn vectors_that_are_not_those_of_the_texts_say_nothing() {
    let texts = texts(&resume(), &posting());
    let good = vectors(&texts, by_topic);

    let mut short = good.clone();
    short.pop();
    let mut uneven = good.clone();
    uneven[0].pop();
    let mut nowhere = good.clone();
    nowhere[0] = vec![0.0; 8];
    let mut broken = good;
    broken[0][0] = f32::NAN;

    for vectors in [short, uneven, nowhere, broken, Vec::new()] {
        assert_eq!(similarities(&texts, &vectors), None);
    }
}

#[test]
fn a_posting_that_asks_nothing_has_no_meaning_to_compare() {
    let texts = texts(&resume(), &PostingFacts::default());

    assert_eq!(similarities(&texts, &vectors(&texts, by_topic)), None);
}
