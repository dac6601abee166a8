//! Starting checks and tailorings of a resume.

use poem_openapi::param::{Header, Path};
use poem_openapi::types::Example;
use poem_openapi::{Object, OpenApi};
use serde::{Deserialize, Serialize};
use shared::dispatch::Dispatch;
use shared::quote::Quotes;
use shared::submit::{PostingSource, Request, Work};
use shared::tailoring::{
    Intensity as DomainIntensity, Mode as DomainMode, Options, Section as DomainSection,
    Tone as DomainTone,
};
use uuid::Uuid;

use super::{Accepted, Engine};
use crate::Tag;
use crate::caller::Caller;
use crate::headers::idempotency;
use crate::json::Body;
use crate::mirror::mirror;
use crate::money::{MaxCost, max_cost};
use crate::posting::check_text;
use crate::problem::answer::{Refused, Start};
use crate::problem::{Code, Problem};

pub struct StartApi {
    pub dispatch: Dispatch,
    pub quotes: Quotes,
}

mirror! {
    /// Whether the whole resume may change or chosen sections
    TailorMode of DomainMode { Partial, Full }
}

mirror! {
    /// A part of the resume that edits may touch
    TailorSection of DomainSection { Label, Summary, Work, Skills, Projects }
}

mirror! {
    /// How far edits go: order only; also the posting's words for what you have; also new sentences
    TailorIntensity of DomainIntensity { Nudge, Keywords, Full }
}

mirror! {
    /// How new sentences sound
    TailorTone of DomainTone { Plain, Confident, Formal }
}

/// Which posting to check against: `posting_id` or `posting_text`
#[derive(Debug, Serialize, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct CheckResume {
    /// A posting that you keep
    pub posting_id: Option<Uuid>,
    /// The text of a posting, up to 50,000 characters; it is kept
    pub posting_text: Option<String>,
    /// Who matches
    #[oai(default)]
    #[serde(default)]
    pub engine: Engine,
    /// The most that all attempts together may cost; beyond it the rules do the work
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_cost: Option<MaxCost>,
}

impl Example for CheckResume {
    fn example() -> Self {
        Self {
            posting_id: Some(crate::example::id(4)),
            posting_text: None,
            engine: Engine::Auto,
            max_cost: None,
        }
    }
}

/// Which posting to tailor to, and how
#[derive(Debug, Serialize, Deserialize, Object)]
#[serde(deny_unknown_fields)]
#[oai(example)]
pub struct TailorResume {
    /// A posting that you keep
    pub posting_id: Option<Uuid>,
    /// The text of a posting, up to 50,000 characters; it is kept
    pub posting_text: Option<String>,
    #[oai(default = "TailorResume::mode")]
    #[serde(default = "TailorResume::mode")]
    pub mode: TailorMode,
    /// With mode `partial`: what may change
    #[oai(default)]
    #[serde(default)]
    pub sections: Vec<TailorSection>,
    #[oai(default = "TailorResume::intensity")]
    #[serde(default = "TailorResume::intensity")]
    pub intensity: TailorIntensity,
    pub tone: Option<TailorTone>,
    /// Who drafts
    #[oai(default)]
    #[serde(default)]
    pub engine: Engine,
    /// The most that all attempts together may cost; beyond it the rules do the work
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_cost: Option<MaxCost>,
}

impl TailorResume {
    /// What holds when the request says nothing.
    pub(crate) fn mode() -> TailorMode {
        TailorMode::Full
    }

    pub(crate) fn intensity() -> TailorIntensity {
        TailorIntensity::Keywords
    }
}

impl Example for TailorResume {
    fn example() -> Self {
        Self {
            posting_id: Some(crate::example::id(4)),
            posting_text: None,
            mode: TailorMode::Partial,
            sections: vec![TailorSection::Summary, TailorSection::Skills],
            intensity: TailorIntensity::Keywords,
            tone: None,
            engine: Engine::Auto,
            max_cost: Some(MaxCost::example()),
        }
    }
}

#[OpenApi(prefix_path = "/resumes", tag = "Tag::Operations")]
impl StartApi {
    /// Check a resume against a posting
    ///
    /// Answers as soon as the work is queued; the finished operation's result holds
    /// `report`: match, coverage with evidence, and readability.
    #[oai(path = "/:id/ats-checks", method = "post", operation_id = "check_resume")]
    async fn check(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        body: Body<CheckResume>,
        /// The same key again gives the same operation, for 24 hours
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
    ) -> Result<Accepted, Refused<Start>> {
        let key = idempotency(key.0, &("check_resume", id.0, &body.0))?;
        let posting = posting(body.0.posting_id, body.0.posting_text)?;
        let work = Work::Ats { resume_id: id.0, posting };
        let engine = body.0.engine.into();
        let max_cost = max_cost(body.0.max_cost)?;
        let budget = self.quotes.budget(&caller.0, (&work, engine), max_cost).await?;
        let request = Request { account: caller.0, work, engine, key, budget };
        Ok(Accepted::from(self.dispatch.submit(&request).await?))
    }

    /// Tailor a resume to a posting
    ///
    /// Answers as soon as the work is queued; the finished operation's result holds
    /// `tailoring_id`. Nothing of the resume changes: edits are proposed, each with its proof.
    #[oai(path = "/:id/tailorings", method = "post", operation_id = "tailor_resume")]
    async fn tailor(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        body: Body<TailorResume>,
        /// The same key again gives the same operation, for 24 hours
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
    ) -> Result<Accepted, Refused<Start>> {
        let key = idempotency(key.0, &("tailor_resume", id.0, &body.0))?;
        let engine = body.0.engine.into();
        let options = options(body.0.mode, &body.0.sections, body.0.intensity, body.0.tone)?;
        let posting = posting(body.0.posting_id, body.0.posting_text)?;
        let work = Work::Tailor { resume_id: id.0, posting, options };
        let max_cost = max_cost(body.0.max_cost)?;
        let budget = self.quotes.budget(&caller.0, (&work, engine), max_cost).await?;
        let request = Request { account: caller.0, work, engine, key, budget };
        Ok(Accepted::from(self.dispatch.submit(&request).await?))
    }
}

pub(crate) fn posting(id: Option<Uuid>, text: Option<String>) -> Result<PostingSource, Problem> {
    match (id, text) {
        (Some(id), None) => Ok(PostingSource::Stored(id)),
        (None, Some(text)) => Ok(PostingSource::Text(check_text(&text)?)),
        (Some(_), Some(_)) | (None, None) => {
            let detail = "Send either `posting_id` or `posting_text`.";
            Err(Problem::new(Code::InvalidRequest, detail))
        }
    }
}

pub(crate) fn options(
    mode: TailorMode,
    sections: &[TailorSection],
    intensity: TailorIntensity,
    tone: Option<TailorTone>,
) -> Result<Options, Problem> {
    let sections: Vec<DomainSection> = sections.iter().map(|section| (*section).into()).collect();
    match (mode, sections.is_empty()) {
        (TailorMode::Partial, true) => {
            let detail = "With mode `partial`, `sections` must name what may change.";
            return Err(Problem::new(Code::InvalidRequest, detail));
        }
        (TailorMode::Full, false) => {
            let detail = "`sections` goes with mode `partial` only.";
            return Err(Problem::new(Code::InvalidRequest, detail));
        }
        (TailorMode::Partial, false) | (TailorMode::Full, true) => {}
    }
    Ok(Options {
        mode: mode.into(),
        sections,
        intensity: intensity.into(),
        tone: tone.map(DomainTone::from),
    })
}
