//! Whether a text names a skill only to deny it, or to say that it is still being learned.

use std::ops::Range;

use crate::taxonomy::token::{Gap, Token, tokens};

/// Words before a term that may deny it.
const REACH: usize = 40;

/// Whether the words at `range` are denied, learned or wished for.
///
/// `named` says which words belong to a term: a denial reaches over a list of
/// terms ("no experience with Spark, Scala or SAP"), not over other words.
pub fn is_denied(words: &[Token], range: &Range<usize>, named: &[bool]) -> bool {
    denied_before(words, range, named) || denied_after(words, range) || taken_back(words, range)
}

/// Whether a level or heading such as "learning" or "none" denies the skills under it.
pub fn denies(remark: &str) -> bool {
    let words = tokens(remark);
    let folds: Vec<&str> = words.iter().map(|word| word.fold.as_str()).collect();
    matches!(
        folds.as_slice(),
        ["none" | "learning" | "planned" | "keine" | "ninguno" | "aucun" | "nenhum"]
    ) || AFTER.iter().any(|cue| folds.starts_with(cue))
        || LEARNING.iter().chain(DENIALS).any(|cue| folds.starts_with(cue))
}

fn denied_before(words: &[Token], range: &Range<usize>, named: &[bool]) -> bool {
    let clause = clause_start(words, range.start);
    let folds: Vec<&str> = words
        .get(clause..range.start)
        .unwrap_or_default()
        .iter()
        .map(|word| word.fold.as_str())
        .collect();
    if folds.last().is_some_and(|word| DIRECT.contains(word)) || is_learned(&folds) {
        return true;
    }
    let holds = |cue: &[&str], reach: usize| {
        ends_of(&folds, cue).any(|end| {
            let between = folds.get(end..).unwrap_or_default();
            let unnamed = between
                .iter()
                .enumerate()
                .filter(|(at, word)| {
                    !named.get(clause + end + at).copied().unwrap_or(false)
                        && !matches!(
                            **word,
                            "and" | "or" | "with" | "in" | "und" | "oder" | "y" | "et" | "e"
                        )
                })
                .count();
            unnamed <= reach && !between.iter().any(|word| TURNS.contains(word))
        })
    };
    DENIALS.iter().any(|cue| holds(cue, 5))
        || LEARNING.iter().any(|cue| holds(cue, 2))
        || WISHES.iter().any(|cue| holds(cue, 4))
        || folds.first() == Some(&"learning") && holds(&["learning"], 1)
}

/// `Open to learning X`; but machine learning with X is none.
fn is_learned(folds: &[&str]) -> bool {
    const KINDS: [&str; 9] = [
        "machine",
        "deep",
        "reinforcement",
        "e",
        "blended",
        "distance",
        "active",
        "supervised",
        "unsupervised",
    ];
    match folds {
        [.., kind, "learning"] => !KINDS.contains(kind),
        ["learning"] => true,
        _ => false,
    }
}

/// The first word of the clause the position stands in, as far as a denial reaches.
fn clause_start(words: &[Token], at: usize) -> usize {
    let first = at.saturating_sub(REACH);
    let head = words.get(first..=at).unwrap_or_default();
    first + head.iter().rposition(Token::opens_clause).unwrap_or(0)
}

fn ends_of<'w>(folds: &'w [&str], cue: &'w [&str]) -> impl Iterator<Item = usize> + 'w {
    folds
        .windows(cue.len().max(1))
        .enumerate()
        .filter(move |(_, window)| *window == cue)
        .map(move |(at, _)| at + cue.len())
}

/// `R (learning)`, `PMP - in progress`, `Rust: none`.
fn denied_after(words: &[Token], range: &Range<usize>) -> bool {
    let rest = words.get(range.end..).unwrap_or_default();
    if rest.first().is_none_or(|word| word.gap == Gap::Sentence) {
        return false;
    }
    // "SAP experience: none"
    let filler = rest.first().is_some_and(|word| {
        matches!(word.fold.as_str(), "experience" | "knowledge" | "skills" | "kenntnisse")
    });
    let rest = rest.get(usize::from(filler)..).unwrap_or_default();
    let folds: Vec<&str> = rest.iter().take(4).map(|word| word.fold.as_str()).collect();
    let set_off = rest.first().is_some_and(|word| matches!(word.gap, Gap::Clause | Gap::List));
    AFTER.iter().any(|cue| folds.starts_with(cue))
        || set_off && matches!(folds.as_slice(), ["none" | "learning" | "planned" | "expected", ..])
        || set_off && LEARNING.iter().any(|cue| folds.starts_with(cue)) && folds.len() <= 2
}

