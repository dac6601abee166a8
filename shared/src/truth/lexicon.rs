//! The word lists, looked up by the stems of words and phrases.

use std::{collections::HashMap, sync::LazyLock};

use serde::Deserialize;

use super::text::{Text, Token};

/// What a word may be in a resume, beside what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Stop,
    Light,
    Praise,
    Soft,
    Teamwork,
    Reach,
    Status,
    Result,
    Up,
    Down,
    Instruction,
    Act,
    Verb,
    Cause,
    Sequence,
    Watch,
    Assist,
    Share,
    Lead,
    Create,
    Own,
    Plan,
    Hedge,
    Rank,
    TitleLimit,
    Associate,
    Bachelor,
    Master,
    Doctorate,
    FluencyBasic,
    FluencyMiddle,
    FluencyWorking,
    FluencyFull,
    FluencyNative,
    LanguageName,
    LevelLow,
    LevelHigh,
}

/// A phrase of the lists found in a text.
#[derive(Clone, Copy, Debug)]
pub struct Match {
    pub first: usize,
    pub length: usize,
    pub term: &'static Term,
}

impl Match {
    pub fn covers(&self, token: usize) -> bool {
        (self.first..self.first + self.length).contains(&token)
    }
}

/// A phrase of the lists, with everything the lists say about it.
#[derive(Debug, Default)]
pub struct Term {
    stems: Vec<String>,
    /// Set when only this very word counts: "personable" is no "person".
    exact: Option<String>,
    classes: u64,
    /// Groups of words that say the same.
    pub groups: Vec<u16>,
    /// Rules in which the phrase is the general, and those in which it is the specific word.
    pub general: Vec<u16>,
    pub specific: Vec<u16>,
    /// Limits it sets, and limits it keeps.
    pub limits: Vec<u16>,
    pub keeps: Vec<u16>,
}

impl Term {
    pub fn classes(&self) -> u64 {
        self.classes
    }

    pub fn is(&self, class: Class) -> bool {
        self.classes & (1 << class as u64) != 0
    }
}

#[derive(Debug)]
pub struct Lexicon {
    by_first: HashMap<String, Vec<Term>>,
    /// What each limit is called.
    pub limits: Vec<String>,
    /// Groups from this one on hold abbreviations, not words that are merely alike.
    pub first_abbreviation: u16,
}

#[derive(Deserialize)]
struct Groups {
    groups: Vec<Vec<String>>,
}

#[derive(Deserialize)]
struct Rules {
    rule: Vec<Rule>,
}

#[derive(Deserialize)]
struct Rule {
    general: Vec<String>,
    specific: Vec<String>,
}

#[derive(Deserialize)]
struct Classes {
    limit: Vec<Limit>,
    #[serde(flatten)]
    lists: HashMap<String, toml::Value>,
}

#[derive(Deserialize)]
struct Limit {
    name: String,
    words: String,
    also: String,
}

const CLASSES: [(&str, Class); 37] = [
    ("stop", Class::Stop),
    ("light", Class::Light),
    ("praise", Class::Praise),
    ("soft", Class::Soft),
    ("teamwork", Class::Teamwork),
    ("scale", Class::Reach),
    ("status", Class::Status),
    ("result", Class::Result),
    ("up", Class::Up),
    ("down", Class::Down),
    ("instruction", Class::Instruction),
    ("act", Class::Act),
    ("verb", Class::Verb),
    ("cause", Class::Cause),
    ("sequence", Class::Sequence),
    ("ladder.watch", Class::Watch),
    ("ladder.assist", Class::Assist),
    ("ladder.share", Class::Share),
    ("ladder.lead", Class::Lead),
    ("ladder.create", Class::Create),
    ("ladder.own", Class::Own),
    ("plan.words", Class::Plan),
    ("hedge.words", Class::Hedge),
    ("title.rank", Class::Rank),
    ("title.limit", Class::TitleLimit),
    ("degree.associate", Class::Associate),
    ("degree.bachelor", Class::Bachelor),
    ("degree.master", Class::Master),
    ("degree.doctorate", Class::Doctorate),
    ("fluency.basic", Class::FluencyBasic),
    ("fluency.middle", Class::FluencyMiddle),
    ("fluency.working", Class::FluencyWorking),
    ("fluency.full", Class::FluencyFull),
    ("fluency.native", Class::FluencyNative),
    ("language.names", Class::LanguageName),
    ("level.low", Class::LevelLow),
    ("level.high", Class::LevelHigh),
];

/// Classes in which other forms of a word mean something else.
const EXACT: [Class; 8] = [
    Class::Praise,
    Class::Soft,
    Class::Teamwork,
    Class::Reach,
    Class::Status,
    Class::Result,
    Class::Act,
    Class::Light,
];

static BUILTIN: LazyLock<Lexicon> = LazyLock::new(Lexicon::load);

