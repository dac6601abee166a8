//! Deciding about the edits of a tailoring, up to the version they become.

use poem_openapi::param::{Header, Path};
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{Enum, Object, OpenApi};
use serde::{Deserialize, Serialize};
use shared::analytics::Event;
use shared::dispatch::Dispatch;
use shared::quote::Quotes;
use shared::submit::{Request, Work};
use shared::tailoring::Tailorings;
use shared::tailoring::decide::Choice;
use shared::tailoring::proposal::Decision as DomainDecision;
use shared::tailoring::statement::Statement;
use shared::truth::Verdict as DomainVerdict;
use uuid::Uuid;

use super::{Decision, Proposal, Tailoring, TailoringApi};
use crate::Tag;
use crate::caller::Caller;
use crate::headers::idempotency;
use crate::json::Body;
use crate::operation::{Accepted, Engine};
use crate::problem::answer::{Decide, Redraft, Refused};
use crate::problem::{Code, Problem};
use crate::usage;
use crate::version::{ShownVersion, Version};

/// Longest wish for a redraft, in characters.
const MAX_INSTRUCTION: usize = 500;

pub struct DecideApi {
    pub tailorings: Tailorings,
    pub dispatch: Dispatch,
    pub quotes: Quotes,
    pub retention: shared::resume::version::Retention,
}

/// What to do with an edit: `decision` or `after`
#[derive(Debug, Serialize, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct DecideProposal {
    /// `edited` takes your own words again after you had set them aside
    pub decision: Option<Decision>,
    /// Your own words instead; of a list, its JSON text. They are judged and flagged, never withheld
    pub after: Option<String>,
}

impl Example for DecideProposal {
    fn example() -> Self {
        Self { decision: Some(Decision::Accepted), after: None }
    }
}

/// A verdict of edits that can be accepted together
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Enum)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum AcceptableVerdict {
    Faithful,
    NeedsReview,
}

/// Which edits to accept
#[derive(Debug, Serialize, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct AcceptAll {
    pub verdicts: Vec<AcceptableVerdict>,
}

impl Example for AcceptAll {
    fn example() -> Self {
        Self { verdicts: vec![AcceptableVerdict::Faithful] }
    }
}

/// Your answer to the question of a gap
#[derive(Debug, Serialize, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct AnswerGap {
    /// In your own words, up to 4,000 characters; marked as stated by you
    pub text: String,
    /// The job it belongs to, as a JSON pointer
    pub entry: Option<String>,
}

impl Example for AnswerGap {
    fn example() -> Self {
        let text = "Ran Kafka for the order events at Tallyport.".into();
        Self { text, entry: Some("/work/0".into()) }
    }
}

/// What you want otherwise
#[derive(Debug, Serialize, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct RedraftProposal {
    /// Up to 500 characters
    pub instruction: String,
    /// Who drafts
    #[oai(default)]
    #[serde(default)]
    pub engine: Engine,
}

impl Example for RedraftProposal {
    fn example() -> Self {
        Self { instruction: "Shorter, and start with the result.".into(), engine: Engine::Auto }
    }
}

/// How to name the version
#[derive(Debug, Serialize, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct ApplyTailoring {
    pub label: Option<String>,
}

impl Example for ApplyTailoring {
    fn example() -> Self {
        Self { label: Some("For Northgate, backend".into()) }
    }
}

#[OpenApi(prefix_path = "/tailorings", tag = "Tag::Tailorings")]
impl DecideApi {
    /// Decide about an edit
    ///
    /// Accept it, reject it, or send your own words for it. `409` when the resume has changed
    /// underneath (rebase first) or the edits are a version already.
    #[oai(path = "/:id/proposals/:pid", method = "patch", operation_id = "decide_proposal")]
    async fn decide(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        pid: Path<Uuid>,
        body: Body<DecideProposal>,
    ) -> Result<Json<Proposal>, Refused<Decide>> {
        let choice = choice(body.0)?;
        let decided = self.tailorings.decide(caller.0.id, (id.0, pid.0), choice).await?;
        note(decided.decision);
        Ok(Json(decided.into()))
    }

    /// Accept all edits of a verdict
    ///
    /// Faithful edits that you have rejected stay rejected. Answers with the tailoring as it is then.
    #[oai(path = "/:id/accept-all", method = "post", operation_id = "accept_proposals")]
    async fn accept_all(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        body: Body<AcceptAll>,
    ) -> Result<Json<Tailoring>, Refused<Decide>> {
        let verdicts: Vec<DomainVerdict> = body.0.verdicts.into_iter().map(verdict).collect();
        self.tailorings.accept_all(caller.0.id, id.0, &verdicts).await?;
        self.shown(&caller, id.0).await
    }

