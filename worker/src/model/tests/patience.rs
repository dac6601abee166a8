//! Cancel, deadline, budget, breaker and money around the attempts.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::model::Model;
use crate::model::error::{Billing, ModelError};
use crate::model::fake::script::{Fault, Step};
use crate::model::fallback::{Fallback, Link};
use crate::model::openai::Kind;
use crate::model::retry::Answer;
use crate::model::tests::{Bench, MODEL, question};

async fn asked_until(bench: &Bench, cancel: &CancellationToken) -> Result<(), ModelError> {
    let result = bench.patient().chat(&question(), cancel).await.map(drop);
    bench.seen.let_time_run();
    result
}

#[tokio::test]
async fn a_canceled_call_in_flight_ends_at_once_and_may_have_cost_something() {
    let bench = Bench::new(Kind::OpenAi).await;
    bench.fake.script([Step::fault(Fault::Hang)]);
    let cancel = CancellationToken::new();
    let patient = bench.patient();
    let request = question();

    let call = patient.chat(&request, &cancel);
    let began = Instant::now();
    let stop = async {
        while bench.fake.calls().is_empty() {
            tokio::task::yield_now().await;
        }
        cancel.cancel();
    };
    let (result, ()) = tokio::join!(call, stop);

    assert_eq!(result.unwrap_err(), ModelError::Canceled { billing: Billing::Unknown });
    assert!(began.elapsed() < Duration::from_secs(1));
    assert!(bench.seen.events()[0].outcome.is_some(), "the attempt was not settled");
}

#[tokio::test]
async fn a_call_canceled_beforehand_sends_and_costs_nothing() {
    let bench = Bench::new(Kind::OpenAi).await;
    let cancel = CancellationToken::new();
    cancel.cancel();

    let result = asked_until(&bench, &cancel).await;

    assert_eq!(result, Err(ModelError::Canceled { billing: Billing::Nothing }));
    assert_eq!(bench.fake.calls(), []);
    assert!(bench.seen.events().is_empty());
}

#[tokio::test]
async fn a_cancel_ends_the_wait_between_attempts() {
    let bench = Bench::new(Kind::OpenAi).await;
    bench.fake.script([Step::status(429).with_header("retry-after", "50")]);
    let cancel = CancellationToken::new();
    let patient = bench.patient();
    let request = question();

    let call = patient.chat(&request, &cancel);
    let stop = async {
        while bench.seen.events().first().is_none_or(|event| event.ended.is_none()) {
            tokio::task::yield_now().await;
        }
        cancel.cancel();
    };
    let (result, ()) = tokio::join!(call, stop);

    assert_eq!(result.unwrap_err(), ModelError::Canceled { billing: Billing::Nothing });
    assert!(bench.seen.events()[0].ended.unwrap().elapsed() < Duration::from_secs(1));
}

