//! A resume as the matcher sees it: every passage with its words and the terms they name.

use std::ops::Range;

use crate::ats::denial;
use crate::ats::passage::{Passage, Place, passages};
use crate::resume::json::JsonResume;
use crate::taxonomy::pattern::{Lexed, stems_of};
use crate::taxonomy::stem::Tongue;
use crate::taxonomy::token::{Token, tokens};
use crate::taxonomy::{How, Taxonomy, Term, TermKind};

/// A resume read once, to be asked many times.
#[derive(Debug)]
pub struct Reading<'r> {
    pub tongue: Tongue,
    pub passages: Vec<Read<'r>>,
}

/// A passage with its words, their stems, and the terms it shows.
#[derive(Debug)]
pub struct Read<'r> {
    pub passage: Passage<'r>,
    pub words: Vec<Token>,
    pub stems: Vec<String>,
    pub shown: Vec<Shown>,
    /// For each word, whether it belongs to a term.
    pub named: Vec<bool>,
}

/// A term that a passage shows, and does not deny.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    pub term: usize,
    /// Byte range in the passage.
    pub start: usize,
    pub end: usize,
    pub how: How,
}

impl<'r> Reading<'r> {
    pub fn of(resume: &'r JsonResume) -> Self {
        let mut read: Vec<Read<'r>> = passages(resume)
            .into_iter()
            .map(|passage| Read {
                words: tokens(passage.text),
                passage,
                stems: Vec::new(),
                shown: Vec::new(),
                named: Vec::new(),
            })
            .collect();
        let sample: Vec<Token> = read
            .iter()
            .filter(|read| matches!(read.passage.place, Place::Prose | Place::Headline))
            .flat_map(|read| read.words.iter().cloned())
            .collect();
        let tongue = Tongue::guess(&sample);
        let stems = tongue.stemmer();
        for read in &mut read {
            read.stems = stems_of(read.passage.text, &read.words, &stems);
            read.look(tongue);
        }
        Self { tongue, passages: read }
    }
}

impl Read<'_> {
    fn look(&mut self, tongue: Tongue) {
        let mentions = Taxonomy::builtin().mentions_among(Lexed {
            text: self.passage.text,
            words: &self.words,
            stems: &self.stems,
            tongue,
        });
        self.named = vec![false; self.words.len()];
        for mention in mentions.iter().filter(|mention| mention.how != How::Derived) {
            let range = self.words_at(mention.start, mention.end);
            self.named.get_mut(range).into_iter().flatten().for_each(|named| *named = true);
        }
        if self.passage.remark.is_some_and(denial::denies) {
            return;
        }
        for mention in mentions {
            if !tells(self.passage.place, mention.term) {
                continue;
            }
            let range = self.words_at(mention.start, mention.end);
            if denial::is_denied(&self.words, &range, &self.named) {
                continue;
            }
            self.shown.push(Shown {
                term: mention.term.id(),
                start: mention.start,
                end: mention.end,
                how: mention.how,
            });
        }
    }
}

impl Read<'_> {
    /// The positions of the words in a byte range.
    fn words_at(&self, start: usize, end: usize) -> Range<usize> {
        let from = self.words.partition_point(|word| word.end <= start);
        from..self.words.partition_point(|word| word.start < end)
    }
}

/// Whether a term that stands in such a place says something about the person.
fn tells(place: Place, term: &Term) -> bool {
    match place {
        // `Siemens PLC` is a company, no controller.
        Place::Employer => {
            matches!(term.kind, TermKind::Domain | TermKind::Skill)
                && !term.name.chars().all(|c| c.is_ascii_uppercase())
        }
        Place::Language => term.kind == TermKind::Language,
        // Who teaches masters is none.
        Place::Prose | Place::Position | Place::Interest => term.kind != TermKind::Degree,
        Place::Headline | Place::Skill | Place::Certificate | Place::Degree => true,
    }
}
