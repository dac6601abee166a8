//! What work would cost: the prompt is written as it would be sent, counted, and not sent.

use std::sync::Arc;

use async_trait::async_trait;
use shared::account;
use shared::deps::Deps;
use shared::money::NanoUsd;
use shared::operation::Kind;
use shared::operation::input::Engine;
use shared::posting::Postings;
use shared::posting::facts::{self, PostingFacts};
use shared::quote::{Quote, Quoter};
use shared::resume::Resumes;
use shared::resume::json::JsonResume;
use shared::spending::price::{Price, Tokens};
use shared::submit::{PostingSource, SubmitError, Work};
use shared::tailoring::{Intensity, Options};
use tokio::task::spawn_blocking;

use crate::ask::ModelClient;
use crate::ats;
use crate::help::worth_asking;
use crate::model::{compress, tokens};
use crate::tailor::prompt;

/// A prompt of the tailor or parse step is never longer, whatever the resume; in tokens.
const LONGEST_PROMPT: u64 = 24_000;
/// The longest answer that any step asks for.
const LONGEST_ANSWER: u64 = 2_500;
/// The most that one embedding request holds: 200 texts of 600 characters.
const MOST_EMBEDDED: u64 = 200 * 600;
/// What a look at unsure lines usually sends and gets.
const USUAL_PARSE: Tokens = Tokens { input: 1_400, cached: 0, output: 250 };

/// Quotes for one installation.
pub struct ModelQuoter {
    client: Arc<ModelClient>,
    resumes: Resumes,
    postings: Postings,
}

impl std::fmt::Debug for ModelQuoter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ModelQuoter")
            .field("model", &self.client.chat_model())
            .finish_non_exhaustive()
    }
}

impl ModelQuoter {
    pub fn new(deps: &Deps, client: Arc<ModelClient>) -> Self {
        Self { client, resumes: deps.resumes.clone(), postings: deps.postings.clone() }
    }

    fn chat_price(&self) -> Price {
        self.client.price(self.client.chat_model()).unwrap_or_default()
    }

    fn embedding_price(&self) -> Price {
        let model = self.client.embedding_model();
        model.and_then(|model| self.client.price(model)).unwrap_or_default()
    }

    fn quote_of(&self, model: &str, price: Price, (likely, worst): (Tokens, Tokens)) -> Quote {
        Quote {
            model: Some(model.to_owned()),
            price_version: Some(self.client.price_version().to_owned()),
            input_tokens: likely.input,
            saved_tokens: 0,
            likely_output_tokens: likely.output,
            likely: price.of(likely),
            worst: price.of(worst),
        }
    }

    /// Reading a document tells what is unsure in it; before that, what is usual and what is most.
    fn parse(&self) -> Quote {
        let worst = Tokens { input: LONGEST_PROMPT, cached: 0, output: LONGEST_ANSWER };
        self.quote_of(self.client.chat_model(), self.chat_price(), (USUAL_PARSE, worst))
    }

    async fn ats(
        &self,
        account: &account::Model,
        (resume, posting): (uuid::Uuid, &PostingSource),
    ) -> Result<Quote, SubmitError> {
        let Some(model) = self.client.embedding_model() else { return Ok(Quote::default()) };
        let (resume, posting) = self.load(account, resume, posting).await?;
        let named = model.to_owned();
        let tokens = spawn_blocking(move || {
            let texts = ats::texts(&resume, &facts::read(&posting)).texts;
            let count = |of: fn(&str, &str) -> u64| texts.iter().map(|text| of(&named, text)).sum();
            (count(|model, text| tokens::count(model, text).tokens), count(tokens::ceiling))
        });
        let (likely, worst) = tokens.await.unwrap_or((0, MOST_EMBEDDED));
        let input = |input| Tokens { input, ..Tokens::default() };
        Ok(self.quote_of(model, self.embedding_price(), (input(likely), input(worst))))
    }

    async fn tailor(
        &self,
        account: &account::Model,
        (resume, posting): (uuid::Uuid, &PostingSource),
        options: &Options,
    ) -> Result<Quote, SubmitError> {
        let (resume, posting) = self.load(account, resume, posting).await?;
        let (model, options) = (self.client.chat_model().to_owned(), options.clone());
        let counted = spawn_blocking(move || count(&model, (&resume, &posting), &options)).await;
        let Ok(Some(counted)) = counted else { return Ok(Quote::default()) };
        let tokens = (counted.likely, counted.worst);
        let quote = self.quote_of(self.client.chat_model(), self.chat_price(), tokens);
        Ok(Quote { saved_tokens: counted.saved, ..quote })
    }

    async fn load(
        &self,
        account: &account::Model,
        resume: uuid::Uuid,
        posting: &PostingSource,
    ) -> Result<(JsonResume, String), SubmitError> {
        let row = self.resumes.find(account.id, resume).await?;
        let resume = row.ok_or(SubmitError::ResumeNotFound(resume))?.data;
        let posting = match posting {
            PostingSource::Text(text) => text.clone(),
            PostingSource::Stored(id) => {
                let row = self.postings.find(account.id, *id).await?;
                row.ok_or(SubmitError::PostingNotFound(*id))?.text
            }
        };
        Ok((resume, posting))
    }
}

struct Counted {
    likely: Tokens,
    worst: Tokens,
    saved: u64,
}

/// None: there is too little text to ask about.
fn count(
    model: &str,
    (resume, posting): (&JsonResume, &str),
    options: &Options,
) -> Option<Counted> {
    let facts: PostingFacts = facts::read(posting);
    if !worth_asking(resume, &facts) {
        return None;
    }
    let request = prompt::question(resume, &facts, options, model);
    let input = tokens::prompt(&request);
    Some(Counted {
        likely: Tokens { input, cached: 0, output: usual_edits(options.intensity) },
        worst: Tokens { input, cached: 0, output: request.max_completion_tokens.into() },
        saved: compress::saved_tokens(model, resume, posting, &request.user),
    })
}

/// What edits of such an intensity usually take to write.
fn usual_edits(intensity: Intensity) -> u64 {
    match intensity {
        Intensity::Nudge => 200,
        Intensity::Keywords => 350,
        Intensity::Full => 500,
    }
}

#[async_trait]
impl Quoter for ModelQuoter {
    async fn quote(
        &self,
        account: &account::Model,
        work: &Work,
        engine: Engine,
    ) -> Result<Quote, SubmitError> {
        match (engine, work) {
            (Engine::Rules, _) => Ok(Quote::default()),
            // What a redraft shows of the resume depends on the edit; like a look at unsure lines it is short.
            (Engine::Auto | Engine::Model, Work::Parse { .. } | Work::Redraft { .. }) => {
                Ok(self.parse())
            }
            (Engine::Auto | Engine::Model, Work::Ats { resume_id, posting }) => {
                self.ats(account, (*resume_id, posting)).await
            }
            (Engine::Auto | Engine::Model, Work::Tailor { resume_id, posting, options }) => {
                self.tailor(account, (*resume_id, posting), options).await
            }
        }
    }

    fn most(&self, kind: Kind) -> NanoUsd {
        match kind {
            Kind::Parse | Kind::Tailor => self.chat_price().of(Tokens {
                input: LONGEST_PROMPT,
                cached: 0,
                output: LONGEST_ANSWER,
            }),
            Kind::Ats => {
                self.embedding_price().of(Tokens { input: MOST_EMBEDDED, ..Tokens::default() })
            }
        }
    }
}
