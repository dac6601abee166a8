//! What a posting asks for, each with the line that asks.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::boilerplate::{is_addressed_to_a_tool, is_boilerplate};
use super::clause;
use super::section::{Line, Section};
use super::sentence::sentences;
use super::{choice, phrase};
use crate::taxonomy::stem::Tongue;
use crate::taxonomy::wording::{Phrases, folded};
use crate::taxonomy::{How, Mention, Taxonomy, TermKind};

/// One thing a posting asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requirement {
    /// Stable for the same posting: `r1`, `r2` …
    pub id: String,
    pub name: String,
    pub kind: Kind,
    pub importance: Importance,
    /// Other names the posting uses for it.
    pub aliases: Vec<String>,
    /// The alternatives, where any one of several meets it: "Go or Rust".
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub any_of: Vec<String>,
    /// The line of the posting, as it stands there.
    pub line: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Skill,
    Experience,
    Responsibility,
    Qualification,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Importance {
    Required,
    Preferred,
}

/// More would be noise; a posting of that length lists its whole stack.
const MOST: usize = 60;

/// Bytes of a sentence that are read; nobody writes longer ones.
const LONGEST: usize = 4_000;

/// The skills, tools and qualifications the lines ask for, in order.
pub fn read(lines: &[Line<'_>], tongue: Tongue) -> Vec<Requirement> {
    let mut list =
        List { found: Vec::new(), rivals: Vec::new(), not_needed: HashSet::new(), tongue };
    for line in lines {
        for sentence in sentences(line.text) {
            list.add(line, sentence);
        }
    }
    list.settle_rivals();
    let List { found, not_needed, .. } = list;
    let mut kept: Vec<Requirement> =
        found.into_iter().filter(|one| !not_needed.contains(&one.name)).take(MOST).collect();
    number(&mut kept);
    kept
}

/// Gives each requirement its place as its id.
pub fn number(requirements: &mut [Requirement]) {
    for (at, requirement) in requirements.iter_mut().enumerate() {
        requirement.id = format!("r{}", at + 1);
    }
}

struct List {
    found: Vec<Requirement>,
    /// For each found, what else its spelling may mean.
    rivals: Vec<Vec<(String, Kind)>>,
    not_needed: HashSet<String>,
    tongue: Tongue,
}

impl List {
    fn add(&mut self, line: &Line<'_>, sentence: &str) {
        let sentence = sentence.get(..sentence.floor_char_boundary(LONGEST)).unwrap_or(sentence);
        if self.found.len() > 4 * MOST {
            return;
        }
        let whole = folded(sentence);
        if line.section == Section::NotNeeded {
            self.not_needed
                .extend(named(sentence, self.tongue).iter().map(|one| one.term.name.clone()));
            return;
        }
        if is_not_needed(&whole) {
            let (asked, denied) = denied_part(sentence);
            self.not_needed
                .extend(named(denied, self.tongue).iter().map(|one| one.term.name.clone()));
            if !asked.is_empty() {
                self.add(line, asked);
            }
            return;
        }
        let Some(importance) = importance(line.section, &whole) else { return };
        if is_boilerplate(sentence) || is_addressed_to_a_tool(sentence) {
            return;
        }
        let items = self.items(line.section, sentence);
        let places: Vec<Range<usize>> = items.iter().map(|item| item.place.clone()).collect();
        let clauses = clause::clauses(sentence);
        for group in choice::groups(sentence, &places) {
            let chosen: Vec<&Item> = group.iter().filter_map(|at| items.get(*at)).collect();
            let Some(first) = chosen.first() else { continue };
            let own = clauses.iter().find(|(part, _)| part.contains(&first.place.start));
            let importance = own.map_or(importance, |(_, own)| *own);
            self.keep(&chosen, importance, line.text);
        }
    }

    /// What a sentence names, in order: known terms, then the short phrases of a list.
    fn items(&self, section: Section, sentence: &str) -> Vec<Item> {
        let mentions = named(sentence, self.tongue);
        let mut items: Vec<Item> = Vec::new();
        for mention in mentions.iter().filter(|mention| asks(section, mention)) {
            let place = mention.start..mention.end;
            let name = mention.term.name.clone();
            let known = items
                .iter_mut()
                .find(|item| item.place.start < place.end && place.start < item.place.end);
            match known {
                // One spelling of two things, as `GCP`: the rest of the posting tells which.
                Some(item) => item.rivals.push((name, kind(section, mention.term.kind))),
                None => items.push(Item {
                    name,
                    kind: kind(section, mention.term.kind),
                    written: sentence.get(place.clone()).unwrap_or_default().to_owned(),
                    place,
                    rivals: Vec::new(),
                }),
            }
        }
        if matches!(section, Section::Required | Section::Preferred) {
            let taken: Vec<Range<usize>> =
                mentions.iter().map(|mention| mention.start..mention.end).collect();
            for name in phrase::phrases(sentence, &taken) {
                let Some(start) = sentence.find(name) else { continue };
                items.push(Item {
                    name: name.to_owned(),
                    kind: Kind::Skill,
                    written: name.to_owned(),
                    place: start..start + name.len(),
                    rivals: Vec::new(),
                });
            }
        }
        items.sort_by_key(|item| item.place.start);
        items.dedup_by(|later, first| later.place.start < first.place.end);
        items
    }

    /// Adds a requirement, or what another line says of a known one.
    fn keep(&mut self, chosen: &[&Item], importance: Importance, line: &str) {
        let Some(first) = chosen.first() else { return };
        let mut any_of: Vec<String> = Vec::new();
        for item in chosen {
            if !any_of.contains(&item.name) {
                any_of.push(item.name.clone());
            }
        }
        let name = any_of.join(" or ");
        if any_of.len() < 2 {
            any_of.clear();
        }
        let known = self.found.iter().position(|one| one.name.eq_ignore_ascii_case(&name));
        let at = known.unwrap_or(self.found.len());
        if known.is_none() {
            self.found.push(Requirement {
                id: String::new(),
                name,
                kind: first.kind,
                importance,
                aliases: Vec::new(),
                any_of,
                line: line.to_owned(),
            });
            self.rivals.push(first.rivals.clone());
        }
        let Some(requirement) = self.found.get_mut(at) else { return };
        if importance == Importance::Required && requirement.importance != importance {
            requirement.importance = importance;
            requirement.kind = first.kind;
            line.clone_into(&mut requirement.line);
        }
        for item in chosen {
            let is_new = !requirement.name.eq_ignore_ascii_case(&item.written)
                && !requirement.any_of.iter().any(|one| one.eq_ignore_ascii_case(&item.written))
                && !requirement
                    .aliases
                    .iter()
                    .any(|alias| alias.eq_ignore_ascii_case(&item.written));
            if is_new {
                requirement.aliases.push(item.written.clone());
            }
        }
    }

    /// `GCP` beside Kubernetes is Google's, beside clinical trials it is good clinical practice.
    fn settle_rivals(&mut self) {
        let taxonomy = Taxonomy::builtin();
        let field = |name: &str| taxonomy.find(name).map(|term| term.field.clone());
        let mut fields: HashMap<String, usize> = HashMap::new();
        for one in &self.found {
            for name in one.any_of.iter().chain(std::iter::once(&one.name)) {
                if let Some(field) = field(name) {
                    *fields.entry(field).or_default() += 1;
                }
            }
        }
        let weight = |name: &str| field(name).and_then(|field| fields.get(&field).copied());
        for (one, rivals) in self.found.iter_mut().zip(&self.rivals) {
            let own = weight(&one.name).map_or(0, |weight| weight.saturating_sub(1));
            let best = rivals.iter().map(|rival| (weight(&rival.0).unwrap_or(0), rival));
            if let Some((_, (name, kind))) =
                best.filter(|(weight, _)| *weight > own).max_by_key(|(weight, _)| *weight)
                && one.any_of.is_empty()
            {
                name.clone_into(&mut one.name);
                one.kind = *kind;
            }
        }
    }
}

/// Something a sentence names.
struct Item {
    name: String,
    kind: Kind,
    /// The name as the posting writes it.
    written: String,
    place: Range<usize>,
    /// Other terms of the same spelling.
    rivals: Vec<(String, Kind)>,
}

/// "No Java please", "no sales experience needed".
fn is_not_needed(folded: &str) -> bool {
    if NOT_NEEDED.any_in(folded) {
        return true;
    }
    let Some((_, rest)) = folded.split_once(" no ") else { return false };
    let words: Vec<&str> = rest.split(' ').collect();
    let end = words.iter().take(7).position(|word| {
        matches!(*word, "please" | "needed" | "required" | "necessary" | "thanks" | "wanted")
    });
    end.is_some_and(|end| end > 0 && words.iter().take(end).all(|word| *word != "but"))
}

/// Cuts "Rust is a plus, Ada is not needed" before the part that denies.
/// Bare names before it belong to it: "Tally, Busy and Zoho are not needed".
fn denied_part(sentence: &str) -> (&str, &str) {
    let commas: Vec<usize> = sentence.match_indices(", ").map(|(at, _)| at).collect();
    let cut = commas.into_iter().rev().find(|at| {
        let head = sentence.get(..*at).unwrap_or_default();
        let part = head.rsplit(", ").next().unwrap_or(head);
        !NOT_NEEDED.any_in(&folded(head)) && part.split_whitespace().count() > 3
    });
    cut.and_then(|at| sentence.split_at_checked(at)).unwrap_or(("", sentence))
}

/// The terms a sentence names, the longest where they overlap.
fn named(sentence: &str, tongue: Tongue) -> Vec<Mention<'static>> {
    let mentions = Taxonomy::builtin().mentions_in(sentence, tongue);
    let direct: Vec<Mention<'static>> =
        mentions.iter().filter(|mention| mention.how != How::Derived).cloned().collect();
    let chosen = if direct.is_empty() { mentions } else { direct };
    let inside = |mention: &Mention<'_>| {
        chosen.iter().any(|other| {
            other.end - other.start > mention.end - mention.start
                && other.start <= mention.start
                && mention.end <= other.end
        })
    };
    let mut outer: Vec<Mention<'static>> = Vec::new();
    for mention in &chosen {
        if !inside(mention) {
            outer.push(mention.clone());
        }
    }
    outer
}

