//! Word stems by language, with the false friends of the stemmers kept apart.

use std::collections::HashMap;
use std::sync::LazyLock;

use rust_stemmers::{Algorithm, Stemmer};

use super::token::{Token, fold};

/// The languages whose word forms are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Tongue {
    #[default]
    English,
    German,
    Spanish,
    French,
    Portuguese,
}

impl Tongue {
    pub const ALL: [Self; 5] =
        [Self::English, Self::German, Self::Spanish, Self::French, Self::Portuguese];

    /// The language with the most small words in the text; English when none stands out.
    pub fn guess(words: &[Token]) -> Self {
        let count = |small: &[&str]| {
            words.iter().filter(|word| small.contains(&word.fold.as_str())).count()
        };
        Self::ALL
            .into_iter()
            .map(|tongue| (count(tongue.small_words()), tongue))
            .rev()
            .max_by_key(|(seen, _)| *seen)
            .filter(|(seen, _)| *seen > 0)
            .map_or(Self::English, |(_, tongue)| tongue)
    }

    fn small_words(self) -> &'static [&'static str] {
        match self {
            Self::English => &["the", "and", "of", "with", "for", "to", "from", "in", "by", "on"],
            Self::German => &[
                "und", "der", "die", "das", "mit", "von", "fur", "den", "im", "eine", "einer",
                "eines", "bei", "zur", "zum", "durch", "in", "auf",
            ],
            Self::Spanish => &[
                "el", "los", "las", "del", "con", "para", "por", "una", "y", "en", "la", "de", "un",
            ],
            Self::French => &[
                "le", "les", "des", "du", "et", "pour", "avec", "une", "sur", "la", "de", "en",
                "dans", "d", "l", "un",
            ],
            Self::Portuguese => &[
                "o", "os", "da", "do", "das", "dos", "com", "para", "uma", "em", "e", "de", "na",
                "no", "um",
            ],
        }
    }

    fn algorithm(self) -> Algorithm {
        match self {
            Self::English => Algorithm::English,
            Self::German => Algorithm::German,
            Self::Spanish => Algorithm::Spanish,
            Self::French => Algorithm::French,
            Self::Portuguese => Algorithm::Portuguese,
        }
    }

    pub fn stemmer(self) -> Stems {
        Stems { tongue: self, stemmer: Stemmer::create(self.algorithm()) }
    }
}

/// Finds stems in one language.
pub struct Stems {
    tongue: Tongue,
    stemmer: Stemmer,
}

impl Stems {
    /// The folded stem of a word as written.
    pub fn stem(&self, word: &str) -> String {
        if self.tongue == Tongue::English {
            return self.english(fold(word));
        }
        if word.len() < 4 || !word.chars().all(char::is_alphabetic) {
            return fold(word);
        }
        // The endings of these languages are told by their accents.
        fold(&self.stemmer.stem(&word.to_lowercase()))
    }

    fn english(&self, word: String) -> String {
        if let Some(root) = ROOT_OF.get(word.as_str()) {
            return (*root).to_owned();
        }
        let stemmed = word.len() >= 4 && word.chars().all(char::is_alphabetic);
        if stemmed { self.stemmer.stem(&word).into_owned() } else { word }
    }
}

/// The English words whose stem the stemmer gets wrong.
static ROOT_OF: LazyLock<HashMap<&str, &str>> =
    LazyLock::new(|| DISTINCT.into_iter().map(|word| (word, word)).chain(ROOTS).collect());

/// Words the English stemmer would merge with a word of another meaning:
/// `production` is not `product`, an `accountant` keeps no `account`.
const DISTINCT: [&str; 40] = [
    "production",
    "productive",
    "productivity",
    "accounting",
    "accountant",
    "accountants",
    "organic",
    "police",
    "important",
    "business",
    "experiment",
    "experiments",
    "experimental",
    "customs",
    "custom",
    "customer",
    "general",
    "generic",
    "generation",
    "generator",
    "generators",
    "university",
    "universal",
    "universe",
    "international",
    "news",
    "marketing",
    "community",
    "treasurer",
    "operative",
    "operator",
    "operators",
    "secretary",
    "building",
    "buildings",
    "housing",
    "banking",
    "publishing",
    "wireless",
    "relations",
];

/// Forms whose common root the English stemmer misses.
const ROOTS: [(&str, &str); 58] = [
    ("analysis", "analyz"),
    ("analyses", "analyz"),
    ("analyze", "analyz"),
    ("analyzed", "analyz"),
    ("analyzing", "analyz"),
    ("analyzes", "analyz"),
    ("analytics", "analyt"),
    ("customers", "customer"),
    ("generator", "generator"),
    ("maintenance", "maintain"),
    ("maintained", "maintain"),
    ("maintaining", "maintain"),
    ("maintain", "maintain"),
    ("maintains", "maintain"),
    ("registration", "regist"),
    ("registered", "regist"),
    ("register", "regist"),
    ("registrations", "regist"),
    ("administration", "administ"),
    ("administer", "administ"),
    ("administered", "administ"),
    ("administering", "administ"),
    ("administrator", "administ"),
    ("administrative", "administ"),
    ("led", "lead"),
    ("leading", "lead"),
    ("leadership", "lead"),
    ("leader", "lead"),
    ("leads", "lead"),
    ("built", "build"),
    ("taught", "teach"),
    ("teaching", "teach"),
    ("teacher", "teach"),
    ("teaches", "teach"),
    ("wrote", "write"),
    ("written", "write"),
    ("writing", "write"),
    ("writes", "write"),
    ("ran", "run"),
    ("running", "run"),
    ("bought", "buy"),
    ("buying", "buy"),
    ("sold", "sell"),
    ("selling", "sell"),
    ("spoke", "speak"),
    ("speaking", "speak"),
    ("drove", "drive"),
    ("driving", "drive"),
    ("kept", "keep"),
    ("keeping", "keep"),
    ("people", "person"),
    ("persons", "person"),
    ("diagnosis", "diagnos"),
    ("diagnosed", "diagnos"),
    ("diagnosing", "diagnos"),
    ("diagnostic", "diagnos"),
    ("diagnostics", "diagnos"),
    ("diagnose", "diagnos"),
];
