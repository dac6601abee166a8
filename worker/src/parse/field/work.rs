//! Jobs and unpaid work.

use std::collections::HashMap;

use shared::resume::json::{Volunteer, Work};

use super::date::Period;
use super::entry::{self, Body, Entry};
use super::solve::{self, Part};
use super::{Read, part, place};
use crate::parse::flow::Row;
use crate::parse::section::Kind;
use crate::parse::word::{WORDS, fold};

const TITLE: usize = 0;
const ORG: usize = 1;
const PLACE: usize = 2;
/// What the order found in the other entries is worth.
const CUSTOM: f32 = 0.3;

/// A role read from the head of an entry.
#[derive(Default, Clone)]
struct Role {
    position: Option<String>,
    name: Option<String>,
    location: Option<String>,
    rest: Vec<String>,
    score: f32,
}

impl Role {
    /// Where employers stand on rows of their own, `Vice President, Sales` is all role.
    fn undivide(&mut self) {
        let department = |name: &String| WORDS.orgs.count(name) == 0;
        if let (Some(position), Some(name)) =
            (&self.position, self.name.as_ref().filter(|name| department(name)))
        {
            self.position = Some(format!("{position}, {name}"));
            self.name = None;
        }
    }
}

pub fn read(rows: &[Row]) -> Vec<Read<Work>> {
    let roles = roles(rows, Kind::Work);
    let mut done: Vec<Read<Work>> = Vec::new();
    let mut group: Option<Role> = None;
    let count = roles.len();
    let rows = |entry: &Entry| entry.head.last().map_or(0, |part| part.row + 1);
    let tall = roles
        .iter()
        .any(|(entry, role)| rows(entry) > 1 && !entry.body.is_empty() && role.name.is_some());
    for (index, (entry, mut role)) in roles.into_iter().enumerate() {
        let bare = entry.body.is_empty() && role.position.is_none() && role.name.is_some();
        if bare && index + 1 < count {
            group = Some(role);
            continue;
        }
        if tall && rows(&entry) == 1 && (group.is_some() || !done.is_empty()) {
            role.undivide();
        }
        if role.name.is_none() {
            let above = group.as_ref().map(|group| (group.name.clone(), group.location.clone()));
            let above = above.or_else(|| {
                done.last().map(|read| (read.data.name.clone(), read.data.location.clone()))
            });
            if let Some((name, location)) = above {
                role.name = name;
                role.location = role.location.or(location);
            }
        } else {
            group = None;
        }
        done.push(work(&entry, role));
    }
    done
}

fn work(entry: &Entry, role: Role) -> Read<Work> {
    let (start, end) = dates(entry.period);
    let (summary, highlights) = texts(entry, role.rest);
    let sure = sureness(role.score, role.position.is_some() && role.name.is_some());
    let data = Work {
        name: role.name,
        position: role.position,
        location: role.location,
        start_date: start,
        end_date: end,
        url: entry.url.clone(),
        summary,
        highlights,
        ..Work::default()
    };
    Read { data, lines: entry.lines, sure }
}

pub fn volunteer(rows: &[Row]) -> Vec<Read<Volunteer>> {
    let roles = roles(rows, Kind::Volunteer);
    roles
        .into_iter()
        .map(|(entry, role)| {
            let (start_date, end_date) = dates(entry.period);
            let (summary, highlights) = texts(&entry, role.rest);
            let sure = sureness(role.score, role.position.is_some() && role.name.is_some());
            let data = Volunteer {
                organization: role.name,
                position: role.position,
                start_date,
                end_date,
                url: entry.url.clone(),
                summary,
                highlights,
                ..Volunteer::default()
            };
            Read { data, lines: entry.lines, sure }
        })
        .collect()
}

fn sureness(score: f32, full: bool) -> f32 {
    let base = if full { 0.6 } else { 0.4 };
    (base + score * 0.15).clamp(0.3, 0.97)
}

/// Start and end as JSON Resume writes them; a job of one date began and ended then.
pub fn dates(period: Option<Period>) -> (Option<String>, Option<String>) {
    let Some(period) = period else { return (None, None) };
    let start = period.start.map(|date| date.to_string());
    let end = period.end.map(|date| date.to_string());
    (start, end)
}

