//! Lists of phrases, looked for in a text as whole words.

use super::token::tokens;

/// Folded phrases.
#[derive(Debug)]
pub struct Phrases(Vec<String>);

impl Phrases {
    /// From phrases separated by commas, already folded.
    pub fn of(list: &str) -> Self {
        Self(list.split(", ").map(|phrase| format!(" {phrase} ")).collect())
    }

    /// Whether one of them stands in a text that [`folded`] prepared.
    pub fn any_in(&self, folded: &str) -> bool {
        self.0.iter().any(|phrase| folded.contains(phrase.as_str()))
    }

    pub fn count_in(&self, folded: &str) -> usize {
        self.0.iter().filter(|phrase| folded.contains(phrase.as_str())).count()
    }

    /// The number of words of the longest phrase in the text.
    pub fn longest_in(&self, folded: &str) -> Option<usize> {
        self.0
            .iter()
            .filter(|phrase| folded.contains(phrase.as_str()))
            .map(|phrase| phrase.split_whitespace().count())
            .max()
    }

    pub fn has(&self, word: &str) -> bool {
        self.0.iter().any(|phrase| phrase.trim() == word)
    }
}

/// The folded words of a text, each between single spaces.
pub fn folded(text: &str) -> String {
    let words: Vec<String> = tokens(text).into_iter().map(|word| word.fold).collect();
    format!(" {} ", words.join(" "))
}
