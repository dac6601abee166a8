//! How much each part of a sentence asks: "Excel required, Power BI preferred".

use std::ops::Range;
use std::sync::LazyLock;

use super::requirement::Importance;
use crate::taxonomy::wording::{Phrases, folded};

/// The parts of a sentence that say different things, each with what it asks.
///
/// Empty when the sentence asks for all its parts alike.
pub fn clauses(sentence: &str) -> Vec<(Range<usize>, Importance)> {
    let whole = folded(sentence);
    if !(is_welcome(&whole) && MUST.any_in(&whole)) {
        return Vec::new();
    }
    let parts: Vec<(Range<usize>, Option<Cue>)> = parts(sentence)
        .into_iter()
        .map(|part| (part.clone(), cue(sentence.get(part).unwrap_or_default())))
        .collect();
    let mut found = Vec::new();
    let mut before: Option<Importance> = None;
    for (at, (part, cue)) in parts.iter().enumerate() {
        // A cue behind the names counts for those before it, one in front for those after it.
        let own = cue.map(|cue| cue.importance);
        let next = parts.iter().skip(at + 1).find_map(|(_, cue)| *cue);
        let behind = next.filter(|cue| !cue.leads).map(|cue| cue.importance);
        let importance = own.or(before).or(behind).unwrap_or(Importance::Required);
        found.push((part.clone(), importance));
        before = match cue {
            Some(cue) if cue.leads => Some(cue.importance),
            Some(_) => None,
            None => before,
        };
    }
    found
}

/// Whether the sentence, its words folded, says that something is welcome but no must.
pub fn is_welcome(folded: &str) -> bool {
    // "One of the big clouds, ideally AWS" asks for a cloud; "preferred over" compares.
    const OPENINGS: [&str; 7] = [
        " ideally ",
        " preferably ",
        " idealerweise ",
        " idealmente ",
        " preferiblemente ",
        " idealement ",
        " preferencialmente ",
    ];
    OPENINGS.iter().any(|opening| folded.starts_with(opening))
        || WELCOME.any_in(&folded.replace(" preferred over ", " ").replace(" preferred to ", " "))
}

#[derive(Clone, Copy)]
struct Cue {
    importance: Importance,
    /// It stands before what it speaks of.
    leads: bool,
}

fn cue(part: &str) -> Option<Cue> {
    let words = folded(part);
    let importance = if is_welcome(&words) {
        Importance::Preferred
    } else if MUST.any_in(&words) {
        Importance::Required
    } else {
        return None;
    };
    let leads = LEADING.iter().any(|word| words.starts_with(&format!(" {word} ")));
    Some(Cue { importance, leads })
}

/// The byte ranges between commas, brackets and "but".
fn parts(sentence: &str) -> Vec<Range<usize>> {
    let mut cuts: Vec<usize> = sentence
        .char_indices()
        .filter(|(_, c)| matches!(c, ',' | ';' | '(' | ')' | '，' | '；' | '、'))
        .map(|(at, _)| at)
        .collect();
    for word in [" but ", " aber ", " pero ", " mais ", " mas ", " while ", " whereas "] {
        cuts.extend(sentence.match_indices(word).map(|(at, _)| at));
    }
    cuts.sort_unstable();
    let mut found = Vec::new();
    let mut start = 0;
    for cut in cuts {
        found.push(start..cut);
        start = cut;
    }
    found.push(start..sentence.len());
    found
}

const LEADING: [&str; 14] = [
    "must",
    "you must",
    "ideally",
    "preferably",
    "optionally",
    "bonus",
    "required",
    "need",
    "idealerweise",
    "idealmente",
    "de preferencia",
    "idealement",
    "imprescindible",
    "zwingend",
];

static WELCOME: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(WELCOME_LIST));
const WELCOME_LIST: &str = "an asset, is an asset, are an asset, a plus, is a plus, big plus, nice to have, desirable, \
    desired, an advantage, added advantage, advantageous, a bonus, is a bonus, bonus points, \
    would be great, would help, would be helpful, helpful, beneficial, a benefit, good to have, \
    preferred, preferable, is welcome, are welcome, also welcome, welcomed, \
    great if, not essential, not mandatory, optional, von vorteil, vorteilhaft, wunschenswert, \
    gern gesehen, gerne gesehen, willkommen, un plus, se valorara, se valora, \
    valorable, deseable, apreciado, preferible, serait un atout, est \
    un atout, souhaite, souhaitee, souhaitable, apprecie, appreciee, \
    bienvenue, desejavel, um diferencial, diferencial, sera valorizado, 优 先, 加 \
    分, 者 佳";

static MUST: LazyLock<Phrases> = LazyLock::new(|| Phrases::of(MUST_LIST));
const MUST_LIST: &str = "required, must, must have, essential, mandatory, necessary, needed, a must, minimum, \
    erforderlich, zwingend, voraussetzung, notwendig, requerido, imprescindible, obligatorio, \
    requis, exige, indispensable, obligatoire, obrigatorio, exigido, imprescindivel, 必 须, 必 备";