/// The prose under the head, and the items.
pub fn texts(entry: &Entry, rest: Vec<String>) -> (Option<String>, Vec<String>) {
    let mut summary: Vec<String> = rest;
    let mut highlights: Vec<String> = Vec::new();
    for body in &entry.body {
        match body {
            Body::Text(text) | Body::Labelled(_, text) if highlights.is_empty() => {
                summary.push(text.clone());
            }
            Body::Item(text) | Body::Text(text) | Body::Labelled(_, text) => {
                highlights.push(text.clone());
            }
            Body::Cells(cells) => highlights.push(cells.join(", ")),
        }
    }
    let summary = (!summary.is_empty()).then(|| summary.join(" "));
    (summary, highlights)
}

/// Reads every head twice: the second time knowing what comes first in this document.
fn roles(rows: &[Row], kind: Kind) -> Vec<(Entry, Role)> {
    let entries = entry::split(rows, kind);
    let repeated = repeated(&entries);
    let first: Vec<(f32, Vec<solve::Group>)> =
        entries.iter().map(|entry| assign(&entry.head, &repeated, 0.0)).collect();
    let lean: f32 = first.iter().map(|(_, groups)| order(groups)).sum();
    let bias = CUSTOM * lean.clamp(-1.0, 1.0);
    let towns =
        entries.iter().zip(&first).any(|(entry, (_, groups))| ends_in_town(&entry.head, groups));
    let read = |mut entry: Entry| {
        if towns {
            expect_towns(&mut entry.head);
        }
        let (score, groups) = assign(&entry.head, &repeated, bias);
        let role = role(&entry.head, &groups, score);
        (entry, role)
    };
    entries
        .into_iter()
        .map(read)
        .filter(|(entry, role)| {
            role.position.is_some() || role.name.is_some() || entry.period.is_some()
        })
        .collect()
}

/// An employer and, behind a comma, where it is.
fn ends_in_town(head: &[Part], groups: &[solve::Group]) -> bool {
    groups.windows(2).any(|pair| {
        let [org, town] = pair else { return false };
        org.label == Some(ORG)
            && town.label == Some(PLACE)
            && head.get(town.from).is_some_and(|part| part.glue.trim() == ",")
    })
}

/// Where some employers are followed by their towns, what stands behind the comma of others is
/// one as well: `Caja del Ebro, Huesca`, of which no list knows either.
fn expect_towns(head: &mut [Part]) {
    for index in 1..head.len() {
        let Some([org, town]) = head.get(index - 1..=index) else { continue };
        // Behind a wide gap both halves may be a place: `Initech    Dallas, TX`.
        let opens = index == 1 || head.get(index - 2).is_none_or(|part| part.row != org.row);
        let closes =
            head.get(index + 1).is_none_or(|next| next.row != town.row || next.cost > COMMA_COST);
        let named = WORDS.titles.count(&org.text) > 0 && WORDS.orgs.count(&org.text) == 0;
        if opens
            && closes
            && !named
            && town.row == org.row
            && town.glue.trim() == ","
            && place::likeness(&town.text) > 0.0
            && let Some(town) = head.get_mut(index)
        {
            town.after_org = true;
            town.cost = town.cost.max(part::SPLIT);
        }
    }
}

/// More than this parts what a comma does not.
const COMMA_COST: f32 = 0.1;

/// Positive when roles stand before employers.
fn order(groups: &[solve::Group]) -> f32 {
    let at = |label: usize| groups.iter().position(|group| group.label == Some(label));
    match (at(TITLE), at(ORG)) {
        (Some(title), Some(org)) if title < org => 1.0,
        (Some(_), Some(_)) => -1.0,
        _ => 0.0,
    }
}

/// Names that head several entries are employers.
fn repeated(entries: &[Entry]) -> HashMap<String, usize> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for entry in entries {
        let mut texts: Vec<String> = entry.head.iter().map(|part| fold(&part.text)).collect();
        texts.sort_unstable();
        texts.dedup();
        for text in texts {
            *seen.entry(text).or_default() += 1;
        }
    }
    seen.retain(|_, count| *count > 1);
    seen
}

