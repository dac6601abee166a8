//! Where a resume shows a requirement, with the line that proves it.

use std::collections::HashSet;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::denial;
use super::reading::{Read, Reading};
use crate::taxonomy::pattern::{REACH, in_a_row, is_plural, stems_of};
use crate::taxonomy::token::{Gap, Token, fold, tokens};
use crate::taxonomy::{How, Taxonomy, Term};

/// A line of the resume that shows a requirement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// JSON pointer into the resume.
    pub path: String,
    /// The sentence as it stands there.
    pub quote: String,
    pub how: How,
}

impl Reading<'_> {
    /// Where the resume shows a skill of that name or one of the aliases, best proof first.
    pub fn shows(&self, name: &str, aliases: &[String]) -> Vec<Evidence> {
        let names = std::iter::once(name).chain(aliases.iter().map(String::as_str));
        let mut found: Vec<Evidence> = Vec::new();
        let mut asked: Vec<usize> = Vec::new();
        for name in names.flat_map(alternatives) {
            let term = Taxonomy::builtin().find(name);
            if term.is_none_or(|term| !asked.contains(&term.id())) {
                asked.extend(term.map(Term::id));
                found.extend(self.shows_one(name, term));
            }
        }
        found.sort_by_key(|evidence| evidence.how);
        let mut seen: HashSet<String> = HashSet::new();
        found.retain(|evidence| seen.insert(evidence.path.clone()));
        found
    }

    /// Where the resume shows something that hints at the skill without proving it.
    pub fn hints(&self, name: &str) -> Vec<Evidence> {
        let taxonomy = Taxonomy::builtin();
        let Some(term) = taxonomy.find(name) else { return Vec::new() };
        let hints: Vec<usize> = taxonomy.hints(term).map(Term::id).collect();
        self.passages
            .iter()
            .filter_map(|read| {
                let shown = read.shown.iter().find(|shown| hints.contains(&shown.term))?;
                Some(read.evidence(&(shown.start..shown.end), How::Derived))
            })
            .collect()
    }

    fn shows_one(&self, name: &str, term: Option<&Term>) -> Vec<Evidence> {
        // The taxonomy knows the wordings of its own terms, and which ones mislead.
        let phrase = term.is_none().then(|| Phrase::of(name, self.tongue));
        let mut found = Vec::new();
        for read in &self.passages {
            let by_term = term.and_then(|term| {
                let shown = read.shown.iter().filter(|shown| shown.term == term.id());
                let best = shown.min_by_key(|shown| shown.how)?;
                Some(read.evidence(&(best.start..best.end), best.how))
            });
            found.extend(by_term.or_else(|| phrase.as_ref()?.find(read)));
        }
        found
    }
}

/// `VSD/VFD` and `Practice assessor or mentor` each name two things, and
/// `Strong Python skills` just Python.
pub fn alternatives(name: &str) -> Vec<&str> {
    let taxonomy = Taxonomy::builtin();
    let whole = name.trim();
    if taxonomy.find(whole).is_some() {
        return vec![whole];
    }
    let mut parts = vec![whole];
    if let Some((head, tail)) = whole.split_once('(') {
        let aside = tail.split(')').next().unwrap_or(tail).trim();
        let is_name = taxonomy.find(aside).is_some()
            || aside.chars().filter(char::is_ascii_uppercase).count() > 1;
        parts = if is_name { vec![head.trim(), aside] } else { vec![head.trim()] };
    }
    let split: Vec<&str> = parts
        .into_iter()
        .flat_map(|part| part.split(" / "))
        .flat_map(|part| part.split(" or "))
        .flat_map(at_slash)
        .map(|part| bare(part.trim()))
        .filter(|part| part.chars().count() > 1)
        .collect();
    if split.is_empty() { vec![whole] } else { split }
}

/// Cuts `VSD/VFD`, but not `A/B testing` or `S/4HANA`.
fn at_slash(part: &str) -> Vec<&str> {
    let pieces: Vec<&str> = part.split('/').collect();
    let cuts = Taxonomy::builtin().find(part).is_none()
        && pieces.iter().all(|piece| piece.trim().chars().count() > 1);
    if cuts { pieces } else { vec![part] }
}

/// The known name in the middle of words about how well; else all of it.
fn bare(part: &str) -> &str {
    let mut rest = part;
    while Taxonomy::builtin().find(rest).is_none() {
        let first = rest.split_once(' ').filter(|(word, _)| HEADS.contains(&fold(word).as_str()));
        let last = rest.rsplit_once(' ').filter(|(_, word)| TAILS.contains(&fold(word).as_str()));
        rest = match (first, last) {
            (Some((_, tail)), _) => tail.trim(),
            (None, Some((head, _))) => head.trim(),
            (None, None) => return part,
        };
    }
    rest
}

/// Words before a name that only say how well or how it is known.
const HEADS: [&str; 22] = [
    "strong",
    "good",
    "excellent",
    "advanced",
    "basic",
    "solid",
    "proven",
    "fluent",
    "spoken",
    "written",
    "conversational",
    "native",
    "proficient",
    "working",
    "knowledge",
    "experience",
    "proficiency",
    "in",
    "of",
    "with",
    "valid",
    "current",
];

/// A name the taxonomy does not know, matched by its words.
struct Phrase {
    words: Vec<Token>,
    stems: Vec<String>,
    /// The written form counts: an acronym or a single short word.
    exact: bool,
    written: String,
}

