//! Projects, certificates, awards, publications and references.

use shared::resume::json::{Award, Certificate, Project, Publication, Reference};

use super::entry::{self, Body, Entry};
use super::solve::{self, Part};
use super::{Read, list, work};
use crate::parse::flow::Row;
use crate::parse::section::Kind;
use crate::parse::word::{WORDS, fold};

const NAME: usize = 0;
const BY: usize = 1;

pub fn projects(rows: &[Row]) -> Vec<Read<Project>> {
    entry::split(rows, Kind::Projects).into_iter().filter_map(|entry| project(&entry)).collect()
}

fn project(entry: &Entry) -> Option<Read<Project>> {
    let mut data = Project { url: entry.url.clone(), ..Project::default() };
    (data.start_date, data.end_date) = work::dates(entry.period);
    let mut texts: Vec<String> = Vec::new();
    let (name, rest) = title(&entry.head);
    data.name = name;
    texts.extend(rest);
    for body in &entry.body {
        match body {
            Body::Cells(cells) => data.keywords.extend(cells.iter().cloned()),
            Body::Labelled(label, text) if entry::names_tools(label) => {
                let rest = text.split_once([':', '：']).map_or("", |(_, rest)| rest);
                data.keywords.extend(list::items(rest));
            }
            Body::Item(text) | Body::Text(text) if list::is_names(text) => {
                data.keywords.extend(list::items(text));
            }
            Body::Text(text) | Body::Labelled(_, text) if data.highlights.is_empty() => {
                texts.push(text.clone());
            }
            Body::Item(text) | Body::Text(text) | Body::Labelled(_, text) => {
                data.highlights.push(text.clone());
            }
        }
    }
    if data.name.is_none() {
        let (name, text) =
            texts.first()?.split_once(": ").map(|(a, b)| (a.to_owned(), b.to_owned()))?;
        data.name = Some(name);
        texts[0] = text;
    }
    data.description = (!texts.is_empty()).then(|| texts.join(" "));
    Some(Read { data, lines: entry.lines, sure: 0.8 })
}

/// The words of the first row are the name; a colon or another row opens the description.
fn title(head: &[Part]) -> (Option<String>, Vec<String>) {
    let colon = head.iter().position(|part| part.glue.contains([':', '：']));
    let row = head.iter().position(|part| part.row > 0);
    let end = colon.into_iter().chain(row).min().unwrap_or(head.len());
    let (name, rest) = head.split_at_checked(end).unwrap_or((head, &[]));
    let mut texts = Vec::new();
    let mut from = 0;
    for index in 1..=rest.len() {
        let ends = rest
            .get(index)
            .is_none_or(|part| rest.get(from).is_some_and(|first| first.row != part.row));
        if ends && let Some(run) = rest.get(from..index) {
            texts.push(solve::text(run));
            from = index;
        }
    }
    ((!name.is_empty()).then(|| solve::text(name)), texts)
}

/// Name and giver of a certificate, award or publication.
struct Named {
    name: Option<String>,
    by: Option<String>,
    text: Option<String>,
}

fn named(entry: &Entry) -> Named {
    // On a line of its own the giver may come first; inside a line the name does.
    let one_row = entry.head.iter().all(|part| part.row == 0);
    let first = entry.head.first().map(|part| part.text.clone());
    let (_, groups) = solve::best(
        &entry.head,
        2,
        |label, run| match label {
            NAME => name(run),
            _ if one_row && run.first().map(|part| &part.text) == first.as_ref() => -0.4,
            _ => by(run),
        },
        |label, used| if label == BY && used & (1 << NAME) != 0 { 0.2 } else { 0.0 },
    );
    let mut named = Named { name: None, by: None, text: None };
    let mut texts: Vec<String> = Vec::new();
    for group in groups {
        let Some(run) = entry.head.get(group.from..group.to) else { continue };
        match group.label {
            Some(NAME) => named.name = Some(solve::text(run)),
            Some(_) => named.by = Some(giver(&solve::text(run))),
            None => texts.push(solve::text(run)),
        }
    }
    texts.extend(entry.body.iter().map(|body| match body {
        Body::Item(text) | Body::Text(text) | Body::Labelled(_, text) => text.clone(),
        Body::Cells(cells) => cells.join(", "),
    }));
    if named.name.is_none() && !texts.is_empty() {
        named.name = Some(texts.remove(0));
    }
    named.text = (!texts.is_empty()).then(|| texts.join(" "));
    named
}

