//! Lists of skills: what is added must be shown, and a low level must stay.

use super::{
    finding::{Code, Finding},
    known::{Known, is_content, read},
    lexicon::Class,
    scope::{Section, Source},
    text::{Case, Text},
};
use crate::taxonomy::Taxonomy;

/// Checks each skill of `after`; the token ranges are those of the skill's own words.
pub fn findings(after: &[String], before: &[String], source: &Source) -> Vec<(Finding, String)> {
    let old: Vec<_> = before.iter().map(|skill| read(skill)).collect();
    let mut findings = Vec::new();
    for skill in after {
        if before.contains(skill) {
            continue;
        }
        let text = read(skill);
        let here = 0..text.tokens.len();
        if let Some(finding) = level(&text, &old, here.clone()) {
            findings.push((finding, skill.clone()));
        } else if !is_shown(&text, skill, source) {
            findings.push((Finding::fabricated(Code::SkillAdded, here), skill.clone()));
        }
    }
    findings
}

/// The same skill at another level.
fn level(text: &Text, old: &[Text], here: std::ops::Range<usize>) -> Option<Finding> {
    let low = |text: &Text| text.matches.iter().any(|found| found.term.is(Class::LevelLow));
    let same = old.iter().find(|old| {
        let known = Known::of([*old]);
        let words: Vec<_> = (0..text.tokens.len())
            .filter(|at| !is_level(text, *at) || known.covers(text, *at))
            .collect();
        !words.is_empty() && words.iter().all(|at| known.covers(text, *at))
    })?;
    let known = Known::of([same]);
    let raised = text
        .matches
        .iter()
        .any(|found| found.term.is(Class::LevelHigh) && !known.covers(text, found.first));
    if raised {
        return Some(Finding::fabricated(Code::SkillAdded, here));
    }
    let whole = (0..same.tokens.len())
        .filter(|at| !is_level(same, *at))
        .all(|at| Known::of([text]).covers(same, at));
    (whole && low(same) && !low(text)).then(|| Finding::review(Code::LevelDropped, here))
}

fn is_level(text: &Text, at: usize) -> bool {
    text.matches.iter().any(|found| {
        found.covers(at) && (found.term.is(Class::LevelLow) || found.term.is(Class::LevelHigh))
    })
}

/// Whether one text of the resume says all the words, or names the same term.
fn is_shown(text: &Text, raw: &str, source: &Source) -> bool {
    let words: Vec<_> = (0..text.tokens.len())
        .filter(|at| {
            is_content(text, *at)
                || text.tokens[*at].case == Case::Code
                || text.tokens[*at].word.len() == 1
        })
        .collect();
    let evidence =
        || source.statements.iter().filter(|statement| statement.section != Section::Languages);
    let said = evidence().any(|statement| {
        let known = Known::of([&statement.text]);
        !words.is_empty()
            && words.iter().all(|at| known.covers(text, *at))
            && !only_planned(&statement.text, text)
    });
    if said {
        return true;
    }
    // "Learning management systems (Canvas, Moodle)": a heading for what is listed.
    let listed = Known::of(
        evidence()
            .filter(|statement| statement.section == Section::Skills)
            .map(|statement| &statement.text),
    );
    if words.len() > 1 && words.iter().all(|at| listed.covers(text, *at)) {
        return true;
    }
    let taxonomy = Taxonomy::builtin();
    taxonomy.find(raw).is_some_and(|term| {
        evidence().any(|statement| {
            taxonomy.mentions(&statement.quote).iter().any(|mention| mention.term.name == term.name)
        })
    })
}

/// "Preparing for the CKA exam" does not show the skill.
fn only_planned(statement: &Text, skill: &Text) -> bool {
    let known = Known::of([skill]);
    let planned = |at: usize| {
        let clause = statement.sentence(at);
        statement
            .matches
            .iter()
            .any(|found| clause.contains(&found.first) && super::limit::is_plan(statement, found))
    };
    let mut said = (0..statement.tokens.len())
        .filter(|at| is_content(statement, *at) && known.covers(statement, *at))
        .peekable();
    said.peek().is_some() && said.all(planned)
}