/// Words that add nothing to a name that is telling without them: `HSE certification`.
const TAILS: [&str; 16] = [
    "certification",
    "certificate",
    "certified",
    "registration",
    "license",
    "qualification",
    "experience",
    "skills",
    "knowledge",
    "exposure",
    "systems",
    "tools",
    "background",
    "software",
    "zertifikat",
    "kenntnisse",
];

impl Phrase {
    fn of(name: &str, tongue: crate::taxonomy::stem::Tongue) -> Self {
        let mut words = tokens(name);
        let is_acronym = |word: &Token| {
            let written = name.get(word.start..word.end).unwrap_or_default();
            written.chars().filter(char::is_ascii_uppercase).count() > 1
        };
        while words.len() > 1
            && words.last().is_some_and(|word| TAILS.contains(&word.fold.as_str()))
            && words.first().is_some_and(|first| is_acronym(first) || words.len() > 2)
        {
            words.pop();
        }
        let stemmer = tongue.stemmer();
        let stems = stems_of(name, &words, &stemmer);
        let short = |word: &Token| word.fold.is_ascii() && word.fold.len() <= 3;
        let exact = words.len() == 1 && words.iter().any(|word| short(word) || is_acronym(word));
        let written = match (words.first(), words.last()) {
            (Some(first), Some(last)) => name.get(first.start..last.end).unwrap_or_default(),
            _ => "",
        };
        Self { stems, exact, written: written.to_owned(), words }
    }

    fn find(&self, read: &Read<'_>) -> Option<Evidence> {
        if self.words.is_empty() || read.passage.remark.is_some_and(denial::denies) {
            return None;
        }
        (0..read.words.len()).find_map(|at| {
            let (range, how) = self.at(read, at)?;
            if denial::is_denied(&read.words, &range, &read.named) {
                return None;
            }
            let start = read.words.get(range.start)?.start;
            let end = read.words.get(range.end.checked_sub(1)?)?.end;
            Some(read.evidence(&(start..end), how))
        })
    }

    fn at(&self, read: &Read<'_>, at: usize) -> Option<(Range<usize>, How)> {
        let end = at + self.words.len();
        let here = read.words.get(at..end).unwrap_or_default();
        let same = !here.is_empty()
            && here.iter().zip(&self.words).all(|(word, wanted)| word.fold == wanted.fold)
            && here.iter().skip(1).all(Token::continues);
        if same {
            let text = read.passage.text.get(here.first()?.start..here.last()?.end);
            let meant = !self.exact || text == Some(&self.written);
            return meant.then_some((at..end, How::Exact));
        }
        if self.exact {
            return None;
        }
        in_a_row(&self.stems, &read.words, &read.stems, at)
            .filter(|range| {
                let word = read.words.get(range.start).map_or("", |word| word.fold.as_str());
                self.words.len() > 1
                    || self.stems.iter().all(|stem| stem.chars().count() > 6)
                    || self.words.iter().all(|name| is_plural(&name.fold, word))
            })
            .or_else(|| self.turned(read, at))
            .map(|range| (range, How::Stem))
    }

    /// `supplier negotiation` as `negotiated prices with suppliers`: the action
    /// first, its objects soon after.
    fn turned(&self, read: &Read<'_>, at: usize) -> Option<Range<usize>> {
        let (action, objects) = self.stems.split_last()?;
        let long = self.stems.iter().all(|stem| stem.chars().count() > 3);
        if !(1..=3).contains(&objects.len()) || !long || read.stems.get(at) != Some(action) {
            return None;
        }
        let reach = at + 1..(at + 2 + REACH + objects.len()).min(read.words.len());
        let clause = reach.take_while(|next| {
            read.words.get(*next).is_some_and(|word| !word.opens_clause() && word.gap != Gap::List)
        });
        let clause: Vec<usize> = clause.collect();
        let places: Option<Vec<usize>> = objects
            .iter()
            .map(|object| clause.iter().copied().find(|next| read.stems.get(*next) == Some(object)))
            .collect();
        Some(at..places?.into_iter().max()? + 1)
    }
}

impl Read<'_> {
    fn evidence(&self, range: &Range<usize>, how: How) -> Evidence {
        let quote = sentence(self.passage.text, range).to_owned();
        Evidence { path: self.passage.path.clone(), quote, how }
    }
}

/// The sentence around a byte range, as it stands in the text.
fn sentence<'t>(text: &'t str, range: &Range<usize>) -> &'t str {
    let head = text.get(..range.start).unwrap_or_default();
    let tail = text.get(range.end..).unwrap_or_default();
    let start = [". ", "! ", "? ", "\n", "。"]
        .iter()
        .filter_map(|mark| head.rfind(mark).map(|at| at + mark.len()))
        .max()
        .unwrap_or(0);
    let end = [(". ", 1), ("! ", 1), ("? ", 1), ("\n", 0), ("。", "。".len())]
        .iter()
        .filter_map(|(mark, kept)| tail.find(mark).map(|at| range.end + at + kept))
        .min()
        .unwrap_or(text.len());
    text.get(start..end).unwrap_or(text).trim()
}

/// Where a resume first shows a skill, told by its name and the taxonomy alone.
pub fn shows(resume: &crate::resume::json::JsonResume, skill: &str) -> Option<Evidence> {
    Reading::of(resume).shows(skill, &[]).into_iter().next()
}
