//! What the rules are unsure of is asked of a model, and only what the document itself says is taken.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::resume::sidecar::{Provenance, Sidecar, Source};

use crate::model::ChatRequest;
use crate::model::answer::{AnswerError, items};
use crate::parse::Parsed;

mod ask;
mod date;
mod place;
mod text;

use place::Kind;
use text::Text;

/// What the rules know this well is neither asked nor overruled.
pub const SURE: f32 = 0.85;
/// How well a value is known that a model found and the document proved.
const TAKEN: f32 = 0.8;
/// A shorter document says nothing that a model could read better.
const MIN_CHARACTERS: usize = 40;
/// A longer quote proves nothing in particular.
const MAX_QUOTE: usize = 1000;
/// The places of one quote that are looked at.
const MAX_QUOTES: usize = 100;

/// The resume with what the model could prove.
#[derive(Clone, Debug, PartialEq)]
pub struct Merged {
    pub parsed: Parsed,
    /// JSON pointers of the values that were taken.
    pub filled: Vec<String>,
    pub rejected: Vec<Rejected>,
}

/// A value that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// As the model named it.
    pub path: String,
    pub why: Rejection,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rejection {
    /// The answer is no path, value and quote.
    Malformed,
    /// The path is no place for a text, or leaves a gap in a list.
    NoSuchPlace,
    /// The document does not hold the quote.
    QuoteNotFound,
    /// The quote does not hold the value.
    ValueNotInQuote,
    /// An e-mail without `@`, a name with digits and the like.
    WrongKind,
    /// The rules, or the person, know better.
    AlreadyKnown,
}

/// Asks about the fields the rules are unsure of; none when there are none, or hardly any text.
///
/// Only lines around those fields, and lines that belong to no field, are shown.
pub fn question(parsed: &Parsed, model: &str) -> Option<ChatRequest> {
    if parsed.text.trim().chars().count() < MIN_CHARACTERS {
        return None;
    }
    ask::request(parsed, model)
}

/// Takes from the answer what stands in the document; what the rules are sure of stays.
pub fn merge(parsed: Parsed, answer: &str) -> Result<Merged, AnswerError> {
    let mut document = serde_json::to_value(&parsed.resume).map_err(|_| AnswerError::Unreadable)?;
    let mut merged = Merged { parsed, filled: Vec::new(), rejected: Vec::new() };
    let whole = merged.parsed.text.clone();
    let text = Text::of(&whole);
    let mut taken = Vec::new();
    for item in items(answer, "fields")? {
        let proposed: Proposed = serde_json::from_value(item).unwrap_or_default();
        match proposed.proved(&text) {
            Ok(proof) => merged.put(&mut document, proposed.path, proof, &mut taken),
            Err(why) => merged.rejected.push(Rejected { path: proposed.path, why }),
        }
    }
    merged.parsed.resume = serde_json::from_value(document).map_err(|_| AnswerError::Unreadable)?;
    merged.parsed.sidecar.unplaced.retain(|line| !is_taken(&text, &line.text, &taken));
    Ok(merged)
}

/// One item of the answer.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Proposed {
    path: String,
    value: String,
    quote: String,
}

/// A value in the document's own words, and where it stands there.
struct Proof {
    value: String,
    quote: String,
    place: Range<usize>,
}

impl Proposed {
    fn proved(&self, text: &Text<'_>) -> Result<Proof, Rejection> {
        let value = self.value.trim();
        if value.is_empty() || self.quote.trim().is_empty() {
            return Err(Rejection::Malformed);
        }
        let kind = place::kind(&self.path).ok_or(Rejection::NoSuchPlace)?;
        if self.quote.chars().count() > MAX_QUOTE {
            return Err(Rejection::QuoteNotFound);
        }
        let everywhere = 0..text.whole.len();
        let mut quotes = text.find_all(&self.quote, &everywhere).take(MAX_QUOTES).peekable();
        if quotes.peek().is_none() {
            return Err(Rejection::QuoteNotFound);
        }
        let found = quotes.find_map(|quote| {
            let (value, place) = held(text, kind, value, &quote)?;
            Some(Proof { value, quote: text.words(&quote), place })
        });
        let proof = found.ok_or(Rejection::ValueNotInQuote)?;
        if fits(kind, &proof, text) { Ok(proof) } else { Err(Rejection::WrongKind) }
    }
}

