//! The books of an operation: what was answered before, and what it saves to know it.

use std::collections::HashMap;

use sea_orm::DbErr;
use shared::account::Tier;
use shared::breaker::Breakers;
use shared::call::{self, Calls, Question};
use shared::deps::Deps;
use shared::embedding::EmbeddingStore;
use shared::measure;
use shared::money::NanoUsd;
use shared::operation::claim::Claim;
use shared::operation::{Kind, Model as Operation};
use shared::spending::Spending;
use shared::spending::ledger::Repeat;
use shared::spending::price::Tokens;
use uuid::Uuid;

use super::ModelClient;
use crate::model::error::ModelError;

/// Where the answers and costs of an operation are kept.
#[derive(Clone)]
pub struct Books {
    pub(super) calls: Calls,
    pub(super) embeddings: EmbeddingStore,
    pub(super) spending: Spending,
    pub(super) breakers: Breakers,
    pub(super) claim: Claim,
    pub(super) account_id: Uuid,
    pub(super) tier: Tier,
    pub(super) kind: Kind,
}

impl Books {
    pub fn of(deps: &Deps, operation: &Operation) -> Self {
        Self {
            calls: deps.calls.clone(),
            embeddings: deps.embeddings.clone(),
            spending: deps.spending.clone(),
            breakers: deps.breakers.clone(),
            claim: Claim { operation_id: operation.id, fence: operation.fence },
            account_id: operation.account_id,
            tier: operation.tier,
            kind: operation.kind,
        }
    }

    /// The answer that was given before: to this operation, or, where the same question must
    /// have the same answer, to another of the same person's.
    pub(super) async fn answer(
        &self,
        question: &Question,
    ) -> Result<Option<call::Model>, ModelError> {
        let kept = match self.kind {
            // The same file read again asks the same; a second tailoring may want another draft.
            Kind::Parse => self.calls.answer_to_owner(self.account_id, question).await,
            Kind::Ats | Kind::Tailor => self.calls.answer(question).await,
        };
        let Some(call) = kept.map_err(|error| not_recorded(&error))? else { return Ok(None) };
        self.note_repeat(question.step, (&call.model, &call.price_version), call.cost).await?;
        Ok(Some(call))
    }

    /// The vectors of those texts that the person has paid for before.
    pub(super) async fn vectors(
        &self,
        client: &ModelClient,
        step: &'static str,
        texts: &[String],
    ) -> Result<HashMap<String, Vec<f32>>, ModelError> {
        let model = client.model.embedding_model();
        let known = self.embeddings.find(self.account_id, model, texts).await;
        let known = known.map_err(|error| not_recorded(&error))?;
        if known.is_empty() {
            return Ok(HashMap::new());
        }
        let tokens = known.values().map(|one| u64::try_from(one.tokens).unwrap_or(0)).sum();
        let price = client.price(model).unwrap_or_default();
        let saved = price.of(Tokens { input: tokens, ..Tokens::default() });
        self.note_repeat(step, (model, client.price_version()), saved).await?;
        Ok(known.into_iter().map(|(text, one)| (text, one.vector)).collect())
    }

    async fn note_repeat(
        &self,
        step: &str,
        (model, price_version): (&str, &str),
        saved: NanoUsd,
    ) -> Result<(), ModelError> {
        measure::repeated(model, saved);
        let repeat = Repeat {
            operation_id: self.claim.operation_id,
            account_id: self.account_id,
            tier: self.tier,
            kind: self.kind,
            step: step.to_owned(),
            model: model.to_owned(),
            price_version: price_version.to_owned(),
            saved,
        };
        self.spending.repeat(repeat).await.map_err(|error| not_recorded(&error))
    }
}

pub(super) fn not_recorded(error: &DbErr) -> ModelError {
    tracing::warn!(%error, "the books of model calls do not answer");
    ModelError::LedgerUnavailable
}
