//! JSON pointers (RFC 6901) into a resume's data.

use serde_json::Value;
use thiserror::Error;

#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PointerError {
    #[error("{0:?} is not a JSON pointer")]
    Malformed(String),
    #[error("there is nothing at {0}")]
    NotFound(String),
}

/// The value at `pointer`; the empty pointer is the whole document.
pub fn get<'a>(document: &'a Value, pointer: &str) -> Result<&'a Value, PointerError> {
    check(pointer)?;
    document.pointer(pointer).ok_or_else(|| PointerError::NotFound(pointer.to_owned()))
}

/// Replaces the value at `pointer`, which must exist, and returns the old one.
pub fn set(document: &mut Value, pointer: &str, value: Value) -> Result<Value, PointerError> {
    check(pointer)?;
    let place =
        document.pointer_mut(pointer).ok_or_else(|| PointerError::NotFound(pointer.to_owned()))?;
    Ok(std::mem::replace(place, value))
}

/// The parts of a pointer, unescaped.
pub fn parts(pointer: &str) -> Result<Vec<String>, PointerError> {
    check(pointer)?;
    Ok(pointer.split('/').skip(1).map(|part| part.replace("~1", "/").replace("~0", "~")).collect())
}

/// A pointer with one more part, escaped.
pub fn child(pointer: &str, part: &str) -> String {
    format!("{pointer}/{}", part.replace('~', "~0").replace('/', "~1"))
}

/// `serde_json` takes a stray `~` as itself; the standard does not.
fn check(pointer: &str) -> Result<(), PointerError> {
    let starts = pointer.is_empty() || pointer.starts_with('/');
    let escapes = pointer.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']));
    if starts && escapes { Ok(()) } else { Err(PointerError::Malformed(pointer.to_owned())) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_pointer_finds_values_in_objects_and_lists() {
        let document = json!({ "work": [{ "a/b": "x", "m~n": "y" }] });

        assert_eq!(get(&document, "/work/0/a~1b").unwrap(), "x");
        assert_eq!(get(&document, "/work/0/m~0n").unwrap(), "y");
        assert_eq!(get(&document, "").unwrap(), &document);
    }

    #[test]
    fn a_missing_place_and_a_malformed_pointer_are_told_apart() {
        let document = json!({ "work": [1] });

        let missing = ["/work/1", "/work/-", "/work/00", "/x"];
        for pointer in missing {
            assert_eq!(get(&document, pointer), Err(PointerError::NotFound(pointer.into())));
        }
        for pointer in ["work", "/a~", "/a~2"] {
            assert_eq!(get(&document, pointer), Err(PointerError::Malformed(pointer.into())));
        }
    }

    #[test]
    fn setting_replaces_only_what_exists() {
        let mut document = json!({ "work": ["a", "b"] });

        let old = set(&mut document, "/work/1", json!("c")).unwrap();
        let refused = set(&mut document, "/work/2", json!("d"));

        assert_eq!(old, "b");
        assert!(refused.is_err());
        assert_eq!(document, json!({ "work": ["a", "c"] }));
    }

    #[test]
    fn a_child_pointer_splits_back_into_its_parts() {
        let pointer = child(&child("", "a/b"), "m~n");

        assert_eq!(pointer, "/a~1b/m~0n");
        assert_eq!(parts(&pointer).unwrap(), ["a/b", "m~n"]);
    }
}
