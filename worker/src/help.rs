//! Where a model may help the rules, and what happens when it does not.
//!
//! Whatever goes wrong with the model, the rules have an answer: the result says
//! who gave it, and why.

use std::sync::Arc;

use shared::ats::Report;
use shared::ats::passage::passages;
use shared::ats::semantic::{self, Semantics};
use shared::finish::{EngineUsed, Notice, NoticeCode};
use shared::operation::Kind;
use shared::operation::input::{Engine, Input};
use shared::posting::facts::PostingFacts;
use shared::resume::json::JsonResume;
use shared::tailoring::{Mode, Options};
use tokio::task::{JoinError, spawn_blocking};
use tracing::Span;

use crate::ask::books::Books;
use crate::ask::{ModelClient, Patience, Step};
use crate::ats;
use crate::job::{Job, JobError};
use crate::model::ChatRequest;
use crate::model::answer::AnswerError;
use crate::model::compress::{self, Needed};
use crate::model::error::{Billing, ModelError};
use crate::parse::{Parsed, assist};
use crate::tailor::draft::{self, Asked};
use crate::tailor::{DraftEdit, editable, prompt, rules};

/// Who may help with a piece of work.
pub struct Help<'a> {
    /// Absent when none is set up, or none is wanted.
    client: Option<&'a ModelClient>,
    /// Where answers and costs are kept; absent on the command line.
    books: Option<Books>,
    /// The operation that is helped.
    job: Option<&'a Job<'a>>,
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
        let books = Books::of(&job.worker.deps, &job.operation);
        let help = Self::new(job.worker.model.as_deref(), engine);
        Self { books: Some(books), job: Some(job), ..help }
    }

    /// Without books: for the command line.
    pub fn new(client: Option<&'a ModelClient>, engine: Engine) -> Self {
        let (client, in_vain) = match engine {
            Engine::Rules => (None, false),
            Engine::Auto => (client, false),
            Engine::Model => (client, client.is_none()),
        };
        Self { client, books: None, job: None, in_vain }
    }

    pub fn asks_a_model(&self) -> bool {
        self.client.is_some()
    }

    fn step(&self, client: &'a ModelClient, name: &'static str, patience: Patience) -> Step<'a> {
        let span = self.job.map_or_else(Span::current, Job::span);
        Step { client, name, books: self.books.clone(), patience, span }
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
    let notices = vec![Notice { code: code(error), text }];
    Helped { value, engine: EngineUsed::Rules, notices }
}

fn code(error: &ModelError) -> NoticeCode {
    match error {
        ModelError::CapReached | ModelError::LimitReached => NoticeCode::SpendingCapReached,
        _ => NoticeCode::ModelFailed,
    }
}

/// The rules' answer because there is nothing to ask a model about.
fn too_little<T>(value: T) -> Helped<T> {
    let text =
        "There is too little text for a model to work on, so the rules did this work.".to_owned();
    let notices = vec![Notice { code: NoticeCode::TooLittleText, text }];
    Helped { value, engine: EngineUsed::Rules, notices }
}

/// A resume or posting with less text than this is not worth a call; in characters.
const TEXT_FLOOR: usize = 40;

/// Whether there is enough of both that a model could add to what the rules find.
pub fn worth_asking(resume: &JsonResume, facts: &PostingFacts) -> bool {
    let said: usize =
        passages(resume).iter().map(|passage| passage.text.trim().chars().count()).sum();
    said >= TEXT_FLOOR && !facts.requirements.is_empty()
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
        if parsed.text.trim().chars().count() < TEXT_FLOOR {
            return too_little(parsed);
        }
        let saved = Box::pin(saved_by_parse(&question, &parsed)).await;
        let step = self.step(client, "parse", Patience::PARSE);
        match Box::pin(step.chat(&question, saved)).await {
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
        if !worth_asking(resume, facts) {
            return too_little(Meaning::Unknown);
        }
        let texts = ats::texts(resume, facts);
        let step = self.step(client, "match", Patience::ATS);
        match Box::pin(step.embed(&texts.texts)).await {
            Ok(vectors) => match ats::similarities(&texts, &vectors) {
                Some(semantics) => by_model(Meaning::Known(semantics)),
                None => self.by_rules(Meaning::Unknown),
            },
            Err(error) => {
                let text = format!("{}. {}", semantic::KEYWORD_ONLY, error.sentence());
                let notice = Notice { code: code(&error), text };
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
        if !worth_asking(&case.resume, &case.facts) {
            return Ok(too_little(by_rules));
        }
        let posting = self.posting().await;
        let (for_prompt, model) = (case.clone(), client.chat_model().to_owned());
        let (question, saved) =
            spawn_blocking(move || question(&for_prompt, &posting, &model)).await?;
        let answer = match self.step(client, "tailor", patience).chat(&question, saved).await {
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
            match self.step(client, "redraft", Patience::TAILOR_PARTIAL).chat(&question, 0).await {
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

    /// The text of the posting; empty where nobody keeps one.
    async fn posting(&self) -> String {
        let Some(job) = self.job else { return String::new() };
        let Input::Tailor { posting_id, .. } = job.operation.input else { return String::new() };
        let postings = &job.worker.deps.postings;
        match postings.find(job.operation.account_id, posting_id).await {
            Ok(posting) => posting.map(|posting| posting.text).unwrap_or_default(),
            Err(error) => {
                tracing::warn!(%error, "cannot tell what compression saves");
                String::new()
            }
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

/// The prompt, proved to have lost nothing, and by how many tokens it is shorter than a plain one.
fn question(case: &Case, posting: &str, model: &str) -> (ChatRequest, u64) {
    let request = prompt::question(&case.resume, &case.facts, &case.options, model);
    let passages = editable::passages(&case.resume, &case.options);
    let needed = Needed::of(&passages, &case.facts);
    let request = compress::guarded(request, &needed, (&passages, posting));
    let saved = compress::saved_tokens(model, &*case.resume, posting, &request.user);
    (request, saved)
}

/// A plain prompt would hold the whole document and all that was read out of it.
async fn saved_by_parse(question: &ChatRequest, parsed: &Parsed) -> u64 {
    let (question, parsed) = (question.clone(), parsed.clone());
    let saved = spawn_blocking(move || {
        compress::saved_tokens(&question.model, &parsed.resume, &parsed.text, &question.user)
    });
    saved.await.unwrap_or(0)
}

/// A person who insists on a model waits for it so long; then the rules do the work.
const PATIENCE_MINUTES: i64 = 10;

/// Work that is to be done by a model is not begun while the fleet leaves all of its models alone.
pub async fn await_model(job: &Job<'_>) -> Result<(), JobError> {
    let Some(client) = job.worker.model.as_deref() else { return Ok(()) };
    let age = chrono::Utc::now() - job.operation.created_at;
    if job.operation.input.engine() != Engine::Model || age.num_minutes() >= PATIENCE_MINUTES {
        return Ok(());
    }
    let models = match job.operation.kind {
        Kind::Ats => client.embedding_model().into_iter().collect(),
        Kind::Parse | Kind::Tailor => client.chat_models(),
    };
    let mut soonest = None;
    for model in models {
        let left = job.worker.deps.breakers.open_for(&client.breaker(model)).await?;
        let Some(left) = left else { return Ok(()) };
        soonest = Some(soonest.map_or(left, |other: std::time::Duration| other.min(left)));
    }
    soonest.map_or(Ok(()), |left| Err(JobError::Wait(left.as_secs_f64())))
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
