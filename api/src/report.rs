//! A match report as the API shows it: the domain's report with its shape in the documentation.

use poem_openapi::Object;
use poem_openapi::types::Example;
use shared::ats;
use shared::ats::coverage::{self, Status as DomainStatus};
use shared::ats::readability::{self, Code as DomainCode};
use shared::ats::score::{self, Mode as DomainMode, Part as DomainPart};
use shared::ats::tip::{self, TipCode as DomainTipCode};
use shared::ats::{Notice as DomainNotice, hit, stuffing};
use shared::posting::requirement::{Importance as DomainImportance, Kind as DomainKind};
use shared::taxonomy::How as DomainHow;

use crate::mirror::mirror;

mirror! {
    /// Which halves of the match were there: words and meaning, meaning alone, or words alone
    MatchMode of DomainMode { Hybrid, SemanticOnly, KeywordOnly }
}

mirror! {
    /// What a part of the score measures
    MatchPart of DomainPart { Required, Preferred, Experience, Education, Title, Meaning }
}

mirror! {
    /// How far the resume shows it; `partly` is something close, such as fewer years or a sister tool
    RequirementStatus of DomainStatus { Met, Partly, Missing }
}

mirror! {
    /// What kind of thing is asked for
    RequirementKind of DomainKind { Skill, Experience, Responsibility, Qualification }
}

mirror! {
    /// Whether the posting insists
    Importance of DomainImportance { Required, Preferred }
}

mirror! {
    /// How the quoted words show it: by name, by another name, by another form of the words, by
    /// implying it; `related` is only close in meaning and proves nothing
    EvidenceKind of DomainHow { Exact, Alias, Stem, Derived, Related }
}

mirror! {
    /// What makes a document hard to read for software
    ReadabilityCode of DomainCode {
        HiddenText, ColumnsOutOfOrder, FontsWithoutMapping, Tables, ImagesOfText, ContactInHeader,
        LowTextQuality, Truncated, TooManyPages, NoName, NoEmail, NoPhone, NoExperience, NoDates,
        NoEducation, NoSkills,
    }
}

mirror! {
    /// What a tip is about
    TipKind of DomainTipCode {
        FewNumbers, LongBullets, ShortBullets, WeakOpenings, NoSummary, FirstPerson,
        RepeatedOpenings,
    }
}

mirror! {
    /// What to know about a report
    ReportNotice of DomainNotice {
        /// No posting was given, so `match` is null
        NoPosting,
        /// The posting names nothing that could be compared
        NothingAsked,
        /// Embeddings unavailable, using keyword matching only
        KeywordOnly,
        /// Keyword matching unavailable, using embeddings only
        SemanticOnly,
        /// Text that a reader cannot see was left out of everything
        HiddenTextIgnored,
        /// Without a document only the data was judged for readability
        NoDocument,
        /// No date says until when a current job counts; its years are left out
        TodayUnknown,
    }
}

/// How a resume matches a posting, what it covers, how well its document reads: three answers, never mixed
#[derive(Debug, Object)]
pub struct Report {
    /// Null without a posting, or when the posting names nothing to compare
    #[oai(rename = "match")]
    pub matching: Option<Match>,
    pub coverage: Option<Coverage>,
    pub readability: Readability,
    /// Advice on the writing; never part of a score
    pub tips: Vec<Tip>,
    /// Words that stand in the resume far too often
    pub stuffing: Vec<Stuffing>,
    pub notices: Vec<ReportNotice>,
}

impl From<ats::Report> for Report {
    fn from(report: ats::Report) -> Self {
        Self {
            matching: report.matching.map(Match::from),
            coverage: report.coverage.map(Coverage::from),
            readability: report.readability.into(),
            tips: report.tips.into_iter().map(Tip::from).collect(),
            stuffing: report.stuffing.into_iter().map(Stuffing::from).collect(),
            notices: report.notices.into_iter().map(ReportNotice::from).collect(),
        }
    }
}

/// One number for the match, with the parts it is made of
#[derive(Debug, Object)]
pub struct Match {
    /// 0 to 100
    pub score: u8,
    pub mode: MatchMode,
    /// Their weights add up to 100, their points to the score, but for rounding
    pub components: Vec<MatchComponent>,
    /// Changes when the same input may give another number
    pub algorithm: String,
    /// SHA-256 of everything the score rests on: the same hash, the same score
    pub input_hash: String,
}

impl From<score::Match> for Match {
    fn from(matching: score::Match) -> Self {
        Self {
            score: matching.score,
            mode: matching.mode.into(),
            components: matching.components.into_iter().map(MatchComponent::from).collect(),
            algorithm: matching.algorithm,
            input_hash: matching.input_hash,
        }
    }
}

/// A part of the score
#[derive(Debug, Object)]
pub struct MatchComponent {
    pub name: MatchPart,
    /// The most points it can give
    pub weight: f64,
    pub points: f64,
    /// In plain words
    pub why: String,
}

