//! What the provider does, and what comes of it: attempts, waits, outcome, money, and the sentence people read.

use std::ops::RangeInclusive;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};

use crate::model::error::{Billing, Feature, ModelError};
use crate::model::fake::script::{Fault, Step};
use crate::model::openai::Kind;
use crate::model::tests::Bench;

/// What a row expects in the end. Money is what the last attempt cost.
enum Outcome {
    Answer,
    Fails(ModelError),
    /// As `Fails`, but billed exactly as the fake says, which the row cannot know.
    FailsBilled(fn(Billing) -> ModelError),
}

use Outcome::{Answer, Fails, FailsBilled};

struct Row {
    behaviour: &'static str,
    steps: Vec<Step>,
    /// In milliseconds, one for each retry: attempts are one more.
    waits: Vec<RangeInclusive<u64>>,
    outcome: Outcome,
    /// How the sentence for people begins.
    sentence: &'static str,
    /// How long one attempt may take, in milliseconds, when less than usual.
    within: Option<u64>,
}

/// The bound of the jitter, and some room for a clock that ticks coarsely.
const FIRST: RangeInclusive<u64> = 0..=1_050;
const NOW: RangeInclusive<u64> = 0..=0;
const SECOND: RangeInclusive<u64> = 0..=2_050;

const BUSY: &str = "The AI service is very busy";
const OURS: &str = "The AI service is not set up correctly on our side";
const TROUBLE: &str = "The AI service is having problems";
const AWAY: &str = "We could not reach the AI service";
const ODD: &str = "The AI service gave an answer we could not use";
const DECLINED: &str = "The AI service declined";
const LONG: &str = "The resume and the job posting together are too long";
const SLOW: &str = "The AI service took too long";
const CUT: &str = "The AI service's answer was too long";

fn row(behaviour: &'static str, steps: impl IntoIterator<Item = Step>) -> Row {
    Row {
        behaviour,
        steps: steps.into_iter().collect(),
        waits: vec![],
        outcome: Answer,
        sentence: "",
        within: None,
    }
}

impl Row {
    fn waits(mut self, waits: impl IntoIterator<Item = RangeInclusive<u64>>) -> Self {
        self.waits = waits.into_iter().collect();
        self
    }

    fn within(mut self, millis: u64) -> Self {
        self.within = Some(millis);
        self
    }

    fn fails(mut self, error: ModelError, sentence: &'static str) -> Self {
        self.outcome = Fails(error);
        self.sentence = sentence;
        self
    }

    fn fails_billed(mut self, error: fn(Billing) -> ModelError, sentence: &'static str) -> Self {
        self.outcome = FailsBilled(error);
        self.sentence = sentence;
        self
    }

    async fn check(self, kind: Kind) {
        let name = self.behaviour;
        let mut bench = Bench::new(kind).await;
        if self.steps.iter().any(|step| step.fault == Some(Fault::Hang)) {
            bench.policy.attempt_timeout = Duration::from_millis(300);
        }
        if let Some(millis) = self.within {
            bench.policy.attempt_timeout = Duration::from_millis(millis);
        }
        bench.fake.script(self.steps);

        let result = bench.ask().await;

        let waits = bench.seen.waits();
        assert_eq!(waits.len(), self.waits.len(), "{name}: {waits:?} {result:?}");
        for (wait, wanted) in waits.iter().zip(self.waits) {
            let millis = u64::try_from(wait.as_millis()).unwrap();
            assert!(wanted.contains(&millis), "{name}: waited {wait:?}, not {wanted:?}");
        }
        assert_eq!(bench.fake.calls().len(), waits.len() + 1, "{name}: requests");
        let last = bench.fake.calls().pop().unwrap().billed;
        let stated = last.map_or(Billing::Unknown, Billing::Exactly);
        let wanted = match self.outcome {
            Answer => {
                let reply = result.unwrap_or_else(|error| panic!("{name}: {error}"));
                assert_eq!(
                    serde_json::from_str::<Value>(&reply.content).unwrap(),
                    json!({ "so": false }),
                    "{name}"
                );
                assert_eq!(Some(reply.usage), last, "{name}");
                return;
            }
            Fails(error) => error,
            FailsBilled(error) => error(stated),
        };
        let error = result.expect_err(name);
        assert_eq!(error, wanted, "{name}");
        assert!(error.sentence().starts_with(self.sentence), "{name}: {}", error.sentence());
        if error.billing() == Billing::Nothing {
            assert_eq!(last, None, "{name}: thought free, but billed");
        }
    }
}

