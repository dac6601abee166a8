//! Dates and periods in many forms and languages.

use crate::parse::flow::Row;
use crate::parse::word::{WORDS, fold};

use form::{FORMS, date_at, month_number};

mod form;

/// A date as far as the text tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    pub year: u16,
    pub month: Option<u8>,
    pub day: Option<u8>,
}

impl std::fmt::Display for Date {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}", self.year)?;
        let Some(month) = self.month else { return Ok(()) };
        write!(f, "-{month:02}")?;
        let Some(day) = self.day else { return Ok(()) };
        write!(f, "-{day:02}")
    }
}

/// One date, or two with what lies between.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Period {
    pub start: Option<Date>,
    pub end: Option<Date>,
    /// Has not ended.
    pub current: bool,
}

impl Period {
    pub fn is_range(&self) -> bool {
        self.current || (self.start.is_some() && self.end.is_some())
    }

    /// The one date, or the later of two.
    pub fn single(&self) -> Option<Date> {
        self.end.or(self.start)
    }
}

/// A period and where it stands in the text, in bytes.
pub struct Found {
    pub period: Period,
    pub start: usize,
    pub end: usize,
}

/// The first period in the text.
pub fn find(text: &str) -> Option<Found> {
    if !text.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let mut before = None;
    for (at, character) in text.char_indices() {
        let starts = character.is_alphanumeric() && !is_inside(before, character);
        before = Some(character);
        if !starts {
            continue;
        }
        let Some(rest) = text.get(at..) else { continue };
        if let Some(found) = period_at(text, at, rest) {
            return Some(found);
        }
    }
    None
}

fn is_inside(before: Option<char>, now: char) -> bool {
    let Some(before) = before else { return false };
    if now.is_ascii_digit() {
        return before.is_ascii_alphanumeric()
            || matches!(before, '$' | '€' | '£' | '.' | ',' | '#' | '+');
    }
    before.is_alphanumeric() && !crate::parse::word::is_ideograph(before)
}

fn period_at(text: &str, at: usize, rest: &str) -> Option<Found> {
    let Some((first, length)) = date_at(rest) else { return yearless(at, rest) };
    let after = rest.get(length..).unwrap_or_default();
    let since = FORMS.since.find(text.get(..at).unwrap_or_default());
    if let Some(gap) = FORMS.between.find(after) {
        let tail = after.get(gap.end()..).unwrap_or_default();
        let end = at + length + gap.end();
        if let Some((second, length)) = date_at(tail)
            && second.year >= first.year
        {
            let period = Period { start: Some(first), end: Some(second), current: false };
            return Some(Found {
                period,
                start: open(text, at, since.as_ref()),
                end: end + length,
            });
        }
        if let Some(length) = present_at(tail) {
            let period = Period { start: Some(first), end: None, current: true };
            return Some(Found {
                period,
                start: open(text, at, since.as_ref()),
                end: end + length,
            });
        }
        if let Some((second, length)) = short_year(tail, first) {
            let period = Period { start: Some(first), end: Some(second), current: false };
            return Some(Found { period, start: at, end: end + length });
        }
        if tail.trim().is_empty() && gap.as_str().trim().starts_with(['-', '–', '—']) {
            let period = Period { start: Some(first), end: None, current: true };
            return Some(Found { period, start: at, end: text.len() });
        }
    }
    let since = since.filter(|_| after.trim_matches([')', ' ']).is_empty());
    let since = since.filter(|found| is_since(found.as_str()));
    let current = since.is_some();
    let period = if current {
        Period { start: Some(first), end: None, current }
    } else {
        Period { start: None, end: Some(first), current }
    };
    let start = since.map_or(at, |found| found.start());
    Some(Found { period, start, end: at + length })
}

/// A word before a range belongs to it: `from 2019 to 2021`.
fn open(_text: &str, at: usize, since: Option<&regex::Match<'_>>) -> usize {
    since.map_or(at, regex::Match::start)
}

/// Words that alone say that something goes on.
fn is_since(text: &str) -> bool {
    matches!(
        fold(text).as_str(),
        "since" | "seit" | "ab" | "desde" | "depuis" | "dal" | "sinds" | "с" | "desde el"
    )
}

fn present_at(text: &str) -> Option<usize> {
    let found = FORMS.present.find(text)?;
    let kept = found.as_str().trim_end_matches(|c: char| !c.is_alphanumeric() && c != '.');
    Some(kept.len())
}

/// `Jan – Mar 2020`: the year of the second date counts for both.
fn yearless(at: usize, rest: &str) -> Option<Found> {
    let month = FORMS.month.captures(rest)?;
    let length = month.get(0)?.end();
    let after = rest.get(length..)?;
    let gap = FORMS.between.find(after)?;
    let (second, size) = date_at(after.get(gap.end()..)?)?;
    second.month?;
    let first =
        Date { year: second.year, month: month_number(month.name("n")?.as_str()), day: None };
    let period = Period { start: Some(first), end: Some(second), current: false };
    Some(Found { period, start: at, end: at + length + gap.end() + size })
}

/// `2018-19`.
fn short_year(tail: &str, first: Date) -> Option<(Date, usize)> {
    let digits: String = tail.chars().take_while(char::is_ascii_digit).collect();
    let value =
        digits.parse::<u16>().ok().filter(|_| digits.len() == 2 && first.month.is_none())?;
    let year = first.year / 100 * 100 + value;
    (year > first.year && year < first.year + 10)
        .then_some((Date { year, month: None, day: None }, digits.len()))
}