/// `I have read about Kubernetes but never used it`.
fn taken_back(words: &[Token], range: &Range<usize>) -> bool {
    let rest = words.get(range.end..).unwrap_or_default();
    let sentence: Vec<&str> = rest
        .iter()
        .take(10)
        .take_while(|word| word.gap != Gap::Sentence)
        .map(|word| word.fold.as_str())
        .collect();
    sentence.windows(3).any(|three| {
        matches!(
            three,
            ["never" | "not" | "t", "used" | "tried" | "touched" | "done", "it" | "them"]
                | ["not" | "never", "worked", "with"]
        )
    })
}

const DIRECT: [&str; 18] = [
    "no",
    "not",
    "without",
    "never",
    "kein",
    "keine",
    "keinen",
    "keinerlei",
    "ohne",
    "nicht",
    "sin",
    "sans",
    "aucun",
    "aucune",
    "sem",
    "nenhum",
    "nenhuma",
    "无",
];

/// Words after which a denial no longer holds.
const TURNS: [&str; 12] = [
    "but", "however", "although", "though", "yet", "aber", "jedoch", "sondern", "pero", "sino",
    "mais", "mas",
];

const DENIALS: &[&[&str]] = &[
    &["no", "experience"],
    &["no", "prior", "experience"],
    &["no", "previous", "experience"],
    &["no", "professional", "experience"],
    &["no", "commercial", "experience"],
    &["no", "hands", "on", "experience"],
    &["no", "direct", "experience"],
    &["no", "real", "experience"],
    &["no", "practical", "experience"],
    &["no", "knowledge"],
    &["no", "exposure"],
    &["no", "background"],
    &["no", "formal"],
    &["without", "experience"],
    &["without", "any"],
    &["without", "knowledge"],
    &["not", "experienced"],
    &["not", "familiar"],
    &["not", "yet"],
    &["not", "used"],
    &["not", "worked"],
    &["not", "have", "experience"],
    &["t", "have", "experience"],
    &["t", "used"],
    &["t", "worked"],
    &["t", "know"],
    &["do", "not", "know"],
    &["never", "used"],
    &["never", "worked"],
    &["never", "touched"],
    &["lack", "of"],
    &["lacking"],
    &["no", "longer"],
    &["not", "know"],
    &["not", "knowing"],
    &["not", "know", "how"],
    &["don", "t", "do"],
    &["do", "not", "use"],
    &["don", "t", "use"],
    &["little", "experience"],
    &["haven", "t"],
    &["hasn", "t"],
    &["didn", "t"],
    &["rather", "than"],
    &["instead", "of"],
    &["zero", "experience"],
    &["unfamiliar", "with"],
    &["kaum", "erfahrung"],
    &["nicht", "mit"],
    &["keine", "erfahrung"],
    &["keine", "erfahrungen"],
    &["keine", "kenntnisse"],
    &["keinerlei", "erfahrung"],
    &["ohne", "erfahrung"],
    &["ohne", "kenntnisse"],
    &["noch", "nie"],
    &["noch", "keine"],
    &["no", "manejo"],
    &["no", "domino"],
    &["no", "conozco"],
    &["no", "he", "trabajado"],
    &["nunca"],
    &["n", "ai", "pas"],
    &["ne", "connais", "pas"],
    &["nao", "conheco"],
    &["nao", "domino"],
    &["nao", "trabalhei"],
    &["sin", "experiencia"],
    &["sin", "conocimientos"],
    &["no", "tengo", "experiencia"],
    &["no", "tengo", "conocimientos"],
    &["ninguna", "experiencia"],
    &["sans", "experience"],
    &["pas", "d", "experience"],
    &["pas", "de"],
    &["aucune", "experience"],
    &["aucune", "connaissance"],
    &["sem", "experiencia"],
    &["sem", "conhecimento"],
    &["nao", "tenho"],
    &["没", "有"],
    &["没", "用", "过"],
    &["未", "接", "触"],
    &["不", "了", "解"],
    &["不", "使", "用"],
    &["不", "会"],
    &["不", "熟", "悉"],
    &["不", "懂"],
    &["尚", "未"],
    &["未", "使", "用"],
];