/// Whether a mention in such a section is something the person should bring.
fn asks(section: Section, mention: &Mention<'_>) -> bool {
    let kind = mention.term.kind;
    if kind == TermKind::Degree {
        return false;
    }
    match section {
        Section::Required | Section::Preferred | Section::Opening => true,
        // Duties are full of everyday words; only what is named outright counts.
        Section::Duties => {
            let specific = match kind {
                TermKind::Tool
                | TermKind::Method
                | TermKind::Certificate
                | TermKind::Licence
                | TermKind::Skill => true,
                TermKind::SoftSkill => mention.term.name.contains(' '),
                TermKind::Degree | TermKind::Language | TermKind::Domain => false,
            };
            specific && mention.how != How::Derived
        }
        Section::NotNeeded | Section::Benefits | Section::About | Section::Legal => false,
    }
}

fn kind(section: Section, term: TermKind) -> Kind {
    match term {
        TermKind::Certificate | TermKind::Licence | TermKind::Degree => Kind::Qualification,
        TermKind::Domain => Kind::Experience,
        TermKind::Skill if section == Section::Duties => Kind::Responsibility,
        TermKind::Skill
        | TermKind::Tool
        | TermKind::Method
        | TermKind::Language
        | TermKind::SoftSkill => Kind::Skill,
    }
}