fn name(run: &[Part]) -> f32 {
    let text = solve::text(run);
    let Some(first) = run.first() else { return -1.0 };
    let early = if first.row == 0 { 0.2 } else { 0.0 };
    let bold = if first.bold { 0.2 } else { 0.0 };
    let org = if WORDS.orgs.count(&text) > 0 { 0.3 } else { 0.0 };
    0.4 + early + bold - org
}

fn by(run: &[Part]) -> f32 {
    let text = solve::text(run);
    let Some(first) = run.first() else { return -1.0 };
    let each = f32::from(u16::try_from(run.len() - 1).unwrap_or(u16::MAX)) * 0.06;
    let lower = if first.text.chars().next().is_some_and(char::is_lowercase) { 0.4 } else { 0.0 };
    let long = if text.split_whitespace().count() > 9 { 0.5 } else { 0.0 };
    let org = if WORDS.orgs.count(&text) > 0 { 0.8 } else { 0.2 };
    org - each - lower - long
}

/// `Awarded by X` names X.
fn giver(text: &str) -> String {
    let lower = text.to_lowercase();
    let lead =
        ["awarded by ", "issued by ", "by ", "published by ", "from ", "von ", "por ", "par "];
    let cut = lead.iter().find(|lead| lower.starts_with(**lead)).map_or(0, |lead| lead.len());
    text.get(cut..).unwrap_or(text).to_owned()
}

fn single(entry: &Entry) -> Option<String> {
    entry.period.and_then(|period| period.single()).map(|date| date.to_string())
}

pub fn certificates(rows: &[Row]) -> Vec<Read<Certificate>> {
    let entries = entry::split(rows, Kind::Certificates);
    entries
        .into_iter()
        .filter_map(|mut entry| {
            complete(&mut entry.head);
            let named = named(&entry);
            let (date, url) = (single(&entry), entry.url.clone());
            let certificate = Certificate {
                name: Some(named.name?),
                issuer: named.by,
                date,
                url,
                ..Certificate::default()
            };
            Some(Read { data: certificate, lines: entry.lines, sure: 0.8 })
        })
        .collect()
}

/// `… Machine Learning – Specialty`: a level behind a dash belongs to the name.
fn complete(head: &mut Vec<solve::Part>) {
    const LEVELS: [&str; 10] = [
        "specialty",
        "associate",
        "professional",
        "foundational",
        "foundation",
        "practitioner",
        "expert",
        "advanced",
        "intermediate",
        "level",
    ];
    let level = |part: &solve::Part| {
        matches!(part.glue.trim(), "–" | "-" | "—" | ":")
            && part.text.split_whitespace().count() <= 2
            && part.text.split_whitespace().any(|word| LEVELS.contains(&fold(word).as_str()))
    };
    if let Some(at) = head.iter().skip(1).position(level).map(|at| at + 1) {
        let part = head.remove(at);
        if let Some(name) = head.get_mut(at - 1) {
            name.text = format!("{}{}{}", name.text, part.glue, part.text);
        }
    }
}

