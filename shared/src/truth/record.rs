//! Facts on record: names, degrees, grades, certificates, language levels, dates.

use super::{
    finding::{Code, Finding},
    known::{Known, is_content, read},
    lexicon::Class,
    scope::Field,
    text::Text,
};

/// Checks a change of a field that holds one fact. `None`: not such a field.
pub fn findings(field: Field, after: &Text, before: &Text) -> Option<Vec<Finding>> {
    let whole = 0..after.tokens.len();
    let finding = match field {
        Field::Name | Field::Plain => (!same(after, before, &NAME_PADDING))
            .then(|| Finding::fabricated(Code::NameChanged, whole)),
        Field::Certificate => (!same(after, before, &CERTIFICATE_PADDING))
            .then(|| Finding::fabricated(Code::CertificateChanged, whole)),
        Field::Degree => {
            degree(after, before).then(|| Finding::fabricated(Code::DegreeChanged, whole))
        }
        Field::Grade => grade(after, before),
        Field::Fluency => {
            raises(after, before).then(|| Finding::fabricated(Code::LanguageRaised, whole))
        }
        Field::Date => {
            (!same_date(after, before)).then(|| Finding::fabricated(Code::DateChanged, whole))
        }
        Field::Entry
        | Field::Summary
        | Field::Title
        | Field::Label
        | Field::Skills
        | Field::Highlights => return None,
    };
    Some(finding.into_iter().collect())
}

const NAME_PADDING: [&str; 8] = ["ltd", "inc", "llc", "co", "corp", "company", "gmbh", "plc"];
const CERTIFICATE_PADDING: [&str; 8] =
    ["certification", "certificate", "certified", "grades", "grade", "license", "licensed", "card"];

/// Nothing new is said and no more than padding is left out.
fn same(after: &Text, before: &Text, padding: &[&str]) -> bool {
    let (old, new) = (Known::of([before]), Known::of([after]));
    let padded = |text: &Text, at: usize| padding.contains(&text.tokens[at].word.as_str());
    let missing = |text: &Text, known: &Known| {
        (0..text.tokens.len())
            .any(|at| !padded(text, at) && words(text, at) && !known.covers(text, at))
    };
    let numbers =
        |text: &Text| text.quantities.iter().map(|quantity| quantity.value).collect::<Vec<_>>();
    !missing(after, &old) && !missing(before, &new) && numbers(after) == numbers(before)
}

fn words(text: &Text, at: usize) -> bool {
    is_content(text, at)
        || text.matches.iter().any(|found| found.covers(at) && found.term.is(Class::Status))
}

const DEGREES: [Class; 4] = [Class::Associate, Class::Bachelor, Class::Master, Class::Doctorate];

/// Whether the new text names another or a higher degree, or one no longer in progress.
fn degree(after: &Text, before: &Text) -> bool {
    let level = |text: &Text| {
        DEGREES.iter().rposition(|class| text.matches.iter().any(|found| found.term.is(*class)))
    };
    let planned = |text: &Text| text.matches.iter().any(|found| found.term.is(Class::Plan));
    let old = Known::of([before]);
    let new_words = (0..after.tokens.len()).any(|at| {
        let plan = after.matches.iter().any(|found| {
            found.covers(at) && (found.term.is(Class::Plan) || found.term.is(Class::Light))
        });
        is_content(after, at) && !plan && !old.covers(after, at)
    });
    level(after) != level(before) || (planned(before) && !planned(after)) || new_words
}

