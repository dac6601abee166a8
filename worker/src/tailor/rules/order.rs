//! The bullets of an entry, those the posting asks about first.

use shared::tailoring::{Mode, Section};
use shared::truth::Evidence;

use super::{Case, list_text};
use crate::tailor::DraftEdit;

pub fn draft(case: &Case) -> Vec<DraftEdit> {
    let open = |section: Section| {
        case.options.mode == Mode::Full || case.options.sections.contains(&section)
    };
    let mut edits = Vec::new();
    if open(Section::Work) {
        let entries = case.resume.work.iter().enumerate();
        edits.extend(
            entries.filter_map(|(at, job)| entry(case, &format!("/work/{at}"), &job.highlights)),
        );
        let entries = case.resume.volunteer.iter().enumerate();
        edits.extend(
            entries.filter_map(|(at, work)| {
                entry(case, &format!("/volunteer/{at}"), &work.highlights)
            }),
        );
    }
    if open(Section::Projects) {
        let entries = case.resume.projects.iter().enumerate();
        edits.extend(entries.filter_map(|(at, project)| {
            entry(case, &format!("/projects/{at}"), &project.highlights)
        }));
    }
    edits
}

fn entry(case: &Case, path: &str, bullets: &[String]) -> Option<DraftEdit> {
    let mut ranked: Vec<_> = bullets
        .iter()
        .enumerate()
        .map(|(at, bullet)| (case.wanted.weight(bullet), at, bullet))
        .collect();
    // Stable: bullets of one weight stay in the person's order.
    ranked.sort_by_key(|(weight, _, _)| std::cmp::Reverse(*weight));
    let after: Vec<String> = ranked.iter().map(|(_, _, bullet)| (*bullet).clone()).collect();
    if after == bullets {
        return None;
    }
    let moved =
        ranked.iter().enumerate().filter(|(now, (weight, was, _))| now < was && *weight > 0);
    let mut requirement_ids = Vec::new();
    let mut evidence = Vec::new();
    for (_, (_, was, bullet)) in moved {
        evidence
            .push(Evidence { path: format!("{path}/highlights/{was}"), quote: (*bullet).clone() });
        for one in case.wanted.named_in(bullet) {
            if !requirement_ids.contains(&one.id) {
                requirement_ids.push(one.id.clone());
            }
        }
    }
    Some(DraftEdit {
        path: format!("{path}/highlights"),
        before: list_text(bullets),
        after: list_text(&after),
        requirement_ids,
        evidence,
        why: "Puts first what this posting asks about.".to_owned(),
    })
}
