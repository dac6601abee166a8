//! The headline: the title held that is nearest to the one advertised.

use shared::truth::Evidence;

use super::Case;
use crate::tailor::DraftEdit;

pub fn draft(case: &Case) -> Option<DraftEdit> {
    let before = case.resume.basics.label.as_ref()?;
    let wanted = case.posting.title.as_deref()?;
    let held = case
        .resume
        .work
        .iter()
        .enumerate()
        .filter_map(|(at, job)| Some((at, job.position.as_ref()?)));
    // The latest of equals: jobs stand newest first.
    let (at, title) = held.rev().max_by_key(|(_, title)| likeness(title, wanted))?;
    if likeness(title, wanted) <= likeness(before, wanted) {
        return None;
    }
    Some(DraftEdit {
        path: "/basics/label".to_owned(),
        before: before.clone(),
        after: title.clone(),
        requirement_ids: Vec::new(),
        evidence: vec![Evidence { path: format!("/work/{at}/position"), quote: title.clone() }],
        why: "Heads the resume with the title you held that is nearest to the one advertised."
            .to_owned(),
    })
}

/// Per mille of the words of both titles that stand in both.
fn likeness(title: &str, wanted: &str) -> usize {
    let words = |text: &str| -> Vec<String> {
        let mut words: Vec<_> = text
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_lowercase)
            .collect();
        words.sort();
        words.dedup();
        words
    };
    let (title, wanted) = (words(title), words(wanted));
    let common = title.iter().filter(|word| wanted.contains(word)).count();
    1000 * common / (title.len() + wanted.len() - common).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_alike_by_the_words_they_share() {
        assert_eq!(likeness("Data Analyst", "data analyst"), 1000);
        assert!(
            likeness("Senior Data Analyst", "Data Analyst") > likeness("Analyst", "Data Analyst")
        );
        assert_eq!(likeness("", ""), 0);
    }
}
