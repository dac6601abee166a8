//! Sections become the fields of a resume.

use shared::resume::json::{JsonResume, Skill};

use super::flow::Row;
use super::section::{Kind, Section, heading};

pub mod contact;
pub mod date;
pub mod education;
pub mod entry;
pub mod language;
pub mod list;
pub mod other;
mod part;
pub mod place;
pub mod skill;
mod solve;
pub mod url;
pub mod work;

/// A value and the lines of the document it was read from.
#[derive(Clone, Debug)]
pub struct Read<T> {
    pub data: T,
    pub lines: (usize, usize),
    /// How clear the reading was, 0 to 1.
    pub sure: f32,
}

/// JSON pointers of entries, with the lines they came from and how sure that is.
pub type Origins = Vec<(String, (usize, usize), f32)>;

/// Fills a resume from its sections.
pub fn fill(sections: &[Section]) -> (JsonResume, Origins) {
    let mut resume = JsonResume::default();
    let mut origins = Origins::new();
    for kind in [
        Kind::Work,
        Kind::Volunteer,
        Kind::Education,
        Kind::Projects,
        Kind::Awards,
        Kind::Certificates,
        Kind::Publications,
        Kind::References,
    ] {
        for section in sections.iter().filter(|section| section.kind == kind) {
            entries(kind, &section.rows, &mut resume, &mut origins);
        }
    }
    for section in sections {
        let lines = span(&section.rows);
        match section.kind {
            Kind::Skills => resume.skills.extend(skill::read(&section.rows)),
            Kind::Interests => resume.interests.extend(skill::interests(&section.rows)),
            Kind::Languages => resume.languages.extend(language::read(&section.rows)),
            _ => continue,
        }
        origins.push((format!("/{}", section.kind.name()), lines, 0.85));
    }
    move_languages(&mut resume);
    contact::read(sections, &mut resume, &mut origins);
    (resume, origins)
}

/// A group of skills may list the languages a person speaks.
fn move_languages(resume: &mut JsonResume) {
    let (spoken, kept) = std::mem::take(&mut resume.skills).into_iter().partition(|skill| {
        let named = skill.name.as_deref().and_then(heading::known) == Some(Kind::Languages);
        named && language::all(&skill.keywords).is_some()
    });
    resume.skills = kept;
    let spoken: Vec<Skill> = spoken;
    resume
        .languages
        .extend(spoken.iter().filter_map(|skill| language::all(&skill.keywords)).flatten());
}

/// First and last line of the rows.
fn span(rows: &[Row]) -> (usize, usize) {
    (rows.first().map_or(0, |row| row.at), rows.last().map_or(0, |row| row.at))
}

fn entries(kind: Kind, rows: &[Row], resume: &mut JsonResume, origins: &mut Origins) {
    match kind {
        Kind::Work => keep("work", work::read(rows), &mut resume.work, origins),
        Kind::Volunteer => keep("volunteer", work::volunteer(rows), &mut resume.volunteer, origins),
        Kind::Education => keep("education", education::read(rows), &mut resume.education, origins),
        Kind::Projects => keep("projects", other::projects(rows), &mut resume.projects, origins),
        Kind::Awards => keep("awards", other::awards(rows), &mut resume.awards, origins),
        Kind::Certificates => {
            keep("certificates", other::certificates(rows), &mut resume.certificates, origins);
        }
        Kind::Publications => {
            keep("publications", other::publications(rows), &mut resume.publications, origins);
        }
        Kind::References => {
            keep("references", other::references(rows), &mut resume.references, origins);
        }
        Kind::Head
        | Kind::Contact
        | Kind::Summary
        | Kind::Skills
        | Kind::Languages
        | Kind::Interests
        | Kind::Ambiguous
        | Kind::Other => {}
    }
}

fn keep<T>(name: &str, read: Vec<Read<T>>, kept: &mut Vec<T>, origins: &mut Origins) {
    for entry in read {
        origins.push((format!("/{name}/{}", kept.len()), entry.lines, entry.sure));
        kept.push(entry.data);
    }
}