/// Whether a sentence speaks of what a person has to bring.
pub fn is_needed(sentence: &str) -> bool {
    NEEDED.any_in(&folded(sentence))
}

/// None when the sentence asks for nothing.
fn importance(section: Section, folded: &str) -> Option<Importance> {
    match section {
        Section::Required | Section::Opening if clause::is_welcome(folded) => {
            Some(Importance::Preferred)
        }
        Section::Required => Some(Importance::Required),
        Section::Duties | Section::Opening if NEEDED.any_in(folded) => Some(Importance::Required),
        Section::Preferred | Section::Duties => Some(Importance::Preferred),
        Section::Opening => DUTY.any_in(folded).then_some(Importance::Preferred),
        Section::NotNeeded | Section::Benefits | Section::About | Section::Legal => None,
    }
}

static NOT_NEEDED: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(NOT_NEEDED_LIST));
const NOT_NEEDED_LIST: &str = "not required, not needed, not necessary, isn t required, is not a requirement, no longer \
    use, moved off, moved away from, we don t use, we do not use, you don t need, you do not \
    need, don t need to know, you won t need, we don t do, we do not do, we don t want, we don t work with, don t need any, no need for, no need to know, no knowledge of, no \
    experience with, no experience in, no prior experience, not the framework, nicht \
    erforderlich, nicht notwendig, nicht notig, keine kenntnisse, no se requiere, no es \
    necesario, no hace falta, pas necessaire, n est pas requis, nao e necessario, nao precisa, 不 \
    要 求, 无 需";

static NEEDED: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(NEEDED_LIST));
const NEEDED_LIST: &str = "must, required, essential, mandatory, you have, you ve, you bring, you are, looking for, \
    experience, experience with, experience in, proficient, proficiency, knowledge of, familiar \
    with, qualified, fluent, skilled in, expertise, background in, ability to, you know, you \
    should, you ll need, you will need, ideal candidate, erfahrung, kenntnisse, wir suchen, sie \
    haben, du hast, voraussetzung, erforderlich, experiencia, conocimientos, imprescindible, \
    buscamos, recherchons, vous avez, maitrise, exigido, experiencia em, conhecimento, 要 求, 经 验, \
    熟 悉, 精 通, 掌 握, 具 备";
static DUTY: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(DUTY_LIST));
const DUTY_LIST: &str = "you will, you ll, responsible for, will be responsible, your tasks, \
    sie werden, du wirst, zu ihren aufgaben, seras responsable, se encargara, vous serez, \
    voce vai, 负 责";
