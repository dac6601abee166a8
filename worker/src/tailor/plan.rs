//! What may be changed, how far, and what the person should be asked instead.

use shared::ats::Report;
use shared::ats::coverage::{Covered, Status};
use shared::posting::requirement::Kind;
use shared::tailoring::proposal::Gap;
use shared::tailoring::{Intensity, Mode, Options, Section};

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
    let name = &covered.name;
    let ask = match covered.kind {
        Kind::Skill => format!("Have you used {name}? Where, and what for?"),
        Kind::Experience => {
            format!("The posting asks for {name}. Which of your work counts towards it?")
        }
        Kind::Responsibility => format!("Have you done this: {name}? Where?"),
        Kind::Qualification => format!("Do you hold {name}, or are you working towards it?"),
    };
    let question = match covered.status {
        Status::Met => return None,
        Status::Partly => format!("Your resume comes close. {ask}"),
        Status::Missing => ask,
    };
    Some(Gap { requirement_id: covered.id.clone(), name: name.clone(), question })
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
