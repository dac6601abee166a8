//! The two halves of a match, words and meaning, side by side: each fails for itself, and one is enough.

use std::panic::{AssertUnwindSafe, catch_unwind};

use shared::ats::Report;
use shared::ats::score::{Match, Mode};
use shared::ats::semantic;
use shared::finish::{Notice, NoticeCode};
use shared::operation::failure::FailureCode;
use tokio::task::spawn_blocking;

use crate::help::{Helped, Meaning};
use crate::job::JobError;

/// How often the words are compared that an engine fails over.
const TRIES: u32 = 2;

/// The report of both halves, or of the one that is there.
///
/// `words` compares with the posting, `bare` tells what there is to tell without it.
pub async fn matched(
    words: impl Fn() -> Report + Send + 'static,
    bare: impl FnOnce() -> Report + Send + 'static,
    meaning: impl Future<Output = Helped<Meaning>>,
) -> Result<Helped<Report>, JobError> {
    let (words, meaning) = tokio::join!(spawn_blocking(move || compared(&words)), meaning);
    let Helped { value, engine, mut notices } = meaning;
    match (words?, value) {
        (Some(report), meaning) => Ok(Helped { value: meaning.blend(report), engine, notices }),
        (None, Meaning::Known(semantics)) => {
            let report = spawn_blocking(bare).await?;
            let report = Report { matching: Some(nothing_compared()), ..report };
            let text = semantic::SEMANTIC_ONLY.to_owned();
            notices.push(Notice { code: NoticeCode::PartialMatch, text });
            Ok(Helped { value: semantic::semantic_only(report, &semantics), engine, notices })
        }
        (None, Meaning::Unknown) => Err(JobError::Fail(FailureCode::Internal)),
    }
}

fn compared(words: &impl Fn() -> Report) -> Option<Report> {
    (0..TRIES).find_map(|_| match catch_unwind(AssertUnwindSafe(words)) {
        Ok(report) => Some(report),
        Err(_) => {
            tracing::error!("comparing words has failed");
            None
        }
    })
}

/// To be filled by meaning.
fn nothing_compared() -> Match {
    Match {
        score: 0,
        mode: Mode::SemanticOnly,
        components: Vec::new(),
        algorithm: "meaning".to_owned(),
        input_hash: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared::ats::semantic::Semantics;
    use shared::ats::{self, Report};
    use shared::finish::EngineUsed;
    use shared::posting::facts;
    use shared::resume::json::JsonResume;

    use super::*;

    fn resume() -> JsonResume {
        serde_json::from_value(json!({ "skills": [{ "name": "Rust" }] })).unwrap()
    }

    fn words() -> Report {
        let facts = facts::read("Requirements\n- Rust\n- PostgreSQL\n");
        ats::check(&resume(), Some(&facts), None, None)
    }

    fn bare() -> Report {
        ats::check(&resume(), None, None, None)
    }

    fn broken() -> Report {
        panic!("a defect")
    }

    fn meaning(value: Meaning) -> Helped<Meaning> {
        Helped { value, engine: EngineUsed::Model, notices: Vec::new() }
    }

    fn known() -> Meaning {
        Meaning::Known(Semantics { likeness: 0.5, related: Vec::new() })
    }

    fn mode(report: &Report) -> Mode {
        report.matching.as_ref().unwrap().mode
    }

    #[tokio::test]
    async fn both_halves_together_make_the_match() {
        let matched = matched(words, bare, async { meaning(known()) }).await.unwrap();

        assert_eq!(mode(&matched.value), Mode::Hybrid);
        assert!(matched.notices.is_empty());
    }

    #[tokio::test]
    async fn without_meaning_the_words_stand_alone() {
        let matched = matched(words, bare, async { meaning(Meaning::Unknown) }).await.unwrap();

        assert_eq!(mode(&matched.value), Mode::KeywordOnly);
        assert!(matched.value.notices.contains(&ats::Notice::KeywordOnly));
    }

    #[tokio::test]
    async fn without_words_the_meaning_stands_alone_and_says_so() {
        let matched = matched(broken, bare, async { meaning(known()) }).await.unwrap();

        assert_eq!(mode(&matched.value), Mode::SemanticOnly);
        assert_eq!(matched.notices[0].text, "Keyword matching unavailable, using embeddings only");
        assert_eq!(matched.value.matching.unwrap().score, 50);
    }

    #[tokio::test]
    async fn without_either_there_is_no_match() {
        let nothing = matched(broken, bare, async { meaning(Meaning::Unknown) }).await;

        assert!(matches!(nothing, Err(JobError::Fail(FailureCode::Internal))), "{nothing:?}");
    }
}
