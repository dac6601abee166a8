//! Prompts made shorter without losing anything, and the proof that nothing was lost. Pure.
//!
//! What a step needs is chosen where its prompt is written; here is what all of them share.

use std::collections::BTreeSet;

use serde_json::Value;
use shared::posting::facts::PostingFacts;

use crate::model::{ChatRequest, tokens};

/// A prompt longer than this is not made longer again, whatever the check says: its writer has cut it on purpose.
const LONGEST: usize = 48_000;

/// Of a longer line of a posting the requirement's name is enough.
const LONGEST_LINE: usize = 600;

/// What must survive in a prompt.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needed {
    /// Words with a digit or a capital: numbers, dates, names.
    facts: BTreeSet<String>,
    /// What the posting asks for, in its own words.
    requirements: BTreeSet<String>,
}

impl Needed {
    /// Of the passages that a step works on, and of the posting.
    pub fn of(passages: &[(String, Value)], posting: &PostingFacts) -> Self {
        let mut needed = Self::default();
        for (_, value) in passages {
            texts(value, &mut |text| needed.facts.extend(telling(text)));
        }
        for requirement in &posting.requirements {
            let whole = requirement.line.len() <= LONGEST_LINE;
            let asked = if whole { &requirement.line } else { &requirement.name };
            needed.requirements.extend(words(asked).map(str::to_lowercase));
            needed.facts.extend(telling(asked));
        }
        needed
    }

    /// What of it a prompt lacks; empty for a prompt that has lost nothing.
    pub fn lost(&self, prompt: &str) -> Vec<String> {
        let there: BTreeSet<&str> = words(prompt).collect();
        let lower: BTreeSet<String> = there.iter().map(|word| word.to_lowercase()).collect();
        let facts = self.facts.iter().filter(|word| !there.contains(word.as_str()));
        let requirements = self.requirements.iter().filter(|word| !lower.contains(*word));
        facts.chain(requirements).cloned().collect()
    }
}

/// The prompt as it is, or, when it has lost something, with the whole posting and all passages added at
/// the end, so that the prefix stays the same.
pub fn guarded(
    request: ChatRequest,
    needed: &Needed,
    (passages, posting): (&[(String, Value)], &str),
) -> ChatRequest {
    let lost = needed.lost(&request.user);
    if lost.is_empty() || request.user.len() + posting.len() > LONGEST {
        return request;
    }
    tracing::warn!(
        words = lost.len(),
        "compression would lose something; the prompt is sent whole"
    );
    let all = Value::Object(passages.iter().cloned().collect()).to_string();
    let user = format!(
        "{}\n<resume>\n{}\n</resume>\n<posting>\n{}\n</posting>",
        request.user,
        harmless(&all),
        harmless(&tidy(posting))
    );
    ChatRequest { user, ..request }
}

/// The text with single spaces, without invisible characters, without lines that were there before, and
/// without what follows people's clicks through web addresses.
pub fn tidy(text: &str) -> String {
    let mut seen = BTreeSet::new();
    let mut lines = Vec::new();
    for line in text.lines() {
        let visible: String = line.chars().filter(|one| !is_invisible(*one)).collect();
        let line = visible.split_whitespace().map(untracked).collect::<Vec<_>>().join(" ");
        if !line.is_empty() && seen.insert(line.clone()) {
            lines.push(line);
        }
    }
    lines.join("\n")
}

/// What the prompt would be longer if the resume were written for people and the posting sent whole.
pub fn saved_tokens(
    model: &str,
    resume: &impl serde::Serialize,
    posting: &str,
    prompt: &str,
) -> u64 {
    let pretty = serde_json::to_string_pretty(resume).unwrap_or_default();
    let plain = tokens::count(model, &pretty).tokens + tokens::count(model, posting).tokens;
    plain.saturating_sub(tokens::count(model, prompt).tokens)
}

fn texts(value: &Value, take: &mut impl FnMut(&str)) {
    match value {
        Value::String(text) => take(text),
        Value::Array(items) => items.iter().for_each(|item| texts(item, take)),
        Value::Object(fields) => fields.values().for_each(|field| texts(field, take)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn telling(text: &str) -> impl Iterator<Item = String> {
    let tells = |word: &&str| word.chars().any(|one| one.is_numeric() || one.is_uppercase());
    words(text).filter(tells).map(str::to_owned)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|one: char| !one.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// No sign that could end the block a text stands in.
fn harmless(text: &str) -> String {
    text.replace('<', "‹").replace('>', "›")
}

fn is_invisible(one: char) -> bool {
    matches!(one, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

/// A web address without its query, which names campaigns, not places; one that says more than that stays.
fn untracked(word: &str) -> &str {
    let Some((address, query)) = word.split_once('?') else { return word };
    let follows = |part: &str| {
        let name = part.split('=').next().unwrap_or_default();
        name.starts_with("utm_") || matches!(name, "gclid" | "fbclid" | "ref" | "trk" | "source")
    };
    if address.contains("://") && query.split('&').all(follows) { address } else { word }
}

#[cfg(test)]
mod tests;
