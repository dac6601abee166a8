//! Titles held: a rank may not be gained, a limit may not be lost.

use super::{
    finding::{Code, Finding},
    known::{Known, is_content},
    lexicon::Class,
    scope::{Field, Section, Source},
    text::{Gap, Text},
};

pub fn findings(after: &Text, before: &Text, source: &Source) -> Vec<Finding> {
    if let Some(finding) = part_of_double(after, before) {
        return vec![finding];
    }
    let held: Vec<&Text> = match source.field {
        Field::Label => source
            .statements
            .iter()
            .filter(|statement| is_title(&statement.path))
            .map(|s| &s.text)
            .collect(),
        _ => Vec::new(),
    };
    let whole = std::iter::once(before).chain(held);
    if whole.into_iter().any(|title| says_no_more(after, title, source)) {
        return Vec::new();
    }
    if source.field == Field::Label && is_own_name(after, source) {
        return Vec::new();
    }
    vec![Finding::fabricated(Code::TitleChanged, 0..after.tokens.len())]
}

/// The summary opens with exactly these words: "Registered nurse with …". What stands before or
/// inside them could be a limit.
fn is_own_name(after: &Text, source: &Source) -> bool {
    let words = |text: &Text| -> Vec<String> {
        text.tokens.iter().map(|token| token.word.clone()).collect()
    };
    let name = words(after);
    source.statements.iter().filter(|statement| statement.path == "/basics/summary").any(
        |summary| {
            let said = words(&summary.text);
            // "Nurse assistant" is no nurse: the name must end where it does in the summary.
            let ends = summary.text.tokens.get(name.len()).is_none_or(|next| {
                next.gap >= Gap::Clause
                    || matches!(
                        next.word.as_str(),
                        "with" | "in" | "of" | "for" | "and" | "at" | "who"
                    )
            });
            !name.is_empty() && said.starts_with(&name) && ends
        },
    )
}

pub fn is_title(path: &str) -> bool {
    path == "/basics/label" || path.ends_with("/position")
}

/// Whether the text names a rank.
pub fn has_rank(text: &Text) -> bool {
    (0..text.tokens.len()).any(|at| is(text, at, Class::Rank) || text.tokens[at].word == "head")
}

/// Every word of the new title stands in the old one, and no limit of the old one is lost.
fn says_no_more(after: &Text, title: &Text, source: &Source) -> bool {
    let known = Known::of([title]);
    let known_after = Known::of([after]);
    let field = Known::of(source.scope().filter(|s| s.section != Section::Basics).map(|s| &s.text));
    // A remark may be put behind a title; in its place a word makes another title.
    let whole =
        (0..title.tokens.len()).all(|at| !is_word(title, at) || known_after.covers(title, at));
    let gains = (0..after.tokens.len()).any(|at| {
        let rank = is(after, at, Class::Rank)
            || is(after, at, Class::Status)
            || is(after, at, Class::Lead);
        let plain = !rank && whole && field.covers(after, at) && source.field == Field::Label;
        is_word(after, at) && !(known.covers(after, at) || plain)
    });
    let loses = (0..title.tokens.len())
        .any(|at| is(title, at, Class::TitleLimit) && !known_after.covers(title, at));
    let shares =
        (0..title.tokens.len()).any(|at| is_word(title, at) && known_after.covers(title, at));
    !gains && !loses && shares
}

/// Levels such as "II" are words of a title although they are short.
fn is_word(text: &Text, at: usize) -> bool {
    is_content(text, at) || is(text, at, Class::Rank) || is(text, at, Class::TitleLimit)
}

fn is(text: &Text, at: usize, class: Class) -> bool {
    text.matches.iter().any(|found| found.first == at && found.length == 1 && found.term.is(class))
}

/// "Cook / Kitchen Manager" cut to "Kitchen Manager" hides the lower part.
fn part_of_double(after: &Text, before: &Text) -> Option<Finding> {
    let rank = |text: &Text| {
        (0..text.tokens.len()).any(|at| is(text, at, Class::Rank) || is(text, at, Class::Lead))
    };
    let known = Known::of([before]);
    let joined = before.tokens.iter().any(|token| matches!(token.word.as_str(), "and" | "&"))
        || before.tokens.iter().skip(1).any(|token| token.slash);
    let inside = (0..after.tokens.len()).all(|at| known.says(after, at));
    let known_after = Known::of([after]);
    let lower = (0..before.tokens.len())
        .any(|at| is(before, at, Class::TitleLimit) && !known_after.says(before, at));
    let shorter = after.tokens.len() < before.tokens.len();
    (joined && inside && shorter && (rank(after) || lower))
        .then(|| Finding::review(Code::TitleNarrowed, 0..after.tokens.len()))
}
