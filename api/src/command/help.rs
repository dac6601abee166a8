//! A model's help on the command line: only when one is configured.

use std::time::Duration;

use indicatif::ProgressBar;
use shared::ats::readability::DocumentFacts;
use shared::operation::input::Engine;
use shared::posting::facts::PostingFacts;
use shared::resume::json::JsonResume;
use worker::ask::ModelClient;
use worker::help::{Case, Help, Helped, Meaning};
use worker::parse::Parsed;
use worker::tailor::DraftEdit;

use super::{Stopped, causes, config};
use crate::console::complain;

/// The resume, after a model has looked at what the rules are unsure of.
pub async fn read(parsed: Parsed) -> Result<Parsed, Stopped> {
    let client = client()?;
    let spinner = spinner(client.as_ref());
    let helped = Help::new(client.as_ref(), Engine::Auto).parse(parsed).await;
    spinner.finish_and_clear();
    Ok(told(helped))
}

pub async fn meaning(resume: &JsonResume, facts: &PostingFacts) -> Result<Meaning, Stopped> {
    let client = client()?;
    let spinner = spinner(client.as_ref());
    let helped = Help::new(client.as_ref(), Engine::Auto).meaning(resume, facts).await;
    spinner.finish_and_clear();
    Ok(told(helped))
}

/// What reading the document told about it; nothing for JSON Resume.
pub fn document_facts(parsed: &Parsed) -> Option<DocumentFacts> {
    (parsed.pages > 0).then(|| DocumentFacts {
        findings: parsed.sidecar.findings.clone(),
        hidden_text: parsed.sidecar.hidden_text.clone(),
        pages: parsed.pages,
    })
}

fn client() -> Result<Option<ModelClient>, Stopped> {
    let model = config()?.model;
    let client = model.as_ref().map(ModelClient::connect).transpose();
    client.map_err(|error| Stopped::unavailable(causes(&error)))
}

/// Turns on a terminal while a model is asked; nothing elsewhere.
fn spinner(client: Option<&ModelClient>) -> ProgressBar {
    if client.is_none() {
        return ProgressBar::hidden();
    }
    let spinner = ProgressBar::new_spinner().with_message("asking the model");
    spinner.enable_steady_tick(Duration::from_millis(120));
    spinner
}

/// Notices go to standard error: standard output is for the result alone.
fn told<T>(helped: Helped<T>) -> T {
    helped.notices.iter().for_each(|notice| complain(&notice.text));
    helped.value
}

pub async fn draft(case: Case) -> Result<Vec<DraftEdit>, Stopped> {
    let client = client()?;
    let spinner = spinner(client.as_ref());
    let drafted = Help::new(client.as_ref(), Engine::Auto).draft(case).await;
    spinner.finish_and_clear();
    Ok(told(drafted.map_err(Stopped::unavailable)?))
}