    /// Have one edit drafted anew
    ///
    /// Say what you want otherwise; it is no evidence, and the new draft goes through the same gate. Answers as soon as
    /// the work is queued. The finished operation's `notices` say when nothing came of it; without a model only
    /// what you have stated about gaps can be worked in.
    #[oai(path = "/:id/proposals/:pid/redraft", method = "post", operation_id = "redraft_proposal")]
    async fn redraft(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        pid: Path<Uuid>,
        body: Body<RedraftProposal>,
        /// The same key again gives the same operation, for 24 hours
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
    ) -> Result<Accepted, Refused<Redraft>> {
        let key = idempotency(key.0, &("redraft_proposal", id.0, pid.0, &body.0))?;
        let instruction = body.0.instruction;
        if instruction.trim().is_empty() || instruction.chars().count() > MAX_INSTRUCTION {
            let detail = format!("`instruction` must have 1 to {MAX_INSTRUCTION} characters.");
            return Err(Problem::new(Code::InvalidRequest, detail).into());
        }
        self.tailorings.can_decide(caller.0.id, (id.0, pid.0)).await?;
        let work = Work::Redraft { tailoring_id: id.0, proposal_id: pid.0, instruction };
        let engine = body.0.engine.into();
        let budget = self.quotes.budget(&caller.0, (&work, engine), None).await?;
        let request = Request { account: caller.0, work, engine, key, budget };
        Ok(Accepted::from(self.dispatch.submit(&request).await?))
    }

    /// Answer the question of a gap
    ///
    /// Your answer is evidence, marked as stated by you; a second answer replaces the first.
    #[oai(path = "/:id/gaps/:requirement_id", method = "put", operation_id = "answer_gap")]
    async fn answer(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        requirement_id: Path<String>,
        body: Body<AnswerGap>,
    ) -> Result<Json<Tailoring>, Refused<Decide>> {
        let statement = Statement {
            requirement_id: requirement_id.0,
            text: body.0.text,
            entry: body.0.entry,
            stated_at: shared::time::now(),
        };
        self.tailorings.state(caller.0.id, id.0, statement).await?;
        self.shown(&caller, id.0).await
    }

    /// Carry the edits over to the resume as it is now
    ///
    /// What still applies is kept, at its new place where it has moved; each edit that is lost
    /// says why in `lost`. Safe to repeat.
    #[oai(path = "/:id/rebase", method = "post", operation_id = "rebase_tailoring")]
    async fn rebase(
        &self,
        caller: Caller,
        id: Path<Uuid>,
    ) -> Result<Json<Tailoring>, Refused<Decide>> {
        let rebased = self.tailorings.rebase(caller.0.id, id.0).await?;
        Ok(Json(self.tailoring_api().show(rebased.tailoring, rebased.proposals).await?))
    }

    /// Make a version of the accepted edits
    ///
    /// The resume itself stays as it is. Once: a repeated call answers with the same version.
    #[oai(path = "/:id/apply", method = "post", operation_id = "apply_tailoring")]
    async fn apply(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        body: Body<ApplyTailoring>,
    ) -> Result<ShownVersion, Refused<Decide>> {
        let label = crate::version::note(body.0.label)?;
        let version = self.tailorings.apply(caller.0.id, id.0, label).await?;
        Ok(ShownVersion::Shown(Json(Version::read(version, self.retention))))
    }
}

impl DecideApi {
    fn tailoring_api(&self) -> TailoringApi {
        TailoringApi { tailorings: self.tailorings.clone() }
    }

    async fn shown(&self, caller: &Caller, id: Uuid) -> Result<Json<Tailoring>, Refused<Decide>> {
        let api = self.tailoring_api();
        let row = api.find(caller, id).await?;
        let proposals = self.tailorings.proposals(&row).await?;
        Ok(Json(api.show(row, proposals).await?))
    }
}

fn choice(body: DecideProposal) -> Result<Choice, Problem> {
    match (body.decision, body.after) {
        (Some(decision), None) => Ok(Choice::Decide(decision.into())),
        (None, Some(words)) => Ok(Choice::Words(words)),
        (Some(_), Some(_)) | (None, None) => {
            let detail = "Send either `decision` or `after`.";
            Err(Problem::new(Code::InvalidRequest, detail))
        }
    }
}

fn note(decision: DomainDecision) {
    match decision {
        DomainDecision::Accepted => usage::did(Event::ProposalAccepted),
        DomainDecision::Rejected => usage::did(Event::ProposalRejected),
        DomainDecision::Edited => usage::did(Event::ProposalReworded),
        DomainDecision::Pending => {}
    }
}

fn verdict(verdict: AcceptableVerdict) -> DomainVerdict {
    match verdict {
        AcceptableVerdict::Faithful => DomainVerdict::Faithful,
        AcceptableVerdict::NeedsReview => DomainVerdict::NeedsReview,
    }
}
