//! What a check has to say about a stretch of the new text.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// Why an edit is not plainly faithful.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    Instruction,
    NumberChanged,
    NumberAdded,
    WrongArithmetic,
    LooseRounding,
    HedgeDropped,
    LimitDropped,
    NegationDropped,
    NegationAdded,
    PlanAsDone,
    RoleInflated,
    SharedCreditDropped,
    CauseAdded,
    ResultAdded,
    ReachWidened,
    StatusAdded,
    NameAdded,
    ClaimAdded,
    FactFromElsewhere,
    SkillAdded,
    SkillFromElsewhere,
    Praise,
    SoftSkill,
    TeamworkImplied,
    InterestAsExperience,
    WordingUnclear,
    TitleChanged,
    TitleNarrowed,
    NameChanged,
    DegreeChanged,
    CertificateChanged,
    LanguageRaised,
    LevelDropped,
    DateChanged,
    TooLong,
    /// The place or its value is not what the edit was made for.
    Stale,
    /// Another edit already changes this place.
    Overlap,
    NoQuote,
    QuoteNotFound,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Review,
    Fabricated,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub severity: Severity,
    pub code: Code,
    /// Tokens of the new text; empty when something is missing from it.
    pub tokens: Range<usize>,
}

impl Finding {
    pub fn review(code: Code, tokens: Range<usize>) -> Self {
        Self { severity: Severity::Review, code, tokens }
    }

    pub fn fabricated(code: Code, tokens: Range<usize>) -> Self {
        Self { severity: Severity::Fabricated, code, tokens }
    }
}

impl Code {
    /// One plain sentence for the person whose resume it is.
    #[expect(clippy::too_many_lines, reason = "one line for each code")]
    pub fn explanation(self) -> &'static str {
        match self {
            Self::Instruction => {
                "This text speaks to software or to a reader of the application, not about you."
            }
            Self::NumberChanged => "Your resume gives another number here.",
            Self::NumberAdded => "Your resume does not give this number.",
            Self::WrongArithmetic => "This does not follow from the numbers in your resume.",
            Self::LooseRounding => {
                "This is rounded further from your number than a reader would accept."
            }
            Self::HedgeDropped => "Your resume says this is approximate; the new text does not.",
            Self::LimitDropped => {
                "Your resume limits this claim, and the new text leaves the limit out."
            }
            Self::NegationDropped => "Your resume denies this or says it did not happen.",
            Self::NegationAdded => "Your resume does not say that this did not happen.",
            Self::PlanAsDone => {
                "Your resume says this is planned, pending or in progress, not done."
            }
            Self::RoleInflated => "Your resume describes a smaller part in this work.",
            Self::SharedCreditDropped => "Your resume shares the credit for this with others.",
            Self::CauseAdded => {
                "Your resume says one thing came after the other, not that it was caused by it."
            }
            Self::ResultAdded => "Your resume does not mention this result.",
            Self::ReachWidened => "Your resume does not say that it reached this far.",
            Self::StatusAdded => {
                "Your resume does not state this award, licence, qualification or status."
            }
            Self::NameAdded => {
                "This name does not appear in the part of your resume that this text is about."
            }
            Self::ClaimAdded => "Nothing in your resume supports this.",
            Self::FactFromElsewhere => "In your resume this belongs to another entry.",
            Self::SkillAdded => "Your resume does not show this skill.",
            Self::SkillFromElsewhere => {
                "You list this skill, but your resume does not tie it to this work."
            }
            Self::Praise => "This is praise that a reader cannot check.",
            Self::SoftSkill => "Your resume does not mention this quality.",
            Self::TeamworkImplied => "Your resume does not say that others took part in this.",
            Self::InterestAsExperience => "Your resume states an interest here, not experience.",
            Self::WordingUnclear => "This wording may say more than your resume does.",
            Self::TitleChanged => "You did not hold this title.",
            Self::TitleNarrowed => "Only the higher part of your title is kept.",
            Self::NameChanged => "This is not the name your resume gives.",
            Self::DegreeChanged => "This is not the degree or grade your resume gives.",
            Self::CertificateChanged => "This is not the certificate your resume gives.",
            Self::LanguageRaised => "Your resume gives a lower level for this language.",
            Self::LevelDropped => {
                "You state a basic level for this skill, and the new text leaves it out."
            }
            Self::DateChanged => "This is not the date your resume gives.",
            Self::Stale => "Your resume no longer says what this edit was made for.",
            Self::Overlap => "Another suggestion already changes this place.",
            Self::NoQuote => "No line of your resume was given in support of this.",
            Self::QuoteNotFound => {
                "The line given in support of this does not stand in your resume."
            }
            Self::TooLong => "This text is too long to be checked.",
        }
    }
}
