//! The places of a resume that a model may name a value for.

use serde_json::{Map, Value};

/// What a value must look like to stand at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Person,
    Email,
    Phone,
    Date,
    Text,
}

/// The texts of objects that a resume has once. A country's code is ours, not the document's.
const ONCE: [(&str, &[&str]); 2] = [
    ("/basics", &["name", "label", "email", "phone", "url", "summary"]),
    ("/basics/location", &["address", "postalCode", "city", "region"]),
];

/// The texts of listed entries, and their own lists of texts.
const LISTED: [(&str, &[&str], &[&str]); 12] = [
    ("/basics/profiles", &["network", "username", "url"], &[]),
    (
        "/work",
        &["name", "position", "location", "startDate", "endDate", "summary"],
        &["highlights"],
    ),
    (
        "/volunteer",
        &["organization", "position", "startDate", "endDate", "summary"],
        &["highlights"],
    ),
    (
        "/education",
        &["institution", "area", "studyType", "startDate", "endDate", "score"],
        &["courses"],
    ),
    (
        "/projects",
        &["name", "description", "startDate", "endDate", "url"],
        &["highlights", "keywords"],
    ),
    ("/skills", &["name", "level"], &["keywords"]),
    ("/languages", &["language", "fluency"], &[]),
    ("/certificates", &["name", "issuer", "date"], &[]),
    ("/awards", &["title", "awarder", "date", "summary"], &[]),
    ("/publications", &["name", "publisher", "releaseDate", "summary"], &[]),
    ("/interests", &["name"], &["keywords"]),
    ("/references", &["name", "reference"], &[]),
];

/// An entry or list longer than this is not a resume's.
const MAX_INDEX: usize = 199;

/// All places in a few words: `/work/N/{name,position}`, `/work/N/highlights/M`.
pub fn outline() -> String {
    let once = ONCE.iter().map(|(parent, texts)| format!("{parent}/{{{}}}", texts.join(",")));
    let listed = LISTED.iter().flat_map(|(parent, texts, lists)| {
        let texts = format!("{parent}/N/{{{}}}", texts.join(","));
        let lists = lists.iter().map(move |list| format!("{parent}/N/{list}/M"));
        std::iter::once(texts).chain(lists)
    });
    once.chain(listed).collect::<Vec<_>>().join("\n")
}

/// What stands at a path, or none when a model may not name it.
pub fn kind(path: &str) -> Option<Kind> {
    let (parent, field) = path.rsplit_once('/')?;
    if ONCE.iter().any(|(once, texts)| *once == parent && texts.contains(&field)) {
        return Some(match (parent, field) {
            ("/basics", "name") => Kind::Person,
            ("/basics", "email") => Kind::Email,
            ("/basics", "phone") => Kind::Phone,
            _ => Kind::Text,
        });
    }
    let entry = LISTED.iter().find_map(|(section, texts, lists)| {
        Some((path.strip_prefix(section)?.strip_prefix('/')?, texts, lists))
    });
    let (rest, texts, lists) = entry?;
    let parts: Vec<&str> = rest.split('/').collect();
    match parts.as_slice() {
        [entry, text] if index(entry).is_some() && texts.contains(text) => match *text {
            "startDate" | "endDate" | "date" | "releaseDate" => Some(Kind::Date),
            _ => Some(Kind::Text),
        },
        [entry, list, item]
            if index(entry).is_some() && lists.contains(list) && index(item).is_some() =>
        {
            Some(Kind::Text)
        }
        _ => None,
    }
}

/// Puts a value at a path, making what is missing on the way; says whether there was room for it.
///
/// A list grows by one at its end, so that no entry is ever left empty.
pub fn put(document: &mut Value, path: &str, value: String) -> bool {
    let parts: Vec<&str> = path.split('/').skip(1).collect();
    if !has_room(document, &parts) {
        return false;
    }
    let mut place = document;
    for part in parts {
        let next = match index(part) {
            Some(at) => item(place, at),
            None => field(place, part),
        };
        match next {
            Some(next) => place = next,
            None => return false,
        }
    }
    *place = Value::String(value);
    true
}

/// Asked beforehand, so that a refused value leaves nothing half made.
fn has_room(document: &Value, parts: &[&str]) -> bool {
    let mut place = Some(document);
    for part in parts {
        if let Some(at) = index(part) {
            let length = place.and_then(Value::as_array).map_or(0, Vec::len);
            if at > length {
                return false;
            }
            place = place.and_then(|place| place.get(at));
        } else {
            place = place.and_then(|place| place.get(part));
        }
    }
    place.is_none_or(|value| value.is_string() || value.is_null())
}

fn item(place: &mut Value, at: usize) -> Option<&mut Value> {
    if place.is_null() {
        *place = Value::Array(Vec::new());
    }
    let items = place.as_array_mut()?;
    if items.len() == at {
        items.push(Value::Null);
    }
    items.get_mut(at)
}

fn field<'v>(place: &'v mut Value, name: &str) -> Option<&'v mut Value> {
    if place.is_null() {
        *place = Value::Object(Map::new());
    }
    Some(place.as_object_mut()?.entry(name).or_insert(Value::Null))
}

/// An index as JSON pointers write it.
fn index(part: &str) -> Option<usize> {
    let at: usize = part.parse().ok()?;
    (at <= MAX_INDEX && at.to_string() == part).then_some(at)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Kind, kind, outline, put};

    #[test]
    fn only_texts_of_a_resume_can_be_named() {
        assert_eq!(kind("/basics/name"), Some(Kind::Person));
        assert_eq!(kind("/work/3/startDate"), Some(Kind::Date));
        assert_eq!(kind("/basics/profiles/0/url"), Some(Kind::Text));
        assert_eq!(kind("/skills/0/keywords/12"), Some(Kind::Text));
        let others = [
            "",
            "/basics",
            "/basics/image",
            "/meta/version",
            "/work/0",
            "/work/-/name",
            "/work/00/name",
            "/work/+1/name",
            "/work/0/highlights",
            "/work/9999999/name",
            "/workshop/0/name",
            "basics/name",
        ];
        for path in others {
            assert_eq!(kind(path), None, "{path}");
        }
    }

    #[test]
    fn a_list_grows_at_its_end_only() {
        let mut document = json!({ "work": [{ "name": "A" }] });

        assert!(put(&mut document, "/work/1/name", "B".into()));
        assert!(put(&mut document, "/work/1/highlights/0", "did".into()));
        assert!(!put(&mut document, "/work/3/name", "C".into()));
        assert!(!put(&mut document, "/work/2/highlights/1", "did".into()));
        assert_eq!(
            document,
            json!({ "work": [{ "name": "A" }, { "name": "B", "highlights": ["did"] }] })
        );
    }

    #[test]
    fn a_text_never_replaces_an_object() {
        let mut document = json!({ "work": [{ "name": { "x": 1 } }] });

        assert!(!put(&mut document, "/work/0/name", "B".into()));
    }

    #[test]
    fn the_outline_names_every_place() {
        let outline = outline();

        assert!(outline.starts_with("/basics/{name,label,email,phone,url,summary}\n"));
        assert!(outline.contains("/work/N/highlights/M"));
        assert!(outline.lines().count() < 25);
    }
}
