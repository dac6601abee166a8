//! What an operation would cost, before it is asked for.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sea_orm::DbErr;
use sea_orm::prelude::Uuid;

use crate::account;
use crate::money::NanoUsd;
use crate::operation::input::{Engine, Input};
use crate::operation::usual::usual;
use crate::operation::{Kind, Operations};
use crate::spending::Spending;
use crate::submit::{Budget, SubmitError, Work};

/// What an operation would cost, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quote {
    /// The model that would be asked; none when the rules do the work, which costs nothing.
    pub model: Option<String>,
    pub price_version: Option<String>,
    pub input_tokens: u64,
    /// What compression takes off the prompt.
    pub saved_tokens: u64,
    pub likely_output_tokens: u64,
    pub likely: NanoUsd,
    /// What is set aside for one attempt of every call: a failed attempt may come on top.
    pub worst: NanoUsd,
}

impl Quote {
    /// What both together would cost, asked of the same model.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            model: self.model.or(other.model),
            price_version: self.price_version.or(other.price_version),
            input_tokens: self.input_tokens + other.input_tokens,
            saved_tokens: self.saved_tokens + other.saved_tokens,
            likely_output_tokens: self.likely_output_tokens + other.likely_output_tokens,
            likely: [self.likely, other.likely].into_iter().sum(),
            worst: [self.worst, other.worst].into_iter().sum(),
        }
    }
}

/// Who knows what work costs: whoever writes the prompts.
#[async_trait]
pub trait Quoter: Debug + Send + Sync {
    async fn quote(
        &self,
        account: &account::Model,
        work: &Work,
        engine: Engine,
    ) -> Result<Quote, SubmitError>;

    /// No work of the kind needs more for one attempt; nothing when no model is asked.
    fn most(&self, kind: Kind) -> NanoUsd;
}

/// Without a model, nothing costs anything.
#[derive(Clone, Copy, Debug)]
pub struct NoModel;

#[async_trait]
impl Quoter for NoModel {
    async fn quote(&self, _: &account::Model, _: &Work, _: Engine) -> Result<Quote, SubmitError> {
        Ok(Quote::default())
    }

    fn most(&self, _: Kind) -> NanoUsd {
        NanoUsd::ZERO
    }
}

/// Quotes, and what a request needs so that it may begin.
#[derive(Clone, Debug)]
pub struct Quotes {
    pub quoter: Arc<dyn Quoter>,
    spending: Spending,
}

impl Quotes {
    pub fn new(spending: Spending) -> Self {
        Self { quoter: Arc::new(NoModel), spending }
    }

    /// The room that today's cap must have for the work. Exact only when the cap is near:
    /// while there is room for the largest work, there is for this.
    pub async fn budget(
        &self,
        account: &account::Model,
        (work, engine): (&Work, Engine),
        max_cost: Option<NanoUsd>,
    ) -> Result<Budget, SubmitError> {
        let needed = match engine {
            Engine::Rules => NanoUsd::ZERO,
            Engine::Auto | Engine::Model if self.has_ample_room(account, work.kind()).await? => {
                NanoUsd::ZERO
            }
            Engine::Auto | Engine::Model => self.quoter.quote(account, work, engine).await?.worst,
        };
        Ok(Budget { needed, max_cost })
    }

    async fn has_ample_room(&self, account: &account::Model, kind: Kind) -> Result<bool, DbErr> {
        let most = self.quoter.most(kind);
        Ok(most == NanoUsd::ZERO || self.spending.standing(account.id).await?.fits(most))
    }
}

impl Operations {
    /// How long such work usually takes once it has begun.
    pub async fn usual_time(&self, work: &Work, engine: Engine) -> Result<Duration, DbErr> {
        // Which resume and posting it is makes no difference.
        let id = Uuid::nil();
        let input = match work {
            Work::Parse { .. } => Input::Parse { document_id: id, engine },
            Work::Ats { .. } => Input::Ats { resume_id: id, posting_id: id, engine },
            Work::Tailor { options, .. } => {
                Input::Tailor { resume_id: id, posting_id: id, engine, options: options.clone() }
            }
            Work::Redraft { .. } => Input::Redraft {
                tailoring_id: id,
                proposal_id: id,
                engine,
                instruction: String::new(),
            },
        };
        usual(&self.db, &input).await
    }
}