/// The value as the quote writes it; dates keep their own form.
fn held(
    text: &Text<'_>,
    kind: Kind,
    value: &str,
    quote: &Range<usize>,
) -> Option<(String, Range<usize>)> {
    match kind {
        Kind::Date => {
            // A date in another form covers none of the line's words.
            let nowhere = quote.start..quote.start;
            date::holds(&text.words(quote), value).then(|| (value.to_owned(), nowhere))
        }
        Kind::Person | Kind::Email | Kind::Phone | Kind::Text => {
            let place = text.find_words(value, quote)?;
            Some((text.words(&place), place))
        }
    }
}

fn fits(kind: Kind, proof: &Proof, text: &Text<'_>) -> bool {
    let value = proof.value.as_str();
    match kind {
        Kind::Person => {
            value.chars().count() <= 80
                && value.chars().any(char::is_alphabetic)
                && !value.contains(|character: char| character.is_numeric() || character == '@')
        }
        Kind::Email => {
            let part_of_one =
                |character: char| character.is_alphanumeric() || "@._%+-".contains(character);
            let before = text.whole.get(..proof.place.start).unwrap_or_default();
            let after = text.whole.get(proof.place.end..).unwrap_or_default();
            // A full stop ends the sentence, a dot goes on.
            let after = after.trim_start_matches(['.', '-']);
            value.contains('@')
                && !value.contains(' ')
                && !before.ends_with(part_of_one)
                && !after.starts_with(part_of_one)
        }
        Kind::Phone => {
            let digits = value.chars().filter(char::is_ascii_digit).count();
            (6..=20).contains(&digits) && !value.contains('@')
        }
        Kind::Date | Kind::Text => true,
    }
}

impl Merged {
    fn put(
        &mut self,
        document: &mut Value,
        path: String,
        proof: Proof,
        taken: &mut Vec<Range<usize>>,
    ) {
        let current = document.pointer(&path).and_then(Value::as_str);
        let known = current.is_some_and(|current| !current.trim().is_empty());
        if current == Some(proof.value.as_str()) {
            confirm(&mut self.parsed.sidecar, &path);
        } else if known && is_sure(&self.parsed.sidecar, &path)
            || is_listed(document, &path, &proof)
        {
            self.rejected.push(Rejected { path, why: Rejection::AlreadyKnown });
            return;
        } else if place::put(document, &path, proof.value) {
            let provenance = Provenance {
                confidence: TAKEN,
                source: Source::Model,
                page: None,
                quote: Some(proof.quote),
            };
            self.parsed.sidecar.fields.insert(path.clone(), provenance);
            self.filled.push(path);
        } else {
            self.rejected.push(Rejected { path, why: Rejection::NoSuchPlace });
            return;
        }
        if !taken.contains(&proof.place) {
            taken.push(proof.place);
        }
    }
}

/// Two readers that agree are better than one.
fn confirm(sidecar: &mut Sidecar, path: &str) {
    if let Some(known) = sidecar.fields.get_mut(path) {
        known.confidence = known.confidence.max(TAKEN);
    }
}

/// Whether the rules are sure of the value, or the person wrote it. What nothing is known about counts as sure.
fn is_sure(sidecar: &Sidecar, path: &str) -> bool {
    let mut place = path;
    loop {
        if let Some(known) = sidecar.fields.get(place) {
            return known.source == Source::Person || known.confidence >= SURE;
        }
        match place.rsplit_once('/') {
            Some((parent, _)) if !parent.is_empty() => place = parent,
            _ => return true,
        }
    }
}

/// Whether the list at the path already holds the value under another index.
fn is_listed(document: &Value, path: &str, proof: &Proof) -> bool {
    let list = path.rsplit_once('/').and_then(|(list, _)| document.pointer(list)?.as_array());
    list.is_some_and(|list| list.iter().any(|item| item.as_str() == Some(proof.value.as_str())))
}

/// Whether most of a line of the document went into values.
fn is_taken(text: &Text<'_>, line: &str, taken: &[Range<usize>]) -> bool {
    let mut found = taken.iter().filter_map(|place| {
        // Only lines of taken values can be taken: the rest of a long document is not searched.
        text.find_all(line, &text.whole_lines(place)).next()
    });
    let Some(line) = found.next() else { return false };
    let overlap =
        |place: &Range<usize>| place.end.min(line.end).saturating_sub(place.start.max(line.start));
    2 * taken.iter().map(overlap).sum::<usize>() > line.len()
}

#[cfg(test)]
mod tests;
