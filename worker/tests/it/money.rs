//! Money and the provider together: what it bills is what the ledger says, whatever dies meanwhile.

use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use roleready_worker::ask::books::Books;
use roleready_worker::ask::{ModelClient, Patience, Step};
use roleready_worker::model::ChatRequest;
use roleready_worker::model::error::ModelError;
use roleready_worker::model::fake::FakeModel;
use roleready_worker::model::fake::script::{Fault, Step as Scripted};
use shared::account::Tier;
use shared::deps::Deps;
use shared::money::NanoUsd;
use shared::operation::input::Engine;
use shared::operation::{Kind, Model as Operation};
use shared::spending::price::{Price, Tokens};
use shared::spending::report::{Period, Usage};
use shared::testing::Installation;
use shared::testing::person::Person;
use shared::time;
use tracing::Span;

/// A dear model, so that a cap is reached soon.
const PRICES: &str = "version = \"test\"\n[models.dear]\ninput = 100.0\noutput = 400.0\n\
     [models.spare]\ninput = 1.0\noutput = 2.0\n[models.vectors]\ninput = 10.0\n";

struct Bench {
    deps: Deps,
    fake: FakeModel,
    client: Arc<ModelClient>,
    person: Person,
    installation: Installation,
}

impl Bench {
    async fn on(installation: Installation, tier: Tier) -> Self {
        shared::telemetry::install_tls();
        let fake = FakeModel::start().await.unwrap();
        let prices = installation.folder.path().join("prices.toml");
        std::fs::write(&prices, PRICES).unwrap();
        let installation = installation
            .with("OPENAI_BASE_URL", &fake.base_url())
            .with("ROLEREADY_MODEL", "dear")
            .with("ROLEREADY_EMBEDDING_MODEL", "vectors")
            .with("ROLEREADY_PRICES", &prices.display().to_string());
        Self::reopened(installation, fake, tier).await
    }

    async fn reopened(installation: Installation, fake: FakeModel, tier: Tier) -> Self {
        let deps = installation.open().await;
        let config = installation.config().model.unwrap();
        let client = Arc::new(ModelClient::connect(&config).unwrap());
        let person = Person::new(&deps, tier).await;
        Self { deps, fake, client, person, installation }
    }

    async fn running(&self, kind: Kind) -> Operation {
        let request = self.person.asks(kind, Engine::Model);
        let queued = self.deps.operations.submit(&request).await.unwrap();
        self.claimed(&queued).await
    }

    async fn claimed(&self, operation: &Operation) -> Operation {
        self.deps.operations.claim(operation.id, "worker").await.unwrap().unwrap()
    }

    async fn asks(&self, operation: &Operation, question: &str) -> Result<String, ModelError> {
        self.step(operation).chat(&request(question), 0).await
    }

    fn step(&self, operation: &Operation) -> Step<'_> {
        let books = Some(Books::of(&self.deps, operation));
        let (patience, span) = (Patience::TAILOR_FULL, Span::none());
        Step { client: &self.client, name: "test", books, patience, span }
    }

    /// As if the worker had died: its lease ends, and the operation goes back.
    async fn is_taken_over(&self) {
        self.deps.operations.take_over().await.unwrap();
        self.deps.operations.take_back_expired().await.unwrap();
        self.deps.spending.sweep_holds().await.unwrap();
    }

    /// The ledger's sum, after a look at whether the books agree and nothing is set aside.
    async fn total(&self) -> Usage {
        let today = time::now().date_naive();
        assert_eq!(self.deps.spending.mismatches(today).await.unwrap(), []);
        let standing = self.deps.spending.standing(self.person.account.id).await.unwrap();
        assert_eq!(standing.held, NanoUsd::ZERO);
        assert!(standing.settled <= standing.cap);
        let period = Period { account_id: None, from: today, to: today };
        let total = self.deps.spending.total(period).await.unwrap();
        assert_eq!(total.amount, standing.settled.0);
        total
    }

    /// What the provider's bill comes to.
    fn bill(&self) -> i64 {
        let dear = Price {
            input: NanoUsd(100_000),
            cached_input: NanoUsd(100_000),
            output: NanoUsd(400_000),
        };
        let usage = self.fake.billed().usage;
        dear.of(Tokens { input: usage.input, cached: 0, output: usage.output }).0
    }
}

