//! What a name and the line below it look like.

use crate::parse::field::{date, place};
use crate::parse::word::{WORDS, fold, has_ideographs};

/// True when the text could be a person's name.
pub fn is_name(text: &str) -> bool {
    let count = text.split_whitespace().count();
    let furniture = WORDS.furniture.contains(&fold(text)) || fold(text).starts_with("last updated");
    let plain =
        !text.chars().any(|c| c.is_ascii_digit() || matches!(c, '@' | ':' | '/' | '|' | '&' | '%'));
    let proper = text
        .chars()
        .next()
        .is_some_and(|c| c.is_uppercase() || (c.is_alphabetic() && !c.is_lowercase()));
    let size =
        if has_ideographs(text) { text.chars().count() <= 12 } else { (1..=7).contains(&count) };
    !furniture && plain && proper && size && text.chars().count() <= 60
}

/// True when the text could say what the person is.
pub fn is_label(text: &str) -> bool {
    let count = text.split_whitespace().count();
    let lower = fold(text);
    count <= 12
        && text.chars().count() <= 90
        && !WORDS.furniture.contains(&lower)
        && !lower.starts_with("last updated")
        && place::likeness(text) < 0.9
        && date::find(text).is_none()
        && !WORDS.private.iter().any(|word| lower.starts_with(word.as_str()))
        && !text.chars().all(|c| !c.is_alphabetic())
        && (count > 1 || WORDS.titles.count(text) > 0 || has_ideographs(text))
}

/// A name set in capitals is written like a name.
pub fn uncapped(name: &str) -> String {
    if name.chars().any(char::is_lowercase) || !name.chars().any(char::is_uppercase) {
        return name.to_owned();
    }
    let mut result = String::with_capacity(name.len());
    let mut start = true;
    for character in name.chars() {
        if start {
            result.push(character);
        } else {
            result.extend(character.to_lowercase());
        }
        start = !character.is_alphanumeric();
    }
    result
}