/// `Author A., Author B. Title. Journal, 12(3)`: the parts of a citation.
fn cited(entry: &Entry) -> Option<Named> {
    if entry.head.is_empty() || entry.head.iter().any(|part| part.row > 0) {
        return None;
    }
    let text = solve::text(&entry.head);
    let mut sentences: Vec<String> = vec![String::new()];
    for word in text.split_whitespace() {
        let open = sentences.last_mut()?;
        if !open.is_empty() {
            open.push(' ');
        }
        open.push_str(word);
        let letters = word.chars().filter(|c| c.is_alphabetic()).count();
        if (word.ends_with('.') && letters > 1 && word != "al.") || word.ends_with('?') {
            sentences.push(String::new());
        }
    }
    sentences.retain(|sentence| !sentence.is_empty());
    let initials = sentences.first()?.split_whitespace().any(|word| {
        word == "al."
            || (word.trim_end_matches(',').ends_with('.')
                && word.chars().filter(|c| c.is_alphabetic()).count() <= 2)
    });
    // Initials end no sentence, so names and title stand in one; the last initial parts them.
    let first = sentences.first()?.clone();
    let title = if initials { after_initials(&first)? } else { first };
    if sentences.len() < 2 {
        return None;
    }
    let by = sentences.get(1)?.split(',').next()?.trim_end_matches('.').trim().to_owned();
    let name = Some(title.trim_end_matches('.').to_owned()).filter(|title| !title.is_empty())?;
    Some(Named {
        name: Some(name),
        by: Some(by).filter(|by| !by.is_empty()),
        text: named(entry).text.filter(|_| !entry.body.is_empty()),
    })
}

/// What follows the last initial of the authors.
fn after_initials(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let initial = |word: &&str| {
        *word == "al."
            || (word.ends_with('.') && word.chars().filter(|c| c.is_alphabetic()).count() <= 2)
    };
    let last = words.iter().rposition(initial)?;
    Some(words.get(last + 1..)?.join(" ")).filter(|rest| !rest.is_empty())
}

pub fn awards(rows: &[Row]) -> Vec<Read<Award>> {
    let entries = entry::split(rows, Kind::Awards);
    entries
        .into_iter()
        .filter_map(|entry| {
            let named = named(&entry);
            let date = single(&entry);
            let award = Award {
                title: Some(named.name?),
                awarder: named.by,
                date,
                summary: named.text,
                ..Award::default()
            };
            Some(Read { data: award, lines: entry.lines, sure: 0.8 })
        })
        .collect()
}

pub fn publications(rows: &[Row]) -> Vec<Read<Publication>> {
    let entries = entry::split(rows, Kind::Publications);
    entries
        .into_iter()
        .filter_map(|entry| {
            let named = cited(&entry).unwrap_or_else(|| named(&entry));
            let data = Publication {
                name: Some(named.name?),
                publisher: named.by,
                release_date: single(&entry),
                url: entry.url.clone(),
                summary: named.text,
                ..Publication::default()
            };
            Some(Read { data, lines: entry.lines, sure: 0.8 })
        })
        .collect()
}

/// `Available on request` names nobody.
fn is_on_request(text: &str) -> bool {
    let text = fold(text);
    let asked = [
        "request",
        "anfrage",
        "petición",
        "demande",
        "solicitação",
        "richiesta",
        "aanvraag",
        "备索",
    ];
    asked.iter().any(|word| text.contains(word)) && text.split_whitespace().count() <= 8
}

pub fn references(rows: &[Row]) -> Vec<Read<Reference>> {
    let mut done: Vec<Read<Reference>> = Vec::new();
    let mut open: Option<Read<Reference>> = None;
    for row in rows {
        let text = row.text().replace('\t', ", ");
        if is_on_request(&text) {
            continue;
        }
        let said = text.starts_with(['“', '"', '„', '«', '「'])
            || text.split_whitespace().count() > 9
            || text.ends_with('.') && text.split_whitespace().count() > 4;
        match open.as_mut() {
            Some(read) if said => {
                let before = read.data.reference.take().map_or(String::new(), |text| text + " ");
                read.data.reference = Some(
                    before + text.trim_matches(['“', '”', '"', '„', '«', '»', ' ', '「', '」']),
                );
                read.lines.1 = row.at;
            }
            Some(read)
                if read.data.reference.is_none()
                    && row.gap <= 1.3
                    && !row.bold
                    && row.heading.is_none() =>
            {
                read.data.reference = Some(text);
                read.lines.1 = row.at;
            }
            _ => {
                done.extend(open.take());
                let data = if said {
                    Reference { reference: Some(text), ..Reference::default() }
                } else {
                    Reference { name: Some(text), ..Reference::default() }
                };
                open = Some(Read { data, lines: (row.at, row.at), sure: 0.7 });
            }
        }
    }
    done.extend(open);
    done
}
