//! What a posting asks for, each with the line that asks.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::boilerplate::is_boilerplate;
use super::phrase;
use super::section::{Line, Section};
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
    let mut list = List { found: Vec::new(), not_needed: HashSet::new(), tongue };
    for line in lines {
        for sentence in sentences(line.text) {
            list.add(line, sentence);
        }
    }
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
        if NOT_NEEDED.any_in(&whole) {
            let (asked, denied) = denied_part(sentence);
            self.not_needed
                .extend(named(denied, self.tongue).iter().map(|one| one.term.name.clone()));
            if !asked.is_empty() {
                self.add(line, asked);
            }
            return;
        }
        let folded = whole;
        let mentions = named(sentence, self.tongue);
        let Some(importance) = importance(line.section, &folded) else { return };
        if is_boilerplate(sentence) {
            return;
        }
        for mention in &mentions {
            if asks(line.section, mention) {
                let kind = kind(line.section, mention.term.kind);
                let written = sentence.get(mention.start..mention.end).unwrap_or_default();
                self.keep(&Asked {
                    name: &mention.term.name,
                    kind,
                    importance,
                    line: line.text,
                    written,
                });
            }
        }
        if matches!(line.section, Section::Required | Section::Preferred) {
            let taken: Vec<Range<usize>> =
                mentions.iter().map(|mention| mention.start..mention.end).collect();
            for name in phrase::phrases(sentence, &taken) {
                let kind = Kind::Skill;
                self.keep(&Asked { name, kind, importance, line: line.text, written: name });
            }
        }
    }

    /// Adds a requirement, or what another line says of a known one.
    fn keep(&mut self, asked: &Asked<'_>) {
        let Asked { name, kind, importance, line, written } = *asked;
        let known = self.found.iter().position(|one| one.name.eq_ignore_ascii_case(name));
        let at = known.unwrap_or(self.found.len());
        if known.is_none() {
            self.found.push(Requirement {
                id: String::new(),
                name: name.to_owned(),
                kind,
                importance,
                aliases: Vec::new(),
                line: line.to_owned(),
            });
        }
        let Some(requirement) = self.found.get_mut(at) else { return };
        if importance == Importance::Required && requirement.importance != importance {
            requirement.importance = importance;
            requirement.kind = kind;
            line.clone_into(&mut requirement.line);
        }
        let is_new = !requirement.name.eq_ignore_ascii_case(written)
            && !requirement.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(written));
        if is_new {
            requirement.aliases.push(written.to_owned());
        }
    }
}

struct Asked<'a> {
    name: &'a str,
    kind: Kind,
    importance: Importance,
    line: &'a str,
    /// The name as the posting writes it.
    written: &'a str,
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

/// None when the sentence asks for nothing.
fn importance(section: Section, folded: &str) -> Option<Importance> {
    match section {
        Section::Required | Section::Opening if WELCOME.any_in(folded) => {
            Some(Importance::Preferred)
        }
        Section::Required => Some(Importance::Required),
        Section::Duties | Section::Opening if NEEDED.any_in(folded) => Some(Importance::Required),
        Section::Preferred | Section::Duties => Some(Importance::Preferred),
        Section::Opening => DUTY.any_in(folded).then_some(Importance::Preferred),
        Section::NotNeeded | Section::Benefits | Section::About | Section::Legal => None,
    }
}

/// Sentences, and the halves of a sentence set apart by a semicolon.
pub fn sentences(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        let ends = match c {
            '。' | '；' | ';' | '！' => true,
            '.' | '!' | '?' => {
                next.is_none_or(char::is_whitespace)
                    && text.get(start..at).is_some_and(|before| !ends_with_abbreviation(before))
            }
            _ => false,
        };
        if ends {
            let end = at + c.len_utf8();
            found.push(text.get(start..end).unwrap_or_default().trim());
            start = end;
        }
    }
    found.push(text.get(start..).unwrap_or_default().trim());
    found.retain(|sentence| !sentence.is_empty());
    found
}

fn ends_with_abbreviation(before: &str) -> bool {
    let word = before.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
    let lower = word.to_lowercase();
    word.chars().count() <= 1
        || matches!(
            lower.as_str(),
            "e.g"
                | "i.e"
                | "incl"
                | "min"
                | "max"
                | "approx"
                | "exp"
                | "acc"
                | "etc"
                | "z.b"
                | "bzw"
                | "dipl"
                | "b.eng"
                | "m.sc"
                | "b.sc"
                | "no"
                | "vs"
                | "mgmt"
                | "yrs"
                | "dr"
                | "inkl"
                | "ca"
        )
}

static NOT_NEEDED: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(NOT_NEEDED_LIST));
const NOT_NEEDED_LIST: &str = "not required, not needed, not necessary, isn t required, is not a requirement, no longer \
    use, moved off, moved away from, we don t use, we do not use, you don t need, you do not \
    need, don t need to know, don t need any, no need for, no need to know, no knowledge of, no \
    experience with, no experience in, no prior experience, not the framework, nicht \
    erforderlich, nicht notwendig, nicht notig, keine kenntnisse, no se requiere, no es \
    necesario, no hace falta, pas necessaire, n est pas requis, nao e necessario, nao precisa, 不 \
    要 求, 无 需";

static WELCOME: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(WELCOME_LIST));
const WELCOME_LIST: &str = "an asset, is an asset, are an asset, a plus, is a plus, nice to have, desirable, an advantage, added advantage, a bonus, is a \
    bonus, would be great, good to have, is preferred, are preferred, preferred but not, von \
    vorteil, wunschenswert, un plus, se valorara, valorable, deseable, serait un atout, est un \
    atout, souhaite, desejavel, um diferencial, 优 先, 加 分";

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