const LEARNING: &[&[&str]] = &[
    &["currently", "learning"],
    &["still", "learning"],
    &["now", "learning"],
    &["am", "learning"],
    &["m", "learning"],
    &["also", "learning"],
    &["just", "learning"],
    &["started", "learning"],
    &["begun", "learning"],
    &["began", "learning"],
    &["start", "learning"],
    &["and", "learning"],
    &["to", "learn"],
    &["can", "t"],
    &["cannot"],
    &["couldn", "t"],
    &["taking", "a", "course"],
    &["taking", "a", "class"],
    &["taking", "a", "beginner"],
    &["taking", "a", "beginners"],
    &["taking", "an", "introductory"],
    &["taking", "an", "online"],
    &["taking", "a", "first"],
    &["taking", "evening"],
    &["taking", "courses"],
    &["taking", "classes"],
    &["taking", "lessons"],
    &["attending", "a", "course"],
    &["beginner", "course"],
    &["beginner", "s", "course"],
    &["beginners", "course"],
    &["introductory", "course"],
    &["enrolled", "in"],
    &["enrolled", "on"],
    &["preparing", "for"],
    &["sitting"],
    &["currently", "studying"],
    &["learning", "to"],
    &["learning", "about"],
    &["teaching", "myself"],
    &["studying", "for"],
    &["studying", "toward"],
    &["studying", "towards"],
    &["working", "towards"],
    &["working", "toward"],
    &["lerne"],
    &["lerne", "derzeit"],
    &["derzeit", "lerne"],
    &["cursando"],
    &["cursando", "especializacao", "em"],
    &["a", "aprender"],
    &["a", "estudar"],
    &["en", "formation"],
    &["en", "apprentissage"],
    &["aprendiendo"],
    &["estudiando"],
    &["en", "cours", "d", "apprentissage"],
    &["apprends"],
    &["aprendendo"],
    &["estudando"],
    &["正", "在", "学", "习"],
    &["正", "在", "学"],
    &["在", "学"],
];

const WISHES: &[&[&str]] = &[
    &["looking", "for"],
    &["looking", "to"],
    &["seeking"],
    &["aspiring"],
    &["interested", "in"],
    &["curious", "about"],
    &["open", "to"],
    &["interesse", "par"],
    &["interessee", "par"],
    &["interesado", "en"],
    &["interesada", "en"],
    &["interessado", "em"],
    &["interessada", "em"],
    &["interessiert", "an"],
    &["interesse", "an"],
    &["hope", "to"],
    &["hoping", "to"],
    &["would", "like", "to"],
    &["want", "to"],
    &["wants", "to"],
    &["wish", "to"],
    &["plan", "to"],
    &["planning", "to"],
    &["moving", "into"],
    &["move", "into"],
    &["transition", "into"],
    &["transitioning", "into"],
    &["eager", "to"],
    &["keen", "to"],
    &["suche"],
    &["busco"],
    &["recherche", "un"],
    &["buscando"],
];

const AFTER: &[&[&str]] = &[
    &["in", "progress"],
    &["beginner", "course"],
    &["beginner", "s", "course"],
    &["beginners", "course"],
    &["course", "in", "progress"],
    &["classes", "in", "progress"],
    &["course", "under", "way"],
    &["exam", "pending"],
    &["pending"],
    &["expired"],
    &["lapsed"],
    &["i", "candidate"],
    &["ii", "candidate"],
    &["iii", "candidate"],
    &["level", "i", "candidate"],
    &["level", "ii", "candidate"],
    &["level", "iii", "candidate"],
    &["level", "1", "candidate"],
    &["level", "2", "candidate"],
    &["level", "3", "candidate"],
    &["in", "ausbildung"],
    &["en", "cours"],
    &["en", "curso"],
    &["em", "andamento"],
    &["学", "习", "中"],
    &["in", "training"],
    &["not", "yet"],
    &["candidate"],
    &["student"],
];
