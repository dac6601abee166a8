//! What differs between two resumes, and between two texts word by word.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{json::JsonResume, pointer};

/// Two texts whose differing middles are larger than this (words × words) are
/// shown as one removal and one addition, so that memory stays small.
const MAX_CELLS: usize = 1_000_000;

/// One value that differs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// JSON pointer; of an added value it points into the newer resume.
    pub path: String,
    /// Absent when the value was added.
    pub before: Option<Value>,
    /// Absent when the value was removed.
    pub after: Option<Value>,
}

/// A run of words of a compared text, with the white space that follows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    pub kind: PieceKind,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PieceKind {
    Same,
    Removed,
    Added,
}

/// All changes from `before` to `after`, in document order.
///
/// A list of texts of another length is one change; otherwise the deepest
/// differing value is.
pub fn changes(before: &JsonResume, after: &JsonResume) -> Result<Vec<Change>, serde_json::Error> {
    let (before, after) = (serde_json::to_value(before)?, serde_json::to_value(after)?);
    let mut found = Vec::new();
    let mut open = vec![(String::new(), Some(&before), Some(&after))];
    while let Some((path, before, after)) = open.pop() {
        match (before, after) {
            (Some(before), Some(after)) if before == after => {}
            (Some(Value::Object(before)), Some(Value::Object(after))) => {
                open.extend(members(&path, before, after).into_iter().rev());
            }
            (Some(Value::Array(before)), Some(Value::Array(after)))
                if before.len() == after.len() || !texts_only(before, after) =>
            {
                let items = (0..before.len().max(after.len())).rev();
                open.extend(items.map(|item| {
                    (pointer::child(&path, &item.to_string()), before.get(item), after.get(item))
                }));
            }
            (before, after) => {
                found.push(Change { path, before: before.cloned(), after: after.cloned() });
            }
        }
    }
    Ok(found)
}

/// One value that differs, for a person's eye.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    #[serde(flatten)]
    pub change: Change,
    /// Of two texts, their words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<Vec<Piece>>,
}

/// All changes, with the words of texts that differ.
pub fn compared(
    before: &JsonResume,
    after: &JsonResume,
) -> Result<Vec<Compared>, serde_json::Error> {
    let compared = |change: Change| {
        let texts = (change.before.as_ref(), change.after.as_ref());
        let words = match texts {
            (Some(Value::String(before)), Some(Value::String(after))) => Some(words(before, after)),
            _ => None,
        };
        Compared { change, words }
    };
    Ok(changes(before, after)?.into_iter().map(compared).collect())
}

/// The changes as a JSON Patch (RFC 6902).
///
/// Entries that were added come in order and at the end of their list; those that were removed
/// go from the last to the first, so that no path moves under another.
pub fn patch(changes: &[Compared]) -> Value {
    let (removed, kept): (Vec<_>, Vec<_>) =
        changes.iter().map(|one| &one.change).partition(|change| change.after.is_none());
    let kept = kept.into_iter().map(|change| {
        let op = if change.before.is_none() { "add" } else { "replace" };
        json!({ "op": op, "path": change.path, "value": change.after })
    });
    let removed =
        removed.into_iter().rev().map(|change| json!({ "op": "remove", "path": change.path }));
    Value::Array(kept.chain(removed).collect())
}

type Pair<'a> = (String, Option<&'a Value>, Option<&'a Value>);

fn members<'a>(
    path: &str,
    before: &'a Map<String, Value>,
    after: &'a Map<String, Value>,
) -> Vec<Pair<'a>> {
    let added = after.keys().filter(|key| !before.contains_key(*key));
    before
        .keys()
        .chain(added)
        .map(|key| (pointer::child(path, key), before.get(key), after.get(key)))
        .collect()
}

fn texts_only(before: &[Value], after: &[Value]) -> bool {
    before.iter().chain(after).all(Value::is_string)
}

/// The texts' words in reading order: those of both, the removed, the added.
///
/// `Same` and `Removed` pieces together give back `before`; `Same` and `Added`
/// give `after` (white space taken from `after` where they agree on the word).
pub fn words(before: &str, after: &str) -> Vec<Piece> {
    let (before, after) = (split(before), split(after));
    let same = |(a, b): &(&&str, &&str)| a.trim_end() == b.trim_end();
    let head = before.iter().zip(&after).take_while(same).count();
    let tail = before[head..].iter().rev().zip(after[head..].iter().rev()).take_while(same).count();
    let (old, new) = (&before[head..before.len() - tail], &after[head..after.len() - tail]);

    let mut pieces = Pieces::default();
    pieces.add(PieceKind::Same, &after[..head]);
    for (kind, run) in middle(old, new) {
        pieces.add(kind, &[run]);
    }
    pieces.add(PieceKind::Same, &after[after.len() - tail..]);
    pieces.0
}

#[derive(Default)]
struct Pieces(Vec<Piece>);

impl Pieces {
    fn add(&mut self, kind: PieceKind, words: &[&str]) {
        for word in words {
            match self.0.last_mut() {
                Some(last) if last.kind == kind => last.text.push_str(word),
                _ => self.0.push(Piece { kind, text: (*word).to_owned() }),
            }
        }
    }
}

/// Words with the white space after them.
fn split(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let word = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let gap = rest[word..].find(|c: char| !c.is_whitespace()).map_or(rest.len(), |g| word + g);
        let (head, tail) = rest.split_at(gap);
        words.push(head);
        rest = tail;
    }
    words
}

/// Longest common subsequence by the classic table.
fn middle<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<(PieceKind, &'a str)> {
    let width = new.len() + 1;
    if old.len().saturating_mul(new.len()) > MAX_CELLS {
        let removed = old.iter().map(|word| (PieceKind::Removed, *word));
        return removed.chain(new.iter().map(|word| (PieceKind::Added, *word))).collect();
    }
    let mut table = vec![0_u32; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            table[i * width + j] = if old[i].trim_end() == new[j].trim_end() {
                table[(i + 1) * width + j + 1] + 1
            } else {
                table[(i + 1) * width + j].max(table[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut pieces = Vec::with_capacity(old.len() + new.len());
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i].trim_end() == new[j].trim_end() {
            pieces.push((PieceKind::Same, new[j]));
            (i, j) = (i + 1, j + 1);
        } else if j == new.len()
            || (i < old.len() && table[(i + 1) * width + j] >= table[i * width + j + 1])
        {
            pieces.push((PieceKind::Removed, old[i]));
            i += 1;
        } else {
            pieces.push((PieceKind::Added, new[j]));
            j += 1;
        }
    }
    pieces
}

#[cfg(test)]
mod tests;
