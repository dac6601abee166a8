//! Courses of study.

use std::sync::LazyLock;

use regex::Regex;
use shared::resume::json::Education;

use super::entry::{self, Body, Entry};
use super::solve::{self, Part};
use super::{Read, list, part, place, work};
use crate::parse::flow::Row;
use crate::parse::section::Kind;
use crate::parse::word::{WORDS, fold, words};

const DEGREE: usize = 0;
const AREA: usize = 1;
const SCHOOL: usize = 2;
const PLACE: usize = 3;
const SCORE: usize = 4;

static MARK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^[0-9]{1,3}(?:[.,:][0-9]{1,3})?(?:\s*(?:/|out of|von|de|sobre)\s*[0-9]{1,3}(?:[.,][0-9]{1,2})?)?\s*%?$")
        .expect("the pattern is a constant used by every test")
});

pub fn read(rows: &[Row]) -> Vec<Read<Education>> {
    let entries = entry::split(rows, Kind::Education);
    entries.into_iter().filter_map(|entry| education(&entry)).collect()
}

fn education(entry: &Entry) -> Option<Read<Education>> {
    let mut data = Education::default();
    let mut head: Vec<Part> = Vec::new();
    let doubled = entry.head.iter().filter(|part| degree_length(&part.text).is_some()).count() > 1;
    for part in entry.head.iter().flat_map(with_score) {
        // Beside another degree `Ingeniería Informática` is what was studied.
        if doubled && is_field_too(&part.text) {
            head.push(part);
        } else {
            open(part, &mut head);
        }
    }
    let mut waiting = false;
    for (index, body) in entry.body.iter().enumerate() {
        waiting = take(body, &mut data, &mut head, (entry.rows + 1 + index, waiting));
    }
    keep_scores(&mut head);
    let labelled = take_courses(&mut head);
    data.courses.extend(labelled);
    let (score, groups) = assign(&head);
    let mut rest: Vec<String> = Vec::new();
    for group in &groups {
        let Some(run) = head.get(group.from..group.to) else { continue };
        let text = solve::text(run);
        match group.label {
            Some(DEGREE) => data.study_type = Some(text),
            Some(AREA) => data.area = Some(text.trim_start_matches("in ").to_owned()),
            Some(SCHOOL) => data.institution = Some(text),
            Some(SCORE) => data.score = Some(bare_score(&text)),
            Some(_) => {}
            None => rest.push(text),
        }
    }
    // A short remark nobody else claims is how it went.
    if data.score.is_none() && rest.len() == 1 {
        data.score = rest.pop().filter(|text| text.split_whitespace().count() <= 4);
    }
    (data.start_date, data.end_date) = work::dates(entry.period);
    data.url.clone_from(&entry.url);
    let named = data.institution.is_some() || data.study_type.is_some() || data.area.is_some();
    let full = data.institution.is_some() && data.study_type.is_some();
    let sure = (if full { 0.6 } else { 0.4 } + score * 0.1).clamp(0.3, 0.97);
    named.then_some(Read { data, lines: entry.lines, sure })
}

/// A mark in brackets behind a name is no part of it: `Promotion (magna cum laude)`.
fn with_score(part: &Part) -> Vec<Part> {
    let inner = part.text.strip_suffix([')', '）']).and_then(|text| text.rsplit_once(['(', '（']));
    match inner {
        Some((name, score)) if !name.trim().is_empty() && is_score(score) => {
            let name = Part { text: name.trim().to_owned(), ..part.clone() };
            let score =
                Part { text: score.to_owned(), glue: " ".to_owned(), cost: 0.5, ..part.clone() };
            vec![name, score]
        }
        _ => vec![part.clone()],
    }
}

/// Words that name a degree as well as a field.
fn is_field_too(text: &str) -> bool {
    let first = fold(text.split_whitespace().next().unwrap_or_default());
    matches!(first.as_str(), "ingeniería" | "ingeniero" | "engenharia" | "ingegneria")
}

