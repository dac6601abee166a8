//! Who the person is and how to reach them.

use shared::resume::json::{Basics, JsonResume, Language};

use super::{Origins, language, place, url};
use crate::parse::flow::{Cell, Row};
use crate::parse::section::{Kind, Section};
use crate::parse::word::{WORDS, fold, has_ideographs};
use name::{is_label, is_name, uncapped};

mod address;
mod name;
pub mod phone;
mod profile;

/// What is left of the head once each reader has taken its own.
struct Pile<'a> {
    basics: Basics,
    languages: Vec<Language>,
    places: Vec<(String, usize)>,
    prose: Vec<(String, usize)>,
    short: Vec<(String, &'a Row)>,
    origins: Origins,
    network: Option<String>,
}

/// Reads the head of the document and its sections on contact and summary.
pub fn read(sections: &[Section], resume: &mut JsonResume, origins: &mut Origins) {
    let mut pile = Pile {
        basics: std::mem::take(&mut resume.basics),
        languages: Vec::new(),
        places: Vec::new(),
        prose: Vec::new(),
        short: Vec::new(),
        origins: Origins::new(),
        network: None,
    };
    for section in sections {
        match section.kind {
            Kind::Head => pile.rows(&section.rows, true),
            Kind::Contact => pile.rows(&section.rows, false),
            Kind::Summary => pile.summary(&section.rows),
            Kind::Work
            | Kind::Education
            | Kind::Skills
            | Kind::Languages
            | Kind::Projects
            | Kind::Certificates
            | Kind::Awards
            | Kind::Publications
            | Kind::Volunteer
            | Kind::References
            | Kind::Interests
            | Kind::Ambiguous
            | Kind::Other => {}
        }
    }
    pile.name_and_label();
    pile.place();
    pile.rest(sections);
    if resume.languages.is_empty() {
        resume.languages = pile.languages;
    }
    resume.basics = pile.basics;
    origins.extend(pile.origins);
}

impl<'a> Pile<'a> {
    fn rows(&mut self, rows: &'a [Row], head: bool) {
        for row in rows {
            let whole = row.text();
            if row.cells.len() == 1 && is_prose(&whole) && url::mail(&whole).is_none() {
                self.prose.push((whole, row.at));
                continue;
            }
            let mut label = None;
            for cell in &row.cells {
                for piece in pieces(&cell.text) {
                    label = self.piece(piece, cell, row, (head, label.take()));
                }
            }
        }
    }

    /// Takes one piece; answers a label when the piece is one for the next.
    fn piece(
        &mut self,
        piece: &str,
        cell: &Cell,
        row: &'a Row,
        (head, label): (bool, Option<String>),
    ) -> Option<String> {
        if profile::network_name(piece).is_some() {
            self.network(piece, cell, row);
            return None;
        }
        let (own, value) = unlabelled(piece);
        let label = own.or(label);
        if value.is_empty() {
            return label;
        }
        if let Some(mail) = url::mail(value) {
            let rest = value.replace(mail, "|");
            let mail = mail.to_owned();
            self.note("email", row.at);
            self.basics.email.get_or_insert(mail);
            for piece in pieces(&rest) {
                self.piece(piece, cell, row, (head, None));
            }
            return None;
        }
        if self.network(value, cell, row) {
            return None;
        }
        if language::only_names(value) {
            self.languages.extend(value.split(',').map(|name| Language {
                language: Some(name.trim().to_owned()),
                ..Language::default()
            }));
            return None;
        }
        if let Some(phone) = phone::find(value) {
            let rest = value.replace(phone, "|");
            self.note("phone", row.at);
            self.basics.phone.get_or_insert(phone.to_owned());
            for piece in pieces(&rest).filter(|piece| piece.chars().count() > 8) {
                self.piece(piece, cell, row, (head, None));
            }
            return None;
        }
        if let Some(label) = &label
            && self.labelled(label, value, row.at)
        {
            return None;
        }
        let labelled = label.as_deref().is_some_and(|label| WORDS.labels.contains(label));
        if labelled || address::is_address(value) || (!head && place::likeness(value) > 0.2) {
            self.places.push((value.to_owned(), row.at));
        } else {
            self.short.push((value.to_owned(), row));
        }
        None
    }

