//! The written forms of a single date.

use std::sync::LazyLock;

use regex::Regex;

use super::Date;
use crate::parse::word::WORDS;

pub struct Forms {
    list: Vec<(Regex, Form)>,
    pub between: Regex,
    pub present: Regex,
    pub since: Regex,
    pub month: Regex,
    pub duration: Regex,
}

#[derive(Clone, Copy)]
enum Form {
    YearMonthDay,
    DayMonthYear,
    MonthYear,
    Named,
    DayNamed,
    Season,
    Ideographic,
    Year,
}

pub static FORMS: LazyLock<Forms> = LazyLock::new(forms);

fn alternatives<'a>(words: impl Iterator<Item = &'a String>) -> String {
    let mut words: Vec<String> = words.map(|word| regex::escape(word)).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    words.join("|")
}

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("patterns are built from compiled-in lists and built by every test")
}

fn forms() -> Forms {
    let dates = &WORDS.dates;
    let months = alternatives(dates.months.iter().flatten());
    let seasons = alternatives(dates.seasons.iter());
    let year = r"(?P<y>(?:19|20)\d{2})";
    let list = vec![
        (
            regex(&format!(
                r"(?i)^{year}\s*年\s*(?:(?P<m>\d{{1,2}})\s*月)?(?:\s*(?P<d>\d{{1,2}})\s*日)?"
            )),
            Form::Ideographic,
        ),
        (
            regex(&format!(
                r"^{year}\s?[-/.]\s?(?P<m>0?[1-9]|1[0-2])(?:[-/.](?P<d>\d{{1,2}}))?(?:\b|年)"
            )),
            Form::YearMonthDay,
        ),
        (
            regex(&format!(r"^(?P<d>\d{{1,2}})[./-](?P<m>\d{{1,2}})[./-]{year}\b")),
            Form::DayMonthYear,
        ),
        (regex(&format!(r"^(?P<m>0?[1-9]|1[0-2])\s?[./-]\s?{year}\b")), Form::MonthYear),
        (
            regex(&format!(
                r"(?i)^(?P<d>\d{{1,2}})(?:st|nd|rd|th|\.|er|º)?\s+(?:de\s+)?(?P<n>{months})\b\.?,?(?:\s+de[l]?)?\s+{year}\b"
            )),
            Form::DayNamed,
        ),
        (
            regex(&format!(
                r"(?i)^(?P<n>{months})\b\.?(?:\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,)?\s*[,./’'-]?(?:\s*de[l]?)?\s*{year}\b"
            )),
            Form::Named,
        ),
        (regex(&format!(r"(?i)^(?P<n>{months})\b\.?\s*[’'](?P<s>\d{{2}})\b")), Form::Named),
        (
            regex(&format!(
                r"(?i)^(?:{seasons}|q[1-4]|[1-4]\. ?quartal|t[1-4])\s*(?:term|semester)?\s*(?:de\s+)?[,/]?\s*{year}(?:/\d{{2,4}})?\b"
            )),
            Form::Season,
        ),
        (regex(&format!(r"^{year}(?:\b|年)")), Form::Year),
    ];
    let between =
        alternatives(dates.between.iter().filter(|word| word.chars().any(char::is_alphanumeric)));
    let present = alternatives(dates.present.iter());
    let since = alternatives(dates.since.iter());
    let durations = alternatives(dates.durations.iter());
    Forms {
        list,
        between: regex(&format!(
            r"(?i)^\s*(?:[-–—−‒→~～/]+|(?:{between})(?:\s+(?:el|la|le)\b)?|[-–—]\s*(?:{between}))\s*"
        )),
        present: regex(&format!(r"(?i)^(?:the\s+)?(?:{present})(?:\W|$)")),
        since: regex(&format!(r"(?i)(?:^|\s|\()(?:{since})\.?\s*$")),
        month: regex(&format!(r"(?i)^(?P<n>{months})\b\.?")),
        duration: regex(&format!(
            r"(?i)^[\s·,|(]*(?:\d+(?:[.,]\d+)?\s*\+?\s*(?:{durations})\.?[\s,)]*)+$"
        )),
    }
}

pub fn month_number(name: &str) -> Option<u8> {
    let name = name.to_lowercase();
    let at = WORDS.dates.months.iter().position(|names| names.contains(&name))?;
    u8::try_from(at + 1).ok()
}

/// The date at the start of the text and its length in bytes.
pub fn date_at(text: &str) -> Option<(Date, usize)> {
    FORMS.list.iter().find_map(|(regex, form)| {
        let found = regex.captures(text)?;
        let number = |name: &str| found.name(name).and_then(|m| m.as_str().parse::<u16>().ok());
        let year = number("y").or_else(|| number("s").map(century))?;
        let (mut month, mut day) = match form {
            Form::YearMonthDay | Form::DayMonthYear | Form::MonthYear | Form::Ideographic => {
                (small_of(&found, "m"), small_of(&found, "d"))
            }
            Form::Named | Form::DayNamed => (
                found.name("n").and_then(|name| month_number(name.as_str())),
                small_of(&found, "d"),
            ),
            Form::Season | Form::Year => (None, None),
        };
        if matches!(form, Form::DayMonthYear) && month.is_some_and(|month| month > 12) {
            std::mem::swap(&mut month, &mut day);
        }
        let month = month.filter(|month| (1..=12).contains(month));
        let day = day.filter(|day| month.is_some() && (1..=31).contains(day));
        let length = found.get(0)?.end();
        Some((Date { year, month, day }, length))
    })
}

fn small_of(found: &regex::Captures<'_>, name: &str) -> Option<u8> {
    // A form without the group answers nothing.
    found.name(name).and_then(|group| group.as_str().parse().ok())
}

fn century(short: u16) -> u16 {
    if short < 60 { 2000 + short } else { 1900 + short }
}
