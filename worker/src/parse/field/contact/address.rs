//! Postal addresses by the conventions of their countries.

use std::sync::LazyLock;

use regex::Regex;
use shared::resume::json::Location;

use crate::parse::field::place;
use crate::parse::word::{WORDS, fold, has_ideographs, words};

/// Post codes that cannot be taken for house numbers, the longest first.
static CODE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"\b(?:[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[\dW] ?[A-Z\d]{4}|[A-Z]\d[A-Z] ?\d[A-Z]\d|\d{4} ?[A-Z]{2}|\d{5}-\d{3,4}|\d{3}-\d{4}|\d{2}-\d{3}|\d{6}|\d{3} \d{3}|\d{3} \d{2}|\d{5}|(?:D|A|CH|F|L|B)-\d{4,5})\b",
    )
});
/// Four digits before or behind the name of a town.
static SHORT: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^(?P<before>\d{4})\s+\p{L}|\p{L}\s+(?P<after>\d{4})$|^(?P<alone>\d{4})$")
});
static CHINESE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:中国)?(?P<region>\p{Han}{2,3}(?:省|自治区))?(?P<city>\p{Han}{2,4}?市)?(?P<rest>.*)$",
    )
});

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("the pattern is a constant used by every test")
}

/// True when the text reads like an address or a town with its country.
pub fn is_address(text: &str) -> bool {
    if place::likeness(text) >= 0.9 || town_and_region(text).len() > 1 {
        return true;
    }
    if has_ideographs(text) {
        return text.contains(['市', '区', '路', '街', '号', '県', '都', '府', '區'])
            && text.chars().count() <= 60;
    }
    let digits = text.chars().any(|c| c.is_ascii_digit());
    let street = words(text).any(|word| WORDS.streets.contains(&fold(word)) || ends_street(word));
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    let ends = parts.last().is_some_and(|last| {
        place::country(last).is_some()
            || place::is_region(last)
            || place::country_code(last.rsplit(' ').next().unwrap_or_default()).is_some()
                && parts.len() > 1
    });
    let coded = CODE.is_match(text);
    text.split_whitespace().count() <= 16
        && ((digits && street)
            || (coded
                && text.chars().any(char::is_alphabetic)
                && parts.iter().all(|part| part.split_whitespace().count() <= 6))
            || (ends && parts.len() > 1))
}

/// Languages that write a street as one word name its kind at the end.
fn ends_street(word: &str) -> bool {
    const ENDS: [&str; 22] = [
        "straße", "strasse", "str", "allee", "weg", "gasse", "platz", "ring", "damm", "ufer",
        "chaussee", "steig", "stieg", "straat", "laan", "gracht", "plein", "gatan", "vägen",
        "gata", "vej", "katu",
    ];
    let word = word.to_lowercase();
    let word = word.trim_end_matches('.');
    ENDS.iter().any(|end| word.len() > end.len() + 2 && word.ends_with(end))
}

/// The parts of an address written on one line, its lines joined by commas.
pub fn read(text: &str) -> Location {
    if has_ideographs(text) && !text.contains([',', '，']) {
        return ideographic(text);
    }
    let mut location = Location::default();
    let mut parts: Vec<String> = text
        .split([',', '，'])
        .flat_map(|part| part.split(" - "))
        .flat_map(town_and_region)
        .map(|part| unlabelled(part.trim().trim_matches(['.', ';']).trim()).to_owned())
        .filter(|part| !part.is_empty())
        .collect();
    trailing_country(&mut parts);
    country(&mut parts, &mut location);
    let coded = code(&mut parts, &mut location);
    parts.retain(|part| !part.is_empty());
    part_behind_street(&mut parts);
    region(&mut parts, &mut location, coded);
    location.city = city(&mut parts);
    if !parts.is_empty() {
        location.address = Some(parts.join(", "));
    }
    location
}

/// `Belo Horizonte/MG` is a town and its region; other strokes belong to house numbers.
fn town_and_region(part: &str) -> Vec<&str> {
    match part.rsplit_once('/') {
        Some((town, region))
            if place::is_region(region) && town.chars().all(|c| !c.is_ascii_digit()) =>
        {
            vec![town, region.trim()]
        }
        _ => vec![part],
    }
}

