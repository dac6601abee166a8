//! How long live coverage and a ranking of 10,000 postings take over HTTP, on a server that is running.
//!
//! `RATE_PREMIUM=0 RATE_ADDRESS=0 cargo run --release`, then
//! `cargo run --release -p roleready-api --example matching_times -- http://127.0.0.1:8080 rr_…`
#![expect(clippy::print_stdout, reason = "a measurement for people")]

use std::error::Error;
use std::time::{Duration, Instant};

use futures::{StreamExt, TryStreamExt, stream};
use reqwest::Client;
use serde_json::{Value, json};

const POSTING: &str = include_str!("../../docs/examples/posting.txt");
const RESUME: &str = include_str!("../tests/fixtures/resume.json");
const POSTINGS: usize = 10_000;
const COVERAGES: usize = 500;
const RANKINGS: usize = 20;

/// Who asks, and where.
struct Caller {
    client: Client,
    url: String,
    key: String,
}

impl Caller {
    async fn post(&self, path: &str, body: &Value) -> Result<Value, Box<dyn Error>> {
        let request = self.client.post(format!("{}/api/v1{path}", self.url));
        let response = request.bearer_auth(&self.key).json(body).send().await?;
        Ok(response.error_for_status()?.json().await?)
    }

    async fn times(
        &self,
        path: &str,
        body: &Value,
        count: usize,
    ) -> Result<String, Box<dyn Error>> {
        let mut times = Vec::new();
        for _ in 0..count {
            let begun = Instant::now();
            self.post(path, body).await?;
            times.push(begun.elapsed());
        }
        times.sort_unstable();
        let at = |percent: usize| milliseconds(times[(count * percent / 100).min(count - 1)]);
        Ok(format!("p50 {:.1} ms, p95 {:.1} ms of {count}", at(50), at(95)))
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    shared::telemetry::install_tls();
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().ok_or("matching_times URL KEY");
    let caller = Caller { url: next()?, key: next()?, client: Client::new() };
    let resume: Value = serde_json::from_str(RESUME)?;
    let kept = caller.post("/resumes", &resume).await?;
    let resume_path = format!("/resumes/{}", kept["id"].as_str().ok_or("no id")?);

    let posting = json!({ "text": POSTING });
    println!(
        "coverage: {}",
        caller.times(&format!("{resume_path}/coverage"), &posting, COVERAGES).await?
    );

    let begun = Instant::now();
    let posts = (0..POSTINGS).map(|number| {
        let text = format!("{POSTING}\n- {} years with system {number}\n", number % 9 + 1);
        let caller = &caller;
        async move { caller.post("/postings", &json!({ "text": text })).await }
    });
    stream::iter(posts).buffer_unordered(8).try_for_each(async |_| Ok(())).await?;
    println!("{POSTINGS} postings kept in {:.0} s", begun.elapsed().as_secs_f64());
    let all = json!({ "all": true, "limit": 20 });
    println!("ranking: {}", caller.times(&format!("{resume_path}/matches"), &all, RANKINGS).await?);
    Ok(())
}
