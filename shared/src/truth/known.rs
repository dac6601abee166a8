//! What a set of texts says: which words of another text they cover.

use std::collections::HashSet;

use super::{
    lexicon::{Class, Lexicon},
    text::{Gap, Text},
};

/// The words of texts, and the groups of like words they stand in.
#[derive(Debug, Default)]
pub struct Known {
    stems: HashSet<String>,
    groups: HashSet<u16>,
    specific: HashSet<u16>,
    classes: u64,
}

impl Known {
    pub fn of<'a>(texts: impl IntoIterator<Item = &'a Text>) -> Self {
        let mut known = Self::default();
        texts.into_iter().for_each(|text| known.learn(text));
        known
    }

    fn learn(&mut self, text: &Text) {
        self.stems.extend(text.tokens.iter().map(|token| token.stem.clone()));
        for pair in text.tokens.windows(2) {
            if let [a, b] = pair
                && b.gap == Gap::Hyphen
            {
                self.stems.extend(Text::stems(&format!("{}{}", a.word, b.word)));
            }
        }
        for found in &text.matches {
            self.groups.extend(&found.term.groups);
            self.specific.extend(&found.term.specific);
            self.classes |= found.term.classes();
        }
    }

    pub fn has(&self, class: Class) -> bool {
        self.classes & (1 << class as u64) != 0
    }

    /// Whether the texts say the word, or another that means the same or implies it.
    pub fn covers(&self, text: &Text, token: usize) -> bool {
        self.says(text, token)
            || text.matches.iter().filter(|found| found.covers(token)).any(|found| {
                found.term.groups.iter().any(|group| self.groups.contains(group))
                    || found.term.general.iter().any(|rule| self.specific.contains(rule))
            })
    }

    /// Whether the texts cover the word only by words that `other` still says: the
    /// word then stands beside them, not in their place.
    pub fn doubles(text: &Text, token: usize, before: &Text) -> bool {
        let groups = |text: &Text, token: usize| -> Vec<u16> {
            let here = text.matches.iter().filter(|found| found.covers(token));
            here.flat_map(|found| found.term.groups.iter().copied()).collect()
        };
        let own = groups(text, token);
        let alike: Vec<_> = (0..before.tokens.len())
            .filter(|at| groups(before, *at).iter().any(|group| own.contains(group)))
            .collect();
        let said = Self::of([text]);
        !alike.is_empty() && alike.iter().all(|at| said.says_stem(&before.tokens[*at].stem))
    }

    /// Whether the texts say the word, its standard short or long form, or something more specific.
    pub fn covers_closely(&self, text: &Text, token: usize) -> bool {
        let first = Lexicon::builtin().first_abbreviation;
        self.says(text, token)
            || text.matches.iter().filter(|found| found.covers(token)).any(|found| {
                found.term.groups.iter().any(|group| *group >= first && self.groups.contains(group))
                    || found.term.general.iter().any(|rule| self.specific.contains(rule))
            })
    }

    /// Whether the texts say the word itself, in whatever form.
    pub fn says(&self, text: &Text, token: usize) -> bool {
        let Some(word) = text.tokens.get(token) else { return false };
        if self.stems.contains(&word.stem)
            || self.stems.iter().any(|known| similar(known, &word.stem))
        {
            return true;
        }
        let glued = |a: usize, b: usize| match (text.tokens.get(a), text.tokens.get(b)) {
            (Some(a), Some(b)) if b.gap <= Gap::Hyphen => {
                Text::stems(&format!("{}{}", a.word, b.word))
                    .first()
                    .is_some_and(|stem| self.stems.contains(stem))
            }
            _ => false,
        };
        glued(token, token + 1) || token.checked_sub(1).is_some_and(|before| glued(before, token))
    }

    pub fn says_stem(&self, stem: &str) -> bool {
        self.stems.contains(stem)
    }
}

/// Forms of one word that the stemmer keeps apart: "regul" and "regulatori".
pub fn similar(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    let common = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let ending = |stem: &str| stem.get(common..).is_some_and(|rest| ENDINGS.contains(&rest));
    common >= 5 && ending(a) && ending(b)
}

const ENDINGS: [&str; 26] = [
    "", "e", "i", "y", "s", "al", "ali", "at", "ation", "er", "or", "ori", "ion", "ment", "iz",
    "ist", "ian", "ing", "ed", "ly", "iv", "ti", "t", "if", "ari", "ant",
];

/// Words that carry a statement: neither grammar nor quantity nor padding.
pub fn is_content(text: &Text, token: usize) -> bool {
    let class = |class: Class| {
        text.matches
            .iter()
            .any(|found| found.covers(token) && found.length == 1 && found.term.is(class))
    };
    !(text.is_quantity(token)
        || class(Class::Stop)
        || text
            .tokens
            .get(token)
            .is_none_or(|token| token.stem.len() < 2 && token.number.is_none()))
}

/// Content words of a range that `known` covers, and all of them.
pub fn kept(text: &Text, range: std::ops::Range<usize>, known: &Known) -> (usize, usize) {
    let content: Vec<_> = range.filter(|token| is_content(text, *token)).collect();
    (content.iter().filter(|token| known.covers(text, **token)).count(), content.len())
}

/// All texts, read with the built-in lists.
pub fn read(text: &str) -> Text {
    Text::read(text, Lexicon::builtin())
}