/// What only says that a post code follows.
fn unlabelled(part: &str) -> &str {
    let labels = ["cep", "c.p.", "cp", "plz", "pin", "zip", "postcode"];
    match part.split_once([' ', ':']) {
        Some((label, rest))
            if labels.contains(&label.to_lowercase().as_str())
                && rest.contains(|c: char| c.is_ascii_digit()) =>
        {
            rest.trim_start_matches([':', ' '])
        }
        _ => part,
    }
}

/// `59100 Roubaix France`: a country without its comma, known by the code before it.
fn trailing_country(parts: &mut Vec<String>) {
    let Some(part) = parts.last() else { return };
    let spaces: Vec<usize> = part.rmatch_indices(' ').map(|(at, _)| at).take(2).collect();
    for (before, last) in spaces.iter().rev().map(|at| part.split_at(*at)) {
        let (before, last) = (before.trim(), last.trim());
        let coded = CODE.is_match(before) || SHORT.is_match(before);
        if coded && last.chars().count() > 2 && place::country(last).is_some() {
            let (before, last) = (before.to_owned(), last.to_owned());
            parts.pop();
            parts.extend([before, last]);
            return;
        }
    }
}

/// `27 Tay Street Perth`: behind a number, a name and a word for a street begins the town.
fn part_behind_street(parts: &mut Vec<String>) {
    const KINDS: [&str; 12] = [
        "street",
        "road",
        "avenue",
        "lane",
        "drive",
        "boulevard",
        "crescent",
        "terrace",
        "court",
        "st",
        "rd",
        "ave",
    ];
    let Some(at) = parts.iter().rposition(|part| part.starts_with(|c: char| c.is_ascii_digit()))
    else {
        return;
    };
    let all: Vec<&str> = parts.get(at).map_or(Vec::new(), |part| part.split(' ').collect());
    let kind = all.iter().rposition(|word| KINDS.contains(&fold(word).as_str()));
    let Some(kind) = kind.filter(|kind| *kind >= 2) else { return };
    let (street, town) = all.split_at(kind + 1);
    let town_like = (1..=2).contains(&town.len())
        && town.iter().all(|word| {
            word.chars().count() > 2
                && word.chars().all(char::is_alphabetic)
                && word.starts_with(char::is_uppercase)
        });
    if town_like {
        let (street, town) = (street.join(" "), town.join(" "));
        parts.splice(at..=at, [street, town]);
    }
}

fn country(parts: &mut Vec<String>, location: &mut Location) {
    let named = parts.iter().rposition(|part| {
        place::country(part).is_some() && !(place::is_region(part) && part.chars().count() > 2)
    });
    let named = named.filter(|at| *at > 0 || parts.len() == 1);
    if let Some(at) = named {
        let region_too = place::is_region(parts.get(at).map_or("", String::as_str))
            && at + 1 == parts.len()
            && parts.len() > 1;
        if !region_too {
            location.country_code =
                parts.get(at).and_then(|part| place::country(part)).map(str::to_owned);
            parts.remove(at);
            return;
        }
    }
    for part in parts.iter_mut().rev().take(2) {
        let Some((before, last)) = part.rsplit_once(' ') else {
            let bare = part.trim_matches(['(', ')']);
            let bracketed = bare.len() < part.len();
            if bare.chars().count() == 2
                && (bracketed || !place::is_region(bare))
                && let Some(code) = place::country_code(bare)
            {
                location.country_code = Some(code.to_owned());
                part.clear();
                return;
            }
            continue;
        };
        let bracketed = last.starts_with('(') && last.ends_with(')');
        let plain = last.trim_matches(['(', ')']);
        let behind_code =
            before.ends_with(|c: char| c.is_ascii_digit()) || !place::is_region(plain);
        if (bracketed || behind_code)
            && let Some(code) = place::country_code(plain)
        {
            location.country_code = Some(code.to_owned());
            *part = before.trim().to_owned();
            return;
        }
    }
}