/// A grade may be rounded down, not up, and otherwise stays as it is.
fn grade(after: &Text, before: &Text) -> Option<Finding> {
    let whole = 0..after.tokens.len();
    let value = |text: &Text| {
        text.tokens.iter().find_map(|token| token.number.as_ref()).map(|number| number.value)
    };
    match (value(before), value(after)) {
        (Some(old), Some(new)) => {
            let step = 0.1;
            if (new - old).abs() < 1e-9 || (new < old && old - new < step) {
                None
            } else if new > old && new - old < step && is_rounded(new) && !is_rounded(old) {
                Some(Finding::review(Code::LooseRounding, whole))
            } else {
                Some(Finding::fabricated(Code::DegreeChanged, whole))
            }
        }
        (None, None) => {
            let old = Known::of([before]);
            let new =
                (0..after.tokens.len()).any(|at| !old.covers(after, at) && is_content(after, at));
            new.then(|| Finding::fabricated(Code::DegreeChanged, whole))
        }
        (Some(_), None) | (None, Some(_)) => Some(Finding::fabricated(Code::DegreeChanged, whole)),
    }
}

fn is_rounded(value: f64) -> bool {
    ((value * 10.0).round() - value * 10.0).abs() < 1e-6
}

/// The levels of the European framework tell more than words do, where both give one.
fn raises(after: &Text, before: &Text) -> bool {
    const LEVELS: [&str; 6] = ["a1", "a2", "b1", "b2", "c1", "c2"];
    let level = |text: &Text| {
        LEVELS.iter().rposition(|level| text.tokens.iter().any(|token| token.word == *level))
    };
    match (level(after), level(before)) {
        (Some(new), Some(old)) => new > old,
        (None, _) | (_, None) => fluency(after) > fluency(before) || fluency(after).is_none(),
    }
}

const FLUENCIES: [Class; 5] = [
    Class::FluencyBasic,
    Class::FluencyMiddle,
    Class::FluencyWorking,
    Class::FluencyFull,
    Class::FluencyNative,
];

/// The level a text gives, lowest first; `None` when it gives none.
pub fn fluency(text: &Text) -> Option<usize> {
    FLUENCIES.iter().rposition(|class| {
        text.matches.iter().any(|found| {
            let inside = |other: &super::lexicon::Match| {
                other.first <= found.first
                    && other.first + other.length >= found.first + found.length
                    && other.length > found.length
            };
            found.term.is(*class)
                && !text.matches.iter().any(|other| {
                    inside(other) && FLUENCIES.iter().any(|class| other.term.is(*class))
                })
        })
    })
}

/// Year, and month where both give one.
fn same_date(after: &Text, before: &Text) -> bool {
    let parts = |text: &Text| {
        text.tokens
            .iter()
            .filter_map(|token| {
                token.number.as_ref().map(|number| number.value).or_else(|| month(&token.word))
            })
            .collect::<Vec<_>>()
    };
    let (mut old, mut new) = (parts(before), parts(after));
    old.sort_by(f64::total_cmp);
    new.sort_by(f64::total_cmp);
    old == new
}

fn month(word: &str) -> Option<f64> {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let position = MONTHS.iter().position(|name| word.starts_with(name))?;
    u8::try_from(position + 1).ok().map(f64::from)
}

/// A language claimed in running text, at a level above the one listed.
pub fn raised_language(
    after: &Text,
    before: &Text,
    fluencies: &[(String, String)],
) -> Option<Finding> {
    let old = Known::of([before]);
    let new = |at: usize| !old.covers(after, at);
    let languages =
        after.matches.iter().filter(|found| found.term.is(Class::LanguageName) && new(found.first));
    languages.map(|found| found.first).find_map(|at| {
        let stem = &after.tokens[at].stem;
        let listed = fluencies.iter().find(|(language, _)| Text::stems(language).contains(stem));
        let clause = after.clause(at);
        let claimed = FLUENCIES.iter().rposition(|class| {
            after.matches.iter().any(|found| clause.contains(&found.first) && found.term.is(*class))
        });
        let held = listed.and_then(|(_, level)| fluency(&read(level)));
        let raised = match (listed, claimed) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(_), Some(claimed)) => held.is_none_or(|held| claimed > held),
        };
        raised.then(|| Finding::fabricated(Code::LanguageRaised, at..at + 1))
    })
}