fn refusal(status: u16, error: impl Into<Value>) -> Step {
    let error: Value = error.into();
    Step::status(status).with_body(json!({ "error": error }))
}

fn failed(status: u16, billing: Billing) -> ModelError {
    ModelError::ServerFailed { status, retry_after: None, billing }
}

fn rejected(code: &str) -> ModelError {
    ModelError::Rejected { code: code.into() }
}

fn limits() -> Vec<Row> {
    let seconds = |text: &str| Step::status(429).with_header("retry-after", text);
    let date =
        (Utc::now() + TimeDelta::seconds(20)).format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let too_long = Some(Duration::from_secs(61));
    vec![
        row("429 for 7 seconds", [seconds("7")]).waits([7_000..=8_050]),
        row("429 until a date 20 seconds away", [seconds(&date)]).waits([15_000..=21_050]),
        row("429 for 60 seconds", [seconds("60")]).waits([60_000..=61_050]),
        row("429 for 1500 ms", [Step::status(429).with_header("retry-after-ms", "1500")])
            .waits([1_500..=2_550]),
        row("429 until a date long past", [seconds("Wed, 21 Oct 2015 07:28:00 GMT")])
            .waits([FIRST]),
        row("429 for nonsense", [seconds("soon")]).waits([FIRST]),
        row("429 for less than nothing", [seconds("-5")]).waits([FIRST]),
        row("429 for 61 seconds", [seconds("61")])
            .fails(ModelError::RateLimited { retry_after: too_long }, BUSY),
        row("429 for ever", [Step::status(429).times(9)])
            .waits([FIRST, SECOND])
            .fails(ModelError::RateLimited { retry_after: None }, BUSY),
        row(
            "429 with a number as code",
            [refusal(429, json!({ "code": 429, "message": "slow down" }))],
        )
        .waits([FIRST]),
        row("429 as a page", [Step { status: Some(429), ..Step::fault(Fault::Html) }])
            .waits([FIRST]),
        row("429 for want of credit", [refusal(429, json!({ "type": "insufficient_quota" }))])
            .fails(ModelError::QuotaExhausted, OURS),
        row(
            "429 for one request too large",
            [refusal(429, json!({ "message": "Request too large for gpt-4o" }))],
        )
        .fails(ModelError::TooLong, LONG),
        row("402", [Step::status(402)]).fails(ModelError::QuotaExhausted, OURS),
    ]
}

fn rejections() -> Vec<Row> {
    let filtered = json!({ "code": "content_filter", "innererror": { "code": "ResponsibleAIPolicyViolation" } });
    vec![
        row("401", [Step::status(401)]).fails(ModelError::Unauthorized, OURS),
        row("403", [Step::status(403)]).fails(ModelError::Unauthorized, OURS),
        row("404 as a page", [Step { status: Some(404), ..Step::fault(Fault::Html) }])
            .fails(ModelError::UnknownModel, OURS),
        row("400 with a code", [refusal(400, json!({ "code": "invalid_value", "message": "no" }))])
            .fails(rejected("invalid_value"), OURS),
        row(
            "400 with a sentence as code",
            [refusal(400, json!({ "code": "Jane Doe lives in Leeds" }))],
        )
        .fails(rejected("400"), OURS),
        row("400 as a text", [Step::status(400).with_body("no")]).fails(rejected("400"), OURS),
        row(
            "400 as a list",
            [Step::status(400).with_body(json!([{ "error": { "code": 400, "status": "BAD" } }]))],
        )
        .fails(rejected("400"), OURS),
        row(
            "422 with details",
            [Step::status(422).with_body(json!({ "detail": [{ "msg": "field required" }] }))],
        )
        .fails(rejected("422"), OURS),
        row(
            "302",
            [Step::status(302).with_header("location", "http://127.0.0.1:1/").with_body("moved")],
        )
        .fails(rejected("302"), OURS),
        row("400 for length", [refusal(400, json!({ "code": "context_length_exceeded" }))])
            .fails(ModelError::TooLong, LONG),
        row("413", [Step::status(413)]).fails(ModelError::TooLong, LONG),
        row("400 of a content filter", [refusal(400, filtered)])
            .fails(ModelError::Refused { billing: Billing::Nothing }, DECLINED),
    ]
}

