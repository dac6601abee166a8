//! Degrees in the order of their level.

use super::hit::Evidence;
use crate::resume::json::JsonResume;
use crate::taxonomy::{How, Taxonomy, TermKind};

/// School, training, short degree, bachelor, master, doctorate: 1 to 6.
pub type Level = u8;

/// The lowest degree a line accepts. "A degree" is a bachelor's.
pub fn asked(line: &str) -> Option<Level> {
    levels(line).min()
}

/// The highest degree of the resume, and where it stands.
pub fn held(resume: &JsonResume) -> Option<(Level, Evidence)> {
    let mut best: Option<(Level, Evidence)> = None;
    for (at, course) in resume.education.iter().enumerate() {
        let Some(text) = course.study_type.as_deref() else { continue };
        let Some(level) = levels(text).max() else { continue };
        if best.as_ref().is_none_or(|(highest, _)| level > *highest) {
            let path = format!("/education/{at}/studyType");
            best = Some((level, Evidence { path, quote: text.to_owned(), how: How::Derived }));
        }
    }
    best
}

fn levels(text: &str) -> impl Iterator<Item = Level> {
    Taxonomy::builtin()
        .mentions(text)
        .into_iter()
        .filter(|mention| mention.term.kind == TermKind::Degree)
        .map(|mention| level(&mention.term.name))
}

fn level(name: &str) -> Level {
    match name {
        "High school diploma" => 1,
        "Apprenticeship" | "NVQ" | "City & Guilds" | "Trade Test" | "ITI certificate"
        | "CAP Cuisine" => 2,
        "Higher National Diploma"
        | "HNC"
        | "Ordinary National Diploma"
        | "BTS"
        | "DUT"
        | "Associate degree"
        | "Foundation degree"
        | "Meisterbrief" => 3,
        "Master's degree"
        | "MSc"
        | "MSN"
        | "MA"
        | "MEng"
        | "MBA"
        | "LLM"
        | "MEd"
        | "MPH"
        | "MSW"
        | "MFA"
        | "Diplom"
        | "Magister"
        | "Staatsexamen"
        | "Postgraduate diploma" => 5,
        "Doctorate" | "PhD" | "MD" | "EdD" | "JD" | "PharmD" | "DDS" => 6,
        _ => 4,
    }
}
