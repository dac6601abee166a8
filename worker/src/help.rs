//! Where a model may help the rules, and what happens when it does not.
//!
//! Whatever goes wrong with the model, the rules have an answer: the result says
//! who gave it, and why.

use std::sync::Arc;

use shared::ats::Report;
use shared::finish::{EngineUsed, Notice, NoticeCode};
use shared::operation::input::Engine;
use shared::posting::facts::PostingFacts;
use shared::resume::json::JsonResume;
use shared::tailoring::Options;
use tokio::task::{JoinError, spawn_blocking};

use crate::ask::{Journal, ModelClient, Patience, Step};
use crate::job::Job;
use crate::model::error::ModelError;
use crate::parse::Parsed;
use crate::tailor::{DraftEdit, rules};

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
    /// Has a model look at what the rules are unsure of.
    pub async fn parse(&self, parsed: Parsed) -> Helped<Parsed> {
        self.by_rules(parsed)
    }

    /// How close resume and posting are in meaning.
    pub async fn meaning(&self, _resume: &JsonResume, _facts: &PostingFacts) -> Helped<Meaning> {
        self.by_rules(Meaning)
    }
}

impl Help<'_> {
    /// Edits for a resume that has been matched to a posting.
    pub async fn draft(&self, case: Case) -> Result<Helped<Vec<DraftEdit>>, JoinError> {
        let by_rules = spawn_blocking(move || {
            rules::draft(&case.resume, &case.report, &case.facts, &case.options)
        });
        Ok(self.by_rules(by_rules.await?))
    }
}

/// What edits are drafted for.
#[derive(Clone)]
pub struct Case {
    pub resume: Arc<JsonResume>,
    pub facts: Arc<PostingFacts>,
    pub report: Arc<Report>,
    pub options: Options,
}

pub struct Meaning;
impl Meaning {
    pub fn blend(self, report: Report) -> Report {
        report
    }
}
