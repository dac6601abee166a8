//! Places: how much a text looks like one, and the parts of an address.

use crate::parse::word::{WORDS, fold, has_ideographs, words};

/// The code of a country named by the whole text.
pub fn country(text: &str) -> Option<&'static str> {
    let name = fold(text);
    // Two letters name a country only as capitals: `us` is a word, `US` a country.
    if name.chars().count() <= 2 && text.chars().any(char::is_lowercase) {
        return None;
    }
    WORDS.countries.get(&name).map(String::as_str)
}

/// The code of a country written as its two letters.
pub fn country_code(text: &str) -> Option<&'static str> {
    let text = text.trim_matches(['(', ')', ' ']);
    let (code, _) =
        WORDS.countries.iter().map(|(name, code)| (code, name)).find(|(code, _)| *code == text)?;
    Some(code.as_str())
}

pub fn is_region(text: &str) -> bool {
    WORDS.regions.contains(text.trim())
}

/// How much the text looks like a place, from -1 to 1.2.
pub fn likeness(text: &str) -> f32 {
    let text = text.trim().trim_matches(['(', ')']);
    let count = text.split_whitespace().count();
    if text.is_empty() || count > 7 || text.ends_with('.') && count > 3 {
        return -1.0;
    }
    if WORDS.remote.contains(&fold(text))
        || words(text).next().is_some_and(|word| WORDS.remote.contains(&fold(word))) && count <= 4
    {
        return 1.2;
    }
    if text.chars().any(|c| c.is_ascii_digit() || matches!(c, '@' | ':' | '&' | '%' | ';')) {
        return -1.0;
    }
    let parts: Vec<&str> = text
        .split([',', '，', '·'])
        .flat_map(|part| part.split(" - "))
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect();
    let named = WORDS.titles.count(text) + WORDS.orgs.count(text) > 0;
    let last = parts.last().copied().unwrap_or_default();
    if country(last).is_some() && (parts.len() > 1 || !named) {
        return if parts.len() > 3 { 0.2 } else { 1.2 };
    }
    if parts.len() > 1 && is_region(last) {
        return if parts.len() > 3 { 0.2 } else { 1.2 };
    }
    if named || WORDS.languages.contains(&fold(text)) {
        return -0.6;
    }
    if is_region(text) {
        return 0.9;
    }
    let proper = parts
        .iter()
        .all(|part| part.chars().next().is_some_and(|c| c.is_uppercase() || !c.is_lowercase()));
    if has_ideographs(text) {
        let length = text.chars().count();
        return if length <= 8
            && text.ends_with(['市', '区', '省', '县', '州', '都', '府', '縣', '區'])
        {
            1.0
        } else if length <= 4 {
            0.3
        } else {
            -0.2
        };
    }
    match (proper, parts.len(), count) {
        (true, 2, 2..=5) => 0.4,
        (true, 1, 1..=2) => 0.3,
        (true, 1, 3..=4) => 0.15,
        _ => -0.5,
    }
}
