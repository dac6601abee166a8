//! Live coverage: what a resume covers of a posting, while it is being edited.

use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{Object, OpenApi};
use serde::Deserialize;
use shared::posting::facts::PostingFacts;
use shared::posting::{self, Postings};
use shared::ranking;
use shared::resume::Resumes;
use uuid::Uuid;

use crate::Tag;
use crate::caller::Caller;
use crate::json::Body;
use crate::posting::check_text;
use crate::problem::answer::{Match as Matching, Refused};
use crate::problem::{Code, Problem};
use crate::report::{Coverage, Match, ReportNotice, Stuffing, example};
use crate::resume::data::ResumeData;

pub struct CoverageApi {
    pub resumes: Resumes,
    pub postings: Postings,
}

/// What to compare: a posting that is kept, or its text; and the resume as kept, or as it is being edited
#[derive(Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct CoverResume {
    /// One of the two: a kept posting …
    pub posting_id: Option<Uuid>,
    /// … or the text of one, up to 50,000 characters
    pub text: Option<String>,
    /// The resume with changes that are not saved; without it the kept one counts
    pub resume: Option<ResumeData>,
}

impl Example for CoverResume {
    fn example() -> Self {
        Self { posting_id: Some(crate::example::id(4)), text: None, resume: None }
    }
}

/// What the resume covers right now, by the rules
#[derive(Debug, Object)]
#[oai(example)]
pub struct LiveCoverage {
    #[oai(rename = "match")]
    pub matching: Option<Match>,
    pub coverage: Option<Coverage>,
    pub stuffing: Vec<Stuffing>,
    pub notices: Vec<ReportNotice>,
}

impl From<shared::ats::Report> for LiveCoverage {
    fn from(report: shared::ats::Report) -> Self {
        Self {
            matching: report.matching.map(Match::from),
            coverage: report.coverage.map(Coverage::from),
            stuffing: report.stuffing.into_iter().map(Stuffing::from).collect(),
            notices: report.notices.into_iter().map(ReportNotice::from).collect(),
        }
    }
}

impl Example for LiveCoverage {
    fn example() -> Self {
        example().into()
    }
}

#[OpenApi(prefix_path = "/resumes", tag = "Tag::Resumes")]
impl CoverageApi {
    /// Tell what a resume covers of a posting
    ///
    /// Answers at once, by the rules alone; costs nothing and counts against no quota, so
    /// that a page may ask on every pause in typing. Nothing is stored.
    #[oai(path = "/:id/coverage", method = "post", operation_id = "cover_resume")]
    async fn cover(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        body: Body<CoverResume>,
    ) -> Result<Json<LiveCoverage>, Refused<Matching>> {
        let CoverResume { posting_id, text, resume } = body.0;
        let kept = self.resumes.find(caller.0.id, id.0).await?;
        let kept =
            kept.ok_or_else(|| Problem::new(Code::ResumeNotFound, "There is no such resume."))?;
        let text = match (posting_id, text) {
            (Some(id), None) => self.posting(&caller, id).await?.text,
            (None, Some(text)) => check_text(&text)?,
            _ => {
                let detail = "Give either `posting_id` or `text`.";
                return Err(Problem::new(Code::InvalidRequest, detail).into());
            }
        };
        let facts = readable(ranking::read_posting(text).await?)?;
        let resume = resume.map_or(kept.data, |resume| resume.0);
        let today = chrono::Utc::now().date_naive();
        Ok(Json(ranking::check(resume, facts, today).await?.into()))
    }
}

impl CoverageApi {
    async fn posting(&self, caller: &Caller, id: Uuid) -> Result<posting::Model, Problem> {
        self.postings
            .find(caller.0.id, id)
            .await?
            .ok_or_else(|| Problem::new(Code::PostingNotFound, "There is no such posting."))
    }
}

/// Refuses a posting that asks for nothing, and says what was found instead.
pub fn readable(facts: PostingFacts) -> Result<PostingFacts, Problem> {
    if !facts.requirements.is_empty() {
        return Ok(facts);
    }
    let found: Vec<&str> = [
        ("a title", facts.title.is_some()),
        ("a company", facts.company.is_some()),
        ("a place", facts.location.is_some()),
        ("a kind of contract", facts.employment_type.is_some()),
        ("the pay", facts.salary.is_some()),
    ]
    .into_iter()
    .filter_map(|(name, found)| found.then_some(name))
    .collect();
    let detail = match found.as_slice() {
        [] => "The text names no requirement, and nothing else of a posting was found in it."
            .to_owned(),
        found => format!("The text names no requirement; only {} was found.", found.join(", ")),
    };
    Err(Problem::new(Code::PostingWithoutRequirements, detail))
}
