//! How well software reads the document: what it costs, where, and what to do about it.

use serde::{Deserialize, Serialize};

use crate::resume::json::JsonResume;
use crate::resume::sidecar::{Finding as DocumentFinding, FindingCode, HiddenText};

/// What the parser noticed about the document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentFacts {
    pub findings: Vec<DocumentFinding>,
    pub hidden_text: Option<HiddenText>,
    pub pages: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Readability {
    /// 0 to 100; says nothing about the person's chances.
    pub score: u8,
    pub findings: Vec<Finding>,
    /// The finding that keeps the score down whatever else is right.
    pub capped_by: Option<Code>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    pub code: Code,
    /// Points lost.
    pub points: u8,
    /// `page 2`, or a JSON pointer; empty when it concerns the whole document.
    #[serde(rename = "where")]
    pub place: Vec<String>,
    pub fix: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    HiddenText,
    ColumnsOutOfOrder,
    FontsWithoutMapping,
    Tables,
    ImagesOfText,
    ContactInHeader,
    LowTextQuality,
    Truncated,
    TooManyPages,
    NoName,
    NoEmail,
    NoPhone,
    NoExperience,
    NoDates,
    NoEducation,
    NoSkills,
}

impl Code {
    fn of(code: FindingCode) -> Self {
        match code {
            FindingCode::HiddenText => Self::HiddenText,
            FindingCode::ColumnsOutOfOrder => Self::ColumnsOutOfOrder,
            FindingCode::FontsWithoutMapping => Self::FontsWithoutMapping,
            FindingCode::Tables => Self::Tables,
            FindingCode::ImagesOfText => Self::ImagesOfText,
            FindingCode::ContactInHeader => Self::ContactInHeader,
            FindingCode::LowTextQuality => Self::LowTextQuality,
            FindingCode::Truncated => Self::Truncated,
        }
    }

    fn points(self) -> u8 {
        match self {
            Self::FontsWithoutMapping | Self::LowTextQuality | Self::ImagesOfText => 40,
            Self::ColumnsOutOfOrder => 25,
            Self::NoEmail | Self::NoExperience => 20,
            Self::HiddenText => 15,
            Self::Truncated | Self::NoName | Self::NoDates => 10,
            Self::Tables | Self::ContactInHeader => 8,
            Self::TooManyPages | Self::NoEducation | Self::NoSkills => 5,
            Self::NoPhone => 3,
        }
    }

    /// The best score possible with this finding.
    fn cap(self) -> Option<u8> {
        match self {
            Self::FontsWithoutMapping => Some(25),
            Self::ImagesOfText | Self::LowTextQuality => Some(40),
            Self::NoEmail => Some(50),
            Self::ColumnsOutOfOrder => Some(55),
            Self::NoExperience | Self::NoDates | Self::Truncated => Some(60),
            Self::HiddenText
            | Self::Tables
            | Self::ContactInHeader
            | Self::TooManyPages
            | Self::NoName
            | Self::NoPhone
            | Self::NoEducation
            | Self::NoSkills => None,
        }
    }

    fn fix(self) -> &'static str {
        match self {
            Self::HiddenText => {
                "Remove the text that cannot be seen; programs that check resumes flag it."
            }
            Self::ColumnsOutOfOrder => "Use one column, so that lines are not read across columns.",
            Self::FontsWithoutMapping => {
                "Export the document again with another font or program; its letters cannot be read."
            }
            Self::Tables => "Write the content of tables as plain lines.",
            Self::ImagesOfText => "Replace pictures of text with text.",
            Self::ContactInHeader => "Move e-mail and phone from the page header into the text.",
            Self::LowTextQuality => {
                "Export the document from the program it was written in instead of scanning it."
            }
            Self::Truncated => "Shorten the document; its end was not read.",
            Self::TooManyPages => "Shorten the document; most readers stop after a few pages.",
            Self::NoName => "Put your name on a line of its own at the top.",
            Self::NoEmail => "Add an e-mail address.",
            Self::NoPhone => "Add a phone number.",
            Self::NoExperience => "Add a section with your jobs, projects or voluntary work.",
            Self::NoDates => "Give each job the month and year it began and ended.",
            Self::NoEducation => "Add a section with your education.",
            Self::NoSkills => "Add a section that lists your skills.",
        }
    }
}

/// More is a book.
const PAGES: u32 = 5;

pub fn judge(resume: &JsonResume, document: Option<&DocumentFacts>) -> Readability {
    let mut findings: Vec<Finding> = Vec::new();
    if let Some(document) = document {
        of_document(document, &mut findings);
    }
    of_data(resume, &mut findings);
    let lost: u32 = findings.iter().map(|finding| u32::from(finding.points)).sum();
    let rest = u8::try_from(100_u32.saturating_sub(lost)).unwrap_or(0);
    let cap = findings
        .iter()
        .filter_map(|finding| finding.code.cap().map(|cap| (cap, finding.code)))
        .min()
        .filter(|(cap, _)| *cap < rest);
    let (score, capped_by) = cap.map_or((rest, None), |(cap, code)| (cap, Some(code)));
    Readability { score, findings, capped_by }
}

fn of_document(document: &DocumentFacts, findings: &mut Vec<Finding>) {
    for finding in &document.findings {
        note(findings, Code::of(finding.code), finding.page);
    }
    if let Some(hidden) = &document.hidden_text {
        for page in &hidden.pages {
            note(findings, Code::HiddenText, Some(*page));
        }
        if hidden.pages.is_empty() {
            note(findings, Code::HiddenText, None);
        }
    }
    if document.pages > PAGES {
        note(findings, Code::TooManyPages, None);
    }
}

/// A code costs its points once, on however many pages.
fn note(findings: &mut Vec<Finding>, code: Code, page: Option<u32>) {
    let place = page.map(|page| format!("page {page}"));
    match findings.iter_mut().find(|finding| finding.code == code) {
        Some(known) => {
            let new = place.filter(|place| !known.place.contains(place));
            known.place.extend(new);
        }
        None => findings.push(Finding {
            code,
            points: code.points(),
            place: place.into_iter().collect(),
            fix: code.fix().to_owned(),
        }),
    }
}

fn of_data(resume: &JsonResume, findings: &mut Vec<Finding>) {
    let basics = &resume.basics;
    let is_empty = |text: &Option<String>| text.as_ref().is_none_or(|text| text.trim().is_empty());
    let experience =
        !(resume.work.is_empty() && resume.projects.is_empty() && resume.volunteer.is_empty());
    let undated: Vec<String> = resume
        .work
        .iter()
        .enumerate()
        .filter(|(_, job)| is_empty(&job.start_date))
        .map(|(at, _)| format!("/work/{at}/startDate"))
        .collect();
    let checks = [
        (Code::NoName, is_empty(&basics.name)),
        (Code::NoEmail, is_empty(&basics.email)),
        (Code::NoPhone, is_empty(&basics.phone)),
        (Code::NoExperience, !experience),
        (Code::NoDates, !resume.work.is_empty() && undated.len() == resume.work.len()),
        (Code::NoEducation, resume.education.is_empty()),
        (Code::NoSkills, resume.skills.is_empty()),
    ];
    for (code, fails) in checks {
        if fails {
            note(findings, code, None);
        }
    }
    if let Some(finding) = findings.iter_mut().find(|finding| finding.code == Code::NoDates) {
        finding.place = undated;
    }
}
