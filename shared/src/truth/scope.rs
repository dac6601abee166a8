//! Which texts of the resume an edit may rest on, and what kind of text it changes.

use chrono::{Datelike, NaiveDate};
use serde_json::Value;

use super::{lexicon::Lexicon, text::Text};
use crate::resume::{json::JsonResume, pointer};

/// What stands at the path of an edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// A sentence about one entry: a bullet, a description.
    Entry,
    /// A sentence about the person: the summary.
    Summary,
    Title,
    Label,
    /// Employer, school, issuer, project: a proper name.
    Name,
    Skills,
    /// A list of sentences about one entry.
    Highlights,
    Degree,
    Grade,
    Certificate,
    Fluency,
    Date,
    /// Anything else: contact data, level, area.
    Plain,
}

/// One text of the resume and where it stands.
#[derive(Debug)]
pub struct Statement {
    pub path: String,
    pub quote: String,
    pub text: Text,
    pub section: Section,
    /// `/work/0`: the entry it belongs to, or the section.
    pub entry: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    Basics,
    Work,
    Education,
    Certificates,
    Skills,
    Languages,
    Other,
}

/// What the dates of the resume say about time spent.
#[derive(Debug, Default)]
pub struct Career {
    /// Years from the first start to the last end, for the entry or for all jobs.
    pub longest_years: f64,
    /// Years of the calendar that stand in the dates.
    pub years: Vec<u16>,
}

/// The texts an edit may rest on, and the others.
#[derive(Debug)]
pub struct Source {
    pub statements: Vec<Statement>,
    pub entry: String,
    pub field: Field,
    pub career: Career,
}

/// A resume has a few hundred texts; more would only cost time.
const MAX_STATEMENTS: usize = 3_000;

impl Source {
    pub fn of(resume: &JsonResume, path: &str, today: Option<NaiveDate>) -> Self {
        let document = serde_json::to_value(resume).unwrap_or_default();
        let parts = pointer::parts(path).unwrap_or_default();
        let entry = entry_of(&parts);
        let field = field(&parts);
        let statements = statements(&document);
        let career = career(resume, &entry, field, today);
        Self { statements, entry, field, career }
    }

    /// Whether the statement may support the edit.
    pub fn supports(&self, statement: &Statement) -> bool {
        match self.field {
            Field::Summary
            | Field::Label
            | Field::Skills
            | Field::Plain
            | Field::Certificate
            | Field::Grade
            | Field::Fluency => true,
            Field::Entry
            | Field::Title
            | Field::Highlights
            | Field::Name
            | Field::Degree
            | Field::Date => statement.entry == self.entry,
        }
    }

    pub fn scope(&self) -> impl Iterator<Item = &Statement> {
        self.statements.iter().filter(|statement| self.supports(statement))
    }

    pub fn elsewhere(&self) -> impl Iterator<Item = &Statement> {
        self.statements.iter().filter(|statement| !self.supports(statement))
    }
}

fn entry_of(parts: &[String]) -> String {
    match parts {
        [section, index, ..] if index.parse::<usize>().is_ok() => format!("/{section}/{index}"),
        [section, ..] => format!("/{section}"),
        [] => String::new(),
    }
}

/// Members of entries that hold a proper name.
const NAMES: [&str; 12] = [
    "name",
    "location",
    "url",
    "organization",
    "institution",
    "area",
    "entity",
    "publisher",
    "title",
    "awarder",
    "issuer",
    "language",
];

