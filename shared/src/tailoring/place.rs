//! Where edits and their proof stand in a resume, and where they stand after it has changed. Pure.

use serde_json::Value;

use crate::resume::patch;
use crate::resume::pointer;
use crate::truth::Evidence;

/// Whether one path is the other or lies inside it.
pub fn overlap(a: &str, b: &str) -> bool {
    let inside = |outer: &str, inner: &str| {
        inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    inside(a, b) || inside(b, a)
}

/// Whether the quote stands at its path word for word, white space aside.
pub fn stands(document: &Value, evidence: &Evidence) -> bool {
    let quote = one_spaced(&evidence.quote);
    let says = |text: &str| !quote.is_empty() && one_spaced(text).contains(&quote);
    // What the resume records about itself proves nothing about the person.
    if overlap("/meta", &evidence.path) {
        return false;
    }
    match pointer::get(document, &evidence.path) {
        Ok(Value::String(text)) => says(text),
        Ok(Value::Array(items)) => items.iter().filter_map(Value::as_str).any(says),
        Ok(Value::Object(_) | Value::Number(_) | Value::Bool(_) | Value::Null) | Err(_) => false,
    }
}

pub fn one_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Where a text is after the resume has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// At this path, which may be another than before.
    At(String),
    /// The place is there and says something else.
    Changed,
    /// The place is not there any more.
    Gone,
}

/// Looks for a value: where it stood, else at the one other place of its kind that holds it.
pub fn find_again(document: &Value, path: &str, before: &str) -> Found {
    let present = pointer::get(document, path);
    if present.as_ref().is_ok_and(|value| is(value, before)) {
        return Found::At(path.to_owned());
    }
    let mut alike = alike(document, path);
    alike.retain(|other| pointer::get(document, other).is_ok_and(|value| is(value, before)));
    match (alike.pop(), alike.is_empty()) {
        (Some(only), true) => Found::At(only),
        _ if present.is_ok() => Found::Changed,
        _ => Found::Gone,
    }
}

/// Evidence where it stands now, or nowhere.
pub fn quote_again(document: &Value, evidence: &Evidence) -> Option<Evidence> {
    let at = |path: String| Evidence { path, quote: evidence.quote.clone() };
    std::iter::once(evidence.path.clone())
        .chain(alike(document, &evidence.path))
        .map(at)
        .find(|evidence| stands(document, evidence))
}

fn is(value: &Value, before: &str) -> bool {
    match value {
        Value::String(text) => text == before,
        Value::Array(items) => patch::texts(before).is_some_and(|before| {
            items.len() == before.len()
                && items.iter().zip(&before).all(|(item, text)| item.as_str() == Some(text))
        }),
        Value::Object(_) | Value::Number(_) | Value::Bool(_) | Value::Null => false,
    }
}

/// The places of the same kind: the same names, other numbers.
fn alike(document: &Value, path: &str) -> Vec<String> {
    let Ok(parts) = pointer::parts(path) else { return Vec::new() };
    let mut places = vec![(String::new(), document)];
    for part in parts {
        let mut next = Vec::new();
        for (place, value) in places {
            match value {
                Value::Array(items) if part.parse::<usize>().is_ok() => {
                    next.extend(
                        items
                            .iter()
                            .enumerate()
                            .map(|(at, item)| (pointer::child(&place, &at.to_string()), item)),
                    );
                }
                Value::Object(fields) => {
                    let field = fields.get(&part);
                    next.extend(field.map(|field| (pointer::child(&place, &part), field)));
                }
                Value::Array(_)
                | Value::String(_)
                | Value::Number(_)
                | Value::Bool(_)
                | Value::Null => {}
            }
        }
        places = next;
    }
    places.into_iter().map(|(place, _)| place).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document() -> Value {
        json!({ "work": [
            { "highlights": ["New.", "Baked bread."] },
            { "highlights": ["Sold bread.", "Swept."] },
            { "highlights": ["Swept."] }
        ]})
    }

    #[test]
    fn a_text_that_has_moved_is_found_where_it_stands_now() {
        let found = find_again(&document(), "/work/0/highlights/0", "Baked bread.");

        assert_eq!(found, Found::At("/work/0/highlights/1".into()));
    }

    #[test]
    fn a_text_that_stands_twice_is_not_guessed_at() {
        assert_eq!(find_again(&document(), "/work/0/highlights/0", "Swept."), Found::Changed);
    }

    #[test]
    fn a_place_that_is_gone_is_told_from_one_that_says_something_else() {
        assert_eq!(find_again(&document(), "/work/7/highlights/0", "Sang."), Found::Gone);
        assert_eq!(find_again(&document(), "/work/0/highlights/0", "Sang."), Found::Changed);
    }

    #[test]
    fn a_list_is_found_by_all_its_texts() {
        let found = find_again(&document(), "/work/0/highlights", r#"["Sold bread.","Swept."]"#);

        assert_eq!(found, Found::At("/work/1/highlights".into()));
    }
}
