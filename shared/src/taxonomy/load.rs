//! The taxonomy's files, one per field of work, and how they become patterns.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::OnceLock;

use serde::Deserialize;

use super::pattern::{Care, Form, Pattern};
use super::token::{Gap, Token, fold, tokens};
use super::{Taxonomy, Term, TermKind, key};

/// One file. `shared/taxonomy/README.md` says what each table means.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Field {
    #[serde(rename = "field")]
    name: String,
    #[serde(default)]
    case: HashSet<String>,
    #[serde(default)]
    anycase: HashSet<String>,
    #[serde(default)]
    strict: HashSet<String>,
    #[serde(default)]
    fixed: HashSet<String>,
    #[serde(default)]
    context: HashMap<String, Vec<String>>,
    #[serde(default)]
    unless: HashMap<String, Vec<String>>,
    #[serde(default)]
    signs: BTreeMap<String, Vec<String>>,
    /// More names for terms, wherever they are defined.
    #[serde(default)]
    also: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    includes: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    hints: BTreeMap<String, Vec<String>>,
    group: Vec<Group>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    kind: TermKind,
    /// Each a name followed by its aliases.
    terms: Vec<Vec<String>>,
}

const FILES: [&str; 19] = [
    include_str!("../../taxonomy/software.toml"),
    include_str!("../../taxonomy/business.toml"),
    include_str!("../../taxonomy/health.toml"),
    include_str!("../../taxonomy/trade.toml"),
    include_str!("../../taxonomy/science.toml"),
    include_str!("../../taxonomy/language.toml"),
    include_str!("../../taxonomy/care.toml"),
    include_str!("../../taxonomy/building.toml"),
    include_str!("../../taxonomy/transport.toml"),
    include_str!("../../taxonomy/finance.toml"),
    include_str!("../../taxonomy/law.toml"),
    include_str!("../../taxonomy/teaching.toml"),
    include_str!("../../taxonomy/hospitality.toml"),
    include_str!("../../taxonomy/design.toml"),
    include_str!("../../taxonomy/data.toml"),
    include_str!("../../taxonomy/embedded.toml"),
    include_str!("../../taxonomy/office.toml"),
    include_str!("../../taxonomy/practice.toml"),
    include_str!("../../taxonomy/deeds.toml"),
];

/// # Panics
///
/// When an embedded file is not a valid taxonomy, which a test rules out.
#[expect(clippy::expect_used, reason = "the files are part of the program, and a test reads them")]
pub fn builtin() -> Taxonomy {
    let fields: Vec<Field> = FILES
        .iter()
        .map(|file| toml::from_str(file).expect("an embedded taxonomy file is valid"))
        .collect();
    build(&fields)
}

fn build(fields: &[Field]) -> Taxonomy {
    let mut taxonomy = Taxonomy {
        terms: Vec::new(),
        by_name: HashMap::new(),
        patterns: Vec::new(),
        by_word: HashMap::new(),
        by_stem: [const { OnceLock::new() }; 5],
    };
    for field in fields {
        add_terms(&mut taxonomy, field);
    }
    for (id, term) in taxonomy.terms.iter().enumerate() {
        for alias in &term.aliases {
            taxonomy.by_name.entry(key(&tokens(alias))).or_insert(id);
        }
    }
    for field in fields {
        add_names(&mut taxonomy, field);
    }
    for field in fields {
        relate(&mut taxonomy, field);
    }
    close_broader(&mut taxonomy);
    for (id, pattern) in taxonomy.patterns.iter().enumerate() {
        if let Some(first) = pattern.words.first() {
            taxonomy.by_word.entry(first.clone()).or_default().push(id);
        }
    }
    taxonomy
}

fn add_terms(taxonomy: &mut Taxonomy, field: &Field) {
    for group in &field.group {
        for names in &group.terms {
            let Some((name, aliases)) = names.split_first() else { continue };
            let id = taxonomy.terms.len();
            taxonomy.by_name.entry(key(&tokens(name))).or_insert(id);
            taxonomy.terms.push(Term {
                name: name.clone(),
                kind: group.kind,
                aliases: aliases.to_vec(),
                field: field.name.clone(),
                id,
                broader: Vec::new(),
                hints: Vec::new(),
            });
            for (position, surface) in names.iter().enumerate() {
                let form = if position == 0 { Form::Name } else { Form::Alias };
                add_patterns(&mut taxonomy.patterns, field, (id, group.kind), (surface, form));
            }
        }
    }
}

