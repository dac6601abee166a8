//! Fields of a resume as the fake reads them: what the prompt holds already, quoted back from its lines.

use serde_json::{Map, Value, json};

use crate::model::fake::completion::messages;

/// Confirms each field that a line holds, and takes a missing name from the first line.
pub fn answer(request: &Value) -> Value {
    let prompt = messages(request).last().copied().unwrap_or_default();
    let fields: Map<String, Value> = prompt
        .lines()
        .find_map(|line| serde_json::from_str(line.strip_prefix("fields: ")?).ok())
        .unwrap_or_default();
    let (_, lines) = prompt.split_once("\nlines:\n").unwrap_or_default();
    let lines: Vec<&str> = lines.lines().filter_map(|line| Some(line.split_once(' ')?.1)).collect();
    let found = fields.iter().filter_map(|(path, value)| {
        let (value, quote) = match (value, path.as_str()) {
            (Value::String(value), _) => {
                (value.as_str(), lines.iter().find(|line| line.contains(value.as_str()))?)
            }
            (_, "/basics/name") => (*lines.first()?, lines.first()?),
            _ => return None,
        };
        Some(json!({ "path": path, "value": value, "quote": quote }))
    });
    json!({ "fields": found.collect::<Vec<_>>() })
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared::resume::sidecar::{Provenance, Source};

    use crate::model::fake::answer::content;
    use crate::parse::Parsed;
    use crate::parse::assist::{merge, question};

    #[test]
    fn the_fake_quotes_lines_that_the_document_holds() {
        let resume = json!({ "work": [{ "name": "Harbour Analytics" }] });
        let mut parsed = Parsed {
            resume: serde_json::from_value(resume).unwrap(),
            text: "Ines Marchetti\nHarbour Analytics GmbH, 2019\nMoved 14 nightly jobs".into(),
            ..Parsed::default()
        };
        let known = Provenance { confidence: 0.4, source: Source::Rules, page: None, quote: None };
        parsed.sidecar.fields.insert("/work/0/name".into(), known);
        let request = question(&parsed, "m").unwrap();
        let schema = request.schema.unwrap();
        let body = json!({
            "messages": [{ "role": "user", "content": request.user }],
            "response_format": { "type": "json_schema", "json_schema": {
                "name": schema.name, "schema": schema.schema,
            } },
        });

        let merged = merge(parsed, &content(&body)).unwrap();

        assert_eq!(merged.rejected, []);
        assert_eq!(merged.filled, ["/basics/name"]);
        assert_eq!(merged.parsed.resume.basics.name.as_deref(), Some("Ines Marchetti"));
        assert!(merged.parsed.sidecar.fields["/work/0/name"].confidence > 0.7);
    }
}
