//! Nothing a person wrote reaches a log, at any level, from any crate.

use std::io;
use std::sync::{Arc, Mutex};

use serde_json::json;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::fmt::MakeWriter;

use crate::model::Model;
use crate::model::fake::script::{Fault, Step};
use crate::model::openai::Kind;
use crate::model::tests::{Bench, question};

const MARKER: &str = "Zanzibar-Quokka";

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

fn quoting() -> Vec<Step> {
    let quote = format!("cannot read '{MARKER}'");
    let error = json!({ "error": { "message": quote, "code": quote, "param": quote } });
    let mut steps: Vec<Step> = [400, 401, 403, 404, 409, 422, 429, 500, 503]
        .into_iter()
        .flat_map(|status| {
            [
                Step::status(status).with_body(error.clone()),
                Step::status(status).with_body(quote.clone()),
            ]
        })
        .collect();
    // The depths around the last that can be decoded, where two decoders may disagree.
    steps.extend((124..=129).map(|depth| {
        Step::default().with_body(format!("{}\"{quote}\"{}", "[".repeat(depth), "]".repeat(depth)))
    }));
    steps.extend([
        Step::reply(quote.clone()),
        Step::reply(json!({ "so": quote })),
        Step::default().with_body(quote.clone()),
        Step::default().with_body(json!({ "choices": quote })),
        Step::default().with_body(format!("{{\"choices\": [{{\"message\": \"{quote}")),
        Step::default().with_body(format!("{}\"{quote}\"", "[".repeat(200))),
        Step { refusal: Some(quote.clone()), ..Step::default() },
        Step { finish_reason: Some(quote.clone()), ..Step::default() },
        Step::default().with_body(error),
        Step::fault(Fault::Cut),
        Step::fault(Fault::Malformed),
        Step::default(),
    ]);
    steps
}

#[tokio::test]
async fn no_word_of_a_prompt_or_an_answer_reaches_the_log() {
    let lines = Lines::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(lines.clone())
        .finish();
    let guard = tracing::subscriber::set_default(subscriber);
    // With only one subscriber alive, a thread without any can switch a log line off for all (tracing-core 0.1).
    let _other = tracing::Dispatch::new(tracing_subscriber::fmt().with_writer(io::sink).finish());
    let mut bench = Bench::new(Kind::OpenAi).await;
    bench.policy.max_attempts = 1;
    let mut request = question();
    request.system = format!("Rules of {MARKER}");
    request.user = format!("{MARKER} led a team of twelve.");

    for step in quoting() {
        bench.fake.script([step]);
        bench.health = Arc::default();
        let result = bench.patient().chat(&request, &CancellationToken::new()).await;
        bench.seen.let_time_run();
        assert!(!format!("{request:?} {result:?}").contains(MARKER));
    }
    let texts = [format!("{MARKER} and others")];
    bench.patient().embed(&texts, &CancellationToken::new()).await.unwrap();
    drop(guard);

    let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    let asked = bench.fake.calls();
    assert!(asked.iter().all(|call| call.prompt.contains(MARKER)) && asked.len() > 25);
    assert!(log.contains("a model call failed"), "the log was not caught");
    let told = log.lines().filter(|line| line.contains(MARKER)).collect::<Vec<_>>();
    assert!(told.is_empty(), "{told:#?}");
}
