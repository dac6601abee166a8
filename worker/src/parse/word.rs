//! The word lists the rules know, read once.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::LazyLock;

use serde::Deserialize;

/// Lower case, single spaces, no marks at the ends: how words are compared.
pub fn fold(text: &str) -> String {
    let lower = text.to_lowercase().replace(['’', '‘'], "'");
    let words: Vec<&str> = lower.split_whitespace().collect();
    words
        .join(" ")
        .trim_matches(|c: char| c.is_ascii_punctuation() || "：、。・".contains(c))
        .to_owned()
}

/// Letters and digits only: what is left when spacing and marks differ.
pub fn squash(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The words of a text, without marks.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| {
        !(c.is_alphanumeric() || matches!(c, '\'' | '’' | '.' | '-' | '&' | '+' | '#'))
    })
    .map(|word| word.trim_matches(['.', '\'', '-']))
    .filter(|word| !word.is_empty())
}

/// True for scripts that do not part words by spaces.
pub fn is_ideograph(character: char) -> bool {
    matches!(character, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

pub fn has_ideographs(text: &str) -> bool {
    text.chars().any(is_ideograph)
}

/// A list of words and phrases; `stem*`, `*end` and whole words.
#[derive(Default)]
pub struct Patterns {
    whole: HashSet<String>,
    phrases: Vec<String>,
    stems: Vec<String>,
    ends: Vec<String>,
}

impl Patterns {
    fn new(list: &[String]) -> Self {
        let mut patterns = Self::default();
        for word in list {
            let word = word.to_lowercase();
            if let Some(end) = word.strip_prefix('*') {
                patterns.ends.push(end.to_owned());
            } else if let Some(stem) = word.strip_suffix('*') {
                patterns.stems.push(stem.replace('*', ""));
            } else if word.contains(' ') || word.contains('&') {
                patterns.phrases.push(word);
            } else {
                patterns.whole.insert(word.trim_matches('.').to_owned());
            }
        }
        patterns
    }

    /// How many words of the text are in the list.
    pub fn count(&self, text: &str) -> usize {
        let lower = text.to_lowercase();
        let padded = format!(" {} ", lower.split_whitespace().collect::<Vec<_>>().join(" "));
        let phrases = self.phrases.iter().filter(|phrase| within(&padded, phrase)).count();
        phrases + words(&lower).filter(|word| self.has(word)).count()
    }

    fn has(&self, word: &str) -> bool {
        let ending = |end: &String| {
            word.ends_with(end.as_str())
                && (word.chars().count() > end.chars().count() + 2 || has_ideographs(word))
        };
        self.whole.contains(word)
            || self.stems.iter().any(|stem| word.starts_with(stem.as_str()))
            || self.ends.iter().any(ending)
    }
}

/// A phrase between spaces or marks.
fn within(padded: &str, phrase: &str) -> bool {
    padded.match_indices(phrase).any(|(at, found)| {
        let before = padded.get(..at).and_then(|text| text.chars().next_back());
        let after = padded.get(at + found.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

#[derive(Deserialize)]
pub struct Dates {
    pub months: Vec<Vec<String>>,
    pub seasons: Vec<String>,
    pub present: Vec<String>,
    pub between: Vec<String>,
    pub since: Vec<String>,
    pub around: Vec<String>,
    pub durations: Vec<String>,
}

#[derive(Deserialize)]
struct Titles {
    words: Vec<String>,
}

#[derive(Deserialize)]
struct Orgs {
    legal: Vec<String>,
    words: Vec<String>,
    schools: Vec<String>,
}

#[derive(Deserialize)]
struct Degrees {
    phrases: Vec<String>,
    scores: Vec<String>,
    courses: Vec<String>,
    between: Vec<String>,
}

#[derive(Deserialize)]
struct Tongues {
    names: Vec<String>,
    fluency: Vec<String>,
}

#[derive(Deserialize)]
struct Places {
    remote: Vec<String>,
    regions: Vec<String>,
    streets: Vec<String>,
    countries: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct Contacts {
    labels: Vec<String>,
    private: Vec<String>,
    furniture: Vec<String>,
    networks: BTreeMap<String, String>,
}

/// Everything the rules know by name.
pub struct Words {
    pub dates: Dates,
    pub titles: Patterns,
    pub orgs: Patterns,
    pub schools: Patterns,
    pub legal: HashSet<String>,
    /// Degrees without dots, longest first.
    pub degrees: Vec<String>,
    pub scores: Vec<String>,
    pub courses: HashSet<String>,
    pub degree_links: HashSet<String>,
    pub languages: HashSet<String>,
    pub fluency: Vec<String>,
    pub remote: HashSet<String>,
    /// As written: short ones are codes and count in capitals only.
    pub regions: HashSet<String>,
    pub streets: HashSet<String>,
    /// Country code by folded name.
    pub countries: HashMap<String, String>,
    pub labels: HashSet<String>,
    pub private: HashSet<String>,
    pub furniture: HashSet<String>,
    pub networks: BTreeMap<String, String>,
}

/// The lists as they were compiled in.
pub static WORDS: LazyLock<Words> = LazyLock::new(Words::read);

fn parse<T: for<'de> Deserialize<'de>>(text: &str) -> T {
    toml::from_str(text).expect("word lists are compiled in and read by every test")
}

fn folded(list: &[String]) -> HashSet<String> {
    list.iter().map(|word| fold(word)).collect()
}

impl Words {
    fn read() -> Self {
        let titles: Titles = parse(include_str!("words/title.toml"));
        let orgs: Orgs = parse(include_str!("words/org.toml"));
        let degrees: Degrees = parse(include_str!("words/degree.toml"));
        let tongues: Tongues = parse(include_str!("words/language.toml"));
        let places: Places = parse(include_str!("words/place.toml"));
        let contacts: Contacts = parse(include_str!("words/contact.toml"));
        let countries = places
            .countries
            .iter()
            .flat_map(|(code, names)| names.iter().map(|name| (fold(name), code.clone())));
        let mut phrases: Vec<String> =
            degrees.phrases.iter().map(|phrase| phrase.to_lowercase().replace('.', "")).collect();
        phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.chars().count()));
        Self {
            dates: parse(include_str!("words/date.toml")),
            titles: Patterns::new(&titles.words),
            orgs: Patterns::new(&[orgs.words, orgs.legal.clone(), orgs.schools.clone()].concat()),
            schools: Patterns::new(&orgs.schools),
            legal: folded(&orgs.legal),
            degrees: phrases,
            scores: degrees.scores,
            courses: folded(&degrees.courses),
            degree_links: folded(&degrees.between),
            languages: folded(&tongues.names),
            fluency: tongues.fluency,
            remote: folded(&places.remote),
            regions: places.regions.into_iter().collect(),
            streets: folded(&places.streets),
            countries: countries.collect(),
            labels: folded(&contacts.labels),
            private: folded(&contacts.private),
            furniture: folded(&contacts.furniture),
            networks: contacts.networks,
        }
    }
}
