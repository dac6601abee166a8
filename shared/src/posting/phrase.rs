//! Requirements the taxonomy does not know: short noun phrases in a list.

use std::ops::Range;
use std::sync::LazyLock;

use crate::taxonomy::token::fold;
use crate::taxonomy::wording::Phrases;

/// The phrases of a list, apart from the byte ranges already taken by known terms.
///
/// Running prose yields nothing: it holds too many phrases that are no skills.
pub fn phrases<'s>(sentence: &'s str, taken: &[Range<usize>]) -> Vec<&'s str> {
    let parts = parts(sentence);
    let words: Vec<usize> =
        parts.iter().map(|part| sentence.get(part.clone()).map_or(0, count)).collect();
    let short = words.iter().filter(|words| (1..=4).contains(*words)).count();
    let is_list = parts.len() >= 3 && short * 3 >= parts.len() * 2
        || parts.len() <= 2 && words.iter().all(|words| (1..=3).contains(words));
    if !is_list {
        return Vec::new();
    }
    parts
        .into_iter()
        .filter(|part| !taken.iter().any(|term| term.start < part.end && part.start < term.end))
        .filter_map(|part| {
            let plain_list = words.len() >= 3 && words.iter().all(|words| *words <= 3);
            phrase(sentence.get(part)?, if plain_list { words.len() } else { words.len().min(2) })
        })
        .collect()
}

fn count(part: &str) -> usize {
    part.split_whitespace().count()
}

/// The byte ranges between commas, slashes, bullets and "and", brackets left out.
fn parts(sentence: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut depth = 0_usize;
    for (at, c) in sentence.char_indices() {
        let (cut, closes) = match c {
            '(' | '[' | '（' => {
                depth += 1;
                (depth == 1, false)
            }
            ')' | ']' | '）' => {
                depth = depth.saturating_sub(1);
                (depth == 0, true)
            }
            ',' | ';' | '•' | '·' | '|' | '/' | '、' | '，' | ':' => (depth == 0, false),
            _ => (false, false),
        };
        if cut {
            if !closes {
                found.push(start..at);
            }
            start = at + c.len_utf8();
        }
    }
    if depth == 0 {
        found.push(start..sentence.len());
    }
    found.into_iter().flat_map(|part| at_conjunctions(sentence, &part)).collect()
}

fn at_conjunctions(sentence: &str, part: &Range<usize>) -> Vec<Range<usize>> {
    let text = sentence.get(part.clone()).unwrap_or_default();
    let mut found = Vec::new();
    let mut start = 0;
    for mark in [" and ", " & ", " or ", " und ", " oder ", " et ", " y ", " w/ "] {
        if let Some(at) = text.get(start..).and_then(|rest| rest.find(mark)) {
            found.push(part.start + start..part.start + start + at);
            start += at + mark.len();
        }
    }
    found.push(part.start + start..part.end);
    found
}

fn phrase(part: &str, parts: usize) -> Option<&str> {
    let mut text = part.trim().trim_end_matches(['.', '!', ':', '…']).trim();
    if starts_with_article(text) {
        return None;
    }
    while let Some((first, rest)) = text.split_once(' ') {
        if !FILLERS.has(&bare(first)) {
            break;
        }
        text = rest.trim();
    }
    while let Some((rest, last)) = text.rsplit_once(' ') {
        if !TAILS.has(&bare(last)) {
            break;
        }
        text = rest.trim();
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let lettered = words.iter().all(|word| word.chars().any(char::is_alphabetic));
    let plain = words.iter().all(|word| {
        word.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '+' | '#' | '.' | '\'' | '’'))
    });
    let stops = words.iter().any(|word| {
        let word = bare(word);
        STOPS.has(&word) || FILLERS.has(&word) && words.len() == 1
    });
    let tells = match words.as_slice() {
        [] => false,
        [word] => is_telling(word, parts),
        many => many.len() <= 4,
    };
    (lettered && plain && !stops && tells).then_some(text)
}

fn bare(word: &str) -> String {
    fold(word.trim_matches(|c: char| !c.is_alphanumeric()))
}

fn starts_with_article(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default().to_lowercase();
    matches!(first.as_str(), "a" | "an" | "ein" | "eine" | "un" | "une" | "una" | "um" | "uma")
}

/// A single word is a skill when it is written like a name, or stands in a
/// longer list and is no adjective.
fn is_telling(word: &str, parts: usize) -> bool {
    const ADJECTIVES: [&str; 14] = [
        "ed", "ive", "able", "ible", "ful", "ous", "ent", "ant", "ic", "al", "ly", "ig", "lich",
        "ble",
    ];
    let letters = word.chars().count();
    let name = word.chars().skip(1).any(char::is_uppercase)
        || word.chars().any(|c| c.is_ascii_digit() || matches!(c, '+' | '#'));
    let capital = word.chars().next().is_some_and(char::is_uppercase);
    let adjective = ADJECTIVES.iter().any(|ending| word.to_lowercase().ends_with(ending));
    letters >= 2 && name || letters >= 4 && (capital && parts >= 2 || parts >= 3) && !adjective
}

static FILLERS: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(FILLERS_LIST));
const FILLERS_LIST: &str = "strong, good, excellent, solid, proven, basic, advanced, very, some, valid, current, \
    hands-on, experience, with, in, of, knowledge, familiarity, understanding, proficiency, \
    proficient, expertise, exposure, to, working, deep, sound, the, ideally, preferably, plus, \
    also, including, such, as, like, minimum, using, use, demonstrated, previous, prior, \
    relevant, practical, professional, extensive, and, or, certified, any, for, on, sehr, gute, \
    kenntnisse, erfahrung, mit, im, experiencia, con, en, conocimientos, de, connaissance, \
    connaissances, des, maitrise, du, bonne, manejo, dominio, buenos, conhecimento, em";

static TAILS: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(TAILS_LIST));
const TAILS_LIST: &str = "experience, skills, skill, knowledge, required, preferred, etc, background, exposure, \
    desirable, advantage, similar, plus, essential, preferably, kenntnisse, erfahrung, ideally, \
    certification, mandatory, expertise, ability, a, and, or, strongly";

static STOPS: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(STOPS_LIST));
const STOPS_LIST: &str = "you, we, our, your, us, is, are, be, will, have, has, who, that, which, it, able, ability, \
    can, must, should, would, not, no, if, when, from, per, than, least, at, years, year, yrs, \
    months, team, environment, sense, attitude, passion, similar, equivalent, more, etc, other, \
    others, people, willing, willingness, job, role, salary, one, two, need, e.g, eg, \
    comparable, degree, diploma, bachelor, master, humour, humor, integrity, motivation, \
    motivated, reliable, enthusiasm, enthusiastic, punctual, honest, hardworking, credentials, \
    candidate, candidates, level, levels, including, field, discipline, industry, setting, i.e, \
    this, their, its, own, do, abgeschlossenes, studium, vergleichbar, similar, plant, half, \
    anything, everything, mindset, both, either, please";
