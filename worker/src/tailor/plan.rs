//! What may be changed, how far, and what the person should be asked instead.

use shared::ats::Report;
use shared::ats::coverage::{Covered, Status};
use shared::posting::requirement::Kind;
use shared::tailoring::proposal::Gap;
use shared::tailoring::{Intensity, Mode, Options, Section};
use shared::taxonomy::{Taxonomy, TermKind};

/// A kind of edit the rules can make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    OrderBullets,
    OrderSkills,
    /// The posting's name for a listed skill.
    NameSkills,
    /// A skill that an entry shows, added to the list.
    AddSkills,
    NameSkillsInSummary,
    /// A title held as the headline.
    Headline,
}

/// The moves that the person's wishes allow, in the order of the document.
pub fn moves(options: &Options) -> Vec<Move> {
    let open = |section: Section| match options.mode {
        Mode::Full => true,
        Mode::Partial => options.sections.contains(&section),
    };
    let all = [
        (Section::Label, Intensity::Keywords, Move::Headline),
        (Section::Summary, Intensity::Keywords, Move::NameSkillsInSummary),
        (Section::Work, Intensity::Nudge, Move::OrderBullets),
        (Section::Projects, Intensity::Nudge, Move::OrderBullets),
        (Section::Skills, Intensity::Nudge, Move::OrderSkills),
        (Section::Skills, Intensity::Keywords, Move::NameSkills),
        (Section::Skills, Intensity::Keywords, Move::AddSkills),
    ];
    let wanted = all.iter().filter(|(section, least, _)| {
        open(*section) && degree(options.intensity) >= degree(*least)
    });
    let mut moves = Vec::new();
    for (_, _, step) in wanted {
        if !moves.contains(step) {
            moves.push(*step);
        }
    }
    moves
}

fn degree(intensity: Intensity) -> u8 {
    match intensity {
        Intensity::Nudge => 0,
        Intensity::Keywords => 1,
        Intensity::Full => 2,
    }
}

/// Requirements the resume does not meet, each as a question. Never added by anybody but the person.
pub fn gaps(report: &Report) -> Vec<Gap> {
    let requirements = report.coverage.iter().flat_map(|coverage| &coverage.requirements);
    requirements.filter_map(gap).collect()
}

fn gap(covered: &Covered) -> Option<Gap> {
    let ask = question(covered);
    let question = match covered.status {
        Status::Met => return None,
        Status::Partly => format!("{} {ask}", near(covered)),
        Status::Missing => ask,
    };
    Some(Gap { requirement_id: covered.id.clone(), name: covered.name.clone(), question })
}

/// As a person would ask, by what kind of thing is missing.
fn question(covered: &Covered) -> String {
    let name = &covered.name;
    match covered.kind {
        Kind::Skill => match Taxonomy::builtin().find(name).map(|term| term.kind) {
            Some(TermKind::Tool) => {
                format!("Have you worked with {name}? In which job, and what for?")
            }
            Some(TermKind::Language) => format!("How well do you speak {name}?"),
            Some(TermKind::SoftSkill) => {
                format!("{}: is there a situation from your work that shows it?", opening(name))
            }
            Some(TermKind::Domain) => format!("Have you worked in {name}? Where?"),
            Some(TermKind::Certificate | TermKind::Licence | TermKind::Degree) => {
                format!("Do you hold {name}, or are you working towards it?")
            }
            Some(TermKind::Skill | TermKind::Method) | None => {
                format!("Have you done any {name}? Where, and what came of it?")
            }
        },
        Kind::Experience => {
            format!("The posting asks for {name}. Which of your jobs counts towards that?")
        }
        Kind::Responsibility => {
            format!("Is this something you have done: {}? Where?", name.trim_end_matches('.'))
        }
        Kind::Qualification => format!("Do you hold {name}, or are you working towards it?"),
    }
}

/// What in the resume comes close, in its own words.
fn near(covered: &Covered) -> String {
    let quote = covered.evidence.first().map(|shown| shown.quote.trim());
    match quote.filter(|quote| !quote.is_empty() && quote.chars().count() <= 80) {
        Some(quote) => format!("\u{201c}{quote}\u{201d} in your resume comes close."),
        None => "Your resume comes close.".to_owned(),
    }
}

fn opening(name: &str) -> String {
    let mut characters = name.chars();
    characters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(mode: Mode, sections: &[Section], intensity: Intensity) -> Options {
        Options { mode, sections: sections.to_vec(), intensity, tone: None }
    }

    #[test]
    fn a_nudge_only_changes_order() {
        let moves = moves(&options(Mode::Full, &[], Intensity::Nudge));

        assert_eq!(moves, [Move::OrderBullets, Move::OrderSkills]);
    }

    #[test]
    fn a_partial_tailoring_leaves_other_sections_alone() {
        let moves = moves(&options(Mode::Partial, &[Section::Skills], Intensity::Full));

        assert_eq!(moves, [Move::OrderSkills, Move::NameSkills, Move::AddSkills]);
    }
}