impl Lexicon {
    /// The lists that come with the program; read once.
    pub fn builtin() -> &'static Self {
        &BUILTIN
    }

    /// Every phrase that stands in the words, also those inside longer ones.
    pub fn matches(&'static self, tokens: &[Token]) -> Vec<Match> {
        let mut matches = Vec::new();
        for (first, token) in tokens.iter().enumerate() {
            for term in self.by_first.get(&token.stem).into_iter().flatten() {
                let here = tokens.iter().skip(first).map(|token| &token.stem);
                let very = term.exact.as_ref().is_none_or(|word| {
                    token
                        .word
                        .strip_prefix(word.as_str())
                        .is_some_and(|rest| matches!(rest, "" | "s"))
                });
                if very && term.stems.iter().eq(here.take(term.stems.len())) {
                    matches.push(Match { first, length: term.stems.len(), term });
                }
            }
        }
        matches
    }

    #[expect(
        clippy::expect_used,
        reason = "the lists are part of the program and a test reads them"
    )]
    fn load() -> Self {
        let mut lexicon =
            Self { by_first: HashMap::new(), limits: Vec::new(), first_abbreviation: 0 };
        let same: Groups =
            toml::from_str(include_str!("words/same.toml")).expect("words/same.toml is valid");
        let short: Groups = toml::from_str(include_str!("words/abbreviations.toml"))
            .expect("words/abbreviations.toml is valid");
        let rules: Rules = toml::from_str(include_str!("words/general.toml"))
            .expect("words/general.toml is valid");
        let classes: Classes =
            toml::from_str(include_str!("words/class.toml")).expect("words/class.toml is valid");
        lexicon.first_abbreviation = u16::try_from(same.groups.len()).unwrap_or(u16::MAX);
        for (group, phrases) in (0..).zip(same.groups.iter().chain(&short.groups)) {
            for phrase in phrases {
                lexicon.add(phrase, |term| term.groups.push(group));
            }
        }
        for (rule, words) in (0..).zip(&rules.rule) {
            for phrase in &words.general {
                lexicon.add(phrase, |term| term.general.push(rule));
            }
            for phrase in &words.specific {
                lexicon.add(phrase, |term| term.specific.push(rule));
            }
        }
        for (name, class) in CLASSES {
            for phrase in classes.list(name) {
                let exact = EXACT.contains(&class) && !phrase.contains([' ', '-']);
                lexicon.add_form(&phrase, exact, |term| term.classes |= 1 << class as u64);
            }
        }
        for (id, limit) in (0..).zip(&classes.limit) {
            for phrase in phrases(&limit.words) {
                lexicon
                    .add_form(&phrase, !phrase.contains([' ', '-']), |term| term.limits.push(id));
            }
            for phrase in phrases(&limit.also) {
                lexicon.add_form(&phrase, !phrase.contains([' ', '-']), |term| term.keeps.push(id));
            }
            lexicon.limits.push(limit.name.clone());
        }
        lexicon
    }

    fn add(&mut self, phrase: &str, say: impl FnOnce(&mut Term)) {
        self.add_form(phrase, false, say);
    }

    fn add_form(&mut self, phrase: &str, exact: bool, say: impl FnOnce(&mut Term)) {
        let (stems, words) = Text::stems_and_words(phrase);
        let Some(first) = stems.first() else { return };
        let exact = words.into_iter().next().filter(|_| exact);
        let terms = self.by_first.entry(first.clone()).or_default();
        if let Some(term) = terms.iter_mut().find(|term| term.stems == stems && term.exact == exact)
        {
            say(term);
        } else {
            let mut term = Term { stems, exact, ..Term::default() };
            say(&mut term);
            terms.push(term);
        }
    }
}

impl Classes {
    /// `a.b` is the list `b` of the table `a`.
    fn list(&self, name: &str) -> Vec<String> {
        let (table, list) = name.split_once('.').unwrap_or((name, ""));
        let value = self.lists.get(table);
        let value = if list.is_empty() { value } else { value.and_then(|table| table.get(list)) };
        value.and_then(toml::Value::as_str).map(|text| phrases(text).collect()).unwrap_or_default()
    }
}

/// Phrases are kept apart by `|`; a list without any holds words, `_` joining those of a phrase.
fn phrases(list: &str) -> Box<dyn Iterator<Item = String> + '_> {
    if list.contains('|') {
        Box::new(list.split('|').map(|phrase| phrase.trim().to_owned()))
    } else {
        Box::new(list.split_whitespace().map(|phrase| phrase.replace('_', " ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_named_in_the_program_holds_words() {
        let lexicon = Lexicon::builtin();

        for (name, class) in CLASSES {
            let mut terms = lexicon.by_first.values().flatten();
            assert!(terms.any(|term| term.is(class)), "{name} is empty");
        }
        assert!(lexicon.limits.len() > 5);
    }
}