    /// What only its label explains; true when nobody else should read it.
    fn labelled(&mut self, label: &str, value: &str, at: usize) -> bool {
        match label {
            "name" | "full name" | "姓名" | "氏名" => {
                self.note("name", at);
                self.basics.name.get_or_insert(value.to_owned());
            }
            "region" | "state" | "province" | "bundesland" | "provincia" | "estado" | "省份" => {
                self.note("location/region", at);
                self.basics.location.region = Some(value.to_owned());
            }
            other => return WORDS.private.contains(other),
        }
        true
    }

    /// Pages and profiles.
    fn network(&mut self, value: &str, cell: &Cell, row: &Row) -> bool {
        if let Some(name) = profile::network_name(value) {
            let linked = cell.link.as_deref().and_then(profile::of);
            if let Some(found) = linked.filter(|found| found.network.as_deref() == Some(name)) {
                self.add(found, row.at);
                return true;
            }
            self.network = Some(name.to_owned());
            return true;
        }
        if let Some(found) = profile::bracketed(value) {
            self.add(found, row.at);
            return true;
        }
        if let Some(network) = self.network.take()
            && !value.contains(' ')
        {
            let linked = cell.link.clone().or_else(|| url::is_url(value).then(|| value.to_owned()));
            self.add(profile::named(&network, value, linked), row.at);
            return true;
        }
        let pages = url::urls(value);
        let link = cell.link.as_deref().filter(|link| link.starts_with("http"));
        if pages.is_empty() {
            let Some(found) = link.filter(|_| !value.contains(' ')).and_then(profile::of) else {
                return false;
            };
            self.add(found, row.at);
            return true;
        }
        for page in pages {
            match profile::of(page) {
                Some(found) => self.add(found, row.at),
                None if self.basics.url.is_none() => {
                    self.note("url", row.at);
                    self.basics.url = Some(page.to_owned());
                }
                None => {}
            }
        }
        true
    }

    fn add(&mut self, found: shared::resume::json::Profile, at: usize) {
        // A user name beside the address of the same page says nothing new.
        self.short.retain(|(text, _)| Some(text) != found.username.as_ref());
        if self.basics.profiles.iter().any(|other| other.url.is_some() && other.url == found.url) {
            return;
        }
        self.origins.push((
            format!("/basics/profiles/{}", self.basics.profiles.len()),
            (at, at),
            0.9,
        ));
        self.basics.profiles.push(found);
    }

    fn note(&mut self, field: &str, at: usize) {
        self.origins.push((format!("/basics/{field}"), (at, at), 0.95));
    }

    fn summary(&mut self, rows: &[Row]) {
        let text: Vec<String> = rows.iter().map(|row| row.text().replace('\t', " ")).collect();
        if text.is_empty() {
            return;
        }
        let lines = super::span(rows);
        self.origins.push(("/basics/summary".to_owned(), lines, 0.9));
        let joined = join(text.iter().map(String::as_str));
        self.basics.summary = Some(match self.basics.summary.take() {
            Some(before) => format!("{before} {joined}"),
            None => joined,
        });
    }

    /// The name stands first or largest; the label below it.
    fn name_and_label(&mut self) {
        let largest = self.short.iter().map(|(_, row)| row.size).fold(0.0, f32::max);
        let fits = |(text, row): &&(String, &Row)| is_name(text) && row.size + 0.3 >= largest;
        let found = self
            .short
            .iter()
            .find(fits)
            .or_else(|| self.short.iter().find(|(text, _)| is_name(text)));
        let found = found.map(|(text, row)| (text.clone(), row.at));
        let mut from = 0;
        if let Some((name, at)) = found {
            from = at;
            self.note("name", at);
            if self.basics.name.is_none() {
                self.basics.name = Some(uncapped(&name));
            }
            self.short.retain(|(text, row)| row.at != at || *text != name);
        }
        let label = self.short.iter().position(|(text, row)| row.at >= from && is_label(text));
        if let Some((text, row)) = label.map(|at| self.short.remove(at)) {
            self.note("label", row.at);
            self.basics.label = Some(text);
        }
        if self.basics.summary.is_none() && !self.prose.is_empty() {
            let lines =
                (self.prose.first().map_or(0, |p| p.1), self.prose.last().map_or(0, |p| p.1));
            self.origins.push(("/basics/summary".to_owned(), lines, 0.75));
            self.basics.summary = Some(join(self.prose.iter().map(|(text, _)| text.as_str())));
        }
    }

