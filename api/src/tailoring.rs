//! What a tailor operation offers.

use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{Object, OpenApi};
use shared::ats;
use shared::tailoring::proposal::{Decision as DomainDecision, Lost, Model as ProposalRow};
use shared::tailoring::totals::{self, Totals};
use shared::tailoring::{Model, Tailorings};
use shared::truth::Verdict as DomainVerdict;
use uuid::Uuid;

use crate::Tag;
use crate::caller::Caller;
use crate::mirror::mirror;
use crate::problem::answer::{Read, Refused};
use crate::problem::{Code, Problem};
use crate::report::Report;
use crate::resume::data::ResumeData;

pub mod decide;
pub mod proof;

use proof::{Gap, GapAnswered, Proof, Reason, Withheld, all};

pub struct TailoringApi {
    pub tailorings: Tailorings,
}

mirror! {
    /// Whether the resume supports every statement of an edit
    Verdict of DomainVerdict { Faithful, NeedsReview, Fabricated }
}

mirror! {
    /// What the person decided
    Decision of DomainDecision { Pending, Accepted, Rejected, Edited }
}

/// Edits that make a resume fit a posting, each with its proof
#[derive(Debug, Object)]
#[oai(example)]
pub struct Tailoring {
    pub id: Uuid,
    pub operation_id: Uuid,
    pub resume_id: Uuid,
    pub posting_id: Uuid,
    /// The revision of the resume that the edits were made for
    pub resume_revision: i64,
    /// How the untouched resume meets the posting
    pub report: Report,
    pub proposals: Vec<Proposal>,
    /// Edits that are not offered because the resume does not support them, with the reasons
    pub withheld: Vec<Withheld>,
    /// Requirements that nothing in the resume supports, each with a question
    pub gaps: Vec<Gap>,
    /// What you have answered; evidence for a redraft
    pub statements: Vec<GapAnswered>,
    /// Where the resume stands: before, with the accepted edits, with all of them; absent when
    /// the posting is gone or the resume has changed
    #[oai(skip_serializing_if_is_none)]
    pub totals: Option<TailoringTotals>,
    /// The resume has changed since: rebase before you decide
    pub stale: bool,
    /// The version that the accepted edits became
    #[oai(skip_serializing_if_is_none)]
    pub version_id: Option<Uuid>,
    pub created_at: chrono::DateTime<chrono::Utc>,
}

impl Example for Tailoring {
    fn example() -> Self {
        let gap = Gap {
            requirement_id: "r3".into(),
            name: "Kafka".into(),
            question: "Have you used Kafka? Where, and what for?".into(),
        };
        Self {
            id: crate::example::id(5),
            operation_id: crate::example::id(3),
            resume_id: crate::example::id(2),
            posting_id: crate::example::id(4),
            resume_revision: 1,
            report: ats::check(&ResumeData::example().0, None, None, None).into(),
            proposals: vec![Proposal::example()],
            withheld: Vec::new(),
            gaps: vec![gap],
            statements: Vec::new(),
            totals: Some(TailoringTotals::example()),
            stale: false,
            version_id: None,
            created_at: crate::example::time(),
        }
    }
}

/// Where the resume stands with the posting
#[derive(Debug, Object)]
#[oai(example)]
pub struct TailoringTotals {
    /// The untouched resume
    pub before: Standing,
    /// With the edits you accepted
    pub accepted: Standing,
    /// With every edit that can be accepted
    pub all: Standing,
    /// How many requirements the posting has
    pub requirements: u64,
}

impl Example for TailoringTotals {
    fn example() -> Self {
        let standing = |score, met| Standing { score, met };
        Self {
            before: standing(58, 4),
            accepted: standing(64, 5),
            all: standing(66, 5),
            requirements: 8,
        }
    }
}

impl From<Totals> for TailoringTotals {
    fn from(totals: Totals) -> Self {
        let standing = |of: totals::Standing| Standing { score: of.score, met: of.met };
        Self {
            before: standing(totals.before),
            accepted: standing(totals.accepted),
            all: standing(totals.all),
            requirements: totals.requirements as u64,
        }
    }
}

/// Measured by the rules, so that the three can be compared
#[derive(Debug, Object)]
pub struct Standing {
    /// Points of the match, of 100
    pub score: i32,
    /// Requirements met
    pub met: i32,
}

mirror! {
    /// Why an edit was lost when the resume changed
    LostBecause of Lost { PlaceGone, TextChanged, ProofGone }
}

