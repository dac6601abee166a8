//! Skill lists: the posting's names, what entries show, and the asked-for first.

use shared::ats::coverage::{Covered, Status};
use shared::posting::requirement::{Kind, Requirement};
use shared::resume::patch::Edit;
use shared::taxonomy::{How, Taxonomy, Term};
use shared::truth::{self, Evidence, Verdict};

use super::{Case, list_text};
use crate::tailor::DraftEdit;
use crate::tailor::plan::Move;

/// More additions to one list would read as stuffing.
const MOST_ADDED: usize = 6;

/// One edit per skill group, so that no two touch the same list.
pub fn draft(case: &Case, moves: &[Move]) -> Vec<DraftEdit> {
    let mut groups: Vec<Group> = case
        .resume
        .skills
        .iter()
        .enumerate()
        .filter(|(_, skill)| !skill.keywords.is_empty())
        .map(|(at, skill)| Group {
            of_languages: skill.name.as_deref().is_some_and(names_languages),
            ..Group::new(format!("/skills/{at}/keywords"), &skill.keywords)
        })
        .collect();
    if moves.contains(&Move::NameSkills) {
        for group in &mut groups {
            group.rename(case);
        }
    }
    if moves.contains(&Move::AddSkills) {
        add(case, &mut groups);
    }
    groups.into_iter().map(|group| group.finish(case)).collect()
}

/// A list of skills on its way from what it was to what it will be.
struct Group<'a> {
    path: String,
    before: &'a [String],
    skills: Vec<String>,
    requirement_ids: Vec<String>,
    evidence: Vec<Evidence>,
    why: Vec<&'static str>,
    added: usize,
    /// A list of languages, spoken or written: what is none does not belong there.
    of_languages: bool,
}

fn names_languages(name: &str) -> bool {
    let name = name.to_lowercase();
    ["language", "sprachen", "langues", "idiomas", "lingue", "talen"]
        .iter()
        .any(|word| name.contains(word))
}

impl<'a> Group<'a> {
    fn new(path: String, before: &'a [String]) -> Self {
        Self {
            path,
            before,
            skills: before.to_vec(),
            requirement_ids: Vec::new(),
            evidence: Vec::new(),
            why: Vec::new(),
            added: 0,
            of_languages: false,
        }
    }

    /// The posting's name for the same thing, where the posting does not use the listed one.
    fn rename(&mut self, case: &Case) {
        for at in 0..self.skills.len() {
            let skill = self.skills[at].clone();
            let Some(one) = case.wanted.same_as(&skill) else { continue };
            let Some(name) =
                name_in(one).filter(|name| !one.line.contains(skill.as_str()) && *name != skill)
            else {
                continue;
            };
            let mut renamed = self.skills.clone();
            name.clone_into(&mut renamed[at]);
            if !self.skills.contains(&renamed[at]) && self.accepts(case, &renamed) {
                self.note(one, "Names a skill as the posting does.");
                self.evidence.push(Evidence { path: format!("{}/{at}", self.path), quote: skill });
                self.skills = renamed;
            }
        }
    }

    fn accepts(&self, case: &Case, skills: &[String]) -> bool {
        let edit = Edit {
            path: self.path.clone(),
            before: list_text(self.before),
            after: list_text(skills),
        };
        truth::judge(case.resume, &edit).verdict == Verdict::Faithful
    }

    fn note(&mut self, one: &Requirement, why: &'static str) {
        if !self.requirement_ids.contains(&one.id) {
            self.requirement_ids.push(one.id.clone());
        }
        if !self.why.contains(&why) {
            self.why.push(why);
        }
    }

    fn finish(mut self, case: &Case) -> DraftEdit {
        let old = self.skills.clone();
        self.skills.sort_by_key(|skill| std::cmp::Reverse(case.wanted.weight(skill)));
        if self.skills != old {
            for (at, skill) in self.before.iter().enumerate() {
                if let Some(one) = case.wanted.named_in(skill).first() {
                    self.note(one, "Puts first what this posting asks about.");
                    self.evidence.push(Evidence {
                        path: format!("{}/{at}", self.path),
                        quote: skill.clone(),
                    });
                }
            }
        }
        DraftEdit {
            path: self.path,
            before: list_text(self.before),
            after: list_text(&self.skills),
            requirement_ids: self.requirement_ids,
            evidence: self.evidence,
            why: self.why.join(" "),
        }
    }
}

/// The name of the requirement that stands in the posting's line.
fn name_in(one: &Requirement) -> Option<&str> {
    let line = one.line.to_lowercase();
    let names = std::iter::once(&one.name).chain(&one.aliases).map(String::as_str);
    names.filter(|name| line.contains(&name.to_lowercase())).max_by_key(|name| name.len())
}

/// Skills the posting asks for, an entry or a certificate shows, and no list holds.
fn add(case: &Case, groups: &mut [Group]) {
    let covered = case.report.coverage.iter().flat_map(|coverage| &coverage.requirements);
    for covered in
        covered.filter(|covered| covered.kind == Kind::Skill && covered.status == Status::Met)
    {
        let Some(one) = case.posting.requirements.iter().find(|one| one.id == covered.id) else {
            continue;
        };
        let Some(proof) = proof(covered) else { continue };
        if is_listed(covered, groups) {
            continue;
        }
        let Some(group) = nearest(groups, &covered.name) else { continue };
        let mut longer = group.skills.clone();
        longer.push(covered.name.clone());
        if group.added < MOST_ADDED && group.accepts(case, &longer) {
            group.note(one, "Lists a skill that your work shows.");
            group.evidence.push(proof);
            group.skills = longer;
            group.added += 1;
        }
    }
}

/// A line of an entry or a certificate that names the skill outright.
fn proof(covered: &Covered) -> Option<Evidence> {
    let shown = covered.evidence.iter().find(|evidence| {
        let place = ["/work/", "/projects/", "/volunteer/", "/certificates/"];
        let named = matches!(evidence.how, How::Exact | How::Alias | How::Stem);
        named && place.iter().any(|place| evidence.path.starts_with(place))
    })?;
    Some(Evidence { path: shown.path.clone(), quote: shown.quote.clone() })
}

fn is_listed(covered: &Covered, groups: &[Group]) -> bool {
    let same = |skill: &String| {
        let taxonomy = Taxonomy::builtin();
        let listed = taxonomy.find(skill).map(Term::id);
        skill.eq_ignore_ascii_case(&covered.name)
            || (listed.is_some() && listed == taxonomy.find(&covered.name).map(Term::id))
    };
    let named = |how: How| matches!(how, How::Exact | How::Alias | How::Stem);
    covered.evidence.iter().any(|shown| shown.path.starts_with("/skills/") && named(shown.how))
        || groups.iter().flat_map(|group| &group.skills).any(same)
}

/// The list with most skills of the same field, the first when none has any; never a list of languages.
fn nearest<'g, 'a>(groups: &'g mut [Group<'a>], name: &str) -> Option<&'g mut Group<'a>> {
    let taxonomy = Taxonomy::builtin();
    let kind = taxonomy.find(name).map(|term| (term.kind, term.field.clone()));
    let alike = |group: &Group| {
        let terms = group.skills.iter().filter_map(|skill| taxonomy.find(skill));
        terms
            .map(|term| match &kind {
                Some((kind, field)) => {
                    usize::from(term.field == *field) + usize::from(term.kind == *kind)
                }
                None => 0,
            })
            .sum::<usize>()
    };
    let open = (0..groups.len()).rev().filter(|at| !groups[*at].of_languages);
    let best = open.max_by_key(|at| alike(&groups[*at]))?;
    groups.get_mut(best)
}
