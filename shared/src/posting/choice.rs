//! Alternatives: "Go or Rust" is one requirement that either meets.

use std::ops::Range;

use crate::taxonomy::token::fold;

/// Groups the places of a sentence that are offered as alternatives; the rest stay alone.
///
/// `places` stand in order and do not overlap.
pub fn groups(sentence: &str, places: &[Range<usize>]) -> Vec<Vec<usize>> {
    let mut found: Vec<Vec<usize>> = Vec::new();
    let mut run: Vec<usize> = Vec::new();
    let mut joints: Vec<Joint> = Vec::new();
    let flush = |run: &mut Vec<usize>, joints: &mut Vec<Joint>, found: &mut Vec<Vec<usize>>| {
        found.extend(split(sentence, places, run, joints));
        run.clear();
        joints.clear();
    };
    for (at, place) in places.iter().enumerate() {
        let before = run.last().and_then(|last| places.get(*last));
        let joint = before.and_then(|before| joint(sentence.get(before.end..place.start)?));
        match joint {
            Some(joint) => joints.push(joint),
            None => flush(&mut run, &mut joints, &mut found),
        }
        run.push(at);
    }
    flush(&mut run, &mut joints, &mut found);
    found
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Joint {
    Comma,
    And,
    Or,
}

/// What stands between two names, if nothing but a list does.
fn joint(between: &str) -> Option<Joint> {
    let mut joint = Joint::Comma;
    let mut marks = false;
    for word in between.split(|c: char| c.is_whitespace() || c == ',') {
        match fold(word.trim_matches(['(', ')', ':'])).as_str() {
            "" => marks |= !word.is_empty(),
            "or" | "and/or" | "oder" | "ou" | "o" | "u" | "bzw" | "或" | "或者" | "/" => {
                joint = Joint::Or;
            }
            "and" | "und" | "y" | "e" | "et" | "和" | "&" => joint = Joint::And,
            "with" | "in" | "either" | "a" | "an" | "the" | "en" | "mit" | "experience"
            | "skills" | "knowledge" => {}
            _ => return None,
        }
    }
    let listed = joint != Joint::Comma || between.contains([',', '、', '/']) || marks;
    listed.then_some(joint)
}

/// A run with an "or" between its last two, or after "one of", is a choice.
fn split(
    sentence: &str,
    places: &[Range<usize>],
    run: &[usize],
    joints: &[Joint],
) -> Vec<Vec<usize>> {
    let (Some(first), Some(last)) = (run.first(), run.last()) else { return Vec::new() };
    let (Some(start), Some(end)) =
        (places.get(*first).map(|place| place.start), places.get(*last).map(|place| place.end))
    else {
        return Vec::new();
    };
    if run.len() > 1 && (opens_choice(sentence, start) || closes_choice(sentence, end)) {
        return vec![run.to_vec()];
    }
    if !joints.contains(&Joint::Or) {
        return run.iter().map(|at| vec![*at]).collect();
    }
    // "Go or Rust and PostgreSQL", "SQL, Python or R": an "and" ends a choice, a comma
    // belongs to the choice only when the "or" stands before the last of the list.
    let mut found: Vec<Vec<usize>> = Vec::new();
    let mut group: Vec<usize> = vec![*first];
    for (joint, at) in joints.iter().zip(run.iter().skip(1)) {
        if *joint == Joint::And {
            found.extend(choice(&group, joints, *first));
            group.clear();
        }
        group.push(*at);
    }
    found.extend(choice(&group, joints, *first));
    found
}

fn choice(group: &[usize], joints: &[Joint], first: usize) -> Vec<Vec<usize>> {
    let offered = group.iter().skip(1).any(|at| {
        let place = at.checked_sub(first).and_then(|place| place.checked_sub(1));
        place.and_then(|place| joints.get(place)) == Some(&Joint::Or)
    });
    if offered { vec![group.to_vec()] } else { group.iter().map(|at| vec![*at]).collect() }
}

const OPENERS: [&str; 14] = [
    "one of",
    "any of",
    "one or more of",
    "at least one of",
    "either",
    "one of the following",
    "one of these",
    "eines von",
    "eine von",
    "uno de",
    "una de",
    "un de",
    "um de",
    "l un de",
];

fn opens_choice(sentence: &str, start: usize) -> bool {
    let head = fold_all(sentence.get(..start).unwrap_or_default());
    OPENERS.iter().any(|opener| head.ends_with(&format!(" {opener}")))
}

const CLOSERS: [&str; 12] = [
    "or similar",
    "or equivalent",
    "or comparable",
    "or any",
    "or other",
    "or another",
    "oder ahnlich",
    "oder vergleichbar",
    "o similar",
    "ou similaire",
    "ou equivalent",
    "ou similar",
];

/// `Tableau, Looker or similar`.
fn closes_choice(sentence: &str, end: usize) -> bool {
    let tail = fold_all(sentence.get(end..).unwrap_or_default());
    CLOSERS.iter().any(|closer| tail.starts_with(&format!(" {closer}")))
}

/// The folded words, each after a space.
fn fold_all(text: &str) -> String {
    crate::taxonomy::token::tokens(text).into_iter().fold(String::new(), |mut all, word| {
        all.push(' ');
        all.push_str(&word.fold);
        all
    })
}

#[cfg(test)]
mod tests {
    use super::groups;

    fn grouped(sentence: &str, names: &[&str]) -> Vec<Vec<usize>> {
        let places: Vec<_> = names
            .iter()
            .map(|name| {
                let at = sentence.find(name).unwrap();
                at..at + name.len()
            })
            .collect();
        groups(sentence, &places)
    }

    #[test]
    fn or_makes_a_choice_and_and_does_not() {
        assert_eq!(grouped("Go or Rust", &["Go", "Rust"]), [vec![0, 1]]);
        assert_eq!(grouped("Go and Rust", &["Go", "Rust"]), [vec![0], vec![1]]);
        assert_eq!(grouped("SQL, Python or Perl", &["SQL", "Python", "Perl"]), [vec![0, 1, 2]]);
        assert_eq!(
            grouped("Go or Rust and Kafka", &["Go", "Rust", "Kafka"]),
            [vec![0, 1], vec![2]]
        );
        assert_eq!(grouped("One of ACLS, PALS and NRP", &["ACLS", "PALS", "NRP"]), [vec![0, 1, 2]]);
        assert_eq!(
            grouped("Tableau, Looker or similar tools", &["Tableau", "Looker"]),
            [vec![0, 1]]
        );
        assert_eq!(
            grouped("Kafka for events or a good head for Go", &["Kafka", "Go"]),
            [vec![0], vec![1]]
        );
    }
}