    fn place(&mut self) {
        if self.places.is_empty() {
            let at = self.short.iter().position(|(text, _)| {
                place::likeness(text) > 0.2 && !is_label(text) || place::likeness(text) >= 0.9
            });
            if let Some((text, row)) = at.map(|at| self.short.remove(at)) {
                self.places.push((text, row.at));
            }
        }
        let (Some(first), Some(last)) =
            (self.places.first().map(|p| p.1), self.places.last().map(|p| p.1))
        else {
            return;
        };
        let texts: Vec<&str> = self.places.iter().map(|(text, _)| text.as_str()).collect();
        let region = self.basics.location.region.take();
        self.basics.location = address::read(&texts.join(", "));
        self.basics.location.region = region.or(self.basics.location.region.take());
        self.origins.push(("/basics/location".to_owned(), (first, last), 0.8));
    }

    /// An address that stands only elsewhere, as in a footer, still counts.
    fn rest(&mut self, sections: &[Section]) {
        let rows = || {
            sections
                .iter()
                .filter(|section| section.kind != Kind::References)
                .flat_map(|section| &section.rows)
        };
        if self.basics.email.is_none()
            && let Some((mail, at)) =
                rows().find_map(|row| url::mail(&row.text()).map(|mail| (mail.to_owned(), row.at)))
        {
            self.note("email", at);
            self.basics.email = Some(mail);
        }
    }
}

fn join<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let mut joined = String::new();
    for text in texts {
        let closed = has_ideographs(text) && joined.ends_with(['。', '，', '；']);
        if !joined.is_empty() && !closed {
            joined.push(' ');
        }
        joined.push_str(text);
    }
    joined
}

fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split(['|', '•', '｜', '‖', '◆', '∙', '⋄', '⬥', '❖'])
        .flat_map(|part| part.split(" · "))
        .flat_map(|part| part.split(" — "))
        .map(|part| part.trim().trim_matches('·').trim())
        .filter(|part| part.chars().any(char::is_alphanumeric))
}

/// Takes a symbol and a label like `Phone:` off the front; the label alone is an empty value.
fn unlabelled(piece: &str) -> (Option<String>, &str) {
    let piece = piece
        .trim_start_matches(|c: char| {
            !(c.is_alphanumeric() || matches!(c, '+' | '(' | '@' | '#' | '（'))
        })
        .trim();
    if is_known_label(piece) {
        return (Some(fold(piece)), "");
    }
    if let Some((label, rest)) = piece.split_once([':', '：'])
        && is_known_label(label)
        && !rest.starts_with("//")
    {
        return (Some(fold(label)), rest.trim());
    }
    // `T +49 …`, `Tel. 030 …`
    if let Some((label, rest)) = piece.split_once(' ')
        && (matches!(label, "T" | "M" | "P" | "E" | "A" | "W")
            && rest.contains(|c: char| c.is_ascii_digit() || c == '@' || c == '.')
            || is_known_label(label) && phone::find(rest).is_some())
    {
        return (Some(fold(label)), rest.trim());
    }
    (None, piece)
}

fn is_known_label(text: &str) -> bool {
    let text = fold(text);
    WORDS.labels.contains(&text) || WORDS.private.contains(&text)
}

fn is_prose(text: &str) -> bool {
    text.split_whitespace().count() > 14
        || (has_ideographs(text) && text.chars().count() > 40 && text.contains(['，', '。']))
        || (text.split_whitespace().count() > 7 && text.ends_with('.'))
}