fn failures() -> Vec<Row> {
    let html = Step::fault(Fault::Html);
    vec![
        row("500 once", [Step::status(500)]).waits([FIRST]),
        row("500 for ever", [Step::status(500).times(9)])
            .waits([FIRST, SECOND])
            .fails(failed(500, Billing::Nothing), TROUBLE),
        row("500 as a page", [Step { status: Some(500), ..html.clone() }.times(9)])
            .waits([FIRST, SECOND])
            .fails(failed(500, Billing::Unknown), TROUBLE),
        row("502 as a page", [html.times(9)])
            .waits([FIRST, SECOND])
            .fails(failed(502, Billing::Unknown), TROUBLE),
        row("503 for 2 seconds", [Step::status(503).with_header("Retry-After", "2")])
            .waits([2_000..=3_050]),
        row("529", [Step::status(529)]).waits([FIRST]),
        row("408", [Step::status(408)]).waits([FIRST]),
        row("409 that asks for a retry", [Step::status(409).with_header("x-should-retry", "true")])
            .waits([FIRST]),
        row("409", [Step::status(409)]).fails(rejected("fake_error"), OURS),
        row("silence", [Step::fault(Fault::Hang).times(9)])
            .waits([FIRST, SECOND])
            .fails(ModelError::TimedOut { billing: Billing::Unknown }, SLOW),
        row("a first byte that is late", [Step { latency_ms: 2_000, ..Step::default() }])
            .within(300)
            .waits([FIRST]),
        row("a closed connection", [Step::fault(Fault::Drop)]).waits([FIRST]),
        row("half an answer, for ever", [Step::fault(Fault::Cut).times(9)])
            .waits([FIRST, SECOND])
            .fails(ModelError::ConnectionLost, AWAY),
        row(
            "200 with a failure inside",
            [Step::default().with_body(json!({ "error": { "code": 429 } }))],
        )
        .waits([FIRST]),
        row(
            "200 with a nameless failure",
            [Step::default().with_body(json!({ "error": "oops" })).times(9)],
        )
        .waits([FIRST, SECOND])
        .fails(failed(502, Billing::Unknown), TROUBLE),
        row(
            "a failure in the middle",
            [Step { finish_reason: Some("error".into()), ..Step::default() }.times(9)],
        )
        .waits([FIRST, SECOND])
        .fails_billed(|billing| failed(200, billing), TROUBLE),
    ]
}

fn odd_answers() -> Vec<Row> {
    let deep = "[".repeat(50_000);
    let finish = |reason: &str| Step { finish_reason: Some(reason.into()), ..Step::default() };
    let invalid = |billing| ModelError::Invalid { billing };
    vec![
        row("a good answer", []),
        row("a good answer in a fence", [Step::reply("```json\n{\"so\": false}\n```")]),
        row("a good answer in a sentence", [Step::reply("Sure! {\"so\": false} Anything else?")]),
        row("an ending of its own", [finish("eos")]),
        row("broken JSON once", [Step::fault(Fault::Malformed)]).waits([FIRST]),
        row("a page with status 200", [Step { status: Some(200), ..Step::fault(Fault::Html) }])
            .waits([FIRST]),
        row("a body deeper than can be read", [Step::default().with_body(deep)]).waits([FIRST]),
        row("an answer of another shape", [Step::reply(json!({ "so": "yes" }))])
            .fails_billed(invalid, ODD),
        row("prose", [Step::reply("It is so.")]).fails_billed(invalid, ODD),
        row("no words", [Step::reply("")]).fails_billed(invalid, ODD),
        row("no choices", [Step::default().with_body(json!({ "choices": [] }))]).waits([FIRST]),
        row("words of refusal", [Step { refusal: Some("I will not.".into()), ..Step::default() }])
            .fails_billed(|billing| ModelError::Refused { billing }, DECLINED),
        row("an answer cut by a filter", [finish("content_filter")])
            .fails_billed(|billing| ModelError::Refused { billing }, DECLINED),
        row("an answer at its limit", [finish("length")])
            .fails_billed(|billing| ModelError::Truncated { billing }, CUT),
    ]
}

