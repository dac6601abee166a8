//! What the rules read out of a posting.

use serde::{Deserialize, Serialize};

use super::requirement::{self, Importance, Kind, Requirement};
use super::salary::{self, Salary};
use super::section::{self, Line, Section};
use super::sentence::sentences;
use super::{clause, conditions, header, markup};
use crate::taxonomy::stem::Tongue;
use crate::taxonomy::token::tokens;
use crate::taxonomy::wording::folded;
use crate::taxonomy::{Taxonomy, TermKind};

/// A posting as data. Whatever its text says, it is only ever read, never followed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostingFacts {
    pub title: Option<String>,
    pub company: Option<String>,
    pub location: Option<String>,
    /// In the words of the posting's market, such as `full-time permanent`.
    pub employment_type: Option<String>,
    pub seniority: Option<String>,
    /// Years of experience asked for at least.
    pub min_years: Option<u32>,
    /// The line that asks for a degree or training.
    pub education: Option<String>,
    pub salary: Option<Salary>,
    pub requirements: Vec<Requirement>,
}

/// Reads a posting of any length and language; what it does not say stays empty.
pub fn read(text: &str) -> PostingFacts {
    let text = &*markup::plain(text);
    let lines = section::lines(text);
    let years = conditions::min_years(&lines);
    let education = education(&lines);
    let mut requirements = requirement::read(skip_header(&lines), Tongue::guess(&tokens(text)));
    if let Some((years, line)) = &years {
        requirements.push(Requirement {
            id: String::new(),
            name: format!("{years}+ years of experience"),
            kind: Kind::Experience,
            importance: Importance::Required,
            aliases: Vec::new(),
            any_of: Vec::new(),
            line: line.clone(),
        });
    }
    if let Some((name, line, importance)) = &education {
        requirements.push(Requirement {
            id: String::new(),
            name: name.clone(),
            kind: Kind::Qualification,
            importance: *importance,
            aliases: Vec::new(),
            any_of: Vec::new(),
            line: line.clone(),
        });
    }
    requirement::number(&mut requirements);
    PostingFacts {
        title: header::title(text),
        company: header::company(text),
        location: header::location(text),
        employment_type: conditions::employment_type(text),
        seniority: conditions::seniority(text),
        min_years: years.map(|(years, _)| years),
        education: education.map(|(_, line, _)| line),
        salary: salary::read(text),
        requirements,
    }
}

/// The lines below the title; a title says what the job is called, not what it asks for.
fn skip_header<'l, 'p>(lines: &'l [Line<'p>]) -> &'l [Line<'p>] {
    match lines.first() {
        Some(first) if first.section == Section::Opening => lines.get(1..).unwrap_or_default(),
        _ => lines,
    }
}

/// The degree asked for, the line that asks, and how much.
fn education(lines: &[Line<'_>]) -> Option<(String, String, Importance)> {
    let of = |wanted: Section| {
        let lines = lines.iter().filter(move |line| line.section == wanted);
        lines.flat_map(|line| sentences(line.text)).find_map(move |sentence| {
            if wanted == Section::Opening && !requirement::is_needed(sentence) {
                return None;
            }
            let mentions = Taxonomy::builtin().mentions(sentence);
            let degree = mentions.iter().find(|mention| mention.term.kind == TermKind::Degree)?;
            let clauses = clause::clauses(sentence);
            let own = clauses.iter().find(|(part, _)| part.contains(&degree.start));
            let welcome = wanted == Section::Preferred || clause::is_welcome(&folded(sentence));
            let importance = match own {
                Some((_, own)) => *own,
                None if welcome => Importance::Preferred,
                None => Importance::Required,
            };
            let line = sentence.trim_end_matches(['.', ';']).to_owned();
            Some((degree.term.name.clone(), line, importance))
        })
    };
    of(Section::Required).or_else(|| of(Section::Opening)).or_else(|| of(Section::Preferred))
}

#[cfg(test)]
mod tests;