fn assign(head: &[Part], repeated: &HashMap<String, usize>, bias: f32) -> (f32, Vec<solve::Group>) {
    solve::best(
        head,
        3,
        |label, run| match label {
            TITLE => title(run),
            ORG => org(run, repeated),
            _ => where_(run),
        },
        |label, used| match label {
            ORG if used & (1 << TITLE) != 0 => bias + 0.02,
            TITLE if used & (1 << ORG) != 0 => -bias,
            PLACE if used & (1 << ORG) != 0 => 0.08,
            ORG if used & (1 << PLACE) != 0 => -0.1,
            _ => 0.0,
        },
    )
}

fn few(count: usize, each: f32) -> f32 {
    f32::from(u16::try_from(count).unwrap_or(u16::MAX)) * each
}

fn title(run: &[Part]) -> f32 {
    let text = solve::text(run);
    let Some(first) = run.first() else { return -1.0 };
    if part::is_legal(&first.text) || run.iter().any(|part| part::is_legal(&part.text)) {
        return -1.0;
    }
    let length = text.split_whitespace().count();
    let base = if WORDS.titles.count(&first.text) > 0 {
        1.0
    } else if WORDS.titles.count(&text) > 0 {
        0.35
    } else if WORDS.orgs.count(&text) > 0 || place::likeness(&text) >= 0.9 {
        -0.6
    } else {
        0.1
    };
    let long = if length > 9 { 0.4 } else { 0.0 };
    let bold = if first.bold { 0.05 } else { 0.0 };
    let mixed = if run
        .iter()
        .skip(1)
        .any(|part| WORDS.orgs.count(&part.text) > 0 && WORDS.titles.count(&part.text) == 0)
    {
        0.3
    } else {
        0.0
    };
    base + bold - long - mixed - few(run.len() - 1, 0.04)
}

fn org(run: &[Part], repeated: &HashMap<String, usize>) -> f32 {
    let text = solve::text(run);
    let Some(first) = run.first() else { return -1.0 };
    if part::is_legal(&first.text) {
        return -3.0;
    }
    let (titles, orgs) = (WORDS.titles.count(&text), WORDS.orgs.count(&text));
    let base = match (titles, orgs) {
        (0, 1..) => 0.9,
        (1.., 1..) => 0.35,
        (1.., 0) => -0.5,
        (0, 0) if place::likeness(&text) >= 0.9 => -0.2,
        (0, 0) if text.chars().next().is_some_and(char::is_lowercase) => -0.2,
        (0, 0) => 0.3,
    };
    let again = if titles == 0 && repeated.contains_key(&fold(&text)) { 0.15 } else { 0.0 };
    let long = if text.split_whitespace().count() > 9 { 0.4 } else { 0.0 };
    let late = if first.late && orgs == 0 { 0.15 } else { 0.0 };
    let named = if part::opens_employer(first) { 0.6 } else { 0.0 };
    base + again + named - long - late - few(run.len() - 1, 0.06)
}

fn where_(run: &[Part]) -> f32 {
    let text = solve::text(run);
    if run.iter().any(|part| part::is_legal(&part.text)) {
        return -1.0;
    }
    let likeness = place::likeness(&text);
    let first = run.first().is_some_and(|part| part.row == 0 && part.glue == " ");
    // Between commas an unknown word is a department rather than a town.
    if likeness < 0.9 && run.first().is_some_and(|part| part.cost < 0.5 && !part.after_org) {
        return -0.3;
    }
    let late = if run.first().is_some_and(|part| part.late) { 0.1 } else { 0.0 };
    // Behind a comma a region belongs to the town before it.
    let alone = place::is_region(&text) || place::country(&text).is_some();
    if alone && run.first().is_some_and(|part| part.cost < 0.5) {
        return 0.1;
    }
    if likeness <= 0.0 {
        likeness - 0.2
    } else {
        likeness * 0.75 + late - if first { 0.1 } else { 0.0 }
    }
}

fn role(head: &[Part], groups: &[solve::Group], score: f32) -> Role {
    let mut role = Role { score, ..Role::default() };
    for group in groups {
        let Some(run) = head.get(group.from..group.to) else { continue };
        let text = solve::text(run);
        match group.label {
            Some(TITLE) => role.position = Some(text),
            Some(ORG) => role.name = Some(text),
            Some(_) => role.location = Some(text.trim_matches(['(', ')']).to_owned()),
            None => role.rest.push(text),
        }
    }
    role
}
