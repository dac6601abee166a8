//! Finding the places of a text that may name a term.

use std::collections::HashMap;
use std::ops::Range;

use super::stem::{Stems, Tongue};
use super::token::{Gap, Token};
use super::{How, Taxonomy};

/// How far apart the words of a description may stand.
pub const REACH: usize = 4;

/// One way to name a term.
#[derive(Debug)]
pub struct Pattern {
    pub term: usize,
    /// As written in the taxonomy, word by word.
    pub surface: Vec<String>,
    /// The same, folded.
    pub words: Vec<String>,
    pub form: Form,
    pub care: Care,
    /// Words of which one must stand in the same text, folded.
    pub context: Vec<String>,
    /// Folded words that tell, close by, that something else is meant.
    pub unless: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Name,
    Alias,
    /// Words that describe the term when they follow each other within reach.
    Sign,
}

/// How much an occurrence proves by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Care {
    /// The words mean nothing else, in any of their forms.
    None,
    /// A name: no other word forms.
    Fixed,
    /// An acronym: the letter case must match.
    Acronym,
    /// Also an everyday word: the letter case must match, and the start of a
    /// sentence is no proof.
    Case,
    /// Only in a list of terms or after a word such as "in" or "using".
    Strict,
    /// The name of a people too: only beside words about speaking it.
    Language,
}

/// A place that may name a term: a range of word positions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub term: usize,
    pub pattern: usize,
    pub words: Range<usize>,
    pub how: How,
}

/// The patterns whose words may take other forms, by the stem of their first word.
#[derive(Debug, Default)]
pub struct StemIndex {
    by_stem: HashMap<String, Vec<usize>>,
    /// German names of one long word, by their first letters.
    by_head: HashMap<String, Vec<usize>>,
    stems: Vec<Vec<String>>,
}

impl StemIndex {
    pub fn of(patterns: &[Pattern], tongue: Tongue) -> Self {
        let stems = tongue.stemmer();
        let mut index = Self::default();
        for (id, pattern) in patterns.iter().enumerate() {
            let words: Vec<String> = if pattern.care == Care::None {
                pattern.surface.iter().map(|word| stems.stem(word)).collect()
            } else {
                Vec::new()
            };
            if let Some(first) = words.first() {
                index.by_stem.entry(first.clone()).or_default().push(id);
            }
            if let ([word], Care::None, Tongue::German) =
                (pattern.words.as_slice(), pattern.care, tongue)
                && let Some(head) = head(word)
            {
                index.by_head.entry(head.to_owned()).or_default().push(id);
            }
            index.stems.push(words);
        }
        index
    }
}

/// A text cut into words, ready to be searched.
#[derive(Clone, Copy, Debug)]
pub struct Lexed<'x> {
    pub text: &'x str,
    pub words: &'x [Token],
    /// One for each word, in the language of the text.
    pub stems: &'x [String],
    pub tongue: Tongue,
}

/// Every place where the words of a pattern stand, ambiguous ones included.
pub fn candidates(taxonomy: &Taxonomy, lexed: Lexed<'_>) -> Vec<Candidate> {
    let mut found = Vec::new();
    let index = taxonomy.by_stem[lexed.tongue as usize]
        .get_or_init(|| StemIndex::of(&taxonomy.patterns, lexed.tongue));
    for at in 0..lexed.words.len() {
        by_name(taxonomy, lexed, at, &mut found);
        by_stem(taxonomy, index, (lexed, at), &mut found);
        if lexed.tongue == Tongue::German {
            by_head(taxonomy, index, (lexed, at), &mut found);
        }
    }
    found
}

fn by_name(taxonomy: &Taxonomy, lexed: Lexed<'_>, at: usize, found: &mut Vec<Candidate>) {
    let Some(word) = lexed.words.get(at) else { return };
    for id in taxonomy.by_word.get(&word.fold).into_iter().flatten() {
        let Some(pattern) = taxonomy.patterns.get(*id) else { continue };
        let how = if pattern.form == Form::Name { How::Exact } else { How::Alias };
        if let Some(words) = name_at(pattern, lexed.words, at) {
            found.push(Candidate { term: pattern.term, pattern: *id, words, how });
        } else if let Some(words) = shared_end(pattern, lexed.words, at) {
            found.push(Candidate { term: pattern.term, pattern: *id, words, how: How::Stem });
        }
    }
}