#[tokio::test]
async fn a_wait_that_would_pass_the_deadline_is_not_begun() {
    let mut bench = Bench::new(Kind::OpenAi).await;
    bench.policy.deadline = Instant::now() + Duration::from_secs(30);
    bench.fake.script([Step::status(429).with_header("retry-after", "31")]);
    let began = Instant::now();

    let error = bench.ask().await.unwrap_err();

    assert_eq!(error, ModelError::RateLimited { retry_after: Some(Duration::from_secs(31)) });
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[tokio::test]
async fn an_attempt_ends_with_the_deadline_and_does_not_blame_the_provider() {
    let mut bench = Bench::new(Kind::OpenAi).await;
    bench.fake.script([Step::fault(Fault::Hang).times(20)]);

    for _ in 0..6 {
        bench.policy.deadline = Instant::now() + Duration::from_millis(50);
        let error = bench.ask().await.unwrap_err();
        assert_eq!(error, ModelError::TimedOut { billing: Billing::Unknown });
    }

    assert_eq!(bench.seen.events().len(), 6);
    assert_eq!(bench.health.open_for(MODEL, Instant::now().into_std()), None);
}

#[tokio::test]
async fn many_calls_at_once_are_each_answered_and_billed_once() {
    let bench = Bench::new(Kind::OpenAi).await;
    let (request, cancel, patient) = (question(), CancellationToken::new(), bench.client.clone());

    let calls = (0..200).map(|_| patient.chat(&request, &cancel));
    let replies = futures::future::join_all(calls).await;

    assert!(replies.iter().all(Result::is_ok));
    let output = replies.iter().flatten().map(|reply| reply.usage.output).sum::<u64>();
    assert_eq!(bench.fake.billed().billed_calls, 200);
    assert_eq!(bench.fake.billed().usage.output, output);
}

#[tokio::test]
async fn nothing_is_sent_after_the_deadline() {
    let mut bench = Bench::new(Kind::OpenAi).await;
    bench.policy.deadline = Instant::now();

    let error = bench.ask().await.unwrap_err();

    assert_eq!(error, ModelError::TimedOut { billing: Billing::Nothing });
    assert_eq!(bench.fake.calls(), []);
}

#[tokio::test]
async fn a_provider_in_trouble_is_no_longer_retried_then_left_alone_then_tried_once() {
    let bench = Bench::new(Kind::OpenAi).await;
    bench.fake.script([Step::status(500).times(5)]);

    bench.ask().await.unwrap_err();
    bench.ask().await.unwrap_err();
    // Five failures: the budget, 10 − 5, allows no further retry, and the breaker is open.
    assert_eq!(bench.seen.events().len(), 5);
    let refused = bench.ask().await.unwrap_err();
    assert!(matches!(refused, ModelError::BreakerOpen { .. }), "{refused}");
    assert_eq!(bench.fake.calls().len(), 5);

    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(15)).await;
    tokio::time::resume();

    bench.ask().await.unwrap();
    assert_eq!(bench.health.open_for(MODEL, Instant::now().into_std()), None);
}

#[tokio::test]
async fn a_call_without_money_does_not_take_the_one_try_of_a_breaker() {
    let bench = Bench::new(Kind::OpenAi).await;
    bench.fake.script([Step::status(500).times(5)]);
    bench.ask().await.unwrap_err();
    bench.ask().await.unwrap_err();
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(15)).await;
    tokio::time::resume();

    *bench.seen.refusal.lock().unwrap() = Some(ModelError::CapReached);
    let broke = bench.ask().await;
    *bench.seen.refusal.lock().unwrap() = None;
    let tried = bench.ask().await;

    assert_eq!(broke, Err(ModelError::CapReached));
    tried.unwrap();
}

#[tokio::test]
async fn a_rate_limit_spends_the_retry_budget_but_opens_no_breaker() {
    let bench = Bench::new(Kind::OpenAi).await;
    bench.fake.script([Step::status(429).times(40)]);

    for _ in 0..10 {
        bench.ask().await.unwrap_err();
    }

    // 3 attempts, then 2, then one for each call.
    assert_eq!(bench.seen.events().len(), 3 + 2 + 8);
    bench.fake.script([]);
    assert_eq!(bench.health.open_for(MODEL, Instant::now().into_std()), None);
}

#[tokio::test]
async fn trouble_with_one_model_does_not_hold_back_another() {
    let bench = Bench::new(Kind::OpenAi).await;
    bench.fake.script([Step::status(500).times(5)]);
    bench.ask().await.unwrap_err();
    bench.ask().await.unwrap_err();

    let mut other = question();
    other.model = "gpt-5-mini".into();
    let reply = bench.patient().chat(&other, &CancellationToken::new()).await;

    assert_eq!(reply.unwrap().model, "gpt-5-mini");
}

#[tokio::test]
async fn without_money_put_aside_nothing_is_sent() {
    let bench = Bench::new(Kind::OpenAi).await;
    *bench.seen.refusal.lock().unwrap() = Some(ModelError::CapReached);

    let error = bench.ask().await.unwrap_err();

    assert_eq!(error, ModelError::CapReached);
    assert_eq!(bench.fake.calls(), []);
}

