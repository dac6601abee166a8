//! Where a model may help the rules, and what happens when it does not.
//!
//! Whatever goes wrong with the model, the rules have an answer: the result says
//! who gave it, and why.

use std::sync::Arc;

use shared::ats::Report;
use shared::ats::semantic::{self, Semantics};
use shared::finish::{EngineUsed, Notice, NoticeCode};
use shared::operation::input::Engine;
use shared::posting::facts::PostingFacts;
use shared::resume::json::JsonResume;
use shared::tailoring::{Mode, Options};
use tokio::task::{JoinError, spawn_blocking};

use crate::ask::{Journal, ModelClient, Patience, Step};
use crate::ats;
use crate::job::Job;
use crate::model::answer::AnswerError;
use crate::model::error::{Billing, ModelError};
use crate::parse::{Parsed, assist};
use crate::tailor::draft::{self, Asked};
use crate::tailor::{DraftEdit, prompt, rules};

/// Who may help with a piece of work.
pub struct Help<'a> {
    /// Absent when none is set up, or none is wanted.
    client: Option<&'a ModelClient>,
    /// Where answers are kept so that they are not asked for again.
    journal: Option<Journal>,
    /// A model was asked for that is not there.
    in_vain: bool,
}

/// A result, who worked it out, and what the person should know about it.
#[derive(Debug)]
pub struct Helped<T> {
    pub value: T,
    pub engine: EngineUsed,
    pub notices: Vec<Notice>,
}

impl<'a> Help<'a> {
    pub fn for_job(job: &'a Job<'_>, engine: Engine) -> Self {
        let journal =
            Journal { calls: job.worker.deps.calls.clone(), operation_id: job.operation.id };
        Self { journal: Some(journal), ..Self::new(job.worker.model.as_deref(), engine) }
    }

    /// Without a journal: for the command line.
    pub fn new(client: Option<&'a ModelClient>, engine: Engine) -> Self {
        match engine {
            Engine::Rules => Self { client: None, journal: None, in_vain: false },
            Engine::Auto => Self { client, journal: None, in_vain: false },
            Engine::Model => Self { client, journal: None, in_vain: client.is_none() },
        }
    }

    pub fn asks_a_model(&self) -> bool {
        self.client.is_some()
    }

    fn step(&self, client: &'a ModelClient, name: &'static str, patience: Patience) -> Step<'a> {
        Step { client, name, journal: self.journal.clone(), patience }
    }

    /// The rules' own answer.
    fn by_rules<T>(&self, value: T) -> Helped<T> {
        let notices = if self.in_vain { vec![not_configured()] } else { Vec::new() };
        Helped { value, engine: EngineUsed::Rules, notices }
    }
}

fn by_model<T>(value: T) -> Helped<T> {
    Helped { value, engine: EngineUsed::Model, notices: Vec::new() }
}

/// The rules' answer because the model gave none.
fn instead<T>(value: T, error: &ModelError) -> Helped<T> {
    let text = format!("The rules did this work. {}", error.sentence());
    let notices = vec![Notice { code: NoticeCode::ModelFailed, text }];
    Helped { value, engine: EngineUsed::Rules, notices }
}

fn not_configured() -> Notice {
    let text = "No model is set up here, so the rules did this work.".to_owned();
    Notice { code: NoticeCode::ModelNotConfigured, text }
}