/// The period a text is, when it is nothing else: brackets, labels and durations aside.
pub fn whole(text: &str) -> Option<Period> {
    if text.chars().count() > 60 {
        return None;
    }
    if let Some((first, second)) = text.trim().split_once(' ')
        && let (Some(start), Some(end)) = (year(first), year(second.trim()))
        && start <= end
    {
        return Some(Period { start: Some(start), end: Some(end), current: false });
    }
    let found = find(text)?;
    let before = fold(text.get(..found.start)?);
    let after = text.get(found.end..)?;
    let after = after.trim_start_matches([')', ']', ' ', '.', ',', '·', '|', '(', ';']);
    let around = |text: &str| text.is_empty() || WORDS.dates.around.contains(&text.to_owned());
    let trailing = after.trim_matches(|c: char| !c.is_alphanumeric());
    let closed = trailing.is_empty() || FORMS.duration.is_match(after);
    (around(&before) && closed).then_some(found.period)
}

/// A year alone.
fn year(text: &str) -> Option<Date> {
    let (date, length) = date_at(text)?;
    (date.month.is_none() && length == text.len()).then_some(date)
}

/// True when the text ends in a date.
pub fn trailing_date(text: &str) -> bool {
    last(text).is_some_and(|found| text.get(found.end..).is_some_and(|rest| rest.trim().is_empty()))
}

/// True when the whole text means that something has not ended.
pub fn is_present(text: &str) -> bool {
    present_at(text).is_some_and(|length| {
        text.get(length..).is_some_and(|rest| !rest.contains(char::is_alphanumeric))
    })
}

/// A text that only says how long something took.
pub fn is_duration(text: &str) -> bool {
    FORMS.duration.is_match(text)
}

/// True when a cell of the row is a date, or ends in one.
pub fn in_row(row: &Row) -> bool {
    row.cells.iter().any(|cell| whole(&cell.text).is_some() || trailing(&cell.text).is_some())
}

/// A period that ends a short text, behind a bracket, a comma or a wide mark.
pub fn trailing(text: &str) -> Option<(&str, Period)> {
    let found = last(text)?;
    let before = text.get(..found.start)?;
    let after = text.get(found.end..)?.trim_matches([')', ']', '.', ' ', '|', '·', ',']);
    if !after.is_empty() && !is_duration(after) {
        return None;
    }
    let kept = before.trim_end();
    let marked =
        kept.ends_with(['(', '[', ',', '|', '·', '–', '—', '-', ':', ';', '•', '/', '，', '（']);
    let words = kept.split_whitespace().count();
    let bracketed = kept.ends_with(['(', '（']);
    // `down 42% since 2019` is a sentence, `Acme, since 2019` is not.
    let open = text.get(found.start..found.end).and_then(|text| text.split_whitespace().next());
    if open.is_some_and(is_since) && !marked && words > 3 {
        return None;
    }
    let ranged = found.period.is_range() && words <= if bracketed { 24 } else { 12 };
    let single = found.period.single().is_some()
        && words <= 8
        && !kept.ends_with([':', '/'])
        && !ends_in_sentence(kept);
    if !(ranged || marked && words <= 14 || single) {
        return None;
    }
    let kept =
        kept.trim_end_matches(['(', '[', ',', '|', '·', '–', '—', '-', ' ', ';', '•', '，', '（']);
    (!kept.is_empty()).then_some((kept, found.period))
}

/// `… built in 2019`: the year belongs to the sentence.
pub fn ends_in_sentence(text: &str) -> bool {
    let word = fold(text.rsplit(' ').next().unwrap_or_default());
    matches!(
        word.as_str(),
        "in" | "since"
            | "by"
            | "of"
            | "from"
            | "to"
            | "until"
            | "for"
            | "im"
            | "en"
            | "em"
            | "de"
            | "seit"
            | "bis"
            | "desde"
            | "and"
            | "the"
            | "und"
            | "y"
    ) || crate::parse::word::WORDS.dates.seasons.contains(&word)
}

/// The last period of the text.
fn last(text: &str) -> Option<Found> {
    let mut from = 0;
    let mut result = None;
    while let Some(found) = text.get(from..).and_then(find) {
        let end = from + found.end;
        result = Some(Found { period: found.period, start: from + found.start, end });
        if end <= from {
            break;
        }
        from = end;
    }
    result
}

/// A line that begins with a period and has something to say about it goes on with nothing.
pub fn opens(text: &str) -> bool {
    let labelled = |rest: &str| {
        let date = text.get(..text.len() - rest.len()).unwrap_or_default();
        date.trim_end().ends_with([':', '：'])
    };
    leading(text).is_some_and(|(rest, period)| period.is_range() || labelled(rest))
}

/// A period that opens the text: `2019 – 2021: Engineer`.
pub fn leading(text: &str) -> Option<(&str, Period)> {
    let found = find(text)?;
    let before = fold(text.get(..found.start)?);
    if !before.is_empty() && !WORDS.dates.around.contains(&before) {
        return None;
    }
    let rest = text.get(found.end..)?;
    let kept = rest
        .trim_start_matches([')', ']', ':', ',', '|', '·', '–', '—', '-', ' ', '\t', '：', '，']);
    let marked = kept.len() < rest.len()
        && (rest.trim_start().len() < rest.len() - kept.len()
            || rest.starts_with([' ', ':', '：', '）', ')']));
    (found.period.is_range() || marked)
        .then_some((kept, found.period))
        .filter(|(kept, _)| !kept.is_empty())
}

#[cfg(test)]
mod tests;
