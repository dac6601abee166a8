//! How a resume matches a posting, and how well software reads its document: pure and repeatable.

use chrono::NaiveDate;
use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::posting::facts::PostingFacts;
use crate::resume::json::JsonResume;

pub mod coverage;
pub mod degree;
pub mod denial;
pub mod experience;
pub mod explanation;
pub mod feature;
pub mod hit;
pub mod passage;
pub mod readability;
pub mod reading;
pub mod score;
pub mod semantic;
pub mod stuffing;
pub mod tip;

use self::coverage::Coverage;
use self::readability::{DocumentFacts, Readability};
use self::reading::Reading;
use self::score::Match;
use self::stuffing::Stuffing;
use self::tip::Tip;
use crate::taxonomy::Taxonomy;

/// Changes whenever the same input may give another number.
pub const ALGORITHM: &str = "match-2";

/// Three separate answers: how the resume matches, what it covers, how well it reads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, FromJsonQueryResult)]
pub struct Report {
    /// Absent without a posting: there is nothing to match.
    #[serde(rename = "match")]
    pub matching: Option<Match>,
    pub coverage: Option<Coverage>,
    pub readability: Readability,
    /// Advice on the writing; never part of a score.
    pub tips: Vec<Tip>,
    /// Words that stand in the resume far too often.
    pub stuffing: Vec<Stuffing>,
    pub notices: Vec<Notice>,
}

/// What a reader of the report should know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Notice {
    /// No posting was given.
    NoPosting,
    /// The posting names nothing that could be compared.
    NothingAsked,
    /// The match rests on words alone, not on their meaning.
    KeywordOnly,
    /// The words could not be compared, only their meaning.
    SemanticOnly,
    /// Text that a reader cannot see was left out of everything.
    HiddenTextIgnored,
    /// Without a document only the data was judged for readability.
    NoDocument,
    /// No date says until when a current job counts; its years are left out.
    TodayUnknown,
}

/// Matches a resume to a posting and judges how well its document reads.
///
/// `today` ends current jobs. Without it `meta.lastModified` of the resume does.
pub fn check(
    resume: &JsonResume,
    posting: Option<&PostingFacts>,
    document: Option<&DocumentFacts>,
    today: Option<NaiveDate>,
) -> Report {
    let reading = Reading::of(resume);
    let today = today.or_else(|| experience::last_modified(resume));
    let time = experience::Experience::of(resume, today);
    let coverage = posting.map(|posting| coverage::cover(resume, &reading, posting, &time));
    let matching = posting.zip(coverage.as_ref()).and_then(|(posting, coverage)| {
        let input_hash = input_hash(resume, posting, today);
        score::score(&reading, posting, coverage, input_hash)
    });
    let notices = notices(posting, matching.as_ref(), document, &time);
    Report {
        readability: readability::judge(resume, document),
        tips: tip::tips(resume),
        stuffing: stuffing::stuffing(&reading, posting),
        matching,
        coverage,
        notices,
    }
}

impl Report {
    /// Blends in how close resume and posting are in meaning, from 0 to 1.
    #[must_use]
    pub fn with_semantics(mut self, similarity: f64) -> Self {
        if let Some(matching) = self.matching.take() {
            self.matching = Some(matching.with_semantics(similarity));
            self.notices.retain(|notice| *notice != Notice::KeywordOnly);
        }
        self
    }
}

fn notices(
    posting: Option<&PostingFacts>,
    matching: Option<&Match>,
    document: Option<&DocumentFacts>,
    time: &experience::Experience,
) -> Vec<Notice> {
    let mut notices = Vec::new();
    match (posting, matching) {
        (None, _) => notices.push(Notice::NoPosting),
        (Some(_), None) => notices.push(Notice::NothingAsked),
        (Some(_), Some(_)) => notices.push(Notice::KeywordOnly),
    }
    match document {
        None => notices.push(Notice::NoDocument),
        Some(document) if document.hidden_text.is_some() => {
            notices.push(Notice::HiddenTextIgnored);
        }
        Some(_) => {}
    }
    if time.lacks_today {
        notices.push(Notice::TodayUnknown);
    }
    notices
}

/// SHA-256 in hex over everything the number rests on.
fn input_hash(resume: &JsonResume, posting: &PostingFacts, today: Option<NaiveDate>) -> String {
    let input = serde_json::json!([
        ALGORITHM,
        Taxonomy::builtin().version(),
        resume,
        posting,
        today.map(|day| day.to_string()),
    ]);
    hex::encode(Sha256::digest(input.to_string().as_bytes()))
}

#[cfg(test)]
mod tests;
