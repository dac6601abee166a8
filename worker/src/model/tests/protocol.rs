//! What goes over the wire, to each kind of provider, and what the fake offers besides.

use std::time::Duration;

use reqwest::Client;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::model::error::{Billing, ModelError};
use crate::model::fake::script::{Endpoint, Fault, Step};
use crate::model::openai::{Kind, OpenAi, Provider, SetupError};
use crate::model::tests::{Bench, MODEL, question};
use crate::model::{Finish, Model, Usage};

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn forever() -> CancellationToken {
    CancellationToken::new()
}

#[tokio::test]
async fn a_reply_says_what_it_cost_who_answered_and_under_which_name() {
    let bench = Bench::new(Kind::OpenAi).await;
    let usage = Usage { input: 1200, cached_input: 1024, output: 60, reasoning: 40 };
    bench.fake.script([
        Step { usage: Some(usage), ..Step::default() }.with_header("x-request-id", "req_7")
    ]);

    let reply = bench.ask().await.unwrap();

    assert_eq!(reply.usage, usage);
    assert_eq!(reply.model, MODEL);
    assert_eq!(reply.request_id.as_deref(), Some("req_7"));
    assert_eq!(reply.finish, Finish::Stop);
    assert_eq!(bench.fake.billed().usage, usage);
}

