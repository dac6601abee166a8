//! What skills, tools, certificates and the like are called, and where a text names them.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{LazyLock, OnceLock};

use serde::{Deserialize, Serialize};

pub mod load;
pub mod pattern;
pub mod sense;
pub mod stem;
pub mod token;
pub mod wording;

use self::pattern::{Candidate, Lexed, Pattern, StemIndex};
use self::stem::Tongue;
use self::token::Token;

/// Changes whenever a term, alias or rule changes what is found.
const VERSION: &str = "2026.11.2";

static BUILTIN: LazyLock<Taxonomy> = LazyLock::new(load::builtin);

/// All known terms, indexed by their first word.
#[derive(Debug)]
pub struct Taxonomy {
    terms: Vec<Term>,
    /// Folded words of each name and alias, joined by spaces.
    by_name: HashMap<String, usize>,
    patterns: Vec<Pattern>,
    by_word: HashMap<String, Vec<usize>>,
    by_stem: [OnceLock<StemIndex>; 5],
}

/// Something a posting may ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    pub name: String,
    pub kind: TermKind,
    pub aliases: Vec<String>,
    /// The field of work it belongs to, such as `software` or `health`.
    pub field: String,
    id: usize,
    /// Whoever shows this term shows those too: SAP FICO is SAP.
    broader: Vec<usize>,
    /// Terms that hint at this one without proving it: `HubSpot` hints at `CRM`.
    hints: Vec<usize>,
}

impl Term {
    /// The position of the term in its taxonomy.
    pub fn id(&self) -> usize {
        self.id
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TermKind {
    Skill,
    Tool,
    Method,
    Certificate,
    Licence,
    Degree,
    Language,
    SoftSkill,
    /// An industry or branch, such as fintech.
    Domain,
}

/// A place in a text that names a term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention<'t> {
    pub term: &'t Term,
    /// Byte range in the text.
    pub start: usize,
    pub end: usize,
    pub how: How,
}

/// How a text names a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// By its name.
    Exact,
    /// By another name for the same thing.
    Alias,
    /// By another form of the words.
    Stem,
    /// By describing it, or by naming a part of it.
    Derived,
    /// Not at all; it is only close in meaning, which proves nothing.
    Related,
}

impl Taxonomy {
    /// The taxonomy that comes with RoleReady.
    pub fn builtin() -> &'static Taxonomy {
        &BUILTIN
    }

    pub fn version(&self) -> &'static str {
        VERSION
    }

    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// The term of that name or alias, whatever the letter case, in singular or plural.
    pub fn find(&self, name: &str) -> Option<&Term> {
        let key = key(&token::tokens(name));
        let id = self.by_name.get(&key).or_else(|| {
            let singular = key.strip_suffix('s').filter(|rest| rest.len() > 4);
            singular
                .and_then(|singular| self.by_name.get(singular))
                .or_else(|| self.by_name.get(&format!("{key}s")).filter(|_| key.len() > 4))
        })?;
        self.terms.get(*id)
    }

    /// Terms that hint at this one without proving it.
    pub fn hints(&self, term: &Term) -> impl Iterator<Item = &Term> {
        term.hints.iter().filter_map(|id| self.terms.get(*id))
    }

    /// Every place of the text that names a term, in order.
    ///
    /// Words that are also everyday words (Go, Spring, Excel) count only where
    /// the text around them says that the term is meant. A mention says
    /// nothing about whether it is denied ("no Scala").
    pub fn mentions<'t>(&'t self, text: &str) -> Vec<Mention<'t>> {
        self.mentions_in(text, Tongue::guess(&token::tokens(text)))
    }

    /// As [`Taxonomy::mentions`], for a text of a known language.
    pub fn mentions_in<'t>(&'t self, text: &str, tongue: Tongue) -> Vec<Mention<'t>> {
        let words = token::tokens(text);
        let stems = pattern::stems_of(text, &words, &tongue.stemmer());
        self.mentions_among(Lexed { text, words: &words, stems: &stems, tongue })
    }

    /// As [`Taxonomy::mentions`], for a text that is cut into words already.
    pub fn mentions_among<'t>(&'t self, lexed: Lexed<'_>) -> Vec<Mention<'t>> {
        let Lexed { text, words, .. } = lexed;
        let candidates = pattern::candidates(self, lexed);
        let accepted = sense::accepted(self, text, words, &candidates);
        let mut mentions: Vec<Mention<'t>> = Vec::with_capacity(accepted.len());
        for candidate in accepted {
            let Some(range) = byte_range(words, &candidate.words) else { continue };
            self.add(&mut mentions, &candidate, range);
        }
        mentions.sort_by_key(|mention| (mention.start, mention.end, mention.how, mention.term.id));
        mentions.dedup_by(|later, first| {
            later.term.id == first.term.id && later.start == first.start && later.end == first.end
        });
        mentions
    }

    /// Adds a mention, and one of each broader term.
    fn add<'t>(
        &'t self,
        mentions: &mut Vec<Mention<'t>>,
        candidate: &Candidate,
        range: Range<usize>,
    ) {
        let how = candidate.how;
        let Some(term) = self.terms.get(candidate.term) else { return };
        let Range { start, end } = range;
        mentions.push(Mention { term, start, end, how });
        let broader = term.broader.iter().filter_map(|id| self.terms.get(*id));
        mentions.extend(broader.map(|term| Mention { term, start, end, how: How::Derived }));
    }
}

fn byte_range(words: &[Token], range: &Range<usize>) -> Option<Range<usize>> {
    let words = words.get(range.clone())?;
    Some(words.first()?.start..words.last()?.end)
}

/// The folded words, joined by spaces.
fn key(words: &[Token]) -> String {
    let folds: Vec<&str> = words.iter().map(|word| word.fold.as_str()).collect();
    folds.join(" ")
}

#[cfg(test)]
mod tests;
