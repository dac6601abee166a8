//! What work would cost, before it is asked for.

use std::time::Duration;

use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{Object, OpenApi};
use shared::operation::Operations;
use shared::quote::Quotes;
use shared::submit::Work;
use uuid::Uuid;

use crate::Tag;
use crate::batch::TailorBatch;
use crate::caller::Caller;
use crate::json::Body;
use crate::money::Money;
use crate::operation::start::{CheckResume, TailorResume, options, posting};
use crate::problem::answer::{Refused, Start};
use crate::resume::ParseResume;

pub struct QuoteApi {
    pub quotes: Quotes,
    pub operations: Operations,
}

/// What an operation would cost and how long it usually takes
#[derive(Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct Quote {
    /// The model that would be asked; absent when the rules do the work, which costs nothing
    pub model: Option<String>,
    pub price_version: Option<String>,
    /// For a document that is not read yet, what is usual
    pub input_tokens: u64,
    /// Tokens that compression takes off the prompt
    pub compressed_tokens: u64,
    pub likely_output_tokens: u64,
    /// What it will probably cost
    pub likely: Money,
    /// The most that one attempt can cost, and what is set aside for it; `max_cost` bounds all attempts together
    pub worst: Money,
    /// How long such work usually takes once it has begun
    pub seconds: u64,
}

impl Example for Quote {
    fn example() -> Self {
        Self {
            model: Some("gpt-4o-mini".into()),
            price_version: Some("2026-11-28".into()),
            input_tokens: 1_184,
            compressed_tokens: 816,
            likely_output_tokens: 350,
            likely: 387_600.into(),
            worst: 1_137_600.into(),
            seconds: 5,
        }
    }
}

#[OpenApi(prefix_path = "/resumes", tag = "Tag::Spending")]
impl QuoteApi {
    /// Quote a reading
    ///
    /// Takes what the reading would take; nothing is started or kept.
    #[oai(path = "/parse/quote", method = "post", operation_id = "quote_parse")]
    async fn parse(
        &self,
        caller: Caller,
        body: Body<ParseResume>,
    ) -> Result<Json<Quote>, Refused<Start>> {
        let work = Work::Parse { document_id: body.0.document_id };
        self.quote(&caller, &work, body.0.engine.into()).await
    }

    /// Quote a check
    ///
    /// Takes what the check would take; nothing is started or kept.
    #[oai(path = "/:id/ats-checks/quote", method = "post", operation_id = "quote_check")]
    async fn check(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        body: Body<CheckResume>,
    ) -> Result<Json<Quote>, Refused<Start>> {
        let engine = body.0.engine.into();
        let posting = posting(body.0.posting_id, body.0.posting_text)?;
        self.quote(&caller, &Work::Ats { resume_id: id.0, posting }, engine).await
    }

    /// Quote a tailoring
    ///
    /// Takes what the tailoring would take; nothing is started or kept.
    #[oai(path = "/:id/tailorings/quote", method = "post", operation_id = "quote_tailoring")]
    async fn tailor(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        body: Body<TailorResume>,
    ) -> Result<Json<Quote>, Refused<Start>> {
        let engine = body.0.engine.into();
        let options = options(body.0.mode, &body.0.sections, body.0.intensity, body.0.tone)?;
        let posting = posting(body.0.posting_id, body.0.posting_text)?;
        let work = Work::Tailor { resume_id: id.0, posting, options };
        self.quote(&caller, &work, engine).await
    }

    /// Quote a batch of tailorings
    ///
    /// Takes what the batch would take, and sums up; nothing is started or kept.
    #[oai(path = "/:id/tailorings/batch/quote", method = "post", operation_id = "quote_batch")]
    async fn batch(
        &self,
        caller: Caller,
        id: Path<Uuid>,
        body: Body<TailorBatch>,
    ) -> Result<Json<Quote>, Refused<Start>> {
        let engine = body.0.engine.into();
        let (postings, options) = body.0.read()?;
        let at_once = u32::try_from(caller.0.tier.in_flight()).unwrap_or(1);
        let rounds = u32::try_from(postings.len()).unwrap_or(u32::MAX).div_ceil(at_once);
        let (mut sum, mut usual) = (shared::quote::Quote::default(), None);
        for posting in postings {
            let work = Work::Tailor { resume_id: id.0, posting, options: options.clone() };
            self.operations.check_needs(caller.0.id, &work).await?;
            sum = sum.and(self.quotes.quoter.quote(&caller.0, &work, engine).await?);
            if usual.is_none() {
                // Which posting it is makes no difference.
                usual = Some(self.operations.usual_time(&work, engine).await?);
            }
        }
        Ok(Json(Quote::new(sum, usual.unwrap_or_default() * rounds)))
    }
}

impl Quote {
    fn new(quote: shared::quote::Quote, usual: Duration) -> Self {
        Self {
            model: quote.model,
            price_version: quote.price_version,
            input_tokens: quote.input_tokens,
            compressed_tokens: quote.saved_tokens,
            likely_output_tokens: quote.likely_output_tokens,
            likely: quote.likely.into(),
            worst: quote.worst.into(),
            seconds: usual.as_secs().max(1),
        }
    }
}

impl QuoteApi {
    async fn quote(
        &self,
        caller: &Caller,
        work: &Work,
        engine: shared::operation::input::Engine,
    ) -> Result<Json<Quote>, Refused<Start>> {
        // Where nothing costs anything, the quoter looks at nothing.
        self.operations.check_needs(caller.0.id, work).await?;
        let quote = self.quotes.quoter.quote(&caller.0, work, engine).await?;
        let usual = self.operations.usual_time(work, engine).await?;
        Ok(Json(Quote::new(quote, usual)))
    }
}