fn request(question: &str) -> ChatRequest {
    ChatRequest {
        model: "dear".into(),
        system: "Answer in one word.".into(),
        user: question.into(),
        schema: None,
        max_completion_tokens: 30,
        cache_key: None,
    }
}

fn slow() -> Scripted {
    Scripted { latency_ms: 300, ..Scripted::reply("Yes.") }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_hundred_calls_at_once_of_a_free_person_stay_within_a_dollar() {
    for installation in Installation::each().await {
        let bench = Bench::on(installation, Tier::Free).await;
        bench.fake.script([slow().times(200)]);
        let operation = bench.running(Kind::Ats).await;

        let calls = (0..200).map(|number| {
            let (bench, operation) = (&bench, &operation);
            async move { bench.asks(operation, &format!("Is it {number}?")).await }
        });
        let outcomes = join_all(calls).await;

        let answered = outcomes.iter().filter(|one| one.is_ok()).count();
        let refused = outcomes.iter().filter(|one| **one == Err(ModelError::CapReached)).count();
        assert_eq!(answered + refused, 200, "{outcomes:?}");
        assert!(answered > 10 && refused > 10, "{answered} {refused}");
        let total = bench.total().await;
        assert_eq!((total.amount, total.unknown), (bench.bill(), 0));
        assert_eq!(u64::try_from(total.calls).unwrap(), bench.fake.billed().billed_calls);
    }
}

#[tokio::test]
async fn whenever_a_worker_dies_the_ledger_accounts_for_what_was_billed() {
    for installation in Installation::each().await {
        let bench = Bench::on(installation, Tier::Premium).await;
        let mut random = SmallRng::seed_from_u64(7);
        let queued = bench.running(Kind::Ats).await;
        bench.is_taken_over().await;
        let mut answered = 0;
        for round in 0..40 {
            bench.deps.operations.take_over().await.unwrap();
            let retry = "UPDATE operation SET attempt = 0, state = 'queued', run_at = created_at";
            unstick(&bench, retry).await;
            let operation = bench.claimed(&queued).await;
            bench.fake.script([Scripted { latency_ms: 20, ..Scripted::reply("Yes.") }]);
            let question = format!("Is it {}?", round / 3);
            let life = Duration::from_millis(random.random_range(0..60));
            // Dropping the call leaves everything as a dead process does.
            let lived = tokio::time::timeout(life, bench.asks(&operation, &question)).await;
            answered += usize::from(matches!(lived, Ok(Ok(_))));
            bench.is_taken_over().await;
        }

        // The last request may still be on its way when its process is dead.
        tokio::time::sleep(Duration::from_millis(100)).await;
        let total = bench.total().await;

        let bill = bench.bill();
        let known = total.amount - total.unknown;
        assert!(answered > 0 && total.unknown > 0, "{answered} {total:?}");
        assert!(known <= bill && bill <= total.amount, "{known} {bill} {total:?}");
        let calls = u64::try_from(total.calls).unwrap();
        assert!(calls >= bench.fake.billed().billed_calls, "{calls}");
    }
}

async fn unstick(bench: &Bench, sql: &str) {
    let db = shared::database::connect(&bench.installation.config()).await.unwrap();
    sea_orm::ConnectionTrait::execute_unprepared(&db, sql).await.unwrap();
}

#[tokio::test]
async fn an_answered_question_is_not_paid_for_again_and_the_receipt_says_so() {
    for installation in Installation::each().await {
        let bench = Bench::on(installation, Tier::Pro).await;
        let operation = bench.running(Kind::Ats).await;

        let first = bench.asks(&operation, "Is it so?").await.unwrap();
        let second = bench.asks(&operation, "Is it so?").await.unwrap();

        assert_eq!(first, second);
        assert_eq!(bench.fake.calls().len(), 1);
        let total = bench.total().await;
        assert_eq!((total.amount, total.repeat_saved), (bench.bill(), bench.bill()));
    }
}

#[tokio::test]
async fn the_same_question_about_a_file_is_answered_from_the_persons_earlier_reading() {
    for installation in Installation::each().await {
        let bench = Bench::on(installation, Tier::Pro).await;
        let first = bench.running(Kind::Parse).await;
        let again = bench.running(Kind::Parse).await;
        bench.asks(&first, "Which name is it?").await.unwrap();

        bench.asks(&again, "Which name is it?").await.unwrap();

        assert_eq!(bench.fake.calls().len(), 1);
        let somebody = Person::new(&bench.deps, Tier::Pro).await;
        let other = somebody.asks(Kind::Parse, Engine::Model);
        let other = bench.deps.operations.submit(&other).await.unwrap();
        let other = bench.claimed(&other).await;
        bench.asks(&other, "Which name is it?").await.unwrap();
        assert_eq!(bench.fake.calls().len(), 2, "nobody learns what others have asked");
    }
}

#[tokio::test]
async fn a_text_is_embedded_once_for_all_operations_of_a_person() {
    for installation in Installation::each().await {
        let bench = Bench::on(installation, Tier::Pro).await;
        let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let first = bench.running(Kind::Ats).await;
        let second = bench.running(Kind::Ats).await;

        let before = bench.step(&first).embed(&texts(&["Rust", "SQL"])).await.unwrap();
        let after = bench.step(&second).embed(&texts(&["SQL", "Go", "Rust"])).await.unwrap();

        assert_eq!((&after[0], &after[2]), (&before[1], &before[0]));
        let asked: Vec<String> = bench.fake.calls().into_iter().map(|call| call.prompt).collect();
        assert_eq!(asked, ["Rust\nSQL", "Go"]);
        assert!(bench.total().await.repeat_saved > 0);
    }
}

#[tokio::test]
async fn an_answer_that_is_no_use_is_asked_for_once_more_and_then_elsewhere() {
    let installation = Installation::embedded().with("ROLEREADY_FALLBACK_MODELS", "spare");
    let bench = Bench::on(installation, Tier::Pro).await;
    let operation = bench.running(Kind::Ats).await;
    let cut = Scripted { finish_reason: Some("length".into()), ..Scripted::reply("Ye") };
    bench.fake.script([cut.times(2), Scripted::reply("Yes.")]);

    let answer = bench.asks(&operation, "Is it so?").await.unwrap();

    assert_eq!(answer, "Yes.");
    let calls = bench.fake.calls();
    let models: Vec<&str> = calls.iter().map(|call| call.model.as_str()).collect();
    assert_eq!(models, ["dear", "dear", "spare"]);
    assert!(calls[1].prompt.contains("could not be used: the answer reached the token limit"));
    assert!(!calls[2].prompt.contains("could not be used"));
    assert_eq!(bench.total().await.calls, 3);
}

#[tokio::test]
async fn one_process_finds_a_model_down_and_all_leave_it_alone_until_one_finds_it_up() {
    let bench = Bench::on(Installation::distributed().await, Tier::Pro).await;
    let config = bench.installation.config().model.unwrap();
    let other = ModelClient::connect(&config).unwrap();
    let operation = bench.running(Kind::Ats).await;
    let elsewhere = Step { client: &other, ..bench.step(&operation) };
    bench.fake.script([Scripted::fault(Fault::Drop).times(5)]);
    for round in 0..5 {
        let patience = Patience { attempts: 1, ..Patience::ATS };
        let step = Step { patience, ..bench.step(&operation) };
        step.chat(&request(&format!("Is it {round}?")), 0).await.unwrap_err();
    }
    let asked = bench.fake.calls().len();

    let held_back = elsewhere.chat(&request("Is it up?"), 0).await;
    unstick(&bench, "UPDATE breaker SET open_until = now() - interval '1 second'").await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let tried = elsewhere.chat(&request("Is it up?"), 0).await;

    assert!(matches!(held_back, Err(ModelError::BreakerOpen { .. })), "{held_back:?}");
    assert_eq!(bench.fake.calls().len(), asked + 1);
    assert!(tried.is_ok(), "{tried:?}");
}