fn add_names(taxonomy: &mut Taxonomy, field: &Field) {
    for (name, more) in &field.also {
        let Some(id) = taxonomy.find(name).map(Term::id) else { continue };
        let Some(term) = taxonomy.terms.get_mut(id) else { continue };
        term.aliases.extend(more.iter().cloned());
        let kind = term.kind;
        for alias in more {
            taxonomy.by_name.entry(key(&tokens(alias))).or_insert(id);
            add_patterns(&mut taxonomy.patterns, field, (id, kind), (alias, Form::Alias));
        }
    }
}

/// A name, the name without its hyphens and dots (`Node.js`, `NodeJS`), and
/// the name turned around (`data cleaning`, `cleaned the data`).
fn add_patterns(
    patterns: &mut Vec<Pattern>,
    field: &Field,
    (term, kind): (usize, TermKind),
    (surface, form): (&str, Form),
) {
    let found = tokens(surface);
    let words: Vec<String> = found.iter().map(|word| word.fold.clone()).collect();
    let care = care(field, kind, surface);
    let context: Vec<String> =
        field.context.get(surface).into_iter().flatten().map(|word| fold(word)).collect();
    let unless = field.unless.get(surface).cloned().unwrap_or_default();
    let pattern =
        Pattern { term, surface: written(surface, &found), words, form, care, context, unless };
    if let Some((surface, words)) = joined(&pattern.surface, &found) {
        let short = surface.iter().all(|word| word.len() <= 4);
        patterns.push(Pattern {
            care: match care {
                Care::Case | Care::Strict | Care::Fixed | Care::Acronym if short => Care::Acronym,
                Care::Case | Care::Strict => Care::Fixed,
                Care::None | Care::Fixed | Care::Acronym | Care::Language => care,
            },
            surface,
            words,
            context: pattern.context.clone(),
            unless: pattern.unless.clone(),
            ..pattern
        });
    }
    if let Some(turned) = turned(&pattern, field, surface) {
        patterns.push(Pattern {
            surface: turned.0,
            words: turned.1,
            form: Form::Sign,
            context: pattern.context.clone(),
            unless: pattern.unless.clone(),
            ..pattern
        });
    }
    patterns.push(pattern);
}

fn written(surface: &str, words: &[Token]) -> Vec<String> {
    words
        .iter()
        .map(|word| surface.get(word.start..word.end).unwrap_or_default().to_owned())
        .collect()
}

fn care(field: &Field, kind: TermKind, surface: &str) -> Care {
    let letters: Vec<char> = surface.chars().filter(|c| c.is_alphabetic()).collect();
    let acronym = letters.len() <= 4 && letters.iter().all(char::is_ascii_uppercase);
    if field.strict.contains(surface) {
        Care::Strict
    } else if field.case.contains(surface) {
        Care::Case
    } else if field.fixed.contains(surface) {
        Care::Fixed
    } else if acronym && !field.anycase.contains(surface) {
        Care::Acronym
    } else {
        match kind {
            TermKind::Language => Care::Language,
            TermKind::Tool | TermKind::Certificate | TermKind::Licence | TermKind::Degree => {
                Care::Fixed
            }
            TermKind::Skill | TermKind::Method | TermKind::SoftSkill | TermKind::Domain => {
                Care::None
            }
        }
    }
}

/// The words with hyphened and dotted parts run together, as written and
/// folded; none when there are no such parts.
fn joined(surface: &[String], words: &[Token]) -> Option<(Vec<String>, Vec<String>)> {
    let mut written: Vec<String> = Vec::new();
    let mut folded: Vec<String> = Vec::new();
    for (text, word) in surface.iter().zip(words) {
        let runs_on = matches!(word.gap, Gap::Joined | Gap::Slash) && word.fold.is_ascii();
        match (written.last_mut(), folded.last_mut()) {
            (Some(last), Some(fold)) if runs_on => {
                last.push_str(text);
                fold.push_str(&word.fold);
            }
            _ => {
                written.push(text.clone());
                folded.push(word.fold.clone());
            }
        }
    }
    (folded.len() < words.len()).then_some((written, folded))
}