fn field(parts: &[String]) -> Field {
    let parts: Vec<_> = parts.iter().map(String::as_str).collect();
    match parts.as_slice() {
        ["basics", "summary"] => Field::Summary,
        ["basics", "label"] => Field::Label,
        ["skills", _, "keywords" | "name", ..] | ["projects", _, "keywords", ..] => Field::Skills,
        ["work" | "volunteer", _, "position"] => Field::Title,
        [_, _, "highlights" | "courses" | "roles"] => Field::Highlights,
        [_, _, "highlights" | "courses" | "roles", _]
        | ["work" | "volunteer" | "awards" | "publications", _, "summary"]
        | ["projects" | "work", _, "description"]
        | ["references", _, "reference"] => Field::Entry,
        ["certificates", _, "name"] => Field::Certificate,
        [_, _, key] if NAMES.contains(key) => Field::Name,
        ["basics", "name" | "email" | "phone" | "url" | "image"]
        | ["basics", "location" | "profiles", ..] => Field::Name,
        ["education", _, "studyType"] => Field::Degree,
        ["education", _, "score"] => Field::Grade,
        ["languages", _, "fluency"] => Field::Fluency,
        [_, _, "startDate" | "endDate" | "date" | "releaseDate"] => Field::Date,
        _ => Field::Plain,
    }
}

fn statements(document: &Value) -> Vec<Statement> {
    const QUIET: [&str; 12] = [
        "meta",
        "$schema",
        "url",
        "email",
        "phone",
        "image",
        "profiles",
        "location",
        "startDate",
        "endDate",
        "date",
        "releaseDate",
    ];
    let lexicon = Lexicon::builtin();
    let mut found = Vec::new();
    let mut open = vec![(String::new(), document)];
    while let Some((path, value)) = open.pop() {
        match value {
            Value::String(quote) if found.len() < MAX_STATEMENTS => {
                let parts = pointer::parts(&path).unwrap_or_default();
                let section = section(&parts);
                let text = Text::read(quote, lexicon);
                found.push(Statement {
                    entry: entry_of(&parts),
                    path,
                    quote: quote.clone(),
                    text,
                    section,
                });
            }
            Value::Array(items) => {
                let children = items.iter().enumerate().rev();
                open.extend(
                    children.map(|(at, item)| (pointer::child(&path, &at.to_string()), item)),
                );
            }
            Value::Object(members) => {
                let children =
                    members.iter().filter(|(key, _)| !QUIET.contains(&key.as_str())).rev();
                open.extend(children.map(|(key, item)| (pointer::child(&path, key), item)));
            }
            Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null => {}
        }
    }
    found
}

fn section(parts: &[String]) -> Section {
    match parts.first().map(String::as_str) {
        Some("basics") => Section::Basics,
        Some("work" | "volunteer" | "projects") => Section::Work,
        Some("education") => Section::Education,
        Some("certificates") => Section::Certificates,
        Some("skills") => Section::Skills,
        Some("languages") => Section::Languages,
        _ => Section::Other,
    }
}

fn career(resume: &JsonResume, entry: &str, field: Field, today: Option<NaiveDate>) -> Career {
    let today = modified(resume).or(today);
    let own = matches!(field, Field::Entry | Field::Highlights);
    let jobs =
        resume.work.iter().enumerate().filter(|(at, _)| !own || format!("/work/{at}") == entry);
    let mut years = Vec::new();
    let (mut first, mut last) = (f64::MAX, f64::MIN);
    for (_, job) in jobs {
        let start = job.start_date.as_deref().and_then(month);
        let end = match &job.end_date {
            Some(end) => month(end),
            None => today.map(|today| f64::from(today.year()) + f64::from(today.month()) / 12.0),
        };
        years.extend(
            job.start_date
                .iter()
                .chain(&job.end_date)
                .filter_map(|date| date.get(..4)?.parse::<u16>().ok()),
        );
        if let (Some(start), Some(end)) = (start, end) {
            first = first.min(start);
            last = last.max(end);
        }
    }
    Career { longest_years: (last - first).max(0.0), years }
}

/// The date the resume is as of.
fn modified(resume: &JsonResume) -> Option<NaiveDate> {
    let date = resume.meta.get("lastModified")?.as_str()?;
    date.get(..10)?.parse().ok()
}

/// Start of the month, as a fraction of years.
fn month(date: &str) -> Option<f64> {
    let year: f64 = date.get(..4)?.parse().ok()?;
    let month: f64 = date.get(5..7).and_then(|month| month.parse().ok()).unwrap_or(1.0);
    Some(year + (month - 1.0) / 12.0)
}
