//! Telephone numbers.

use std::sync::LazyLock;

use regex::Regex;

static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(?:\+|00)?[(（]?\d[\d\s().\-–/（）\u{a0}]{5,24}\d(?:\s*(?:ext|x|ext\.)\s*\d{1,6})?",
    )
    .expect("the pattern is a constant used by every test")
});

/// The number in a text that is hardly more than a number.
pub fn find(text: &str) -> Option<&str> {
    let found = NUMBER.find(text)?;
    let number = found.as_str().trim();
    let start = if text.get(..found.start()).is_some_and(|before| before.ends_with('+')) {
        found.start() - 1
    } else {
        found.start()
    };
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let other = text.chars().filter(|c| c.is_alphabetic()).count();
    // A post code and a house number do not make a telephone number.
    let enough = (7..=15).contains(&digits) && (other <= 14 || number.starts_with('+'));
    let year = super::super::date::whole(number).is_some();
    let code = digits <= 8
        && !number.contains(['+', '('])
        && number.split(['-', ' ']).all(|part| part.len() <= 5)
        && number.len() <= 9
        && other > 0;
    (enough && !year && !code).then(|| text.get(start..found.end()).unwrap_or(number).trim())
}
