//! How close resume and posting are in meaning. It adds to the match and points at lines; it never proves anything.

use serde::{Deserialize, Serialize};

use super::coverage::Status;
use super::hit::Evidence;
use super::score::{Component, Match, Mode, Part};
use super::{Notice, Report};
use crate::taxonomy::How;

/// What [`Notice::KeywordOnly`] says.
pub const KEYWORD_ONLY: &str = "Embeddings unavailable, using keyword matching only";
/// What [`Notice::SemanticOnly`] says.
pub const SEMANTIC_ONLY: &str = "Keyword matching unavailable, using embeddings only";

/// What vectors say about a resume and a posting.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Semantics {
    /// How close the resume comes to what is asked, from 0 to 1.
    pub likeness: f64,
    /// Passages near a requirement, the nearest of each first.
    pub related: Vec<Related>,
}

/// A passage of the resume that is near a requirement in meaning.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Related {
    pub requirement_id: String,
    /// JSON pointer into the resume.
    pub path: String,
    pub quote: String,
}

/// Blends meaning into the match, and shows related passages where the words prove nothing or too little.
///
/// What is met and what is missing stays as the words have it.
#[must_use]
pub fn with_semantics(report: Report, semantics: &Semantics) -> Report {
    with_related(report.with_semantics(semantics.likeness), semantics)
}

/// The match by meaning alone, for when the words cannot be compared.
#[must_use]
pub fn semantic_only(mut report: Report, semantics: &Semantics) -> Report {
    if let Some(matching) = report.matching.take() {
        report.matching = Some(by_meaning(matching, semantics.likeness));
        notice(&mut report, Notice::SemanticOnly);
    }
    with_related(report, semantics)
}

/// The match by words alone, and a word about it.
#[must_use]
pub fn keyword_only(mut report: Report) -> Report {
    if report.matching.as_ref().is_some_and(|matching| matching.mode == Mode::KeywordOnly) {
        notice(&mut report, Notice::KeywordOnly);
    }
    report
}

fn notice(report: &mut Report, notice: Notice) {
    report.notices.retain(|one| !matches!(one, Notice::KeywordOnly | Notice::SemanticOnly));
    report.notices.push(notice);
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the points are clamped to 0..=100"
)]
fn by_meaning(matching: Match, likeness: f64) -> Match {
    let likeness = if likeness.is_finite() { likeness.clamp(0.0, 1.0) } else { 0.0 };
    let points = 100.0 * likeness;
    let why = format!("resume and posting are {points:.0} % alike in meaning");
    Match {
        score: points.round() as u8,
        mode: Mode::SemanticOnly,
        components: vec![Component { name: Part::Meaning, weight: 100.0, points, why }],
        ..matching
    }
}

fn with_related(mut report: Report, semantics: &Semantics) -> Report {
    let requirements = report.coverage.iter_mut().flat_map(|coverage| &mut coverage.requirements);
    for requirement in requirements.filter(|one| one.status != Status::Met) {
        for near in semantics.related.iter().filter(|near| near.requirement_id == requirement.id) {
            if !requirement.evidence.iter().any(|known| known.path == near.path) {
                requirement.evidence.push(Evidence {
                    path: near.path.clone(),
                    quote: near.quote.clone(),
                    how: How::Related,
                });
            }
        }
    }
    report
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ats::check;
    use crate::posting::facts;

    fn report() -> Report {
        let resume = serde_json::from_value(json!({
            "work": [{ "highlights": ["Ran message brokers for a bank.", "Wrote Go services."] }]
        }))
        .unwrap();
        let posting = facts::read("Engineer\n\nRequirements\n- Go\n- Kafka\n- Rust\n");
        check(&resume, Some(&posting), None, None)
    }

    fn semantics() -> Semantics {
        let near = |requirement_id: &str| Related {
            requirement_id: requirement_id.to_owned(),
            path: "/work/0/highlights/0".to_owned(),
            quote: "Ran message brokers for a bank.".to_owned(),
        };
        Semantics { likeness: 0.5, related: vec![near("r1"), near("r2"), near("r9")] }
    }

    fn evidence(report: &Report, id: &str) -> Vec<How> {
        let requirements = &report.coverage.as_ref().unwrap().requirements;
        let one = requirements.iter().find(|one| one.id == id).unwrap();
        one.evidence.iter().map(|evidence| evidence.how).collect()
    }

    #[test]
    fn a_related_passage_is_shown_where_words_prove_nothing() {
        let blended = with_semantics(report(), &semantics());

        assert_eq!(evidence(&blended, "r1"), evidence(&report(), "r1"));
        assert_eq!(evidence(&blended, "r2"), [How::Related]);
        assert_eq!(evidence(&blended, "r3"), []);
    }

    #[test]
    fn a_related_passage_never_counts_as_coverage() {
        let (before, blended) =
            (report().coverage.unwrap(), with_semantics(report(), &semantics()));

        let after = blended.coverage.unwrap();
        assert_eq!((after.required, after.preferred), (before.required, before.preferred));
        let statuses = |coverage: &crate::ats::coverage::Coverage| {
            coverage.requirements.iter().map(|one| one.status).collect::<Vec<_>>()
        };
        assert_eq!(statuses(&after), statuses(&before));
    }

    #[test]
    fn blending_twice_shows_a_passage_once() {
        let semantics = semantics();
        let twice = with_related(with_related(report(), &semantics), &semantics);

        assert_eq!(evidence(&twice, "r2"), [How::Related]);
    }

    #[test]
    fn the_blend_is_hybrid_and_meaning_is_one_of_its_parts() {
        let matching = with_semantics(report(), &semantics()).matching.unwrap();

        assert_eq!(matching.mode, Mode::Hybrid);
        assert!(matching.components.iter().any(|part| part.name == Part::Meaning));
    }

    #[test]
    fn meaning_alone_says_so() {
        let alone = semantic_only(report(), &semantics());

        let matching = alone.matching.unwrap();
        assert_eq!((matching.score, matching.mode), (50, Mode::SemanticOnly));
        assert_eq!(matching.components.len(), 1);
        assert!(alone.notices.contains(&Notice::SemanticOnly));
        assert!(!alone.notices.contains(&Notice::KeywordOnly));
    }

    #[test]
    fn words_alone_say_so_once_and_change_no_number() {
        let alone = keyword_only(keyword_only(report()));

        assert_eq!(alone.matching, report().matching);
        let said = alone.notices.iter().filter(|one| **one == Notice::KeywordOnly).count();
        assert_eq!(said, 1);
    }

    #[test]
    fn without_a_posting_there_is_nothing_to_blend() {
        let resume = serde_json::from_value(json!({ "basics": { "summary": "Cook." } })).unwrap();
        let bare = || check(&resume, None, None, None);

        assert_eq!(with_semantics(bare(), &semantics()), bare());
        assert_eq!(semantic_only(bare(), &semantics()), bare());
        assert_eq!(keyword_only(bare()), bare());
    }
}
