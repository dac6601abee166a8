//! Listed skills that the posting asks for, named in the summary.

use shared::posting::requirement::Requirement;
use shared::tailoring::Tone;
use shared::truth::Evidence;

use super::Case;
use crate::tailor::DraftEdit;

/// A sentence names so many at most.
const MOST: usize = 4;

pub fn draft(case: &Case) -> Option<DraftEdit> {
    let before =
        case.resume.basics.summary.as_ref().filter(|summary| !summary.trim().is_empty())?;
    let named = case.wanted.named_in(before);
    let mut picked: Vec<(&Requirement, Evidence)> = Vec::new();
    for (group, skill) in case.resume.skills.iter().enumerate() {
        if skill.level.as_deref().is_some_and(is_low) {
            continue;
        }
        for (at, keyword) in skill.keywords.iter().enumerate() {
            // A remark such as "(basic)" would have to come along.
            let plain = !keyword.contains(['(', ',', ':']) && keyword.chars().count() <= 40;
            let asked = case.wanted.named_in(keyword);
            let Some(one) = asked.first().filter(|_| plain) else { continue };
            let known = named.iter().any(|other| other.id == one.id)
                || picked.iter().any(|(other, _)| other.id == one.id);
            if !known {
                let path = format!("/skills/{group}/keywords/{at}");
                picked.push((one, Evidence { path, quote: keyword.clone() }));
            }
        }
    }
    picked.sort_by_key(|(one, _)| {
        one.importance != shared::posting::requirement::Importance::Required
    });
    picked.truncate(MOST);
    let skills: Vec<&str> = picked.iter().map(|(_, evidence)| evidence.quote.as_str()).collect();
    let listed = joined(&skills)?;
    let opening = opening(case.options.tone);
    let stop = if before.trim_end().ends_with(['.', '!', '?']) { "" } else { "." };
    Some(DraftEdit {
        path: "/basics/summary".to_owned(),
        before: before.clone(),
        after: format!("{}{stop} {opening} {listed}.", before.trim_end()),
        requirement_ids: picked.iter().map(|(one, _)| one.id.clone()).collect(),
        evidence: picked.into_iter().map(|(_, evidence)| evidence).collect(),
        why: "Names skills from your list that the posting asks for.".to_owned(),
    })
}

fn opening(tone: Option<Tone>) -> &'static str {
    match tone {
        None | Some(Tone::Formal) => "Skilled in",
        Some(Tone::Confident) => "Experienced with",
        Some(Tone::Plain) => "Works with",
    }
}

/// "A", "A and B", "A, B and C"; nothing for nothing.
fn joined(items: &[&str]) -> Option<String> {
    match items {
        [] => None,
        [one] => Some((*one).to_owned()),
        [first @ .., last] => Some(format!("{} and {last}", first.join(", "))),
    }
}

fn is_low(level: &str) -> bool {
    let level = level.to_lowercase();
    ["basic", "beginner", "elementary", "novice", "learning", "exposure", "familiar"]
        .iter()
        .any(|low| level.contains(low))
}