fn by_stem(
    taxonomy: &Taxonomy,
    index: &StemIndex,
    (lexed, at): (Lexed<'_>, usize),
    found: &mut Vec<Candidate>,
) {
    let (Some(word), Some(stem)) = (lexed.words.get(at), lexed.stems.get(at)) else { return };
    for id in index.by_stem.get(stem).into_iter().flatten() {
        let (Some(pattern), Some(wanted)) = (taxonomy.patterns.get(*id), index.stems.get(*id))
        else {
            continue;
        };
        let (range, how) = match pattern.form {
            Form::Sign => (within_reach(wanted, lexed.words, lexed.stems, at), How::Derived),
            Form::Name | Form::Alias => (in_a_row(wanted, lexed.words, lexed.stems, at), How::Stem),
        };
        if let Some(words) = range.filter(|_| is_same_noun(taxonomy, pattern, &word.fold)) {
            found.push(Candidate { term: pattern.term, pattern: *id, words, how });
        }
    }
}

/// The first part of a German compound: `Umsatzsteuervoranmeldung` names the `Umsatzsteuer`.
fn by_head(
    taxonomy: &Taxonomy,
    index: &StemIndex,
    (lexed, at): (Lexed<'_>, usize),
    found: &mut Vec<Candidate>,
) {
    let Some(word) = lexed.words.get(at) else { return };
    let Some(head) = head(&word.fold) else { return };
    for id in index.by_head.get(head).into_iter().flatten() {
        let Some(pattern) = taxonomy.patterns.get(*id) else { continue };
        let Some(name) = pattern.words.first() else { continue };
        if word.fold.len() > name.len() && word.fold.starts_with(name.as_str()) {
            let words = at..at + 1;
            found.push(Candidate { term: pattern.term, pattern: *id, words, how: How::Stem });
        }
    }
}

/// The first letters of a word long enough to be part of a compound.
fn head(word: &str) -> Option<&str> {
    word.get(..8)
}

/// One word alone keeps its sense in the plural only: who "lets" rooms in does
/// no lettings. Soft skills are told by their verbs ("mentored").
fn is_same_noun(taxonomy: &Taxonomy, pattern: &Pattern, word: &str) -> bool {
    let [name] = pattern.words.as_slice() else { return true };
    pattern.form == Form::Sign
        || is_plural(name, word)
        || taxonomy
            .terms
            .get(pattern.term)
            .is_some_and(|term| term.kind == super::TermKind::SoftSkill)
}

/// Whether two words are singular and plural of each other, or the same.
pub fn is_plural(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    let is_y = || {
        let stem = short.strip_suffix('y');
        stem.is_some_and(|stem| long.strip_suffix("ies") == Some(stem))
    };
    long.strip_prefix(short).is_some_and(|end| matches!(end, "" | "s" | "es" | "n" | "en"))
        || is_y()
}

pub fn stems_of(text: &str, words: &[Token], stems: &Stems) -> Vec<String> {
    words
        .iter()
        .map(|word| stems.stem(text.get(word.start..word.end).unwrap_or(&word.fold)))
        .collect()
}

fn name_at(pattern: &Pattern, words: &[Token], at: usize) -> Option<Range<usize>> {
    if pattern.form == Form::Sign {
        return None;
    }
    let end = at + pattern.words.len();
    let here = words.get(at..end)?;
    let same = here.iter().zip(&pattern.words).all(|(word, wanted)| word.fold == *wanted);
    (same && here.iter().skip(1).all(Token::continues)).then_some(at..end)
}

/// `MIG and TIG welding` names MIG welding too.
fn shared_end(pattern: &Pattern, words: &[Token], at: usize) -> Option<Range<usize>> {
    let [_, last] = pattern.words.as_slice() else { return None };
    let [_, and, _, end] = words.get(at..at + 4)? else { return None };
    let names = pattern.form != Form::Sign
        && matches!(pattern.care, Care::None | Care::Fixed)
        && matches!(and.fold.as_str(), "and" | "or" | "und" | "y" | "et" | "e")
        && end.fold == *last
        && words.get(at + 1..at + 4)?.iter().all(Token::continues);
    names.then_some(at..at + 4)
}

/// The stems one after another, with nothing between them.
pub fn in_a_row(
    wanted: &[String],
    words: &[Token],
    stems: &[String],
    at: usize,
) -> Option<Range<usize>> {
    let end = at + wanted.len();
    let same = stems.get(at..end)? == wanted;
    (same && words.get(at + 1..end)?.iter().all(Token::continues)).then_some(at..end)
}

/// The stems in this order in one clause, at most [`REACH`] words between two of them.
pub fn within_reach(
    wanted: &[String],
    words: &[Token],
    stems: &[String],
    at: usize,
) -> Option<Range<usize>> {
    let mut position = at;
    for stem in wanted.iter().skip(1) {
        let reach = position + 1..(position + 2 + REACH).min(words.len());
        position = reach
            .take_while(|next| {
                words.get(*next).is_some_and(|word| !word.opens_clause() && word.gap != Gap::List)
            })
            .find(|next| stems.get(*next) == Some(stem))?;
    }
    Some(at..position + 1)
}