/// Takes out the post code; answers the index of the part it stood in.
fn code(parts: &mut Vec<String>, location: &mut Location) -> Option<usize> {
    part_at_code(parts);
    for (index, part) in parts.iter_mut().enumerate().rev() {
        let street =
            words(part).any(|word| WORDS.streets.contains(&fold(word)) && word.chars().count() > 2);
        let found = CODE.find_iter(part).last().map(|found| (found.start(), found.end()));
        let found = found.or_else(|| {
            let captures = SHORT.captures(part)?;
            let group =
                captures.name("before").or(captures.name("after")).or(captures.name("alone"))?;
            (!street).then_some((group.start(), group.end()))
        });
        let Some((from, to)) = found else { continue };
        if street && from == 0 {
            continue;
        }
        location.postal_code = part.get(from..to).map(str::to_owned);
        let rest = format!(
            "{} {}",
            part.get(..from).unwrap_or_default().trim(),
            part.get(to..).unwrap_or_default().trim()
        );
        rest.trim().clone_into(part);
        return (!part.is_empty()).then_some(index);
    }
    None
}

/// `Lindenallee 14 04229 Leipzig`: what stands before a code with a town behind it is the street.
fn part_at_code(parts: &mut Vec<String>) {
    let Some(at) = parts.len().checked_sub(1) else { return };
    let Some(part) = parts.get(at) else { return };
    let Some(found) = CODE.find_iter(part).last() else { return };
    let (street, town) = part.split_at(found.start());
    let behind = part.get(found.end()..).unwrap_or_default().trim();
    if !street.trim().is_empty() && behind.chars().any(char::is_alphabetic) {
        let (street, town) = (street.trim().to_owned(), town.to_owned());
        parts.pop();
        parts.extend([street, town]);
    }
}

fn region(parts: &mut Vec<String>, location: &mut Location, coded: Option<usize>) {
    let last = parts.len().saturating_sub(1);
    if parts.len() < 2 {
        // `Portland Oregon` and `San Francisco CA` without a comma.
        if let Some(part) = parts.first_mut()
            && let Some((city, region)) = part.rsplit_once(' ')
            && place::is_region(region)
            && region.chars().count() <= 3
        {
            location.region = Some(region.to_owned());
            *part = city.to_owned();
        }
        return;
    }
    let text = parts.last().map_or("", String::as_str);
    let street = |part: &String| part.chars().any(|c| c.is_ascii_digit());
    let behind_city = parts.get(last.saturating_sub(1)).is_some_and(|part| !street(part));
    // Behind street, quarter and town an unknown name before the country is a region.
    let inland = parts.len() > 3
        && location.country_code.is_some()
        && coded.is_none_or(|at| at == last)
        && parts.last().is_some_and(|part| !street(part));
    if behind_city && (place::is_region(text) || inland) {
        location.region = parts.pop();
    } else if let Some((city, region)) = text.rsplit_once(' ')
        && place::is_region(region)
        && region.chars().all(char::is_uppercase)
    {
        location.region = Some(region.to_owned());
        let city = city.to_owned();
        if let Some(part) = parts.last_mut() {
            *part = city;
        }
    }
}

/// The last part that is no street.
fn city(parts: &mut Vec<String>) -> Option<String> {
    let bare = |part: &String| !part.chars().any(|c| c.is_ascii_digit());
    let street = |part: &String| {
        words(part)
            .next()
            .is_some_and(|word| word.chars().count() > 2 && WORDS.streets.contains(&fold(word)))
    };
    let at = parts.iter().rposition(|part| bare(part) && !street(part));
    let at = at.or_else(|| parts.iter().rposition(bare))?;
    Some(parts.remove(at))
}

fn ideographic(text: &str) -> Location {
    let mut location = Location::default();
    if let Some(code) = place::country(text) {
        location.country_code = Some(code.to_owned());
        return location;
    }
    let Some(found) = CHINESE.captures(text) else { return location };
    let group = |name: &str| {
        found
            .name(name)
            .map(|group| group.as_str().trim().to_owned())
            .filter(|text| !text.is_empty())
    };
    location.region = group("region");
    location.city = group("city");
    match (&location.city, group("rest")) {
        (None, Some(rest)) if rest.chars().count() <= 4 => location.city = Some(rest),
        (_, rest) => location.address = rest,
    }
    location
}
