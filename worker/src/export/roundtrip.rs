//! Which values of a resume a reader finds again in its file. Pure.

use std::collections::HashMap;

use serde_json::Value;
use shared::export::Roundtrip;
use shared::resume::json::JsonResume;
use shared::resume::pointer;
use unicode_normalization::UnicodeNormalization;

/// Compares what was written with what was read; `text` is all the text of the file.
///
/// A value counts as kept when it was read as the same field of the same entry, in whatever order entries and items
/// came back. Dates count by year and month, addresses without their scheme.
pub fn compare(written: &JsonResume, read: &JsonResume, text: &str) -> Roundtrip {
    let written = values(written);
    let mut read_back: HashMap<(String, String), usize> = HashMap::new();
    for value in values(read) {
        *read_back.entry((value.field, value.folded)).or_default() += 1;
    }
    let text = squash(text);
    let mut roundtrip = Roundtrip { fields: written.len(), ..Roundtrip::default() };
    for value in written {
        let found = read_back.get_mut(&(value.field.clone(), value.folded.clone()));
        match found.filter(|count| **count > 0) {
            Some(count) => {
                *count -= 1;
                roundtrip.kept += 1;
            }
            None if shown(&value, &text) => roundtrip.misread.push(value.path),
            None => roundtrip.lost.push(value.path),
        }
    }
    roundtrip
}

/// One value that a document shows.
struct Shown {
    path: String,
    /// The path without the places in lists.
    field: String,
    raw: String,
    folded: String,
}

fn values(resume: &JsonResume) -> Vec<Shown> {
    let document = serde_json::to_value(resume).unwrap_or_default();
    let mut found = Vec::new();
    let mut open = vec![(String::new(), String::new(), &document)];
    while let Some((path, field, value)) = open.pop() {
        match value {
            Value::String(text) => {
                let folded = fold(&field, text);
                if !folded.is_empty() && is_shown(&field) {
                    found.push(Shown { path, field, raw: text.clone(), folded });
                }
            }
            Value::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    open.push((pointer::child(&path, &at.to_string()), field.clone(), item));
                }
            }
            Value::Object(fields) => {
                for (name, value) in fields {
                    open.push((pointer::child(&path, name), format!("{field}/{name}"), value));
                }
            }
            Value::Number(_) | Value::Bool(_) | Value::Null => {}
        }
    }
    found
}

/// The fields that a document for readers shows: those of JSON Resume but pictures and notes to programs.
fn is_shown(field: &str) -> bool {
    const FIELDS: [(&str, &[&str]); 13] = [
        ("basics", &["name", "label", "email", "phone", "url", "summary"]),
        ("basics/location", &["address", "postalCode", "city", "region", "countryCode"]),
        (
            "work",
            &[
                "name",
                "position",
                "url",
                "startDate",
                "endDate",
                "summary",
                "highlights",
                "location",
                "description",
            ],
        ),
        (
            "volunteer",
            &["organization", "position", "url", "startDate", "endDate", "summary", "highlights"],
        ),
        (
            "education",
            &[
                "institution",
                "url",
                "area",
                "studyType",
                "startDate",
                "endDate",
                "score",
                "courses",
            ],
        ),
        ("awards", &["title", "date", "awarder", "summary"]),
        ("certificates", &["name", "date", "url", "issuer"]),
        ("publications", &["name", "publisher", "releaseDate", "url", "summary"]),
        ("skills", &["name", "level", "keywords"]),
        ("languages", &["language", "fluency"]),
        ("interests", &["name", "keywords"]),
        ("references", &["name", "reference"]),
        (
            "projects",
            &[
                "name",
                "description",
                "startDate",
                "endDate",
                "url",
                "entity",
                "highlights",
                "keywords",
            ],
        ),
    ];
    let Some((section, name)) = field.trim_start_matches('/').rsplit_once('/') else {
        return false;
    };
    section == "basics/profiles" && name == "url"
        || FIELDS.iter().any(|(known, names)| *known == section && names.contains(&name))
}

fn is_date(field: &str) -> bool {
    field.ends_with("Date") || field.ends_with("/date")
}

fn fold(field: &str, text: &str) -> String {
    if is_date(field) {
        return text.trim().chars().take(7).collect();
    }
    if field.ends_with("/url") {
        return address(text);
    }
    squash(text)
}

fn address(text: &str) -> String {
    let text = text.trim().to_lowercase();
    let bare = ["https://", "http://"].iter().find_map(|scheme| text.strip_prefix(scheme));
    let bare = bare.unwrap_or(&text);
    bare.strip_prefix("www.").unwrap_or(bare).trim_end_matches('/').to_owned()
}

/// Letters and digits and the signs between them, without white space, quotes made plain.
fn squash(text: &str) -> String {
    text.nfkc()
        .filter(|c| !c.is_whitespace() && !c.is_control() && *c != '\u{ad}')
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            '\u{2018}' | '\u{2019}' => '\'',
            '\u{201c}' | '\u{201d}' => '"',
            '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
            other => other,
        })
        .collect()
}

/// Whether the words stand anywhere in the file.
fn shown(value: &Shown, text: &str) -> bool {
    if is_date(&value.field) {
        let year: String = value.raw.chars().take(4).collect();
        return text.contains(&year);
    }
    if value.field.ends_with("/url") {
        return text.contains(&squash(&address(&value.raw)));
    }
    if value.field.ends_with("/countryCode") {
        // Shown by its name, which the reader turns into the code again or not.
        return true;
    }
    // A mark that opens a text is taken for the bullet it looks like.
    text.contains(value.folded.trim_start_matches(['-', '•', '*', '#', '+', '>']))
        // A text of several paragraphs may be broken by what stands between them.
        || value.raw.lines().map(squash).all(|line| text.contains(&line))
}
