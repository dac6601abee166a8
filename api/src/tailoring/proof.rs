//! What speaks for an edit, what against it, and what nothing speaks for.

use poem_openapi::Object;
use shared::tailoring::{proposal, statement};
use shared::truth;
use shared::truth::finding::Code;

use crate::mirror::mirror;

/// Words of your resume, or what you have stated beside it
#[derive(Debug, Object)]
pub struct Proof {
    /// JSON pointer into the resume
    pub path: String,
    /// As it stands there
    pub quote: String,
}

impl From<truth::Evidence> for Proof {
    fn from(evidence: truth::Evidence) -> Self {
        Self { path: evidence.path, quote: evidence.quote }
    }
}

mirror! {
    /// Why an edit is not plainly faithful
    ReasonCode of Code {
        Instruction, NumberChanged, NumberAdded, WrongArithmetic, LooseRounding, HedgeDropped,
        LimitDropped, NegationDropped, NegationAdded, PlanAsDone, RoleInflated,
        SharedCreditDropped, CauseAdded, ResultAdded, ReachWidened, StatusAdded, NameAdded,
        ClaimAdded, FactFromElsewhere, SkillAdded, SkillFromElsewhere, Praise, SoftSkill,
        TeamworkImplied, InterestAsExperience, WordingUnclear, TitleChanged, TitleNarrowed,
        NameChanged, DegreeChanged, CertificateChanged, LanguageRaised, LevelDropped, DateChanged,
        TooLong,
        /// The place or its value is not what the edit was made for
        Stale,
        /// Another edit already changes this place
        Overlap,
        NoQuote, QuoteNotFound,
    }
}

/// What the truth gate says against an edit
#[derive(Debug, Object)]
pub struct Reason {
    pub code: ReasonCode,
    /// The words of the new text it is about; empty when something was left out
    pub words: String,
    /// One plain sentence
    pub explanation: String,
}

impl From<truth::Reason> for Reason {
    fn from(reason: truth::Reason) -> Self {
        Self { code: reason.code.into(), words: reason.words, explanation: reason.explanation }
    }
}

/// Their API forms, in their order.
pub fn all<Domain, Api: From<Domain>>(list: Vec<Domain>) -> Vec<Api> {
    list.into_iter().map(Api::from).collect()
}

/// An edit that is not offered, and why
#[derive(Debug, Object)]
pub struct Withheld {
    /// JSON pointer into the resume
    pub path: String,
    pub before: String,
    pub after: String,
    pub reasons: Vec<Reason>,
}

impl From<proposal::Withheld> for Withheld {
    fn from(withheld: proposal::Withheld) -> Self {
        Self {
            path: withheld.path,
            before: withheld.before,
            after: withheld.after,
            reasons: all(withheld.reasons),
        }
    }
}

/// A requirement that nothing in the resume supports
#[derive(Debug, Object)]
pub struct Gap {
    pub requirement_id: String,
    pub name: String,
    /// What you could answer
    pub question: String,
}

impl From<proposal::Gap> for Gap {
    fn from(gap: proposal::Gap) -> Self {
        Self { requirement_id: gap.requirement_id, name: gap.name, question: gap.question }
    }
}

/// What you have said about a gap
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct GapAnswered {
    pub requirement_id: String,
    pub text: String,
    /// The job it belongs to, as a JSON pointer; absent when it holds for you as a whole
    pub entry: Option<String>,
    pub stated_at: chrono::DateTime<chrono::Utc>,
}

impl From<statement::Statement> for GapAnswered {
    fn from(said: statement::Statement) -> Self {
        Self {
            requirement_id: said.requirement_id,
            text: said.text,
            entry: said.entry,
            stated_at: said.stated_at,
        }
    }
}
