//! Reading values out of the object graph, references followed, nothing trusted.

use lopdf::{Dictionary, Document, Object};

use super::limit;
use super::matrix::{Matrix, Rect};

/// The value under `key`, references followed.
pub fn value<'a>(
    document: &'a Document,
    dictionary: &'a Dictionary,
    key: &[u8],
) -> Option<&'a Object> {
    resolve(document, dictionary.get(key).ok()?)
}

pub fn resolve<'a>(document: &'a Document, object: &'a Object) -> Option<&'a Object> {
    document.dereference(object).ok().map(|(_, object)| object)
}

/// The dictionary under `key`; a stream's own dictionary counts.
pub fn dictionary<'a>(
    document: &'a Document,
    from: &'a Dictionary,
    key: &[u8],
) -> Option<&'a Dictionary> {
    as_dictionary(value(document, from, key)?)
}

pub fn as_dictionary(object: &Object) -> Option<&Dictionary> {
    match object {
        Object::Dictionary(dictionary) => Some(dictionary),
        Object::Stream(stream) => Some(&stream.dict),
        _ => None,
    }
}

pub fn name<'a>(document: &'a Document, from: &'a Dictionary, key: &[u8]) -> Option<&'a [u8]> {
    value(document, from, key)?.as_name().ok()
}

pub fn array<'a>(document: &'a Document, from: &'a Dictionary, key: &[u8]) -> Option<&'a [Object]> {
    value(document, from, key)?.as_array().ok().map(Vec::as_slice)
}

pub fn number(document: &Document, from: &Dictionary, key: &[u8]) -> Option<f32> {
    value(document, from, key)?.as_float().ok()
}

pub fn integer(document: &Document, from: &Dictionary, key: &[u8]) -> Option<i64> {
    match value(document, from, key)? {
        Object::Integer(number) => Some(*number),
        Object::Real(number) => Some(truncated(*number)),
        _ => None,
    }
}

#[expect(clippy::cast_possible_truncation, reason = "an integer written as a real; `as` saturates")]
fn truncated(number: f32) -> i64 {
    number as i64
}

/// `N` numbers in a row.
pub fn numbers<const N: usize>(
    document: &Document,
    from: &Dictionary,
    key: &[u8],
) -> Option<[f32; N]> {
    let array = array(document, from, key)?;
    let mut numbers = [0.0; N];
    for (slot, object) in numbers.iter_mut().zip(array.get(..N)?) {
        *slot = resolve(document, object)?.as_float().ok()?;
    }
    Some(numbers)
}

pub fn rectangle(document: &Document, from: &Dictionary, key: &[u8]) -> Option<Rect> {
    numbers(document, from, key).map(Rect::of)
}

pub fn matrix(document: &Document, from: &Dictionary, key: &[u8]) -> Option<Matrix> {
    numbers(document, from, key).map(Matrix)
}

/// The value under `key` here or in the nearest ancestor.
pub fn inherited<'a>(
    document: &'a Document,
    page: &'a Dictionary,
    key: &[u8],
) -> Option<&'a Object> {
    let mut node = page;
    for _ in 0..limit::ANCESTORS {
        if let Some(found) = value(document, node, key) {
            return Some(found);
        }
        node = dictionary(document, node, b"Parent")?;
    }
    None
}