#[tokio::test]
async fn an_answer_that_cannot_be_booked_is_withheld_and_not_asked_for_again() {
    let bench = Bench::new(Kind::OpenAi).await;
    *bench.seen.loss.lock().unwrap() = Some(ModelError::LedgerUnavailable);

    let error = bench.ask().await.unwrap_err();

    assert_eq!(error, ModelError::LedgerUnavailable);
    assert_eq!(bench.fake.calls().len(), 1);
}

#[tokio::test]
async fn every_attempt_is_announced_and_settled_once_with_what_came_of_it() {
    let bench = Bench::new(Kind::OpenAi).await;
    bench.fake.script([Step::status(503), Step::fault(Fault::Cut)]);

    let reply = bench.ask().await.unwrap();

    let events = bench.seen.events();
    let numbers = events.iter().map(|event| event.number).collect::<Vec<_>>();
    let outcomes = events.into_iter().map(|event| event.outcome.unwrap()).collect::<Vec<_>>();
    assert_eq!(numbers, [1, 2, 3]);
    assert_eq!(outcomes[0].as_ref().unwrap_err().billing(), Billing::Nothing);
    assert_eq!(outcomes[1].as_ref().unwrap_err().billing(), Billing::Unknown);
    assert_eq!(outcomes[2], Ok(Answer::Chat(reply)));
}

#[tokio::test]
async fn what_is_held_for_a_prompt_covers_what_the_provider_bills_for_it() {
    let bench = Bench::new(Kind::OpenAi).await;
    let mut request = question();
    request.user = "Managed 14 stores, €3.2M budget — naïve façade, 東京, ½. ".repeat(40);

    let reply = bench.patient().chat(&request, &CancellationToken::new()).await.unwrap();

    let held = crate::model::tokens::prompt(&request);
    assert!(reply.usage.input <= held, "{} billed, {held} held", reply.usage.input);
    assert!(reply.usage.output <= u64::from(request.max_completion_tokens));
    assert_eq!(bench.fake.billed().usage, reply.usage);
}

#[tokio::test]
async fn what_is_held_also_covers_a_schema_that_has_to_be_explained_in_words() {
    let bench = Bench::new(Kind::Compatible).await;
    let refusal = json!({ "error": { "message": "response_format is not supported" } });
    bench.fake.script([
        Step::status(400).with_body(refusal).times(2),
        Step::reply(json!({ "so": true })),
    ]);

    let reply = bench.ask().await.unwrap();

    let held = crate::model::tokens::prompt(&question());
    assert!(bench.fake.calls()[2].format.is_none());
    assert!(reply.usage.input <= held, "{} billed, {held} held", reply.usage.input);
}

#[tokio::test]
async fn when_one_model_is_out_of_order_the_next_one_answers() {
    let bench = Bench::new(Kind::OpenAi).await;
    let link = |name: &str| Link { model: Arc::new(bench.patient()), name: name.into() };
    let chain = Fallback::new(link("gpt-4o"), vec![link("gpt-4o-mini"), link("gpt-4.1")]);
    bench.fake.script([Step::status(500).times(3), Step::status(401)]);

    let reply = chain.chat(&question(), &CancellationToken::new()).await;
    bench.seen.let_time_run();

    assert_eq!(reply.unwrap().model, "gpt-4.1");
    assert_eq!(bench.fake.calls().len(), 3 + 1 + 1);
}

#[tokio::test]
async fn a_refusal_or_an_empty_purse_is_not_carried_to_the_next_model() {
    let bench = Bench::new(Kind::OpenAi).await;
    let link = |name: &str| Link { model: Arc::new(bench.patient()), name: name.into() };
    let chain = Fallback::new(link("gpt-4o"), vec![link("gpt-4o-mini")]);
    bench.fake.script([Step { refusal: Some("No.".into()), ..Step::default() }]);

    let refused = chain.chat(&question(), &CancellationToken::new()).await;
    bench.seen.let_time_run();
    *bench.seen.refusal.lock().unwrap() = Some(ModelError::CapReached);
    let broke = chain.chat(&question(), &CancellationToken::new()).await;

    assert!(matches!(refused, Err(ModelError::Refused { .. })));
    assert_eq!(broke, Err(ModelError::CapReached));
    assert_eq!(bench.fake.calls().len(), 1);
}