/// Takes one body line; true when the lines below are courses.
fn take(
    body: &Body,
    data: &mut Education,
    head: &mut Vec<Part>,
    (row, waiting): (usize, bool),
) -> bool {
    match body {
        Body::Labelled(label, text) => {
            let rest = text.split_once([':', '：']).map_or("", |(_, rest)| rest).trim();
            if WORDS.courses.contains(&fold(label)) {
                data.courses.extend(list::items(rest));
            } else {
                add(text, row, head);
            }
            false
        }
        Body::Cells(cells) => {
            data.courses.extend(cells.iter().cloned());
            waiting
        }
        Body::Item(text) | Body::Text(text) => {
            if WORDS.courses.contains(&fold(text)) {
                return true;
            }
            if waiting {
                data.courses.extend(list::items(text));
            } else if text.split_whitespace().count() <= 10 {
                add(text, row, head);
            }
            waiting
        }
    }
}

fn add(text: &str, row: usize, head: &mut Vec<Part>) {
    let part =
        Part { text: text.to_owned(), glue: " ".to_owned(), cost: 1.5, row, ..Part::default() };
    open(part, head);
}

/// Parts `Bachelor of Science in Physics` into degree and field.
fn open(part: Part, head: &mut Vec<Part>) {
    let Some(length) = degree_length(&part.text) else {
        head.push(part);
        return;
    };
    let (degree, rest) = part.text.split_at_checked(length).unwrap_or((&part.text, ""));
    let rest = rest.trim();
    let bracket = rest.starts_with('(').then(|| rest.find(')')).flatten();
    let (degree, rest) = match bracket.and_then(|at| rest.split_at_checked(at + 1)) {
        Some((inner, rest)) => (format!("{degree} {inner}"), rest.trim()),
        None => (degree.to_owned(), rest),
    };
    let link = words(rest).next().filter(|word| WORDS.degree_links.contains(&fold(word)));
    let field = link.map_or(rest, |link| rest.get(link.len()..).unwrap_or_default()).trim();
    let field = field.trim_start_matches([',', ':', '-', '–']).trim();
    if field.is_empty() && link.is_some() {
        head.push(Part { text: degree.trim().to_owned(), ..part });
        return;
    }
    if field.is_empty()
        || !field.chars().next().is_some_and(|c| c.is_uppercase() || !c.is_lowercase())
            && link.is_none()
    {
        head.push(part);
        return;
    }
    let glue = link.map_or(" ".to_owned(), |link| format!(" {link} "));
    let tail = Part { text: field.to_owned(), glue, cost: 0.3, ..part.clone() };
    head.push(Part { text: degree.trim().to_owned(), ..part });
    head.push(tail);
}

/// Bytes of the degree that opens the text.
fn degree_length(text: &str) -> Option<usize> {
    let mut plain = String::new();
    let mut ends: Vec<usize> = Vec::new();
    for (at, character) in text.char_indices().take(60) {
        if character != '.' {
            for lower in character.to_lowercase() {
                plain.push(if lower == '’' { '\'' } else { lower });
                ends.extend(std::iter::repeat_n(at + character.len_utf8(), 1));
            }
        }
    }
    let characters: Vec<char> = plain.chars().collect();
    let phrase = WORDS.degrees.iter().find(|phrase| {
        let length = phrase.chars().count();
        plain.starts_with(phrase.as_str())
            && characters.get(length).is_none_or(|next| {
                !next.is_alphanumeric() || crate::parse::word::is_ideograph(*next)
            })
    })?;
    let end = ends.get(phrase.chars().count().checked_sub(1)?).copied()?;
    let dots = text.get(end..).map_or(0, |rest| rest.len() - rest.trim_start_matches('.').len());
    Some(end + dots)
}

/// `GPA: 3.7` is one part.
fn keep_scores(head: &mut Vec<Part>) {
    let mut index = 1;
    while index < head.len() {
        let labelled =
            head.get(index - 1).is_some_and(|part| WORDS.scores.contains(&fold(&part.text)))
                && head.get(index).is_some_and(|part| part.glue.contains([':', '：']));
        if !labelled {
            index += 1;
            continue;
        }
        let part = head.remove(index);
        if let Some(label) = head.get_mut(index - 1) {
            label.text = format!("{}{}{}", label.text, part.glue, part.text);
        }
    }
}

/// Takes `Major courses: …` out of the head.
fn take_courses(head: &mut Vec<Part>) -> Vec<String> {
    let Some(at) = head.iter().position(|part| WORDS.courses.contains(&fold(&part.text))) else {
        return Vec::new();
    };
    let row = head.get(at).map(|part| part.row);
    let mut courses = Vec::new();
    let mut index = 0;
    head.retain(|part| {
        let taken = index >= at && (Some(part.row) == row || index > at);
        if taken && index > at {
            courses.push(part.text.clone());
        }
        index += 1;
        !taken
    });
    courses
}

