//! Many at once: the postings that fit a resume best, and the resumes that fit a posting best.

use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{Object, OpenApi};
use serde::Deserialize;
use shared::ats::coverage::Status;
use shared::posting::Postings;
use shared::posting::requirement::Importance;
use shared::ranking::{self, Choice, MOST, MOST_SHOWN, Ranked, Ranking, Rankings};
use shared::resume::Resumes;
use uuid::Uuid;

use crate::Tag;
use crate::caller::Caller;
use crate::coverage::readable;
use crate::json::Body;
use crate::problem::answer::{Match as Matching, Refused};
use crate::problem::{Code, Problem};
use crate::report::{CoverageCount, MatchComponent, example};

pub struct MatchesApi {
    pub resumes: Resumes,
    pub postings: Postings,
    pub rankings: Rankings,
}

/// Which postings to rank: exactly one of the two
#[derive(Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct RankPostings {
    /// Up to 10,000 of your postings; others are left out
    pub posting_ids: Option<Vec<Uuid>>,
    /// `true` for everything you have, the newest 10,000
    pub all: Option<bool>,
    /// How many to answer with, 20 unless told, at most 100
    pub limit: Option<u32>,
}

impl Example for RankPostings {
    fn example() -> Self {
        Self { posting_ids: None, all: Some(true), limit: Some(10) }
    }
}

/// Which resumes to rank: exactly one of the two
#[derive(Debug, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct RankResumes {
    /// Up to 10,000 of your resumes; others are left out
    pub resume_ids: Option<Vec<Uuid>>,
    /// `true` for everything you have, the newest 10,000
    pub all: Option<bool>,
    /// How many to answer with, 20 unless told, at most 100
    pub limit: Option<u32>,
}

impl Example for RankResumes {
    fn example() -> Self {
        Self { resume_ids: None, all: Some(true), limit: Some(10) }
    }
}

/// The best, and how many were compared
#[derive(Debug, Object)]
#[oai(example)]
pub struct Matches {
    /// The best first
    pub items: Vec<RankedMatch>,
    pub compared: usize,
    /// Postings that ask for nothing, and so have no score
    pub without_requirements: usize,
}

/// A posting or resume with its score and the reasons
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct RankedMatch {
    /// Of the posting, or of the resume
    pub id: Uuid,
    /// The posting's title, or the resume's headline
    pub title: Option<String>,
    pub company: Option<String>,
    /// 0 to 100, by the rules: the same as `cover_resume` tells
    pub score: u8,
    pub components: Vec<MatchComponent>,
    pub required: CoverageCount,
    pub preferred: CoverageCount,
    /// The names of what is met, the required first
    pub met: Vec<String>,
    /// The names of what is required and missing
    pub missing: Vec<String>,
}

impl RankedMatch {
    fn new(ranked: Ranked) -> Option<Self> {
        let (matching, coverage) = (ranked.report.matching?, ranked.report.coverage?);
        let names = |importance, status| {
            let of_kind = coverage.requirements.iter();
            of_kind
                .filter(move |one| one.importance == importance && one.status == status)
                .map(|one| one.name.clone())
        };
        let met = names(Importance::Required, Status::Met)
            .chain(names(Importance::Preferred, Status::Met))
            .collect();
        let missing = names(Importance::Required, Status::Missing).collect();
        Some(Self {
            id: ranked.id,
            title: ranked.title,
            company: ranked.company,
            score: matching.score,
            components: matching.components.into_iter().map(MatchComponent::from).collect(),
            required: coverage.required.into(),
            preferred: coverage.preferred.into(),
            met,
            missing,
        })
    }
}

impl From<Ranking> for Matches {
    fn from(ranking: Ranking) -> Self {
        Self {
            items: ranking.best.into_iter().filter_map(RankedMatch::new).collect(),
            compared: ranking.compared,
            without_requirements: ranking.without_requirements,
        }
    }
}

impl Example for Matches {
    fn example() -> Self {
        let ranked = Ranked {
            id: crate::example::id(4),
            title: Some("Senior Backend Engineer".into()),
            company: Some("Ledgerline".into()),
            report: example(),
        };
        let items = RankedMatch::new(ranked).into_iter().collect();
        Self { items, compared: 1, without_requirements: 0 }
    }
}

#[OpenApi(prefix_path = "", tag = "Tag::Resumes")]
impl MatchesApi {
    /// Rank postings for a resume
    ///
    /// By the rules, at once and for free. What is not yours is left out.
    #[oai(path = "/resumes/:id/matches", method = "post", operation_id = "rank_postings")]
    async fn postings(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        body: Body<RankPostings>,
    ) -> Result<Json<Matches>, Refused<Matching>> {
        let RankPostings { posting_ids, all, limit } = body.0;
        let choice = choice(posting_ids, all)?;
        let resume = self
            .resumes
            .find(caller.0.id, id.0)
            .await?
            .ok_or_else(|| Problem::new(Code::ResumeNotFound, "There is no such resume."))?;
        let today = chrono::Utc::now().date_naive();
        let limit = shown(limit)?;
        Ok(Json(self.rankings.postings(&resume, &choice, limit, today).await?.into()))
    }

    /// Rank your resumes for a posting
    ///
    /// By the rules, at once and for free. What is not yours is left out.
    #[oai(path = "/postings/:id/matches", method = "post", operation_id = "rank_resumes")]
    async fn resumes(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        body: Body<RankResumes>,
    ) -> Result<Json<Matches>, Refused<Matching>> {
        let RankResumes { resume_ids, all, limit } = body.0;
        let choice = choice(resume_ids, all)?;
        let posting = self
            .postings
            .find(caller.0.id, id.0)
            .await?
            .ok_or_else(|| Problem::new(Code::PostingNotFound, "There is no such posting."))?;
        let facts = readable(ranking::read_posting(posting.text).await?)?;
        let today = chrono::Utc::now().date_naive();
        let limit = shown(limit)?;
        let ranking = self.rankings.resumes(caller.0.id, &facts, &choice, limit, today).await?;
        Ok(Json(ranking.into()))
    }
}

fn choice(ids: Option<Vec<Uuid>>, all: Option<bool>) -> Result<Choice, Problem> {
    match (ids, all.unwrap_or(false)) {
        (Some(ids), false) if ids.len() as u64 <= MOST => Ok(Choice::These(ids)),
        (Some(_), false) => {
            let detail = format!("At most {MOST} ids are ranked at once.");
            Err(Problem::new(Code::InvalidRequest, detail))
        }
        (None, true) => Ok(Choice::All),
        _ => {
            let detail = "Give either a list of ids or `\"all\": true`.";
            Err(Problem::new(Code::InvalidRequest, detail))
        }
    }
}

fn shown(limit: Option<u32>) -> Result<usize, Problem> {
    let limit = limit.map_or(20, |limit| limit as usize);
    if (1..=MOST_SHOWN).contains(&limit) {
        return Ok(limit);
    }
    let detail = format!("`limit` is between 1 and {MOST_SHOWN}.");
    Err(Problem::new(Code::InvalidRequest, detail))
}