#[tokio::test]
async fn a_way_of_asking_that_was_refused_is_not_tried_again() {
    let bench = Bench::new(Kind::Compatible).await;
    let refusal = json!({ "error": { "message": "json_schema is not supported" } });
    let good = Step::reply(json!({ "so": true })).times(2);
    bench.fake.script([Step::status(400).with_body(refusal), good]);

    bench.ask().await.unwrap();
    bench.ask().await.unwrap();

    let calls = bench.fake.calls();
    let formats = calls.iter().map(|call| call.format.as_deref()).collect::<Vec<_>>();
    assert_eq!(formats, [Some("json_schema"), Some("json_object"), Some("json_object")]);
    assert!(calls[1].prompt.contains(r#""required":["so"]"#), "{}", calls[1].prompt);
}

#[tokio::test]
async fn azure_is_asked_by_deployment() {
    let bench = Bench::new(Kind::Azure { api_version: "2024-10-21".into() }).await;

    let reply = bench.ask().await.unwrap();

    assert_eq!(reply.model, MODEL);
    assert_eq!(bench.fake.calls()[0].path, "/openai/deployments/gpt-4o-mini/chat/completions");
}

#[tokio::test]
async fn each_kind_of_provider_is_sent_only_fields_and_headers_it_knows() {
    let azure = Kind::Azure { api_version: "2024-10-21".into() };
    let mut sent = Vec::new();
    for kind in [Kind::OpenAi, azure, Kind::Compatible] {
        let bench = Bench::new(kind).await;
        bench.ask().await.unwrap();
        sent.extend(bench.fake.calls());
    }

    let has = |name: &str| -> Vec<bool> {
        sent.iter().map(|call| call.fields.iter().any(|field| field == name)).collect()
    };
    assert_eq!(has("max_completion_tokens"), [true, true, false]);
    assert_eq!(has("max_tokens"), [false, false, true]);
    assert_eq!(has("prompt_cache_key"), [true, false, false]);
    let keys = sent.iter().map(|call| call.key_header).collect::<Vec<_>>();
    assert_eq!(keys, [Some("authorization"), Some("api-key"), Some("authorization")]);
}

#[tokio::test]
async fn a_server_without_a_key_is_sent_none() {
    let bench = Bench::new(Kind::Compatible).await;
    let keyless = OpenAi::new(Provider {
        kind: Kind::Compatible,
        base_url: bench.fake.base_url().parse().unwrap(),
        api_key: None,
        embedding_model: "nomic-embed-text".into(),
    });

    keyless.unwrap().chat(&question(), &forever()).await.unwrap();

    assert_eq!(bench.fake.calls()[0].key_header, None);
}

#[tokio::test]
async fn a_key_that_fits_no_header_is_refused_at_the_start() {
    let bench = Bench::new(Kind::OpenAi).await;
    let broken = OpenAi::new(Provider {
        kind: Kind::OpenAi,
        base_url: bench.fake.base_url().parse().unwrap(),
        api_key: Some("two\nlines".into()),
        embedding_model: "text-embedding-3-small".into(),
    });

    assert!(matches!(broken.err(), Some(SetupError::Key(_))));
}

#[tokio::test]
async fn no_deployment_name_leads_out_of_its_path() {
    let bench = Bench::new(Kind::Azure { api_version: "2024-10-21".into() }).await;
    let mut request = question();

    for name in ["..", "a/../../x", "a?b", ""] {
        request.model = name.into();
        let result = bench.client.chat(&request, &forever()).await;
        assert_eq!(result.unwrap_err(), ModelError::UnknownModel, "{name}");
    }

    assert_eq!(bench.fake.calls(), []);
}

#[tokio::test]
async fn an_answer_longer_than_allowed_is_cut_and_billed_to_the_limit() {
    let bench = Bench::new(Kind::OpenAi).await;
    bench.fake.script([Step::reply(json!({ "so": true, "why": "because ".repeat(500) }))]);

    let error = bench.ask().await.unwrap_err();

    let Billing::Exactly(usage) = error.billing() else { panic!("{error:?}") };
    assert_eq!(error, ModelError::Truncated { billing: Billing::Exactly(usage) });
    assert_eq!(usage.output, 100);
}

#[tokio::test]
async fn texts_become_vectors_in_their_order_and_like_texts_are_near() {
    let bench = Bench::new(Kind::OpenAi).await;
    let wanted = texts(&["Rust engineer", "Engineering in Rust", "Florist"]);

    let embeddings = bench.patient().embed(&wanted, &forever()).await.unwrap();

    let likeness = |one: usize, other: usize| -> f32 {
        let [one, other] = [&embeddings.vectors[one], &embeddings.vectors[other]];
        one.iter().zip(other).map(|(a, b)| a * b).sum()
    };
    assert!(likeness(0, 1) > likeness(0, 2) + 0.3);
    assert_eq!(embeddings.model, "text-embedding-3-small");
    assert_eq!(Some(embeddings.usage), bench.fake.calls()[0].billed);
}

#[tokio::test]
async fn vectors_that_do_not_fit_their_texts_are_refused() {
    let bench = Bench::new(Kind::OpenAi).await;
    let vector = |index: usize, vector: &[f32]| json!({ "index": index, "embedding": vector });
    let odd = [
        json!([vector(0, &[1.0, 0.0])]),
        json!([vector(0, &[1.0]), vector(1, &[1.0, 0.0])]),
        json!([vector(0, &[1.0]), vector(9, &[1.0])]),
    ];

    for data in odd {
        bench.fake.script([
            Step::default().with_body(json!({ "data": data, "usage": { "prompt_tokens": 2 } }))
        ]);
        let result = bench.client.embed(&texts(&["a", "b"]), &forever()).await;
        let billing = Billing::Exactly(Usage { input: 2, ..Usage::default() });
        assert_eq!(result.unwrap_err(), ModelError::Invalid { billing });
    }
}

#[tokio::test]
async fn a_server_that_does_not_count_is_counted_for() {
    let bench = Bench::new(Kind::Compatible).await;
    let body = json!({ "choices": [{ "message": { "content": "{\"so\":true}" }, "finish_reason": "stop" }] });
    bench.fake.script([Step::default().with_body(body)]);

    let usage = bench.ask().await.unwrap().usage;

    assert_eq!(usage.input, crate::model::tokens::prompt(&question()));
    assert!(usage.output >= 4, "{usage:?}");
}

#[tokio::test]
async fn the_fake_takes_its_script_and_shows_its_calls_over_http() {
    let bench = Bench::new(Kind::OpenAi).await;
    let http = Client::builder().no_proxy().build().unwrap();
    let at = |path: &str| format!("{}{path}", bench.fake.azure_url());
    let steps = json!([{ "status": 418, "on": "embeddings" }, { "reply": { "so": true }, "latency_ms": 1 }]);

    let taken = http.post(at("/script")).json(&steps).send().await.unwrap();
    let misspelt = http.post(at("/script")).json(&json!({ "replay": 1 })).send().await.unwrap();
    let reply = bench.ask().await.unwrap();

    let seen: Value = http.get(at("/calls")).send().await.unwrap().json().await.unwrap();
    assert_eq!((taken.status().as_u16(), misspelt.status().as_u16()), (200, 400));
    assert_eq!(reply.content, r#"{"so":true}"#);
    assert_eq!(seen["calls"][0]["schema"], "verdict");
    assert_eq!(seen["billed"]["billed_calls"], 1);
    assert_eq!(seen["billed"]["usage"]["output"], reply.usage.output);
}

#[tokio::test]
async fn the_fake_streams_the_same_answer_with_its_price_at_the_end() {
    let bench = Bench::new(Kind::OpenAi).await;
    let http = Client::builder().no_proxy().build().unwrap();
    let said = "Ten words that are sent in more than one piece.";
    bench.fake.script([Step::reply(said), Step::fault(Fault::Cut)]);
    let ask = json!({
        "model": MODEL,
        "messages": [{ "role": "user", "content": "Go" }],
        "stream": true,
        "stream_options": { "include_usage": true },
    });
    let send =
        || http.post(format!("{}/chat/completions", bench.fake.base_url())).json(&ask).send();

    let text = send().await.unwrap().text().await.unwrap();
    let cut = send().await.unwrap().text().await;

    let data =
        text.split("\n\n").filter_map(|event| event.strip_prefix("data: ")).collect::<Vec<_>>();
    let chunks =
        data.iter().filter_map(|data| serde_json::from_str(data).ok()).collect::<Vec<Value>>();
    let content =
        |chunk: &Value| chunk["choices"][0]["delta"]["content"].as_str().map(str::to_owned);
    assert_eq!(chunks.iter().filter_map(content).collect::<String>(), said);
    assert_eq!(data.last(), Some(&"[DONE]"));
    assert_eq!(
        chunks.last().unwrap()["usage"]["prompt_tokens"],
        bench.fake.billed().usage.input / 2
    );
    assert!(cut.is_err());
}

#[tokio::test]
async fn a_dropped_fake_closes_its_connections_and_listens_no_more() {
    let bench = Bench::new(Kind::OpenAi).await;
    bench.fake.script([Step::fault(Fault::Hang)]);
    let request = question();
    let cancel = forever();
    let Bench { fake, client, .. } = bench;

    let call = client.chat(&request, &cancel);
    let stop = async {
        while fake.calls().is_empty() {
            tokio::task::yield_now().await;
        }
        drop(fake);
    };
    let (result, ()) = tokio::join!(tokio::time::timeout(Duration::from_secs(5), call), stop);

    assert_eq!(result.unwrap().unwrap_err(), ModelError::ConnectionLost);
    assert_eq!(client.chat(&request, &cancel).await.unwrap_err(), ModelError::Unreachable);
}

#[tokio::test]
async fn a_step_for_embeddings_is_not_used_up_by_a_chat() {
    let bench = Bench::new(Kind::OpenAi).await;
    bench.fake.script([Step { on: Some(Endpoint::Embeddings), ..Step::status(401) }]);

    bench.ask().await.unwrap();
    let refused = bench.client.embed(&texts(&["a"]), &forever()).await;

    assert_eq!(refused.unwrap_err(), ModelError::Unauthorized);
}
