//! Around every attempt: money is set aside before it leaves, booked with the answer when it is back,
//! and the fleet hears how the model is doing.

use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use serde_json::{Value, json};
use shared::breaker::Gate;
use shared::call::{Answer as Kept, Question};
use shared::embedding::NewEmbedding;
use shared::measure;
use shared::money::NanoUsd;
use shared::spending::Spending;
use shared::spending::cost::{Booking, Cost};
use shared::spending::hold::{self, Held};
use shared::spending::price::{Price, Prices, Tokens};
use shared::spending::settle::Keep;
use tokio::task::spawn_blocking;

use super::Step;
use super::books::{Books, not_recorded};
use crate::model::breaker::Settings;
use crate::model::error::{Billing, ModelError};
use crate::model::health::{Health, Verdict};
use crate::model::retry::{Answer, Asked, Attempt, Attempts};
use crate::model::{ChatReply, Embeddings, Usage, tokens};

/// How often a booking is tried that the database does not take, half a second apart: an answer that
/// is paid for is worth a wait.
const TRIES: u32 = 10;
const BETWEEN_TRIES: Duration = Duration::from_millis(500);

/// Keeps the books of one question to one model.
pub(super) struct Recorder {
    /// Absent on the command line.
    books: Option<(Books, Question)>,
    prices: Arc<Prices>,
    health: Arc<Health>,
    /// What the fleet knows the provider by.
    provider: String,
    saved_tokens: u64,
    /// Attempts so far; a repaired question goes on counting.
    attempts: AtomicI32,
    hold: Mutex<Option<hold::Model>>,
    /// Whether the attempt that is out is the one that finds out whether the model is back.
    trying: AtomicBool,
}

impl Recorder {
    pub(super) fn new(step: &Step<'_>, input_hash: String, saved_tokens: u64) -> Self {
        let books = step.books.clone().map(|books| {
            let operation_id = books.claim.operation_id;
            (books, Question { operation_id, step: step.name, input_hash })
        });
        Self {
            books,
            prices: step.client.prices.clone(),
            health: step.client.health.clone(),
            provider: step.client.provider.clone(),
            saved_tokens,
            attempts: AtomicI32::new(0),
            hold: Mutex::new(None),
            trying: AtomicBool::new(false),
        }
    }

    /// The answer of an earlier time.
    pub(super) async fn kept(&self) -> Result<Option<Value>, ModelError> {
        let Some((books, question)) = &self.books else { return Ok(None) };
        Ok(books.answer(question).await?.map(|call| call.reply))
    }

    fn price(&self, model: &str) -> Result<Price, ModelError> {
        self.prices.find(model).ok_or(ModelError::NoPrice)
    }

    async fn pass_gate(&self, books: &Books, model: &str) -> Result<(), ModelError> {
        let gate = books.breakers.gate(&self.breaker(model), cool_down()).await;
        match gate.map_err(|error| not_recorded(&error))? {
            Gate::Closed => Ok(()),
            Gate::Try => {
                self.trying.store(true, Ordering::Relaxed);
                Ok(())
            }
            Gate::Open { retry_after } => Err(ModelError::BreakerOpen { retry_after }),
        }
    }

    /// What this process has learned, the fleet should know.
    async fn tell_fleet(&self, books: &Books, model: &str, outcome: &Result<Answer, ModelError>) {
        let trying = self.trying.swap(false, Ordering::Relaxed);
        let verdict = outcome.as_ref().map_or_else(Verdict::of, |_| Verdict::Well);
        let name = self.breaker(model);
        let told = match verdict {
            Verdict::Well | Verdict::Busy if trying => books.breakers.close(&name).await,
            Verdict::Down if trying || self.health.open_for(model, Instant::now()).is_some() => {
                books.breakers.open(&name, cool_down()).await
            }
            Verdict::Well | Verdict::Busy | Verdict::Down | Verdict::Unknown => Ok(()),
        };
        if let Err(error) = told {
            tracing::warn!(%error, call.model = model, "cannot tell the fleet how a model is doing");
        }
    }

    fn breaker(&self, model: &str) -> String {
        format!("{}/{model}", self.provider)
    }

    async fn set_aside(
        &self,
        (books, question): (&Books, &Question),
        attempt: &Attempt<'_>,
    ) -> Result<hold::Model, ModelError> {
        let worst = worst(attempt, self.price(attempt.model)?).await?;
        let attempt = hold::Attempt {
            claim: books.claim,
            account_id: books.account_id,
            tier: books.tier,
            kind: books.kind,
            step: question.step.to_owned(),
            input_hash: question.input_hash.clone(),
            number: self.attempts.fetch_add(1, Ordering::Relaxed),
            model: attempt.model.to_owned(),
            price_version: self.prices.version.clone(),
            worst,
            saved_tokens: self.saved_tokens,
        };
        match books.spending.hold(attempt).await.map_err(|error| not_recorded(&error))? {
            Held::Held(hold) => Ok(hold),
            Held::CapReached(_) => Err(ModelError::CapReached),
            Held::LimitReached => Err(ModelError::LimitReached),
            Held::Lost => Err(ModelError::Canceled { billing: Billing::Nothing }),
        }
    }