/// One edit that is offered
#[derive(Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct Proposal {
    pub id: Uuid,
    /// JSON pointer into the resume
    pub path: String,
    /// The value there; of a list, its JSON text
    pub before: String,
    pub after: String,
    /// Why it helps
    pub why: String,
    /// Requirements of the posting that it serves
    pub requirement_ids: Vec<String>,
    /// The words of your resume that prove it
    pub evidence: Vec<Proof>,
    pub verdict: Verdict,
    /// What to look at before you accept it
    pub reasons: Vec<Reason>,
    /// What the match gains by this edit alone
    pub coverage_delta: CoverageDelta,
    /// `edited`: your own words are taken
    pub decision: Decision,
    /// Your own words for it
    pub own: Option<OwnWords>,
    /// Why it can no longer be accepted, after the resume has changed
    pub lost: Option<LostBecause>,
}

/// Your own words: never withheld, only judged
#[derive(Debug, Object)]
pub struct OwnWords {
    pub after: String,
    pub verdict: Verdict,
    /// What the gate says against them; they are yours all the same
    pub reasons: Vec<Reason>,
}

impl Example for Proposal {
    fn example() -> Self {
        let before = r#"["Rust","Kafka","PostgreSQL"]"#;
        let quote = Proof { path: "/skills/0/keywords/2".into(), quote: "PostgreSQL".into() };
        Self {
            id: crate::example::id(6),
            path: "/skills/0/keywords".into(),
            before: before.into(),
            after: r#"["PostgreSQL","Rust","Kafka"]"#.into(),
            why: "Puts first what this posting asks about.".into(),
            requirement_ids: vec!["r2".into()],
            evidence: vec![quote],
            verdict: Verdict::Faithful,
            reasons: Vec::new(),
            coverage_delta: CoverageDelta { score: 0, met: 0 },
            decision: Decision::Pending,
            own: None,
            lost: None,
        }
    }
}

/// Gains are positive
#[derive(Debug, Object)]
pub struct CoverageDelta {
    /// Points of the match, of 100
    pub score: i32,
    /// Requirements met
    pub met: i32,
}

impl From<ProposalRow> for Proposal {
    fn from(row: ProposalRow) -> Self {
        let own = row.own.zip(row.own_judgement).map(|(after, judged)| OwnWords {
            after,
            verdict: judged.verdict.into(),
            reasons: all(judged.reasons),
        });
        Self {
            own,
            lost: row.lost.map(LostBecause::from),
            id: row.id,
            path: row.path,
            before: row.before,
            after: row.after,
            why: row.details.why,
            requirement_ids: row.details.requirement_ids,
            evidence: all(row.details.evidence),
            verdict: row.verdict.into(),
            reasons: all(row.details.reasons),
            coverage_delta: CoverageDelta {
                score: row.details.coverage_delta.score,
                met: row.details.coverage_delta.met,
            },
            decision: row.decision.into(),
        }
    }
}

#[OpenApi(prefix_path = "/tailorings", tag = "Tag::Tailorings")]
impl TailoringApi {
    /// Show a tailoring
    ///
    /// Faithful edits are `pending`; those that need your eye start `rejected`.
    #[oai(path = "/:id", method = "get", operation_id = "get_tailoring")]
    async fn get(&self, caller: Caller, id: Path<Uuid>) -> Result<Json<Tailoring>, Refused<Read>> {
        let row = self.find(&caller, id.0).await?;
        let proposals = self.tailorings.proposals(&row).await?;
        Ok(Json(self.show(row, proposals).await?))
    }

    /// List the edits of a tailoring
    #[oai(path = "/:id/proposals", method = "get", operation_id = "list_proposals")]
    async fn proposals(
        &self,
        caller: Caller,
        id: Path<Uuid>,
    ) -> Result<Json<Vec<Proposal>>, Refused<Read>> {
        let row = self.find(&caller, id.0).await?;
        let proposals = self.tailorings.proposals(&row).await?;
        Ok(Json(proposals.into_iter().map(Proposal::from).collect()))
    }
}

impl TailoringApi {
    async fn show(&self, row: Model, proposals: Vec<ProposalRow>) -> Result<Tailoring, Problem> {
        let stale = self.tailorings.is_stale(&row).await?;
        let totals = self.tailorings.totals(&row, &proposals).await?;
        Ok(Tailoring {
            id: row.id,
            operation_id: row.operation_id,
            resume_id: row.resume_id,
            posting_id: row.posting_id,
            resume_revision: row.resume_revision,
            report: row.report.into(),
            proposals: proposals.into_iter().map(Proposal::from).collect(),
            withheld: all(row.withheld.0),
            gaps: all(row.gaps.0),
            statements: all(row.statements.0),
            totals: totals.map(TailoringTotals::from),
            stale,
            version_id: row.version_id,
            created_at: row.created_at,
        })
    }

    async fn find(&self, caller: &Caller, id: Uuid) -> Result<Model, Problem> {
        let found = self.tailorings.find(caller.0.id, id).await?;
        found.ok_or_else(|| Problem::new(Code::TailoringNotFound, "There is no such tailoring."))
    }
}