/// Whether a word names an action, so that a sentence may turn the name around.
const ACTION: [&str; 16] = [
    "ing", "tion", "sion", "ment", "ance", "sis", "ship", "control", "design", "support", "review",
    "research", "audit", "repair", "recovery", "capture",
];

fn turned(pattern: &Pattern, field: &Field, surface: &str) -> Option<(Vec<String>, Vec<String>)> {
    let [object, action] = pattern.words.as_slice() else { return None };
    let turns = pattern.care == Care::None
        && !field.fixed.contains(surface)
        && object.len() > 2
        && ACTION.iter().any(|ending| action.ends_with(ending));
    let reversed = |words: &[String]| words.iter().rev().cloned().collect();
    turns.then(|| (reversed(&pattern.surface), reversed(&pattern.words)))
}

fn relate(taxonomy: &mut Taxonomy, field: &Field) {
    for (name, signs) in &field.signs {
        let Some(term) = taxonomy.find(name).map(Term::id) else { continue };
        for sign in signs.iter().flat_map(|sign| alternatives(sign)) {
            let found = tokens(&sign);
            taxonomy.patterns.push(Pattern {
                term,
                surface: written(&sign, &found),
                words: found.into_iter().map(|word| word.fold).collect(),
                form: Form::Sign,
                care: Care::None,
                context: Vec::new(),
                unless: Vec::new(),
            });
        }
    }
    for (name, narrower) in &field.includes {
        let Some(broader) = taxonomy.find(name).map(Term::id) else { continue };
        for id in ids(taxonomy, narrower) {
            taxonomy.terms[id].broader.push(broader);
        }
    }
    for (name, hints) in &field.hints {
        let Some(id) = taxonomy.find(name).map(Term::id) else { continue };
        let hints = ids(taxonomy, hints);
        taxonomy.terms[id].hints.extend(hints);
    }
}

/// `managed|led engineers|nurses` stands for each verb with each object.
fn alternatives(sign: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    for word in sign.split(' ') {
        all = all
            .iter()
            .flat_map(|head| word.split('|').map(move |one| format!("{head} {one}")))
            .collect();
    }
    all
}

fn ids(taxonomy: &Taxonomy, names: &[String]) -> Vec<usize> {
    names.iter().filter_map(|name| taxonomy.find(name)).map(Term::id).collect()
}

/// Whoever shows SAP FICO shows SAP, and whoever shows SAP shows ERP.
fn close_broader(taxonomy: &mut Taxonomy) {
    let direct: Vec<Vec<usize>> = taxonomy.terms.iter().map(|term| term.broader.clone()).collect();
    for term in &mut taxonomy.terms {
        let mut reached = Vec::new();
        let mut open = term.broader.clone();
        while let Some(id) = open.pop() {
            if id != term.id && !reached.contains(&id) {
                reached.push(id);
                open.extend(&direct[id]);
            }
        }
        reached.sort_unstable();
        term.broader = reached;
    }
}

/// Names that a table refers to and no group defines.
#[cfg(test)]
pub fn dangling_names() -> Vec<String> {
    let taxonomy = Taxonomy::builtin();
    let mut dangling = Vec::new();
    for file in FILES {
        let field: Field = toml::from_str(file).unwrap();
        let related = field.signs.keys().chain(field.includes.keys()).chain(field.hints.keys());
        let related = related.chain(field.also.keys());
        let narrower = field.includes.values().chain(field.hints.values()).flatten();
        let marked =
            field.case.iter().chain(&field.strict).chain(&field.fixed).chain(field.context.keys());
        let marked = marked.chain(field.unless.keys());
        for name in related.chain(narrower).chain(marked) {
            if taxonomy.find(name).is_none() {
                dangling.push(name.clone());
            }
        }
    }
    dangling
}