    fn booking(&self, price: &Price, usage: Usage) -> Booking {
        let tokens =
            Tokens { input: usage.input, cached: usage.cached_input, output: usage.output };
        Booking::new(price, tokens, self.saved_tokens)
    }

    fn cost(&self, price: &Price, outcome: &Result<Answer, ModelError>) -> Cost {
        let known = |usage| Cost::Known(self.booking(price, usage));
        match outcome {
            Ok(Answer::Chat(reply)) => known(reply.usage),
            Ok(Answer::Embeddings(reply)) => known(reply.usage),
            Err(error) => match error.billing() {
                Billing::Nothing => Cost::Nothing,
                Billing::Exactly(usage) => known(usage),
                Billing::Unknown => Cost::Unknown,
            },
        }
    }

    fn keep(
        &self,
        (books, question): (&Books, &Question),
        (attempt, price): (&Attempt<'_>, &Price),
        outcome: &Result<Answer, ModelError>,
    ) -> Keep {
        match (outcome, attempt.asked) {
            (Ok(Answer::Chat(reply)), _) => {
                let booking = self.booking(price, reply.usage);
                let kept = self.answer(attempt.model, reply, &booking);
                Keep::Answer(question.clone(), Box::new(kept))
            }
            (Ok(Answer::Embeddings(reply)), Asked::Embed(texts)) => {
                Keep::Vectors(vectors(books, attempt.model, texts, reply))
            }
            (Ok(Answer::Embeddings(_)), Asked::Chat(_)) | (Err(_), _) => Keep::Nothing,
        }
    }

    fn answer(&self, model: &str, reply: &ChatReply, booking: &Booking) -> Kept {
        Kept {
            model: model.to_owned(),
            reply: json!(reply.content),
            input_tokens: whole(reply.usage.input),
            cached_tokens: whole(reply.usage.cached_input),
            output_tokens: whole(reply.usage.output),
            price_version: self.prices.version.clone(),
            cost: booking.amount,
            saved_tokens: whole(self.saved_tokens),
        }
    }
}

#[async_trait]
impl Attempts for Recorder {
    async fn before(&self, attempt: &Attempt<'_>) -> Result<(), ModelError> {
        let Some((books, question)) = &self.books else { return Ok(()) };
        self.pass_gate(books, attempt.model).await?;
        let hold = self.set_aside((books, question), attempt).await?;
        *self.hold.lock().unwrap_or_else(PoisonError::into_inner) = Some(hold);
        Ok(())
    }

    async fn after(
        &self,
        attempt: &Attempt<'_>,
        outcome: &Result<Answer, ModelError>,
    ) -> Result<(), ModelError> {
        let Some((books, question)) = &self.books else { return Ok(()) };
        self.tell_fleet(books, attempt.model, outcome).await;
        let hold = self.hold.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(hold) = hold else { return Ok(()) };
        let price = self.price(attempt.model)?;
        let cost = self.cost(&price, outcome);
        if let Cost::Known(booking) = &cost {
            measure::booked(attempt.model, booking);
        }
        let keep = self.keep((books, question), (attempt, &price), outcome);
        // In a task of its own: a cancel must not tear up the booking of an answer that is there.
        let booked = tokio::spawn(book(books.spending.clone(), hold, (cost, keep)));
        booked.await.unwrap_or(Err(ModelError::LedgerUnavailable))
    }
}

async fn book(
    spending: Spending,
    hold: hold::Model,
    (cost, keep): (Cost, Keep),
) -> Result<(), ModelError> {
    let mut tries = 0;
    while let Err(error) = spending.settle(&hold, cost, keep.clone()).await {
        tries += 1;
        if tries == TRIES {
            return Err(not_recorded(&error));
        }
        tracing::warn!(%error, "cannot book a call yet");
        tokio::time::sleep(BETWEEN_TRIES).await;
    }
    Ok(())
}

/// How long the fleet leaves a model alone: as long as one process does.
fn cool_down() -> Duration {
    Settings::default().cool_down
}

/// The most that the attempt can cost.
async fn worst(attempt: &Attempt<'_>, price: Price) -> Result<NanoUsd, ModelError> {
    if price.is_free() {
        return Ok(NanoUsd::ZERO);
    }
    let model = attempt.model.to_owned();
    let counted = match attempt.asked {
        Asked::Chat(request) => {
            let request = request.clone();
            spawn_blocking(move || Tokens {
                input: tokens::prompt(&request),
                cached: 0,
                output: request.max_completion_tokens.into(),
            })
        }
        Asked::Embed(texts) => {
            let texts = texts.to_vec();
            spawn_blocking(move || Tokens {
                input: texts.iter().map(|text| tokens::ceiling(&model, text)).sum(),
                ..Tokens::default()
            })
        }
    };
    let counted = counted.await.map_err(|_| ModelError::LedgerUnavailable)?;
    Ok(price.of(counted))
}

fn vectors(books: &Books, model: &str, texts: &[String], reply: &Embeddings) -> Vec<NewEmbedding> {
    let each = reply.usage.input.div_ceil(u64::try_from(texts.len()).unwrap_or(1).max(1));
    let kept = texts.iter().zip(&reply.vectors).map(|(text, vector)| NewEmbedding {
        account_id: books.account_id,
        model: model.to_owned(),
        text: text.clone(),
        vector: vector.clone(),
        tokens: whole(each),
    });
    kept.collect()
}

fn whole(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