/// The least answer of a server that was asked in words is not known to the fake, so it is scripted.
fn negotiations() -> Vec<Row> {
    let refuses = |words: &str| refusal(400, json!({ "message": words }));
    let good = || Step::reply(json!({ "so": false }));
    let schema = "response_format: json_schema is not supported";
    let object = "'response_format.type' must be 'text'";
    let limit = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.";
    vec![
        row("no schemas", [refuses(schema), good()]).waits([NOW]),
        row("no structure at all", [refuses(schema), refuses(object), good()]).waits([NOW, NOW]),
        row("another name for the limit", [refuses(limit)]).waits([NOW]),
        row(
            "another name, no structure, and busy",
            [refuses(limit), refuses(schema), refuses(object), Step::status(500), good()],
        )
        .waits([NOW, NOW, NOW, FIRST]),
        row("nothing suits it", [refuses(schema).times(9)])
            .waits([NOW, NOW])
            .fails(rejected("unsupported"), OURS),
        row("neither name suits it", [refuses(limit).times(9)])
            .waits([NOW])
            .fails(rejected("unsupported"), OURS),
    ]
}

async fn check(rows: Vec<Row>, kind: Kind) {
    for row in rows {
        row.check(kind.clone()).await;
    }
}

#[tokio::test]
async fn limits_are_waited_for_only_when_waiting_helps() {
    check(limits(), Kind::OpenAi).await;
}

#[tokio::test]
async fn rejected_requests_are_not_repeated() {
    check(rejections(), Kind::OpenAi).await;
}

#[tokio::test]
async fn failures_of_the_provider_are_retried_and_their_cost_is_known() {
    check(failures(), Kind::OpenAi).await;
}

#[tokio::test]
async fn only_answers_of_the_right_shape_get_through() {
    check(odd_answers(), Kind::OpenAi).await;
}

#[tokio::test]
async fn a_server_that_refuses_a_way_of_asking_is_asked_in_another_at_once() {
    check(negotiations(), Kind::Compatible).await;
}

#[tokio::test]
async fn a_provider_that_is_not_there_is_tried_again_and_costs_nothing() {
    let mut bench = Bench::new(Kind::OpenAi).await;
    let gone = bench.fake.base_url();
    bench.fake = Bench::new(Kind::OpenAi).await.fake;
    tokio::task::yield_now().await;
    bench.client = std::sync::Arc::new(super::client(&gone, Kind::OpenAi));

    let error = bench.ask().await.unwrap_err();

    assert_eq!(error, ModelError::Unreachable);
    assert_eq!(error.billing(), Billing::Nothing);
    assert_eq!(bench.seen.events().len(), 3);
    assert!(error.sentence().starts_with(AWAY));
}

#[tokio::test]
async fn a_provider_whose_name_nobody_knows_is_tried_again_and_costs_nothing() {
    let mut bench = Bench::new(Kind::OpenAi).await;
    let nowhere = "http://provider.invalid/v1";
    bench.client = std::sync::Arc::new(super::client(nowhere, Kind::OpenAi));

    let error = bench.ask().await.unwrap_err();

    assert_eq!((error.billing(), bench.seen.events().len()), (Billing::Nothing, 3));
    assert_eq!(error, ModelError::Unreachable);
    assert!(error.sentence().starts_with(AWAY));
}

#[test]
fn every_feature_has_words_for_the_log() {
    assert_eq!(
        ModelError::Unsupported(Feature::TokenLimitField).to_string(),
        "the provider does not support the name of the token limit"
    );
}