fn assign(head: &[Part]) -> (f32, Vec<solve::Group>) {
    solve::best(
        head,
        5,
        |label, run| {
            let text = solve::text(run);
            let each = f32::from(u16::try_from(run.len() - 1).unwrap_or(u16::MAX));
            match label {
                DEGREE => degree(&text, run) - each * 0.1,
                AREA => area(&text) + linked(run) - each * 0.05,
                SCHOOL => school(&text, run) - linked(run) - each * 0.05,
                PLACE => region(&text, run),
                _ => {
                    if is_score(&text) {
                        0.9
                    } else {
                        -0.6
                    }
                }
            }
        },
        |label, used| match label {
            AREA if used & (1 << DEGREE) != 0 => 0.1,
            SCORE if used & (1 << SCHOOL) != 0 => 0.05,
            SCHOOL if used & (1 << AREA) != 0 && used & (1 << DEGREE) != 0 => 0.05,
            PLACE if used & (1 << SCHOOL) == 0 => -0.3,
            _ => 0.0,
        },
    )
}

/// `in …` behind a degree is its field.
fn linked(run: &[Part]) -> f32 {
    let link = run.first().map(|part| part.glue.trim()).filter(|glue| !glue.is_empty());
    if link.is_some_and(|glue| WORDS.degree_links.contains(&fold(glue))) { 0.3 } else { 0.0 }
}

fn degree(text: &str, run: &[Part]) -> f32 {
    if run
        .iter()
        .any(|part| WORDS.schools.count(&part.text) > 0 && degree_length(&part.text).is_none())
    {
        return -0.5;
    }
    match degree_length(text) {
        Some(_) if is_field_too(text) => 0.35,
        Some(_) => 1.0,
        None => -0.15,
    }
}

fn area(text: &str) -> f32 {
    if WORDS.schools.count(text) > 0 {
        return -0.6;
    }
    let degree = degree_length(text).is_some() && !is_field_too(text);
    if degree || is_score(text) || place::likeness(text) >= 0.9 {
        return -0.4;
    }
    if text.split_whitespace().count() > 9 { -0.3 } else { 0.3 }
}

fn school(text: &str, run: &[Part]) -> f32 {
    let opens = run.first().is_some_and(|part| {
        degree_length(&part.text).is_some() && WORDS.schools.count(&part.text) == 0
    });
    if opens || is_score(text) {
        return -0.6;
    }
    let first = run.first().map_or(0, |part| WORDS.schools.count(&part.text));
    let named = run.first().is_some_and(part::opens_employer);
    if first > 0 || named {
        1.0
    } else if WORDS.schools.count(text) > 0 || WORDS.orgs.count(text) > 0 {
        0.7
    } else {
        0.2
    }
}

fn region(text: &str, run: &[Part]) -> f32 {
    let likeness = place::likeness(text);
    let apart = run.first().is_some_and(|part| part.cost > 1.0);
    if likeness >= 0.9 {
        0.7
    } else if likeness > 0.0 && apart {
        0.15
    } else {
        -0.2
    }
}

/// Marks, averages and honours.
fn is_score(text: &str) -> bool {
    let lower = fold(text);
    let worded = WORDS.scores.iter().any(|word| {
        lower.strip_prefix(word.as_str()).is_some_and(|rest| !rest.starts_with(char::is_alphabetic))
            || lower.strip_suffix(word.as_str()).is_some_and(|rest| rest.ends_with(' '))
    });
    let at = text.find(|c: char| c.is_ascii_digit());
    let numbered = at.and_then(|at| text.split_at_checked(at)).is_some_and(|(label, number)| {
        (label.trim().is_empty() || WORDS.scores.contains(&fold(label)))
            && MARK.is_match(number.trim())
    });
    (worded && lower.split_whitespace().count() <= 6) || numbered
}

/// `Grade: 1,7` is `1,7`.
fn bare_score(text: &str) -> String {
    let known = |label: &str| WORDS.scores.contains(&fold(label));
    match text.split_once([':', '：']) {
        Some((label, rest)) if known(label) && !rest.trim().is_empty() => rest.trim().to_owned(),
        _ => text.to_owned(),
    }
}