impl From<score::Component> for MatchComponent {
    fn from(part: score::Component) -> Self {
        let hundredths = |number: f64| (number * 100.0).round() / 100.0;
        Self {
            name: part.name.into(),
            weight: hundredths(part.weight),
            points: hundredths(part.points),
            why: part.why,
        }
    }
}

/// Which requirements are met, each with the lines that show it
#[derive(Debug, Object)]
pub struct Coverage {
    pub required: CoverageCount,
    pub preferred: CoverageCount,
    /// In the order of the posting
    pub requirements: Vec<CoveredRequirement>,
}

impl From<coverage::Coverage> for Coverage {
    fn from(coverage: coverage::Coverage) -> Self {
        Self {
            required: coverage.required.into(),
            preferred: coverage.preferred.into(),
            requirements: coverage.requirements.into_iter().map(Into::into).collect(),
        }
    }
}

/// How many requirements are met, partly met, missing
#[derive(Debug, Object)]
pub struct CoverageCount {
    pub met: u32,
    pub partly: u32,
    pub missing: u32,
}

impl From<coverage::Count> for CoverageCount {
    fn from(count: coverage::Count) -> Self {
        Self { met: count.met, partly: count.partly, missing: count.missing }
    }
}

/// A requirement, and how far the resume shows it
#[derive(Debug, Object)]
pub struct CoveredRequirement {
    /// Of the requirement in the posting's facts
    pub id: String,
    pub name: String,
    pub kind: RequirementKind,
    pub importance: Importance,
    pub status: RequirementStatus,
    /// The best proof first; of a missing one, only what is related in meaning
    pub evidence: Vec<Evidence>,
    /// The line of the posting that asks
    pub line: String,
}

impl From<coverage::Covered> for CoveredRequirement {
    fn from(covered: coverage::Covered) -> Self {
        Self {
            id: covered.id,
            name: covered.name,
            kind: covered.kind.into(),
            importance: covered.importance.into(),
            status: covered.status.into(),
            evidence: covered.evidence.into_iter().map(Evidence::from).collect(),
            line: covered.line,
        }
    }
}

/// A line of the resume that shows a requirement
#[derive(Debug, Object)]
pub struct Evidence {
    /// JSON pointer into the resume
    pub path: String,
    /// The sentence as it stands there
    pub quote: String,
    pub how: EvidenceKind,
}

impl From<hit::Evidence> for Evidence {
    fn from(evidence: hit::Evidence) -> Self {
        Self { path: evidence.path, quote: evidence.quote, how: evidence.how.into() }
    }
}

/// How well software reads the document
#[derive(Debug, Object)]
pub struct Readability {
    /// 0 to 100; says nothing about the person's chances
    pub score: u8,
    pub findings: Vec<ReadabilityFinding>,
    /// The finding that keeps the score down whatever else is right
    pub capped_by: Option<ReadabilityCode>,
}

impl From<readability::Readability> for Readability {
    fn from(readability: readability::Readability) -> Self {
        Self {
            score: readability.score,
            findings: readability.findings.into_iter().map(ReadabilityFinding::from).collect(),
            capped_by: readability.capped_by.map(ReadabilityCode::from),
        }
    }
}

/// What software stumbles over, and what to do about it
#[derive(Debug, Object)]
pub struct ReadabilityFinding {
    pub code: ReadabilityCode,
    /// Points lost
    pub points: u8,
    /// `page 2`, or a JSON pointer; empty when it concerns the whole document
    #[oai(rename = "where")]
    pub place: Vec<String>,
    pub fix: String,
}

impl From<readability::Finding> for ReadabilityFinding {
    fn from(finding: readability::Finding) -> Self {
        Self {
            code: finding.code.into(),
            points: finding.points,
            place: finding.place,
            fix: finding.fix,
        }
    }
}

/// Advice on the writing
#[derive(Debug, Object)]
pub struct Tip {
    pub code: TipKind,
    pub text: String,
    /// JSON pointers
    #[oai(rename = "where")]
    pub place: Vec<String>,
}

impl From<tip::Tip> for Tip {
    fn from(tip: tip::Tip) -> Self {
        Self { code: tip.code.into(), text: tip.text, place: tip.place }
    }
}

/// A term that stands in the resume far more often than anyone writes by chance
#[derive(Debug, Object)]
pub struct Stuffing {
    pub term: String,
    pub count: u32,
    /// Of all words of the resume
    pub share: f64,
    /// JSON pointers, each once
    #[oai(rename = "where")]
    pub place: Vec<String>,
    /// Whether the posting asks for it
    pub asked: bool,
}

impl From<stuffing::Stuffing> for Stuffing {
    fn from(one: stuffing::Stuffing) -> Self {
        Self {
            term: one.term,
            count: one.count,
            share: one.share,
            place: one.place,
            asked: one.asked,
        }
    }
}

/// The example's report: a small resume against a small posting, checked by the rules.
pub fn example() -> ats::Report {
    let resume = crate::resume::data::ResumeData::example().0;
    let facts = shared::posting::facts::read(&crate::posting::WritePosting::example().text);
    let today = crate::example::time().date_naive();
    ats::check(&resume, Some(&facts), None, Some(today))
}