impl Help<'_> {
    /// Has a model look at the lines of a document that the rules are unsure of.
    pub async fn parse(&self, parsed: Parsed) -> Helped<Parsed> {
        let Some(client) = self.client else { return self.by_rules(parsed) };
        let Some(question) = assist::question(&parsed, client.chat_model()) else {
            return self.by_rules(parsed);
        };
        let step = self.step(client, "parse", Patience::PARSE);
        match step.chat(&question).await {
            Ok(answer) => match assist::merge(parsed.clone(), &answer) {
                Ok(merged) => by_model(merged.parsed),
                Err(error) => unreadable(parsed, error),
            },
            Err(error) => instead(parsed, &error),
        }
    }

    /// How close resume and posting are in meaning, if vectors can be had.
    pub async fn meaning(&self, resume: &JsonResume, facts: &PostingFacts) -> Helped<Meaning> {
        let Some(client) = self.client.filter(|client| client.embeds()) else {
            return self.by_rules(Meaning::Unknown);
        };
        let texts = ats::texts(resume, facts);
        let step = self.step(client, "match", Patience::ATS);
        match step.embed(&texts.texts).await {
            Ok(vectors) => match ats::similarities(&texts, &vectors) {
                Some(semantics) => by_model(Meaning::Known(semantics)),
                None => self.by_rules(Meaning::Unknown),
            },
            Err(error) => {
                let notice = Notice {
                    code: NoticeCode::ModelFailed,
                    text: format!("{}. {}", semantic::KEYWORD_ONLY, error.sentence()),
                };
                let engine = EngineUsed::Rules;
                Helped { value: Meaning::Unknown, engine, notices: vec![notice] }
            }
        }
    }

    /// Edits for a resume that has been matched to a posting. The rules' own come
    /// after the model's: where both touch the same place, the first is offered.
    pub async fn draft(&self, case: Case) -> Result<Helped<Vec<DraftEdit>>, JoinError> {
        let for_rules = case.clone();
        let by_rules = spawn_blocking(move || {
            let Case { resume, report, facts, options } = &for_rules;
            rules::draft(resume, report, facts, options)
        });
        let by_rules = by_rules.await?;
        let Some(client) = self.client else { return Ok(self.by_rules(by_rules)) };
        let patience = match case.options.mode {
            Mode::Partial => Patience::TAILOR_PARTIAL,
            Mode::Full => Patience::TAILOR_FULL,
        };
        let question =
            prompt::question(&case.resume, &case.facts, &case.options, client.chat_model());
        let answer = match self.step(client, "tailor", patience).chat(&question).await {
            Ok(answer) => answer,
            Err(error) => return Ok(instead(by_rules, &error)),
        };
        let asked = Asked { resume: &case.resume, facts: &case.facts, options: &case.options };
        Ok(match draft::read(&answer, asked) {
            Ok(drafted) => by_model(drafted.edits.into_iter().chain(by_rules).collect()),
            Err(error) => unreadable(by_rules, error),
        })
    }
}

impl Help<'_> {
    /// Another draft of one edit, as the person asks. The rules' own stands in for the model's.
    pub async fn redraft(
        &self,
        case: &Case,
        again: Again<'_>,
        by_rules: Option<DraftEdit>,
    ) -> Helped<Option<DraftEdit>> {
        let Some(client) = self.client else { return self.by_rules(by_rules) };
        let question = prompt::again(case, again, client.chat_model());
        let answer =
            match self.step(client, "redraft", Patience::TAILOR_PARTIAL).chat(&question).await {
                Ok(answer) => answer,
                Err(error) => return instead(by_rules, &error),
            };
        let asked = Asked { resume: &case.resume, facts: &case.facts, options: &case.options };
        match draft::read(&answer, asked) {
            Ok(drafted) => {
                let same = drafted.edits.into_iter().find(|edit| edit.path == again.path);
                by_model(same.or(by_rules))
            }
            Err(error) => unreadable(by_rules, error),
        }
    }
}

/// An edit that is to be drafted anew.
#[derive(Clone, Copy, Debug)]
pub struct Again<'a> {
    pub path: &'a str,
    pub offered: &'a str,
    /// What the person asks for.
    pub instruction: &'a str,
}

/// What edits are drafted for.
#[derive(Clone)]
pub struct Case {
    pub resume: Arc<JsonResume>,
    pub facts: Arc<PostingFacts>,
    pub report: Arc<Report>,
    pub options: Options,
}

/// What is known of how close a resume and a posting are beyond their words.
#[derive(Clone, Debug, PartialEq)]
pub enum Meaning {
    Known(Semantics),
    Unknown,
}

impl Meaning {
    /// The match with what meaning adds to it; never more coverage than the words prove.
    pub fn blend(self, report: Report) -> Report {
        match self {
            Self::Known(semantics) => semantic::with_semantics(report, &semantics),
            Self::Unknown => semantic::keyword_only(report),
        }
    }
}

/// The rules' answer because the model's made no sense.
fn unreadable<T>(value: T, error: AnswerError) -> Helped<T> {
    tracing::warn!(%error, "a model's answer cannot be used");
    instead(value, &ModelError::Invalid { billing: Billing::Nothing })
}
