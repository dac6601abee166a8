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

/// Connected once for a command: it remembers how the provider wants to be asked
/// and whether it is in trouble.
pub struct Helper {
    client: Option<ModelClient>,
}

impl Helper {
    pub fn connect() -> Result<Self, Stopped> {
        let model = config()?.model;
        let client = model.as_ref().map(ModelClient::connect).transpose();
        Ok(Self { client: client.map_err(|error| Stopped::unavailable(causes(&error)))? })
    }

    /// The resume, after a model has looked at what the rules are unsure of.
    pub async fn read(&self, parsed: Parsed) -> Parsed {
        let help = self.help();
        told(self.waiting(help.parse(parsed)).await)
    }

    pub async fn meaning(&self, resume: &JsonResume, facts: &PostingFacts) -> Meaning {
        let help = self.help();
        told(self.waiting(help.meaning(resume, facts)).await)
    }

    pub async fn draft(&self, case: Case) -> Result<Vec<DraftEdit>, Stopped> {
        let help = self.help();
        let drafted = self.waiting(help.draft(case)).await;
        Ok(told(drafted.map_err(Stopped::unavailable)?))
    }

    fn help(&self) -> Help<'_> {
        Help::new(self.client.as_ref(), Engine::Auto)
    }

    /// Turns a spinner on a terminal while a model is asked; shows nothing elsewhere.
    async fn waiting<T>(&self, work: impl Future<Output = T>) -> T {
        if self.client.is_none() {
            return work.await;
        }
        let spinner = ProgressBar::new_spinner().with_message("asking the model");
        spinner.enable_steady_tick(Duration::from_millis(120));
        let outcome = work.await;
        spinner.finish_and_clear();
        outcome
    }
}

/// What reading the document told about it; nothing for JSON Resume.
pub fn document_facts(parsed: &Parsed) -> Option<DocumentFacts> {
    (parsed.pages > 0).then(|| DocumentFacts {
        findings: parsed.sidecar.findings.clone(),
        hidden_text: parsed.sidecar.hidden_text.clone(),
        pages: parsed.pages,
    })
}

/// Notices go to standard error: standard output is for the result alone.
fn told<T>(helped: Helped<T>) -> T {
    helped.notices.iter().for_each(|notice| complain(&notice.text));
    helped.value
}
