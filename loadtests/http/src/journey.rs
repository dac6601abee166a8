//! The mixed journey: mostly reading and typing, now and then work, as people do at an editor.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use goose::GooseAttack;
use goose::client::GooseClientBuilder;
use goose::config::GooseConfiguration;
use goose::goose::{
    GooseMethod, GooseUser, Scenario, Transaction, TransactionFunction, TransactionResult,
};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::plan::Plan;
use crate::report::Outcome;
use crate::server::Server;
use crate::session::{
    Refusals, arrive, follow, get, id, post, said, seated, send, session, sessions,
};

const PDF: &[u8] = include_bytes!("../../../docs/examples/resume.pdf");

/// Longer than any answer takes that still counts.
const ANSWER: Duration = Duration::from_mins(2);

pub async fn attack(server: &Server, plan: &Plan) -> anyhow::Result<Outcome> {
    let refusals = plan.may_refuse.then(Arc::<Refusals>::default);
    let text = plan.as_text();
    let mut arguments = vec!["--host", &server.host, "--test-plan", &text];
    arguments.extend(["--no-print-metrics", "--no-threshold-abort", "--quiet"]);
    arguments.extend(plan.limits.iter().flat_map(|limit| ["--threshold", limit]));
    let client = GooseClientBuilder::new().without_cookies().timeout(ANSWER);
    let attack =
        GooseAttack::initialize_with_config(GooseConfiguration::parse_args_default(&arguments)?)?
            .set_client_builder_without_cookies(client)?
            .register_scenario(people(arriving(server, plan, refusals.clone()).await?, plan)?);
    let mut outcome = Outcome::of(Box::pin(attack.execute()).await)?;
    outcome.remarks.extend(refusals.as_deref().map(told));
    Ok(outcome)
}

fn told(refusals: &Refusals) -> String {
    match refusals.first.get() {
        Some((after, people)) => format!(
            "first refusal after {:.0} s with {people} people, {} in all",
            after.as_secs_f64(),
            refusals.count.load(Ordering::Relaxed)
        ),
        None => "nobody was refused".to_owned(),
    }
}

/// How people come: with what they make, or, where only reading counts, to what is there.
async fn arriving(
    server: &Server,
    plan: &Plan,
    refusals: Option<Arc<Refusals>>,
) -> anyhow::Result<Transaction> {
    if plan.reads_only {
        return Ok(seated(sessions(server).await?));
    }
    let keys = server.people.clone();
    Ok(Transaction::new(Arc::new(move |user| {
        let key = keys[user.weighted_users_index % keys.len()].clone();
        Box::pin(arrive(user, key, refusals.clone()))
    })))
}

/// What everybody does over and over, each as often as its weight says.
fn people(arriving: Transaction, plan: &Plan) -> anyhow::Result<Scenario> {
    let mut scenario = Scenario::new("editor")
        .set_wait_time(plan.pause / 3, plan.pause)?
        .register_transaction(arriving.set_name("arrive").set_on_start());
    let deeds: [(&str, usize, TransactionFunction); 6] = [
        ("look", 6, Arc::new(|user| Box::pin(look(user)))),
        ("type", 6, Arc::new(|user| Box::pin(type_on(user)))),
        ("check", 3, Arc::new(|user| Box::pin(check(user)))),
        ("tailor", 2, Arc::new(|user| Box::pin(tailor(user)))),
        ("upload", 1, Arc::new(|user| Box::pin(upload(user)))),
        ("export", 1, Arc::new(|user| Box::pin(export(user)))),
    ];
    for (name, weight, deed) in
        deeds.into_iter().filter(|(name, ..)| !plan.reads_only || *name == "look")
    {
        scenario = scenario
            .register_transaction(Transaction::new(deed).set_name(name).set_weight(weight)?);
    }
    Ok(scenario)
}

async fn look(user: &mut GooseUser) -> TransactionResult {
    let session = session(user);
    get(user, "resumes", "resumes?limit=20").await?;
    get(user, "resumes/{id}", &format!("resumes/{}", session.resume)).await?;
    Ok(())
}

async fn type_on(user: &mut GooseUser) -> TransactionResult {
    let session = session(user);
    let path = format!("resumes/{}/coverage", session.resume);
    let body = json!({ "posting_id": session.posting });
    post(user, "resumes/{id}/coverage", &path, &body).await?;
    Ok(())
}

async fn check(user: &mut GooseUser) -> TransactionResult {
    let session = session(user);
    let begun = Instant::now();
    let path = format!("resumes/{}/ats-checks", session.resume);
    let body = json!({ "posting_id": session.posting, "engine": "rules" });
    let accepted = post(user, "resumes/{id}/ats-checks", &path, &body).await?;
    follow(user, "ats", begun, accepted).await
}

/// Has edits made and looks at them.
async fn tailor(user: &mut GooseUser) -> TransactionResult {
    let session = session(user);
    let begun = Instant::now();
    let path = format!("resumes/{}/tailorings", session.resume);
    let body = json!({ "posting_id": session.posting, "engine": "rules" });
    let accepted = post(user, "resumes/{id}/tailorings", &path, &body).await?;
    let location = accepted.headers().get("location").and_then(|value| value.to_str().ok());
    let operation =
        location.and_then(|path| path.rsplit('/').next()).unwrap_or_default().to_owned();
    follow(user, "tailor", begun, accepted).await?;
    let ended = get(user, "operations/{id}", &format!("operations/{operation}")).await?;
    let ended: Value = ended.json().await?;
    let tailoring = ended["result"]["tailoring_id"].as_str().ok_or_else(|| said("no tailoring"))?;
    get(user, "tailorings/{id}", &format!("tailorings/{tailoring}")).await?;
    Ok(())
}

async fn upload(user: &mut GooseUser) -> TransactionResult {
    let begun = Instant::now();
    let form = Form::new().part("file", Part::bytes(PDF).file_name("resume.pdf"));
    let names = ("documents", "documents");
    let uploaded = send(user, GooseMethod::Post, names, |request| request.multipart(form)).await?;
    let body = json!({ "document_id": id(uploaded).await?, "engine": "rules" });
    let accepted = post(user, "resumes/parse", "resumes/parse", &body).await?;
    follow(user, "parse", begun, accepted).await
}

async fn export(user: &mut GooseUser) -> TransactionResult {
    let session = session(user);
    let path = format!("resumes/{}/export?format=docx", session.resume);
    get(user, "resumes/{id}/export", &path).await?;
    Ok(())
}
